"""Recorded answers in a file larger than any that is read as a whole: read and written line by line."""

import json
import tracemalloc
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.cli import run
from promptstead.digests import inputs_digest
from promptstead.documents.lines_document import MAX_LINE, LinesDocument, lines_document
from promptstead.errors import PromptsteadError
from promptstead.model import Case
from promptstead.outputs.jsonl_changes import without
from promptstead.outputs.reader import raw_lines
from promptstead.storage.working_tree import MAX_BYTES
from tests.conftest import ScratchRepository
from tests.recorded import pending, write_recorded
from tests.samples import OUTPUTS, case_id, review_of

LINES = OUTPUTS.replace(".yml", ".jsonl")
LITTLE = 16 * 1024 * 1024
TEXT = "good" * 25_000
OTHERS = 720
"""Entries of cases that are no more, of 100 kB each."""


def line(case: str, text: str, inputs: str = "sha256:" + "0a" * 32, **more: object) -> str:
    entry = {"case": case, "model": "out", "source": "imported", "inputs": inputs, "samples": [{"output": text}]}
    return json.dumps(entry | more, separators=(",", ":")) + "\n"


@pytest.fixture
def large(repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch) -> ScratchRepository:
    """Return a repository with three cases and 72 MB of answers, three of which are theirs."""
    write_recorded(repository, 3)
    (repository.root / OUTPUTS).unlink()
    own = [line(case_id(n), "good", inputs_digest(Case(case_id(n), {"review": review_of(n)}))) for n in range(3)]
    others = [line(f"z{number:04}", TEXT) for number in range(OTHERS)]
    repository.write(LINES, "".join([*own, *others]))
    monkeypatch.chdir(repository.root)
    monkeypatch.setenv("CI", "")
    assert (repository.root / LINES).stat().st_size > MAX_BYTES
    return repository


def peak(arguments: list[str], expected: int) -> int:
    """Run a command and return the most bytes of memory that Python's objects took meanwhile."""
    tracemalloc.start()
    try:
        assert run(arguments) == expected
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_it_is_read_in_little_memory(large: ScratchRepository, capsys: pytest.CaptureFixture[str]) -> None:
    assert peak(["check"], 1) < LITTLE  # the others are obsolete, which is an error
    assert f"and those of {OTHERS - 1} more cases: obsolete" in (out := capsys.readouterr().out)
    assert "3 pass" in out
    assert run(["outputs", "list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == OTHERS + 3
    assert run(["eval", "--quiet"]) == 0
    capsys.readouterr()
    assert run(["record"]) == 0
    assert "3 answers recorded" in capsys.readouterr().out  # of the model; the others are somebody else's
    assert run(["record"]) == 0
    assert "nothing to ask" in capsys.readouterr().err


def test_what_is_accepted_leaves_the_other_lines_as_they_are(
    large: ScratchRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (large.root / LINES).read_bytes().splitlines(keepends=True)
    assert run(["record", "--case", "r001"]) == 0
    assert len(pending(large)) == 1
    assert peak(["accept", "--all"], 0) < LITTLE
    version, *after = (large.root / LINES).read_bytes().splitlines(keepends=True)
    assert json.loads(version) == {"schema": "promptstead/outputs/v1"}
    (new,) = [each for each in after if each not in set(before)]
    assert [each for each in after if each != new] == before
    assert json.loads(new)["model"] == "fake/script"
    assert after.index(new) == 1  # before the answer of `out` to the same case: in the order of cases and models
    assert run(["outputs", "prune"]) == 0
    assert (large.root / LINES).read_bytes() == b"".join([version, *after[:4]])


def test_a_line_has_a_bound_and_the_error_names_it(
    repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_recorded(repository, 1)
    (repository.root / OUTPUTS).unlink()
    monkeypatch.chdir(repository.root)
    monkeypatch.setenv("CI", "")
    repository.write(LINES, line("r000", "good") + "{" + "x" * MAX_LINE + "\n" + line("r001", "good"))
    before = (repository.root / LINES).read_bytes()
    for command in ("record", "accept --all", "outputs prune"):
        assert run(command.split()) == 2
        assert f"{LINES}:2: this line is longer than {MAX_LINE:,} bytes" in capsys.readouterr().err
    assert run(["eval", "--quiet"]) == 2
    assert f"{LINES}:2: this line is longer" in capsys.readouterr().err
    assert run(["lint"]) == 1
    assert len(capsys.readouterr().out) < 100_000
    assert (repository.root / LINES).read_bytes() == before


def test_a_yaml_file_above_its_bound_is_no_empty_one(
    repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_recorded(repository, 1)
    repository.write(OUTPUTS, (repository.root / OUTPUTS).read_text() + "# " + "x" * 5_000_000 + "\n")
    monkeypatch.chdir(repository.root)
    monkeypatch.setenv("CI", "")
    for command in ("record", "eval"):
        assert run(command.split()) == 2
        assert f"{OUTPUTS}:1: the file has 5,000," in (err := capsys.readouterr().err)
        assert "answers to outputs.jsonl" in err


def test_a_file_that_changes_while_it_is_read_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "outputs.jsonl"
    file.write_text("".join(line(f"z{number}", "x" * 500_000) for number in range(4)))
    document = lines_document(str(file), lambda: file.open("rb"))
    assert document is not None
    parts = without(document, {("z0", "out")})
    next(parts)
    with file.open("a") as end:
        end.write(line("new", "other"))
    with pytest.raises(PromptsteadError, match="changed while it was read"):
        list(parts)


@settings(max_examples=50)
@given(st.lists(st.text("a\u00e9\r\u2028 ", max_size=6), max_size=6), st.booleans(), st.booleans())
def test_places_of_lines_are_those_of_the_text(texts: list[str], ends: bool, mark: bool) -> None:
    text = "\n".join(texts) + ("\n" if ends else "")
    raw = (b"\xef\xbb\xbf" if mark else b"") + text.encode()
    document = LinesDocument("x.jsonl", BytesIO(raw), lambda: BytesIO(raw))
    assert "".join(piece for _, piece in document.pieces()) == text
    for number, offset, found in raw_lines(document):
        assert text[offset : offset + len(found)] == found
        assert document.position(offset) == (number, 1)
        assert document.line_text(number) == found.rstrip("\r")
