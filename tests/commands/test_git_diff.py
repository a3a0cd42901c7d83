"""Git's own diffs show prompts as text, once a clone is set up for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import CASES, PATH, PROMPT, cases, write_sample


@pytest.fixture
def repository(repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch) -> ScratchRepository:
    """Return a repository set up for Git's diffs, with promptstead where Git finds it."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    write_sample(repository)
    done = run("init", "--git-diff", cwd=repository.root)
    assert done.code == 0, done.err
    assert done.out.startswith(".gitattributes\ngit config diff.promptstead.textconv = promptstead textconv\n")
    repository.commit("Prompts")
    return repository


def test_plain_git_diff_and_log_show_words_and_values(repository: ScratchRepository) -> None:
    wrapped = PROMPT.replace("You read reviews for a shop.", "You read\n      reviews   for a shop.")
    repository.write(PATH, "# a comment\n" + wrapped)
    assert repository.run("diff") == ""  # the bytes differ, and nothing that anybody reads
    repository.write(PATH, wrapped.replace("one word", "a single word").replace("max: 3", "max: 4"))
    repository.write(CASES, cases(3).replace("Review 1: the", "Review 1: all"))
    diff = [
        line
        for line in repository.run("diff", "-U0").splitlines()
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert diff == [
        "-    Answer with one word: good, bad or unknown.",
        "+    Answer with a single word: good, bad or unknown.",
        "-evaluators.short.max: 3",
        "+evaluators.short.max: 4",
        "-cases[r001].inputs.review: Review 1: the shoes are fine.",
        "+cases[r001].inputs.review: Review 1: all shoes are fine.",
    ]
    repository.commit("Change")
    assert "+    Answer with a single word: good, bad or unknown." in repository.run("log", "-p", "-1")
    # promptstead's own reading of the repository runs no text conversion
    assert run("diff", "HEAD~1..HEAD", cwd=repository.root).code == 0


def test_difftool(repository: ScratchRepository) -> None:
    repository.write(PATH, PROMPT.replace("one word", "a single word"))
    shown = subprocess.run(
        ["git", "difftool", "--no-prompt", "--tool", "promptstead", "--", PATH],
        cwd=repository.root, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert "Answer with [-one-]{+a single+} word: good, bad or unknown." in shown.stdout


def test_once_more_changes_nothing_and_broken_files_are_shown_as_they_are(repository: ScratchRepository) -> None:
    again = run("init", "--git-diff", cwd=repository.root)
    assert ".gitattributes" not in again.out
    assert repository.run("status", "--porcelain") == ""
    repository.write(PATH, PROMPT.replace("inputs:", "inputs: ["))
    assert "+inputs: [" in repository.run("diff")


def test_what_a_terminal_obeys_stays_an_escape(repository: ScratchRepository) -> None:
    repository.write(PATH, PROMPT.replace("title: Mood of a review", r'title: "Mood\e[2J\u202E \u00A0é"'))
    shown = repository.run("diff")
    assert "+title: Mood\\x1b[2J\\u202e \u00a0é" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("textconv", "missing.yml"), "missing.yml: cannot read the file: No such file or directory"),
        (("textconv", "."), "cannot read the file: Is a directory"),
        (("diff", "--no-index", "a.yml"), "--no-index compares two files (promptstead diff --no-index OLD NEW)"),
        (("diff", "--no-index", "a.yml", "b.yml"), "neither is a prompt file"),
        (("diff", "--no-index", "a.prompt.yml", PATH), "a.prompt.yml: cannot read the file: No such file"),
    ],
)
def test_what_cannot_be_shown(repository: ScratchRepository, arguments: tuple[str, ...], says: str) -> None:
    done = run(*arguments, cwd=repository.root)
    assert done.code == 2
    assert says in done.err


def test_two_files_from_anywhere(repository: ScratchRepository, tmp_path: Path) -> None:
    other = tmp_path / "other.prompt.yml"
    other.write_text(PROMPT.replace("one word", "a single word"), encoding="utf-8")
    done = run("diff", "--no-index", PATH, other, cwd=repository.root)
    assert "Answer with [-one-]{+a single+} word" in done.out
    new = run("diff", "--no-index", os.devnull, other, cwd=repository.root)
    assert new.out.startswith("other  added\n")
    assert run("diff", "--no-index", other, other, cwd=tmp_path).out == ""
