"""``promptstead migrate``: what an earlier version wrote, in today's form."""

import json
from pathlib import Path

import pytest

from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.json_lines import entries
from tests.recorded import at_home
from tests.versions.write import CORPUS, as_it_was

OUTPUTS = "prompts/shop/sums/outputs.jsonl"
JUDGEMENTS = "prompts/shop/mood/judgements.jsonl"
LABELS = "prompts/shop/mood/labels.jsonl"
BASELINE = "promptstead-baseline.json"


@pytest.fixture
def old(tmp_path: Path) -> ScratchRepository:
    """Return the repository of the corpus as earlier versions wrote it."""
    repository = as_it_was(tmp_path / "old")
    for name, path in (
        ("outputs-v1-first.jsonl", OUTPUTS),
        ("judgements-v1-first.jsonl", JUDGEMENTS),
        ("baseline-v1.json", BASELINE),
    ):
        repository.write(path, (CORPUS / name).read_bytes())
    labels = (repository.root / LABELS).read_text().splitlines(keepends=True)[1:]
    repository.write(LABELS, "\ufeff" + "".join(labels).rstrip("\n"))
    return repository


def texts(repository: ScratchRepository) -> dict[str, bytes]:
    return {
        str(path.relative_to(repository.root)): path.read_bytes()
        for path in repository.root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(repository.root).parts
    }


def test_what_is_in_an_earlier_form_is_brought_up_to_date_once(old: ScratchRepository) -> None:
    before, found = texts(old), run("lint", "--format", "json", cwd=old.root).json
    check = run("migrate", "--check", cwd=old.root)
    assert (check.code, check.err) == (1, "4 files would change (run promptstead migrate)\n")
    assert texts(old) == before
    done = run("migrate", cwd=old.root)
    assert (done.code, done.err) == (0, "4 files changed\n")
    assert done.out == check.out
    assert done.out.splitlines() == [
        f"{BASELINE}: promptstead/baseline/v1 becomes promptstead/baseline/v2",
        f"{JUDGEMENTS}: says that it is promptstead/judgements/v1",
        f"{LABELS}: says that it is promptstead/labels/v1",
        f"{OUTPUTS}: says that it is promptstead/outputs/v1",
    ]
    after = texts(old)
    assert {path for path in after if after[path] != before.get(path)} == {BASELINE, JUDGEMENTS, LABELS, OUTPUTS}
    for path in (JUDGEMENTS, LABELS, OUTPUTS):
        first, _, rest = after[path].partition(b"\n")
        assert json.loads(first) == {"schema": f"promptstead/{Path(path).stem}/v1"}
        assert rest == before[path].removeprefix(b"\xef\xbb\xbf")
    assert run("lint", "--format", "json", cwd=old.root).json == found
    assert found["allowed_by_baseline"] == 7
    assert [each["message"] for each in json.loads(after[BASELINE])["findings"]]
    assert run("audit", cwd=old.root).code == 0
    assert at_home("record", cwd=old.root).err.startswith("nothing to ask")
    for arguments in (("migrate",), ("migrate", "--check")):
        again = run(*arguments, cwd=old.root)
        assert (again.code, again.out, again.err) == (0, "", "nothing to migrate\n")
    assert texts(old) == after


def test_a_baseline_allows_no_more_than_it_did(old: ScratchRepository) -> None:
    """What is new since stays new, and what is gone is counted and not kept."""
    path = old.root / "prompts/shop/sums.prompt.yml"
    path.write_text(path.read_text().replace("a sum}", "a sum, example: 1 + 1}"))
    old.write("prompts/shop/new.prompt.yml", path.read_text())
    before = run("lint", "--format", "json", cwd=old.root).json
    done = run("migrate", cwd=old.root)
    assert "of 7 findings that it allowed, 1 no longer exist" in done.out
    after = run("lint", "--format", "json", cwd=old.root).json
    assert after["findings"] == before["findings"] != []
    assert {each["prompt"] for each in after["findings"]} == {"shop/new"}
    assert len(json.loads((old.root / BASELINE).read_text())["findings"]) == 6


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        (LABELS, b'{"schema":"promptstead/labels/v2"}\n', ":1: `schema` is `promptstead/labels/v2`; expected"),
        (OUTPUTS, b'\n{"schema":"promptstead/outputs/v1","needs":"99"}\n', ":2: this file needs promptstead 99"),
        (OUTPUTS, b"\xff\n", ": this is not UTF-8"),
        (BASELINE, b'{"format": "promptstead/baseline/v3"}', ": this is `promptstead/baseline/v3`; promptstead"),
        (BASELINE, b"{", ": this is not a baseline"),
    ],
)
def test_what_cannot_be_read_stays_as_it_is(old: ScratchRepository, path: str, text: bytes, says: str) -> None:
    old.write(path, text)
    assert run("migrate", "--check", cwd=old.root).code in (1, 2)  # it looks at first lines only
    done = run("migrate", cwd=old.root)
    assert (done.code, done.err.startswith(f"promptstead: {path}{says}")) == (2, True), done.err
    assert (old.root / path).read_bytes() == text


def test_nothing_leaves_the_repository(old: ScratchRepository, tmp_path: Path) -> None:
    outside = tmp_path / "outside.jsonl"
    outside.write_bytes((old.root / LABELS).read_bytes())
    (old.root / LABELS).unlink()
    (old.root / LABELS).symlink_to(outside)
    before = outside.read_bytes()
    assert run("migrate", cwd=old.root).code in (0, 2)
    assert outside.read_bytes() == before


def test_the_entries_of_a_file_stay(old: ScratchRepository) -> None:
    before = [json.loads(line) for line in (old.root / OUTPUTS).read_text().splitlines()]
    assert run("migrate", cwd=old.root).code == 0
    assert entries((old.root / OUTPUTS).read_text()) == before
