"""The standard streams, made so that writing to them never fails: a command goes on to its end, its result is known.

A reader who has left early, a disk that is full or a stream that is closed would otherwise break off whatever command
happens to write, at whatever line. What could not be written to stdout is looked at once, when the command is through.
"""

import io
import os
import sys
from typing import Any


class Outlet(io.RawIOBase):
    """The bytes of a stream; from the first that cannot be written, all are dropped."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self.failure: OSError | None = None
        """Why bytes were dropped."""

    def write(self, data: Any, /) -> int:
        """Write what the stream takes of *data*, which is bytes or a buffer, and return how much that is."""
        try:
            while self.failure is None:
                written = self._raw.write(data)
                if written is not None:
                    return written
                self._wait()
        except OSError as error:
            self.failure = error
        return memoryview(data).nbytes

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def fileno(self) -> int:
        """Return the number of the file that it writes to."""
        return self._raw.fileno()

    def isatty(self) -> bool:
        """Tell whether a person watches."""
        return self._raw.isatty()

    def _wait(self) -> None:
        """Wait for a slow reader of a stream that another process set not to block."""
        import select

        select.select([], [self._raw], [])


def standard_streams() -> Outlet:
    """Let nothing that is written to stdout and stderr fail, and return what becomes of stdout.

    What is not text is written as an escape. A process without a stdin gets an empty one.
    """
    if sys.stdin is None:  # the streams in this order: each closed one gets its own number again
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, it lives as long as the process
    sys.stdout, out = _outlet(sys.stdout)
    sys.stderr, _ = _outlet(sys.stderr)
    return out


def _outlet(stream: Any) -> tuple[io.TextIOWrapper, Outlet]:
    if stream is None:
        # opened for reading: writing fails as it does where a stream is closed, and no other file gets its number
        raw: io.RawIOBase = io.FileIO(os.open(os.devnull, os.O_RDONLY), "w")
    else:
        stream.flush()
        raw = getattr(stream.buffer, "raw", stream.buffer)
    outlet = Outlet(raw)
    text = io.TextIOWrapper(
        io.BufferedWriter(outlet),
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=stream is None or stream.line_buffering or stream.write_through,
    )
    return text, outlet
