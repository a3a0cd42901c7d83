"""Nothing is removed, replaced or paid for again because a file could not be read: that is not the same as no file."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from promptstead.cli import run
from promptstead.storage import journal
from promptstead.storage.clean_cache import Cache
from promptstead.storage.journal import Journal
from promptstead.storage.working_tree import WorkingTree
from tests.attacks.keys import FOLDER, files_of, written
from tests.commands.test_judges import JUDGE, KEPT, TONE, said, write_judged
from tests.commands.test_judges import WAITING as WAITS
from tests.conftest import ScratchRepository
from tests.recorded import PENDING, answer, at_home, pending, prompt_changed, write_recorded
from tests.samples import CASES, OUTPUTS, PATH, cases, outputs

RUNS = ".promptstead/"
"""Where a replay goes, which says that it is not complete."""
ROWS = f"{FOLDER}/rows.jsonl"
SHARED = "prompts/evaluators/said.yml"
CHANGING = (
    "record",
    "accept --all",
    "accept --all --reject",
    "outputs prune --stale",
    "outputs move",
    "eval",
    "eval --live --run-file new.run.jsonl",
    "audit",
)
WAITING = ("record", "accept --all", "outputs prune --stale")
TOUCHED = {
    f"{FOLDER}/outputs.yml": CHANGING,
    f"{FOLDER}/outputs.jsonl": [*CHANGING[:4], "eval", "audit"],  # the others need no recorded answers here
    f"{FOLDER}/cases.yml": CHANGING,
    f"{FOLDER}/judgements.jsonl": CHANGING,
    ROWS: (*WAITING, "accept --all --reject", "outputs move"),
    SHARED: CHANGING,
    f"{FOLDER}/outputs.new.jsonl": WAITING,
    f"{FOLDER}/judgements.new.jsonl": ("record", "accept --all"),
}


def too_large(path: Path) -> None:
    with path.open("ab") as file:
        file.truncate(70 * 1024 * 1024)
        file.seek(0, os.SEEK_END)
        file.write(b"\n")


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def no_text(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"# caf\xe9\n")


def broken(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"{oops\n")


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """Return a repository with outputs in YAML, and one with lines of them."""
    folder = tmp_path_factory.mktemp("unread")
    with pytest.MonkeyPatch.context() as environment:
        for role in ("AUTHOR", "COMMITTER"):
            environment.setenv(f"GIT_{role}_NAME", "Test Author")
            environment.setenv(f"GIT_{role}_EMAIL", "author@example.org")
        return {lines: written(folder / f"lines-{lines}", lines=lines)[0] for lines in (False, True)}


@pytest.mark.parametrize("path", TOUCHED, ids=lambda path: path.rpartition("/")[2])
@pytest.mark.parametrize("fault", [too_large, dangling, a_folder, no_text, broken])
def test_what_cannot_be_read_is_not_taken_for_nothing(
    fault: Callable[[Path], None],
    path: str,
    repositories: dict[bool, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = tmp_path / "repository"
    shutil.copytree(repositories[path.endswith("outputs.jsonl")], root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("CI", "")
    fault(root / path)
    before = {name: raw for name, raw in files_of(root).items() if name != path}
    for command in TOUCHED[path]:
        assert run(command.split()) == 2, (command, capsys.readouterr())
        assert path in (err := capsys.readouterr().err), (command, err)
        after = {name: raw for name, raw in files_of(root).items() if name != path and not name.startswith(RUNS)}
        assert after == before, command


def test_a_key_that_nobody_knows_hides_no_case_from_pruning(repository: ScratchRepository) -> None:
    write_recorded(repository, recorded=outputs({0: "good"}))
    repository.write(PATH, (repository.root / PATH).read_text().replace("evaluators:", "x-note: a\nevaluators:"))
    before = (repository.root / OUTPUTS).read_text()
    assert at_home("outputs", "prune", cwd=repository.root).code == 0
    repository.write(CASES, cases(3).replace("inputs:", "inptus:", 1))
    refused = at_home("outputs", "prune", "--stale", cwd=repository.root)
    assert refused.code == 2
    assert f"{CASES}:4" in refused.err
    repository.write(CASES, cases(3))
    prompt = (repository.root / PATH).read_text()
    repository.write(PATH, prompt + "case: [{id: r900, inputs: {review: a}}]\n")
    refused = at_home("outputs", "prune", cwd=repository.root)
    assert refused.code == 2
    assert "unknown key `case`" in refused.err
    assert (repository.root / OUTPUTS).read_text() == before


def test_lint_does_not_advise_to_delete_answers_whose_case_cannot_be_read(repository: ScratchRepository) -> None:
    write_recorded(repository, recorded=outputs({0: "good"}))
    repository.write(CASES, cases(3).replace("id: r000", "id: réz"))
    found = at_home("lint", cwd=repository.root)
    assert f"{CASES}:3" in found.out
    assert "TST604" not in found.out


def test_what_waits_stays_while_the_prompt_cannot_be_rendered(repository: ScratchRepository) -> None:
    """Whether its request is still made, nobody knows."""
    write_recorded(repository, 1)
    at_home("record", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    prompt_changed(repository)
    at_home("record", cwd=repository.root)
    repository.write(PATH, (repository.root / PATH).read_text().replace("partials/data.md", "partials/nowhere.md"))
    before = files_of(repository.root)
    listed = at_home("outputs", "list", "--format", "json", cwd=repository.root)
    assert [row["state"] for row in listed.json["outputs"]] == ["unknown", "pending"]
    assert at_home("outputs", "prune", "--stale", cwd=repository.root).code in (0, 2)
    assert files_of(repository.root) == before


def test_a_judge_that_cannot_be_read_loses_nothing_that_it_said(repository: ScratchRepository) -> None:
    write_judged(repository, said(5))
    at_home("record", "shop/mood", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    answer(repository, [said(4), {"text": "bad"}])
    at_home("record", "--all", "shop/mood", cwd=repository.root)
    kept, waits = (repository.root / KEPT).read_text(), (repository.root / WAITS).read_text()
    repository.write(JUDGE, "{oops")
    done = at_home("accept", "--all", "shop/mood", cwd=repository.root)
    assert done.code in (0, 2)
    assert ((repository.root / KEPT).read_text(), (repository.root / WAITS).read_text()) == (kept, waits)
    repository.write(JUDGE, TONE)
    assert "1 judgement kept" in at_home("accept", "--all", "shop/mood", cwd=repository.root).err


def test_a_run_is_not_scored_again_without_the_cases_that_cannot_be_read(
    repositories: dict[bool, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = tmp_path / "repository"
    shutil.copytree(repositories[False], root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("CI", "")
    assert run(["eval", "--live", "--quiet", "--run-file", "new.run.jsonl"]) == 0
    broken(root / ROWS)
    assert run(["eval", "--rescore", "new.run.jsonl", "--run-file", "again.run.jsonl"]) == 2
    assert f"{ROWS}:2: 1 rows are not valid cases" in capsys.readouterr().err
    assert not (root / "again.run.jsonl").exists()


def test_without_its_store_nobody_says_that_nothing_waits(
    repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_recorded(repository)
    with (repository.root / "promptstead.toml").open("a") as settings:
        settings.write('\n[outputs]\nprivate = ["prompts/shop/*"]\nstore = "/nowhere/at/all"\n')
    monkeypatch.chdir(repository.root)
    monkeypatch.setenv("CI", "")
    assert run(["accept", "--all"]) == 2
    assert "the store of private answers does not exist" in capsys.readouterr().err


def test_a_large_file_that_changed_is_not_remembered_as_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    tree = WorkingTree(str(tmp_path))
    file = tmp_path / "outputs.jsonl"
    file.touch()
    too_large(file)
    cache = Cache(tree, tree.root, "")
    cache.remember("a.prompt.yml", ["outputs.jsonl"])
    cache.save()
    assert Cache(tree, tree.root, "").is_clean("a.prompt.yml")
    with file.open("ab") as end:
        end.write(b"x")
    assert not Cache(tree, tree.root, "").is_clean("a.prompt.yml")


def test_no_baseline_is_written_over_what_is_none(repository: ScratchRepository) -> None:
    write_recorded(repository)
    for text in ("<<<<<<< ours\n", "my notes"):
        repository.write("promptstead-baseline.json", text)
        refused = at_home("lint", "--write-baseline", cwd=repository.root)
        assert refused.code == 2
        assert "promptstead-baseline.json: this is not a baseline (restore it" in refused.err
        assert (repository.root / "promptstead-baseline.json").read_text() == text
    (repository.root / "promptstead.toml").unlink()
    refused = at_home("init", cwd=repository.root)
    assert refused.code == 2
    assert "a baseline already" in refused.err
    assert not (repository.root / "promptstead.toml").exists()


def test_a_journal_is_full_before_it_is_too_large(
    repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers under way have room; what has none is not asked for, and what is there is never cut short."""
    write_recorded(repository, 3)
    monkeypatch.setattr(journal, "MAX_BYTES", 300)
    monkeypatch.chdir(repository.root)
    monkeypatch.setenv("CI", "")
    monkeypatch.setattr(Journal.__init__, "__defaults__", (300, *(Journal.__init__.__defaults__ or ())[1:]))
    assert run(["record", "--concurrency", "1"]) == 1
    first = pending(repository)
    assert len(first) == 2
    assert run(["record", "--concurrency", "1"]) == 1
    assert pending(repository) == first
    repository.write(PENDING, (repository.root / PENDING).read_bytes() * 3)
    before = (repository.root / PENDING).read_bytes()
    assert run(["record"]) == 2
    assert run(["accept", "--all"]) == 2
    assert (repository.root / PENDING).read_bytes() == before
