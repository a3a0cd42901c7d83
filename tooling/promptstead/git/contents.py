"""The content of files at any revision, read out of Git: through one ``git cat-file --batch`` that goes on."""

from collections.abc import Mapping
from typing import IO, BinaryIO, cast

from promptstead.errors import PromptsteadError, UnavailableError
from promptstead.git.process import Process, run

MAX_BYTES = 64 * 1024 * 1024
"""Largest file read from a revision, as in the working tree."""
MAX_STREAM = 4 * 1024 * 1024 * 1024
"""Largest file copied out of a revision to be read line by line."""
COPIED = 1024 * 1024
WINDOW = 100
"""Objects asked for at once: as many ids as surely fit into a pipe that nobody reads yet."""


class Contents:
    """Reads the objects of the repository at *root*; *named* is what Git is told besides."""

    def __init__(self, root: str, named: tuple[str, ...]) -> None:
        self._root, self._named = root, named
        self._process: Process | None = None

    @property
    def has_run(self) -> bool:
        """Tell whether the process was started, so that it may not know what was fetched since."""
        return self._process is not None

    def close(self) -> None:
        """End the process; the next question starts another."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def read(self, names: Mapping[str, str], label: str) -> dict[str, bytes]:
        """Return path -> content for path -> blob id, from one long-lived ``git cat-file --batch``.

        :raises PromptsteadError: a blob is too large or not in this clone; its location is ``label:path``.
        """
        found: dict[str, bytes] = {}
        wanted = list(names.items())
        try:
            for start in range(0, len(wanted), WINDOW):
                window = wanted[start : start + WINDOW]
                objects = self._running()
                objects.input.write("".join(f"{name}\n" for _, name in window).encode("ascii"))
                objects.input.flush()
                for path, _ in window:
                    found[path] = _read_blob(objects.output, f"{label}:{path}")
        except OSError as error:
            self.close()
            raise PromptsteadError(
                "Git stopped while reading", hint="run `git fsck` to check the repository"
            ) from error
        except BaseException:
            self.close()  # the answers still on their way belong to nobody
            raise
        return found

    def open(self, name: str, location: str) -> BinaryIO:
        """Return the content of a blob, of up to 4 GiB, in a temporary file that is gone once it is closed.

        :raises PromptsteadError: it is too large or not in this clone.
        """
        import shutil
        import tempfile

        size = run(self._root, *self._named, "cat-file", "-s", name)[1]
        if not size.isdigit():
            raise _missing(location)
        if int(size) > MAX_STREAM:
            raise _too_large(int(size), MAX_STREAM, location)
        file = cast(BinaryIO, tempfile.TemporaryFile(prefix="promptstead-"))  # noqa: SIM115, whoever asked closes it
        try:
            process = Process(self._root, (*self._named, "cat-file", "blob", name))
            shutil.copyfileobj(process.output, file, COPIED)
            if process.wait()[0] or file.tell() != int(size):
                raise PromptsteadError("Git stopped while reading", hint="run `git fsck` to check the repository")
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def commit(self, revision: str) -> str:
        """Return the full id of the commit that *revision* names to the process that reads files; empty: none."""
        objects = self._running()
        objects.input.write(f"{revision}^{{commit}}\n".encode("utf-8", "surrogateescape"))
        objects.input.flush()
        answer = objects.output.readline().decode("ascii", "replace").split()
        if len(answer) == len(("id", "commit", "size")) and answer[1] == "commit":
            _read_content(objects.output, int(answer[2]), revision)
            return answer[0]
        return ""

    def _running(self) -> Process:
        if self._process is None or not self._process.running:
            self.close()
            self._process = Process(self._root, (*self._named, "cat-file", "--batch"), talks=True)
        return self._process


def _read_blob(source: IO[bytes], location: str) -> bytes:
    _, kind, *size = source.readline().decode("ascii", "replace").split() or ["", ""]
    if not kind:
        raise BrokenPipeError(location)
    if kind != "blob":
        raise _missing(location)
    return _read_content(source, int(size[0]), location)


def _read_content(source: IO[bytes], length: int, location: str) -> bytes:
    if length > MAX_BYTES:
        raise _too_large(length, MAX_BYTES, location)
    content = source.read(length + 1)
    if len(content) != length + 1:
        raise BrokenPipeError(location)
    return content[:-1]


def _missing(location: str) -> PromptsteadError:
    hint = "run `git fetch --refetch` to get it"
    return UnavailableError("the content of this file is not in this clone", hint=hint, location=location)


def _too_large(length: int, limit: int, location: str) -> PromptsteadError:
    message = f"the file has {length // (1024 * 1024)} MiB; at most {limit // (1024 * 1024)} MiB are read"
    return PromptsteadError(message, location=location)
