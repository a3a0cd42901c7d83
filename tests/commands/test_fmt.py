from pathlib import Path

import pytest

from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import CASES, MODEL, OUTPUTS, PATH, PROMPT, SNAPSHOT, write_sample

UNTIDY_MODEL = MODEL.rstrip().replace(": {", ":   {", 1).replace(SNAPSHOT, f"'{SNAPSHOT}'")
UNTIDY = (
    PROMPT.replace("title: Mood of a review\n", "")
    .replace("inputs:\n", "inputs:   # what it reads\n")
    .replace(MODEL, f"{UNTIDY_MODEL}\ntitle:   Mood of a review\n")
)


def contents(root: Path) -> dict[str, bytes]:
    """Return every file of the prompts."""
    return {str(path): path.read_bytes() for path in (root / "prompts").rglob("*") if path.is_file()}


def test_canonical_form(repository: ScratchRepository) -> None:
    write_sample(repository)
    assert run("fmt", cwd=repository.root).code == 0
    tidy = contents(repository.root)
    repository.write(PATH, UNTIDY)
    cases = (repository.root / CASES).read_text()
    repository.write(CASES, cases.replace("    expected: good", "    expected:    good   # surely"))
    untidy = contents(repository.root)

    checked = run("fmt", "--check", cwd=repository.root)
    assert checked.code == 1
    assert checked.out.splitlines() == [
        f"{path}: not in canonical form (run promptstead fmt)" for path in (PATH, CASES)
    ]
    shown = run("fmt", "shop/mood", "--diff", cwd=repository.root)
    assert shown.code == 1
    assert f"--- {PATH}\n+++ {PATH}\n" in shown.out
    assert f"-{UNTIDY_MODEL}" in shown.out
    assert f"+{MODEL}" in shown.out
    assert contents(repository.root) == untidy

    written = run("fmt", CASES, cwd=repository.root)
    assert written.code == 0
    assert written.out.splitlines() == [PATH, CASES]
    assert written.err == "1 prompt: 2 files changed\n"
    after = contents(repository.root)
    assert after[str(repository.root / PATH)].replace(b"  # what it reads", b"") == tidy[str(repository.root / PATH)]
    assert b"expected: good  # surely" in after[str(repository.root / CASES)]
    again = run("fmt", cwd=repository.root)
    assert again.out == ""
    assert contents(repository.root) == after
    assert run("fmt", "--check", cwd=repository.root).code == 0


def test_what_cannot_be_read_is_named_and_left(repository: ScratchRepository) -> None:
    write_sample(repository)
    run("fmt", cwd=repository.root)
    repository.write(PATH, UNTIDY)
    broken = {
        "prompts/broken.prompt.yml": b"title: [\n",
        "prompts/latin.prompt.yml": b"title: caf\xe9\n",
        "prompts/twice.prompt.yml": b"title: a\ntitle: b\n",
    }
    for path, raw in broken.items():
        repository.write(path, raw)
    done = run("fmt", cwd=repository.root)
    assert done.code == 1
    assert done.out == f"{PATH}\n"
    *lines, total = done.err.splitlines()
    assert [line.partition(":")[0] for line in lines] == sorted(broken)
    assert "UTF-8" in lines[1]
    assert total == "4 prompts: 1 file changed, 3 could not be read"
    for path, raw in broken.items():
        assert (repository.root / path).read_bytes() == raw


@pytest.mark.parametrize("name", [PATH, OUTPUTS])
def test_line_ends_and_the_byte_order_mark(repository: ScratchRepository, name: str) -> None:
    write_sample(repository)
    run("fmt", cwd=repository.root)
    tidy = (repository.root / name).read_bytes()
    (repository.root / name).write_bytes(b"\xef\xbb\xbf" + tidy.replace(b"\n", b"\r\n"))
    shown = run("fmt", "--diff", cwd=repository.root)
    assert shown.code == 1
    assert shown.out == f"{name}: only line endings or the byte-order mark would change\n"
    assert run("fmt", cwd=repository.root).code == 0
    assert (repository.root / name).read_bytes() == tidy
