"""A file that only grows, line by line: one process at a time writes it, and knows what is on disk."""

import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING

from promptstead.errors import PromptsteadError
from promptstead.storage.disk import make_folder, sync_folder
from promptstead.storage.file_lock import NO_LINK, lock, taken
from promptstead.storage.replacement import refuse_link_out, replacing_bytes

if TYPE_CHECKING:
    import asyncio

MAX_BYTES = 64 * 1024 * 1024
"""Bytes from which on a journal is full."""
ROOM = 2
"""So many times the bytes from which on it is full it may have, and is read: calls under way when it was not yet."""
_BLOCK = 1024 * 1024


class Journal:
    """The lines of a file, held by this process until it is closed; a file that stays empty is removed.

    However the process ends, every line that was added is there; however the machine does, every one that was waited
    for. A last line without its line feed was being written when a process died: it is cut off.

    :param path: where it lies on disk; its folder is made where there is none.
    :param location: what errors call it.
    :param limit: bytes from which on it is full; twice as many are the most that it may have.
    :param hint: what to do when it is full.
    :param mode: who may read and write it, where it is made, and its folders; the mask of the process takes from that.
    :raises PromptsteadError: it cannot be written, is too large, another process holds it, or a link leads out of a
        repository to it.
    """

    def __init__(
        self,
        path: str,
        location: str,
        limit: int = MAX_BYTES,
        hint: str = "accept or reject some first",
        mode: int = 0o666,
    ) -> None:
        self._path = os.path.abspath(path)
        self._location = location
        self._limit, self._hint = limit, hint
        self._mode = mode
        self._syncing = threading.Lock()
        self._turn: asyncio.Lock | None = None
        self._failed: PromptsteadError | None = None
        refuse_link_out(path, location)
        try:
            make_folder(os.path.dirname(self._path), mode | (mode & 0o444) >> 2)  # who may read may search
            self._file = self._open()
        except OSError as error:
            raise self._cannot("write", error) from error
        try:
            self._size = self._synced = self._cut_unfinished()
            if self._size == 0:  # it may be new, and a line is as safe as the name of its file
                self._sync_folder()
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def full(self) -> bool:
        """Tell whether nothing more should be asked for that is to be added."""
        return self._size >= self._limit

    @property
    def is_empty(self) -> bool:
        """Tell whether it has no line."""
        return self._size == 0

    def read(self) -> bytes:
        """Return everything in it."""
        return _read(self._file, self._size)

    def append(self, line: str) -> None:
        """Add a line, which ends with its line feed, and wait until it is on disk.

        :raises PromptsteadError: it cannot be written; then nothing of it is.
        """
        self.add(line)
        self.sync()

    def add(self, line: str) -> None:
        """Add a line, which ends with its line feed; :meth:`sync` waits until it is on disk.

        :raises PromptsteadError: it cannot be written; then nothing of it is.
        """
        raw = line.encode("utf-8")
        if self._size + len(raw) > ROOM * self._limit:
            raise too_full(self._limit, self._hint, self._location)
        try:
            _write(self._file, raw)
        except OSError as error:
            os.ftruncate(self._file, self._size)
            raise self._cannot("write", error) from error
        self._size += len(raw)

    def sync(self) -> None:
        """Wait until every line that was added is on disk. Another thread may wait while lines are added.

        :raises PromptsteadError: they cannot be written; then none is that was not waited for before.
        """
        with self._syncing:
            size = self._size
            if size == self._synced:
                return
            try:
                os.fsync(self._file)
            except OSError as error:
                os.ftruncate(self._file, self._synced)
                self._size = self._synced
                self._failed = self._cannot("write", error)
                raise self._failed from error
            self._synced = size

    async def on_disk(self) -> None:
        """Wait as :meth:`sync` does while other tasks of the event loop go on; one wait serves all who came.

        :raises PromptsteadError: they cannot be written, or could not once before.
        """
        import asyncio  # who only reads needs none

        mine = self._size
        self._turn = self._turn or asyncio.Lock()
        async with self._turn:
            if self._failed:
                raise self._failed
            if self._synced < mine:
                await asyncio.to_thread(self.sync)

    def replace(self, text: str) -> None:
        """Put *text* in place of everything, at once: a process that dies leaves the one or the other.

        :raises PromptsteadError: it cannot be written; then nothing changed.
        """
        self.rewrite([text])

    def rewrite(self, parts: Iterable[str]) -> None:
        """Put *parts* in place of everything, as :meth:`replace` does; they may be read from the file meanwhile."""
        size, held = 0, -1
        try:
            with replacing_bytes(self._path, os.fstat(self._file).st_mode & 0o777) as file:
                held = os.dup(file.fileno())
                lock(held)  # before it has the name that others open
                for part in parts:
                    size += file.write(part.encode("utf-8"))
        except BaseException as error:
            if held >= 0:
                os.close(held)
            if isinstance(error, OSError):
                raise self._cannot("write", error) from error
            raise
        with self._syncing:
            os.close(self._file)
            self._file = held
            self._size = self._synced = size
        self._sync_folder()

    def close(self) -> None:
        """Let others have it."""
        if self._size == 0:
            with suppress(OSError):  # an empty file more does no harm
                os.unlink(self._path)
        with self._syncing:
            os.close(self._file)

    def _sync_folder(self) -> None:
        try:
            sync_folder(os.path.dirname(self._path))
        except OSError as error:
            raise self._cannot("write", error) from error

    def _open(self) -> int:
        while True:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | NO_LINK, self._mode)
            try:
                lock(file)
                if os.path.exists(self._path) and os.path.samestat(os.fstat(file), os.stat(self._path)):
                    return file
            except BlockingIOError as error:
                os.close(file)
                raise taken(self._location) from error
            except BaseException:
                os.close(file)
                raise
            os.close(file)  # it was replaced or removed in between

    def _cut_unfinished(self) -> int:
        size = os.fstat(self._file).st_size
        if size > ROOM * self._limit:
            raise _too_large(size, self._limit, self._location)
        whole = _whole_lines(self._file, size)
        if whole < size:
            os.ftruncate(self._file, whole)
        return whole

    def _cannot(self, what: str, error: OSError) -> PromptsteadError:
        reason = error.strerror or "the system refuses"
        return PromptsteadError(
            f"cannot {what} the answers: {reason}", hint="the answers that were there are kept", location=self._location
        )


