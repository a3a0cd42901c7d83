"""Files that take the place of others: whole or not at all, and never through a link that a repository holds."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import BinaryIO, TextIO, cast

from promptstead.errors import PromptsteadError
from promptstead.interrupts import unfinished
from promptstead.storage.disk import make_folder, sync_folder

PREFIX = ".promptstead-"
"""What the names of temporary files and folders begin with. A command that is killed may leave one; Git ignores it."""
STREAMS = dict.fromkeys(("-", "/dev/stdout", "/dev/fd/1"), "stdout") | {"/dev/stderr": "stderr"}
"""File name -> the stream of this process that it stands for."""


@contextmanager
def replacing(path: str, *, location: str = "") -> Iterator[TextIO]:
    """Give a file to write UTF-8 to, which takes the place of the file *path* when all is written, and not before.

    A terminal, a pipe or /dev/null is written to as it is; ``-`` is stdout.

    :param location: what an error names, by default *path*.
    :raises PromptsteadError: it cannot be written, and nothing is half written; or a link leads out of a repository.
    """
    if path in STREAMS:
        yield getattr(sys, STREAMS[path])
        return
    refuse_link_out(path, location)
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with _device(path) as device:
                yield device
            return
        folder = os.path.dirname(os.path.realpath(path))
        make_folder(folder)
        mode = stat.S_IMODE(os.stat(path).st_mode) if os.path.exists(path) else 0o666 & ~umask()
        with replacing_bytes(path, mode) as file:
            text = TextIOWrapper(file, encoding="utf-8", newline="\n")
            try:
                yield text
            finally:
                text.detach()  # flushes it
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        raise PromptsteadError(
            f"cannot write the file: {reason}", hint="nothing was changed", location=location or path
        ) from error
    try:
        sync_folder(folder)
    except OSError as error:
        raise PromptsteadError(
            f"the file is written, but may not be safe on disk: {error.strerror}",
            hint="check the disk",
            location=location or path,
        ) from error


@contextmanager
def replacing_bytes(path: str, mode: int) -> Iterator[BinaryIO]:
    """Give a file to write to, which takes the place of the file *path* when all that it holds is on disk.

    :param mode: who may read and write it.
    :raises OSError: it cannot be written; then nothing changed.
    """
    import tempfile

    target = os.path.realpath(path)
    handle, temporary = tempfile.mkstemp(prefix=PREFIX, dir=os.path.dirname(target))
    unfinished.add(temporary)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield cast(BinaryIO, file)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    finally:
        unfinished.discard(temporary)


def refuse_link_out(path: str, location: str = "") -> None:
    """Refuse to write to a path of which a link lies in a repository and leads out of it.

    Whoever made the tree would otherwise choose what is overwritten by a report of which only the name was given.

    :param location: what the error names, by default *path*.
    :raises PromptsteadError: there is such a link.
    """
    drive, rest = os.path.splitdrive(path.replace(os.altsep or os.sep, os.sep))
    folder = drive + os.sep if os.path.isabs(path) else os.path.realpath(os.curdir)
    for part in rest.split(os.sep):
        step = os.path.normpath(os.path.join(folder, part))  # what is before it holds no link
        if os.path.islink(step):
            root = _repository(folder)
            if root and leaves(root, step):
                hint = "name another file, or the one that the link leads to"
                raise PromptsteadError("this link leads out of the repository", hint=hint, location=location or path)
            step = os.path.realpath(step)
        folder = step


def leaves(root: str, path: str) -> bool:
    """Tell whether *path*, its links followed, lies outside the folder *root*, or where Git keeps what is its own."""
    target = os.path.realpath(path)
    above = root.rstrip(os.sep) + os.sep
    if target != root and not target.startswith(above):
        return True
    return ".git" in target[len(above) :].lower().split(os.sep)


def _repository(folder: str) -> str:
    """Return the root of the repository that *folder* lies in; empty where it lies in none."""
    for mark in (".git", "promptstead.toml"):
        candidate = folder
        while not os.path.lexists(os.path.join(candidate, mark)):
            parent = os.path.dirname(candidate)
            if parent == candidate:
                break
            candidate = parent
        else:
            return candidate
    return ""


def _device(path: str) -> TextIO:
    """Open what is no regular file; a pipe that nobody reads is refused, not waited for."""
    file = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    os.set_blocking(file, True)
    return open(file, "w", encoding="utf-8", newline="\n")


def umask() -> int:
    """Return which rights the user takes from new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
