"""A process that answers lines of JSON: bounded in the time that it takes and in what it says."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Sequence

from promptstead.errors import PromptsteadError
from promptstead.model import Json

START = 30.0
"""Seconds for the process to start and to import what it runs."""
_KEPT = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "SYSTEMROOT")


class LineProcess:
    """Starts Python when first asked, and again after it was stopped or where this process is a fork of who started it.

    It imports nothing from the current folder, and the keys of providers are not in its environment. Its first line
    says ``ready``, or ``error``; each further one answers a line.

    :param arguments: those of the interpreter, behind ``-I``.
    :param name: what errors call it.
    :param most: bytes of its longest line.
    """

    def __init__(self, arguments: Sequence[str], name: str, most: int) -> None:
        self._arguments = arguments
        self._name = name
        self._most = most
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._broken = ""

    def start(self) -> dict[str, Json]:
        """Start the process anew and return its first line.

        :raises PromptsteadError: it does not start, now and whenever it is asked again.
        """
        if self._broken:
            raise PromptsteadError(self._broken)
        environment = {key: value for key, value in os.environ.items() if key in _KEPT}
        self._owner = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-I", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=os.path.abspath(os.sep),
        )
        entry = self._line(self._process, START, self._name)
        if "ready" not in entry:
            self.stop()
            self._broken = f"`{self._name}`: {entry.get('error', 'its process does not start')}"
            raise PromptsteadError(self._broken)
        return entry

    def ask(self, payload: Json, timeout: float, name: str = "") -> Json:
        """Return what the process says of *payload* within *timeout* seconds.

        :param name: what errors call what is asked, where that is something else than the process.
        :raises PromptsteadError: it does not start, fails, takes too long or says too much.
        """
        if self._process is None or self._owner != os.getpid():
            self.start()
        process = self._process
        assert process is not None
        name = name or self._name
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps(payload).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            self.stop()
            raise PromptsteadError(f"the process of `{name}` has ended") from None
        entry = self._line(process, timeout, name)
        if "error" in entry:
            raise PromptsteadError(f"`{name}`: {entry['error']}")
        return entry.get("said")

    def _line(self, process: "subprocess.Popen[bytes]", timeout: float, name: str) -> dict[str, Json]:
        """Return the next line that the process says; it is stopped where it says none in time, or too much."""
        assert process.stdout is not None
        found = bytearray()
        end = time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not found.endswith(b"\n"):
                left = end - time.monotonic()
                if left <= 0 or not selector.select(left):
                    self.stop()
                    raise PromptsteadError(f"`{name}` took longer than {timeout:g} seconds")
                piece = os.read(process.stdout.fileno(), 65536)
                found += piece
                if not piece or len(found) > self._most:
                    self.stop()
                    what = "sent too much" if piece else "ended its process"
                    raise PromptsteadError(f"`{name}` {what}")
        try:
            entry = json.loads(found)
        except (ValueError, RecursionError):
            entry = None
        if not isinstance(entry, dict):
            self.stop()
            raise PromptsteadError(f"`{name}` sent something that is not an answer")
        return entry

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            self._process.wait()
            self._process = None
