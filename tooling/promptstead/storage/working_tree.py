"""The working tree: the only module that reads and writes files of the repository on disk."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from typing import BinaryIO

from promptstead.errors import PromptsteadError
from promptstead.storage.disk import walk
from promptstead.storage.replacement import leaves, replacing

MAX_BYTES = 64 * 1024 * 1024
"""Largest file read at all: a dataset. The YAML reader has its own, smaller bound."""
MAX_STREAM = 4 * 1024 * 1024 * 1024
"""Largest file read piece by piece: a dataset or its answers, line by line."""
MAX_FILES = 200_000
SKIPPED = {
    ".git",
    ".hg",
    ".venv",
    "venv",
    "node_modules",
    "__pycache__",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".tox",
}
ROOT_MARKS = (".git", "promptstead.toml")


class WorkingTree:
    """Files below *root* as they are on disk; a :class:`promptstead.model.Tree`."""

    label = "working tree"

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self._straight: dict[str, bool] = {}
        """Folder -> whether no link leads to it."""

    def files(self, under: str = "") -> list[str]:
        """Return the sorted paths below the folder *under*; links to folders are not followed.

        :raises PromptsteadError: too many files, a folder that cannot be read, or *under* is a link that leaves the
            repository.
        """
        found: list[str] = []
        top = os.path.join(self.root, under) if under else self.root
        self._refuse_escape(top, under)
        for folder, folders, names in walk(top, _unreadable_folder):
            folders[:] = sorted(name for name in folders if name not in SKIPPED)
            prefix = os.path.relpath(folder, self.root).replace(os.sep, "/")
            prefix = "" if prefix == "." else prefix + "/"
            found.extend(prefix + name for name in names)
            if len(found) > MAX_FILES:
                raise PromptsteadError(
                    f"more than {MAX_FILES:,} files below `{under or '.'}`",
                    hint="name the folders of prompts in `roots`",
                )
        return sorted(found)

    def read(self, path: str) -> bytes | None:
        """Return the bytes of *path*, or None where there is no such file.

        :raises PromptsteadError: too large, unreadable, not a regular file, or a link that leaves the repository.
        """
        file = self._open(path, MAX_BYTES)
        if file is None:
            return None
        with file:
            try:
                return file.read(os.fstat(file.fileno()).st_size)  # read() sets aside as much as it is asked for
            except OSError as error:
                raise _unreadable(error, path) from error

    def open(self, path: str) -> BinaryIO | None:
        """Return *path* opened for reading, up to 4 GiB of it, or None where there is no such file.

        :raises PromptsteadError: as :meth:`read` does.
        """
        return self._open(path, MAX_STREAM)

    def _open(self, path: str, limit: int) -> BinaryIO | None:
        full = os.path.join(self.root, path)
        try:
            status = os.lstat(full)
            if stat.S_ISLNK(status.st_mode) or self._through_link(full):
                self._refuse_escape(full, path)
                if not os.path.exists(full):
                    raise PromptsteadError(
                        "this link leads nowhere", hint="remove it, or put the file there", location=path
                    )
                status = os.stat(full)
            if stat.S_ISDIR(status.st_mode):
                raise PromptsteadError("this is a folder, not a file", hint="rename it", location=path)
            if not stat.S_ISREG(status.st_mode):
                raise PromptsteadError("this is not a regular file", hint="prompts are plain files", location=path)
            if status.st_size > limit:
                size = status.st_size // (1024 * 1024)
                raise PromptsteadError(
                    f"the file has {size} MiB; at most {limit // (1024 * 1024)} MiB are read", location=path
                )
            return open(full, "rb")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unreadable(error, path) from error
        except ValueError as error:
            raise PromptsteadError("this is not a usable file name", location=path) from error

    def read_many(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of those *paths* that exist."""
        return {path: raw for path in paths if (raw := self.read(path)) is not None}

    def write(self, path: str, text: str) -> None:
        """Write *text* to *path* as UTF-8, in a temporary file that is then renamed: nothing is ever half written."""
        self.write_parts(path, (text,))

    def write_parts(self, path: str, parts: Iterable[str]) -> None:
        """Write *parts*, one after another, as :meth:`write` does; they may be read from the same file meanwhile."""
        full = os.path.join(self.root, path)
        self._refuse_escape(full, path)
        with replacing(full, location=path) as file:
            for part in parts:
                file.write(part)

    def remove(self, path: str) -> None:
        """Remove the file *path*, and the folders above it that are empty then; nothing where it is not there.

        :raises PromptsteadError: it cannot be removed, or lies behind a link that leaves the repository.
        """
        full = os.path.join(self.root, path)
        self._refuse_escape(full, path)
        try:
            with suppress(FileNotFoundError):
                os.unlink(full)
        except OSError as error:
            raise PromptsteadError(
                f"cannot remove the file: {error.strerror}", hint="nothing was changed", location=path
            ) from error
        with suppress(OSError):  # a folder that is not empty stays
            while (full := os.path.dirname(full)) != self.root:
                os.rmdir(full)

    def place(self, path: str) -> str:
        """Return where *path* lies on disk, for what writes there by itself.

        :raises PromptsteadError: it is a link that leaves the repository, or lies behind one.
        """
        full = os.path.join(self.root, path)
        self._refuse_escape(full, path)
        return full

    def relative(self, argument: str) -> str:
        """Return the path of a command-line *argument* relative to the root.

        :raises PromptsteadError: it lies outside the repository.
        """
        full = os.path.join(
            os.path.realpath(os.path.dirname(os.path.abspath(argument))), os.path.basename(os.path.abspath(argument))
        )
        if full == self.root:
            return ""
        if not full.startswith(self.root.rstrip(os.sep) + os.sep):
            raise PromptsteadError(
                "the path lies outside this repository", hint=f"the repository is {self.root}", location=argument
            )
        return os.path.relpath(full, self.root).replace(os.sep, "/")

    def _through_link(self, full: str) -> bool:
        folder = os.path.dirname(full)
        if folder not in self._straight:
            self._straight[folder] = os.path.realpath(folder) == folder
        return not self._straight[folder]

    def _refuse_escape(self, full: str, path: str) -> None:
        if leaves(self.root, full):
            raise PromptsteadError(
                "this link leads out of the repository", hint="replace the link by the file itself", location=path
            )


