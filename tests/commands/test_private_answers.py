"""Answers that may not enter Git: they live outside, and the repository has their digests."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import environment, run
from tests.commands.test_judges import KEPT, said, write_judged
from tests.commands.test_judges import WAITING as JUDGEMENTS
from tests.conftest import ScratchRepository
from tests.json_lines import entries
from tests.recorded import PENDING, SETTINGS, answer, at_home, prompt_changed, write_recorded
from tests.samples import CASES, OUTPUTS, PATH, case_id, cases

PRIVATE = '\n[outputs]\nprivate = ["prompts/shop/*"]\n'
SECRET = "Marie Curie, 12 rue Cuvier"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    folder.mkdir()
    return folder


def prepare(repository: ScratchRepository, text: str = SECRET) -> None:
    write_recorded(repository, 3, script=[{"contains": "Review 0", "text": text}, {"text": "good"}])
    repository.write("promptstead.toml", SETTINGS + PRIVATE)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def recorded(repository: ScratchRepository, store: Path) -> dict[str, str]:
    env = {"PROMPTSTEAD_STORE": str(store)}
    assert at_home("record", cwd=repository.root, env=env).code == 0
    assert at_home("accept", "--all", "--even-failing", cwd=repository.root, env=env).code == 0
    return env


def test_nothing_of_an_answer_is_ever_in_the_repository(repository: ScratchRepository, store: Path) -> None:
    prepare(repository)
    env = {"PROMPTSTEAD_STORE": str(store)}
    assert at_home("record", cwd=repository.root, env=env).code == 0
    assert not (repository.root / PENDING).exists()
    (waiting,) = files(store)
    assert waiting.name == "outputs.new.jsonl"
    assert SECRET in waiting.read_text()
    assert stat.S_IMODE(waiting.stat().st_mode) == 0o600
    assert "nothing to ask" in at_home("record", cwd=repository.root, env=env).err
    assert at_home("accept", "--all", "--even-failing", cwd=repository.root, env=env).code == 0
    assert len(files(store)) == 3
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files(store))
    (script := repository.root / "script.json").unlink()
    assert not [path for path in files(repository.root) if SECRET.encode() in path.read_bytes() and path != script]
    assert (repository.root / OUTPUTS).read_text().count("      - digest: sha256:") == 3

    checked = run("check", "--format", "json", cwd=repository.root, env=env).json
    assert [prompt["counts"] for prompt in checked["prompts"]] == [
        {"pass": 2, "fail": 1, "measured": 0, "unscored": 0, "not evaluated": 0}
    ]
    rows = at_home("outputs", "list", "--format", "json", cwd=repository.root, env=env).json["outputs"]
    assert {row["state"] for row in rows} == {"current"}
    shown = at_home("outputs", "show", "shop/mood", "r000", cwd=repository.root, env=env)
    assert shown.out.endswith(f"\n{SECRET}\n")


def test_a_store_that_is_not_here_means_not_evaluated(repository: ScratchRepository, store: Path) -> None:
    prepare(repository)
    env = recorded(repository, store)
    files(store)[0].unlink()
    one = run("check", "--verbose", cwd=repository.root, env=env)
    assert "its answer is not in the store of answers" in one.out
    assert "1 not evaluated" in one.out
    without = run("check", "--verbose", cwd=repository.root)
    assert without.code == 0
    assert "3 not evaluated" in without.out
    assert "no store of private answers is configured on this machine" in without.out
    gone = run("check", "--verbose", cwd=repository.root, env={"PROMPTSTEAD_STORE": str(store / "x")})
    assert "the store of private answers does not exist" in gone.out
    rows = run("outputs", "list", "--format", "json", cwd=repository.root).json["outputs"]
    assert {row["state"] for row in rows} == {"unavailable"}
    assert "no store of private answers" in run("outputs", "show", "shop/mood", "r000", cwd=repository.root).out
    assert run("check", "--stage", "release", "--base", "HEAD", cwd=repository.root).code != 0
    prompt_changed(repository)
    asked = at_home("record", cwd=repository.root)
    assert asked.code == 2
    assert "no store of private answers is configured on this machine (set PROMPTSTEAD_STORE" in asked.err


def test_a_changed_answer_is_an_error(repository: ScratchRepository, store: Path) -> None:
    prepare(repository)
    env = recorded(repository, store)
    for path in files(store):
        path.write_text(path.read_text().replace(SECRET, "good"))
    for command in ("lint", "check"):
        done = run(command, cwd=repository.root, env=env)
        assert done.code == 1
        assert (
            done.out.count("error SCH001 case `r000`, fake/script: the stored answer is not the one that was accepted")
            == 1
        )
    assert "1 not evaluated" in done.out


def test_what_the_memory_of_clean_prompts_forgets(repository: ScratchRepository, store: Path, tmp_path: Path) -> None:
    prepare(repository, "good")
    env = recorded(repository, store) | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    repository.write("promptstead.toml", SETTINGS + PRIVATE + '\n[lint]\nselect = ["SCH", "TST604"]\n')
    text = (repository.root / "prompts/shop/mood.prompt.yml").read_text()
    for number in range(20):
        repository.write(f"prompts/other/p{number}.prompt.yml", text)
        repository.write(f"prompts/other/p{number}/cases.yml", cases(3))
    clean = run("lint", cwd=repository.root, env=env)
    assert (clean.code, clean.out) == (0, "")
    (first, *_) = files(store)
    first.write_text("{}")
    assert run("lint", cwd=repository.root, env=env).code == 1


def test_a_review_shows_neither_the_answer_nor_what_quotes_it(repository: ScratchRepository, store: Path) -> None:
    prepare(repository, "good")
    env = recorded(repository, store)
    repository.commit("base")
    prompt_changed(repository)
    answer(repository, [{"contains": "Review 0", "text": SECRET}, {"text": "good"}])
    recorded(repository, store)
    (repository.root / "script.json").write_text("[]")
    for form in ("md", "json"):
        done = run("review", "HEAD", "--format", form, cwd=repository.root, env=env)
        assert "r000" in done.out
        assert "kept outside the repository" in done.out
        assert SECRET not in done.out
        assert "Marie" not in done.out


def test_no_check_of_a_change_makes_a_report_quote_an_answer(repository: ScratchRepository, store: Path) -> None:
    prepare(repository)
    env = recorded(repository, store)
    (repository.root / "script.json").write_text("[]")
    forms = [("eval", "--format", form) for form in ("text", "json", "csv", "junit", "html")]
    for arguments in (("check", "--verbose"), ("check", "--format", "json"), *forms):
        done = run(*arguments, cwd=repository.root, env=env)
        assert done.code == 1
        assert "Marie" not in done.out + done.err, arguments
    assert "not shown: the answer is kept outside the repository" in run("check", cwd=repository.root, env=env).out
    assert SECRET in at_home("outputs", "show", "shop/mood", "r000", cwd=repository.root, env=env).out

    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "prompts"],
        cwd=repository.root,
        env=environment(**env),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed, 2 passed" in tested.stdout
    assert "Marie" not in tested.stdout + tested.stderr


def test_a_change_does_not_say_where_the_store_is(repository: ScratchRepository, store: Path) -> None:
    prepare(repository, "good")
    env = recorded(repository, store)
    kept = files(store)
    repository.commit("base")
    repository.run("switch", "--quiet", "--create", "change")
    settings = (repository.root / "promptstead.toml").read_text()
    repository.write("promptstead.toml", f"{settings}store = {json.dumps(str(store))}\n")
    own = run("check", "--verbose", cwd=repository.root)
    assert "3 not evaluated" in own.out
    assert "no store of private answers is configured on this machine" in own.out
    prompt_changed(repository)
    assert "or `store` under [outputs] on the default branch" in at_home("record", cwd=repository.root).err
    assert files(store) == kept
    repository.run("checkout", "--quiet", "--", "prompts")
    assert "3 pass" in run("check", cwd=repository.root, env=env).out
    repository.commit("say where it is")
    repository.run("branch", "--force", "main", "change")
    assert "3 pass" in run("check", cwd=repository.root).out


def test_reading_makes_no_folder(repository: ScratchRepository, store: Path) -> None:
    prepare(repository)
    env = {"PROMPTSTEAD_STORE": str(store)}
    for command in (("check",), ("outputs", "list")):
        at_home(*command, cwd=repository.root, env=env)
        assert list(store.iterdir()) == []
    at_home("record", cwd=repository.root, env=env)
    folders = [path for path in store.rglob("*") if path.is_dir()]
    assert len(folders) == 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}


def test_answers_that_stand_in_the_repository_are_moved_out(repository: ScratchRepository, store: Path) -> None:
    write_recorded(repository, 3)
    assert at_home("record", cwd=repository.root).code == 0
    assert at_home("accept", "--all", cwd=repository.root).code == 0
    before = (repository.root / OUTPUTS).read_text()
    repository.write(
        "promptstead.toml", SETTINGS + f'\n[outputs]\nprivate = ["prompts/shop/*"]\nstore = {json.dumps(str(store))}\n'
    )
    refused = run("check", cwd=repository.root)
    assert refused.code == 1
    assert "this answer stands in the repository" in refused.out
    assert run("outputs", "move", cwd=repository.root).code == 2  # in CI
    moved = at_home("outputs", "move", cwd=repository.root)
    assert (moved.out, moved.err) == (f"{OUTPUTS}: r000, r001, r002\n", "3 answers moved\n")
    after = (repository.root / OUTPUTS).read_text()
    assert [line for line in after.splitlines() if "digest" not in line and "received" not in line] == [
        line
        for line in before.splitlines()
        if not line.startswith(("      - output:", "          good", "        ", "    received:"))
    ]
    assert "3 pass" in run("check", cwd=repository.root).out
    assert at_home("outputs", "move", cwd=repository.root).err == "0 answers moved\n"

    repository.write(CASES, cases(2))
    assert at_home("outputs", "prune", cwd=repository.root).err == "1 answer removed\n"
    assert len(files(store)) == 3
    repository.write(CASES, cases(1))
    assert at_home("outputs", "prune", "--stored", cwd=repository.root).err == "1 answer removed\n"
    assert len(files(store)) == 2
    assert case_id(1) not in (repository.root / OUTPUTS).read_text()


def test_a_store_inside_the_repository_is_refused(repository: ScratchRepository) -> None:
    prepare(repository)
    repository.write("store/x", "")
    done = at_home("record", cwd=repository.root, env={"PROMPTSTEAD_STORE": str(repository.root / "store")})
    assert done.code == 2
    assert "the store of private answers must be outside the repository" in done.err
    repository.write("promptstead.toml", SETTINGS + '\n[outputs]\nprivate = ["*"]\nstore = "answers"\n')
    done = at_home("record", cwd=repository.root)
    assert "`store` must be a folder outside the repository" in done.err


def prepare_judged(repository: ScratchRepository, text: str = SECRET, count: int = 1) -> None:
    """Write a private prompt with a judge, which quotes what it judges, where a model answers *text*."""
    write_judged(repository, said(5, f"it says {SECRET}"), {"contains": "Review", "text": text}, count=count)
    repository.write("promptstead.toml", SETTINGS + PRIVATE)


def in_repository(repository: ScratchRepository) -> list[Path]:
    kept = [path for path in files(repository.root) if path.name != "script.json"]
    return [path for path in kept if SECRET.encode() in path.read_bytes()]


@pytest.mark.parametrize("text", [SECRET, ""])
def test_what_a_judge_said_of_an_answer_is_kept_where_the_answer_is(
    repository: ScratchRepository, store: Path, text: str
) -> None:
    prepare_judged(repository, text)
    env = {"PROMPTSTEAD_STORE": str(store)}
    asked = at_home("record", cwd=repository.root, env=env)
    assert (asked.code, "1 judgement to ask for" in asked.err) == (0, True)
    assert not (repository.root / JUDGEMENTS).exists()
    assert in_repository(repository) == []
    pending = [path for path in files(store) if path.name == "judgements.new.jsonl"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in pending] == [0o600]
    assert SECRET in pending[0].read_text()
    done = at_home("accept", "--all", "--even-failing", cwd=repository.root, env=env)
    assert "1 answer accepted · 1 judgement kept" in done.err
    (kept,) = entries((repository.root / KEPT).read_text())
    assert [list(sample) for sample in kept["samples"]] == [["digest"]]
    assert in_repository(repository) == []
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files(store))
    assert "nothing to ask" in (again := at_home("record", cwd=repository.root, env=env)).err
    assert "judgement" not in again.err
    checked = run("check", "--verbose", "shop/mood", cwd=repository.root, env=env)
    assert "tone 100.00 % (1 of 1" in checked.out
    assert "Marie" not in checked.out
    assert run("lint", "shop/mood", cwd=repository.root, env=env).code == 0


def test_a_stored_judgement_that_is_gone_or_changed(repository: ScratchRepository, store: Path) -> None:
    prepare_judged(repository, "good")
    env = recorded(repository, store)
    kept = (repository.root / KEPT).read_text()
    digest = entries(kept)[0]["samples"][0]["digest"].removeprefix("sha256:")
    path = store / digest[:2] / f"{digest}.json"
    text = path.read_text()
    path.write_text(text.replace(SECRET, "nothing"))
    changed = f"{KEPT}:2:1: error SCH001 the stored judgement is not the one that was accepted"
    for command in ("lint", "check"):
        assert changed in run(command, "shop/mood", cwd=repository.root, env=env).out, command
    refused = at_home("record", "shop/mood", cwd=repository.root, env=env)
    assert (refused.code, f"{KEPT}:2: the stored judgement" in refused.err) == (2, True)
    path.unlink()
    assert run("lint", "shop/mood", cwd=repository.root, env=env).code == 0
    gone = run("check", "--verbose", "shop/mood", cwd=repository.root, env=env)
    assert "1 unscored" in gone.out
    assert "judgement" not in at_home("record", "shop/mood", cwd=repository.root, env=env).err
    assert (repository.root / KEPT).read_text() == kept
    path.write_text(text)
    assert "tone 100.00 % (1 of 1" in run("check", "--verbose", "shop/mood", cwd=repository.root, env=env).out


@pytest.mark.parametrize(
    ("check", "shown"),
    [
        (
            "    path: $.score\n    because: $.why\n    min: 6\n",
            "fail r000 · tone: not shown: the judgement is kept outside",
        ),
        ("    path: $.why\n", "1 × tone: not shown: the judgement is kept outside"),
        ("    path: $.no\n    min: 1\n", "1 × tone: not shown: the judgement is kept outside"),
    ],
)
def test_a_judgement_outside_is_not_quoted_of_an_answer_in_the_repository(
    repository: ScratchRepository, store: Path, check: str, shown: str
) -> None:
    """Its digest stands in the repository, where a change can name it."""
    prepare_judged(repository, "good")
    env = recorded(repository, store)
    repository.write("promptstead.toml", SETTINGS)
    at_home("record", "--all", "--no-judges", "shop/mood", cwd=repository.root, env=env)
    at_home("accept", "--all", cwd=repository.root, env=env)
    prompt = (repository.root / PATH).read_text()
    repository.write(PATH, prompt.replace("    path: $.score\n    because: $.why\n    min: 4\n", check))
    done = run("check", "--verbose", "shop/mood", cwd=repository.root, env=env)
    document = run("eval", "--format", "json", "shop/mood", cwd=repository.root, env=env)
    assert SECRET not in done.out + document.out
    assert shown in done.out + run("eval", "shop/mood", cwd=repository.root, env=env).out


def test_judgements_in_the_repository_are_moved_out(repository: ScratchRepository, store: Path) -> None:
    prepare_judged(repository)
    repository.write("promptstead.toml", SETTINGS)
    env = recorded(repository, store)
    assert SECRET in (repository.root / KEPT).read_text()
    repository.write("promptstead.toml", SETTINGS + PRIVATE)
    assert (
        f"{KEPT}:2:1: error SCH001 this judgement is in the repository"
        in run("check", cwd=repository.root, env=env).out
    )
    moved = at_home("outputs", "move", cwd=repository.root, env=env)
    assert moved.err == "1 answer moved · 1 judgement moved\n"
    assert in_repository(repository) == []
    assert "tone 100.00 % (1 of 1" in run("check", "--verbose", "shop/mood", cwd=repository.root, env=env).out


def test_a_judgement_from_elsewhere_brings_its_own_words(repository: ScratchRepository, store: Path) -> None:
    prepare_judged(repository)
    env = {"PROMPTSTEAD_STORE": str(store)}
    assert at_home("record", "--to", "artifact", "shop/mood", cwd=repository.root, env=env).code == 0
    artifact = repository.root / "artifact"
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(artifact)} == {0o600}
    file = artifact / JUDGEMENTS
    (line,) = entries(file.read_text())
    file.write_text(json.dumps(line | {"samples": [{"digest": "sha256:" + "0a" * 32}]}) + "\n")
    refused = at_home("record", "--from", "artifact", "shop/mood", cwd=repository.root, env=env)
    assert (refused.code, "this line is not a judgement" in refused.err) == (2, True)
    file.write_text(json.dumps(line) + "\n")
    taken = at_home("record", "--from", "artifact", "shop/mood", cwd=repository.root, env=env)
    assert "1 judgement taken" in taken.out
    assert "1 judgement kept" in at_home("accept", "--all", "--even-failing", cwd=repository.root, env=env).err


def test_without_the_store_answers_written_by_hand_are_still_tied(repository: ScratchRepository) -> None:
    prepare_judged(repository)
    assert at_home("accept", cwd=repository.root).err == "0 answers accepted\n"
    assert at_home("accept", "--all", cwd=repository.root).code == 2
