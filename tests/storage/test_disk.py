"""What was waited for is there after the machine stopped: the file, and the folder that names it."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from promptstead.errors import PromptsteadError
from promptstead.storage.answer_store import AnswerStore
from promptstead.storage.journal import Journal
from promptstead.storage.working_tree import write_file

Kept = dict[int, set[str]]
"""Folder -> the names in it that would be there after a power cut."""


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """Return what is on disk for good: a folder's names as they were when it was last waited for."""
    found: Kept = {}
    fsync = os.fsync

    def counting(file: int) -> None:
        fsync(file)
        status = os.fstat(file)
        if stat.S_ISDIR(status.st_mode):
            found[status.st_ino] = set(os.listdir(file))

    monkeypatch.setattr(os, "fsync", counting)
    return found


def is_kept(path: Path, kept: Kept, top: Path) -> bool:
    """Tell whether *path* would be there after a power cut, with every folder below *top* that leads to it."""
    while path != top:
        if path.name not in kept.get(path.parent.stat().st_ino, ()):
            return False
        path = path.parent
    return True


def in_a_journal(folder: Path) -> Path:
    with Journal(str(folder / "deep" / "journal"), "j") as journal:
        journal.append("one\n")
    return folder / "deep" / "journal"


def in_a_journal_that_was_replaced(folder: Path) -> Path:
    (folder / "journal").write_text("old\n")
    with Journal(str(folder / "journal"), "j") as journal:
        journal.replace("one\n")
    return folder / "journal"


def in_a_file(folder: Path) -> Path:
    write_file(str(folder / "a" / "b" / "file"), "text")
    return folder / "a" / "b" / "file"


def in_a_store(folder: Path) -> Path:
    digest = AnswerStore(str(folder), str(folder.parent / "repository")).write("text").removeprefix("sha256:")
    (found,) = folder.rglob(f"{digest}.json")
    return found


@pytest.mark.parametrize("write", [in_a_journal, in_a_journal_that_was_replaced, in_a_file, in_a_store])
def test_the_name_is_waited_for_too(write: Callable[[Path], Path], tmp_path: Path, kept: Kept) -> None:
    path = write(tmp_path)
    assert is_kept(path, kept, tmp_path)


def test_a_disk_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def failing(file: int) -> None:
        if stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(5, "Input/output error")
        fsync(file)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(PromptsteadError, match="file: the file is written, but may not be safe on disk: Input/output"):
        write_file(str(tmp_path / "file"), "text")
    with pytest.raises(PromptsteadError, match="j: cannot write the answers: Input/output error"):
        Journal(str(tmp_path / "journal"), "j")