def write_report(path: str, text: str) -> None:
    """Write a report to the file *path*, where nothing is or a former report.

    :raises PromptsteadError: a file is there that is no report by its name, or it cannot be written.
    """
    if os.path.realpath(path).endswith((".yml", ".yaml", ".toml", ".jsonl", ".py")) and os.path.lexists(path):
        raise PromptsteadError("a report may not overwrite this file", hint="name another file", location=path)
    write_file(path, text.encode("utf-8", "backslashreplace").decode())  # a file name in it may hold any byte


def write_file(path: str, text: str, *, location: str = "") -> None:
    """Write *text* to the file *path* as UTF-8, with the folders that it needs: to a temporary file, then renamed.

    :raises PromptsteadError: it cannot be written; *location* is what the error names, by default *path*. Nothing is
        half written.
    """
    with replacing(path, location=location) as file:
        file.write(text)


def find_root(start: str) -> str:
    """Return the root of the repository of *start*: the nearest folder upwards with a mark, or *start*'s own.

    :raises PromptsteadError: the current folder was deleted.
    """
    try:
        folder = os.path.realpath(start)
    except FileNotFoundError as error:
        raise PromptsteadError("the current folder no longer exists", hint="change to one that does") from error
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    candidate = folder
    while not any(os.path.exists(os.path.join(candidate, mark)) for mark in ROOT_MARKS):
        parent = os.path.dirname(candidate)
        if parent == candidate:
            return folder
        candidate = parent
    return candidate


def _unreadable(error: OSError, path: str) -> PromptsteadError:
    reason = error.strerror or "it cannot be read"
    return PromptsteadError(f"cannot read the file: {reason}", hint="check its permissions", location=path)


def _unreadable_folder(error: OSError) -> None:
    """Refuse a folder that is there and cannot be listed; one that is not there has no files."""
    if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
        reason = error.strerror or "it cannot be read"
        raise PromptsteadError(
            f"cannot list the folder: {reason}", hint="check its permissions", location=error.filename
        ) from error
