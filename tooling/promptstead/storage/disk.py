"""Folders on disk: a file that was waited for is lost all the same while the folder that names it was not."""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

_NOT_THERE = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES}
"""What systems say that cannot wait for a folder, and of one that may be written and not read."""


def make_folder(path: str, mode: int = 0o777) -> None:
    """Make the folder *path* with those around it, and wait until they are on disk.

    :param mode: who may use each folder that is made; the mask of the process takes from that.
    :raises OSError: it cannot be made.
    """
    made = []
    folder = path
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):
        made.append(folder)
        folder = os.path.dirname(folder)
    for each in reversed(made):
        with suppress(FileExistsError):  # another process made it; were it a file, what is put into it says so
            os.mkdir(each, mode)
        sync_folder(os.path.dirname(each))


def sync_folder(path: str) -> None:
    """Wait until what the folder *path* names is on disk; nothing where the system cannot tell.

    :raises OSError: the disk fails.
    """
    if sys.platform == "win32":
        return
    try:
        folder = os.open(path or os.curdir, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        if error.errno not in _NOT_THERE:
            raise


def walk(top: str, onerror: Callable[[OSError], None] | None = None) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield what :func:`os.walk` does, from folders of any depth: up to Python 3.11 that calls itself in each."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        folders: list[str] = []
        names: list[str] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    (folders if _is_folder(entry) else names).append(entry.name)
        except OSError as error:
            if onerror is not None:
                onerror(error)
            continue
        yield folder, folders, names
        below = [os.path.join(folder, name) for name in reversed(folders)]
        waiting += [path for path in below if not os.path.islink(path)]


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
