"""A file that only grows, with one writer at a time."""

import errno
import os
from pathlib import Path

import pytest

from promptstead.errors import PromptsteadError
from promptstead.storage.journal import Journal


def test_lines_are_there_at_once_and_an_unfinished_one_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "journal"
    with Journal(str(path), "j") as journal:
        journal.append("one\n")
        assert path.read_bytes() == b"one\n"
        journal.append("two é\n")
    path.write_bytes(path.read_bytes() + b"half")
    with Journal(str(path), "j") as journal:
        assert journal.read().decode() == "one\ntwo é\n"
        journal.append("three\n")
    assert path.read_text(encoding="utf-8") == "one\ntwo é\nthree\n"


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    path = str(tmp_path / "journal")
    with Journal(path, "j") as journal:
        with pytest.raises(PromptsteadError, match="j: another promptstead is writing"):
            Journal(path, "j")
        journal.append("one\n")
        journal.replace("two\n")
        with pytest.raises(PromptsteadError, match="another promptstead"):
            Journal(path, "j")
        journal.append("three\n")
    with Journal(path, "j") as journal:
        assert journal.read() == b"two\nthree\n"
        journal.replace("")
    assert not Path(path).exists()


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(PromptsteadError, match="j: cannot write the answers: Is a directory"):
        Journal(str(tmp_path / "folder"), "j")
    (tmp_path / "file").touch()
    with pytest.raises(PromptsteadError, match="cannot write the answers"):
        Journal(str(tmp_path / "file" / "journal"), "j")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with pytest.raises(PromptsteadError, match="cannot write the answers"):
        Journal(str(tmp_path / "link"), "j")


def test_lines_that_are_added_are_there_at_once_and_waited_for_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal"
    with Journal(str(path), "j") as journal:
        waits: list[int] = []
        monkeypatch.setattr(os, "fsync", lambda file: waits.append(os.fstat(file).st_size))
        journal.add("one\n")
        journal.add("two\n")
        assert (path.read_bytes(), waits) == (b"one\ntwo\n", [])
        journal.sync()
        journal.sync()
        assert waits == [8]
        journal.append("three\n")
        assert waits == [8, 14]


def test_what_the_disk_refuses_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal"
    with Journal(str(path), "j") as journal:
        journal.append("one\n")
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            journal.add("two\n")
            journal.add("three\n")
            with pytest.raises(PromptsteadError, match="j: cannot write the answers: No space left on device"):
                journal.sync()
        assert path.read_bytes() == b"one\n"
        journal.append("four\n")
    assert path.read_bytes() == b"one\nfour\n"


def full(file: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