def read_journal(path: str, location: str) -> bytes:
    """Return what the journal at *path* holds, without holding it; nothing where there is none.

    :param location: what errors call it.
    :raises PromptsteadError: it is there and cannot be read, all of it.
    """
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | NO_LINK), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > ROOM * MAX_BYTES:
                raise _too_large(size, MAX_BYTES, location)
            return file.read(size)
    except FileNotFoundError:
        return b""
    except OSError as error:
        reason = error.strerror or "the system refuses"
        hint = "put a regular file there, or move away what is in its place"
        raise PromptsteadError(f"cannot read the pending answers: {reason}", hint=hint, location=location) from error


def too_full(limit: int, hint: str, location: str) -> PromptsteadError:
    """Return what is said of a journal that has no room left."""
    message = f"more than {limit // (1024 * 1024)} MiB of answers are pending here"
    return PromptsteadError(message, hint=hint, location=location)


def _too_large(size: int, limit: int, location: str) -> PromptsteadError:
    return PromptsteadError(
        f"the file has {size // (1024 * 1024)} MiB; at most {ROOM * limit // (1024 * 1024)} MiB of it are read",
        hint="move some of its lines to another file, and take them back later with promptstead record --from",
        location=location,
    )


def _read(file: int, size: int) -> bytes:
    os.lseek(file, 0, os.SEEK_SET)
    with os.fdopen(os.dup(file), "rb") as stream:
        return stream.read(size)


def _whole_lines(file: int, size: int) -> int:
    """Return where the last line feed of the file ends, looking from its end."""
    end = size
    while end > 0:
        start = max(0, end - _BLOCK)
        os.lseek(file, start, os.SEEK_SET)
        found = os.read(file, end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _write(file: int, raw: bytes) -> None:
    written = 0
    while written < len(raw):
        written += os.write(file, raw[written:])
