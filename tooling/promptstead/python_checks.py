"""Functions of users that judge answers: each in a process of its own, with a limit on time and on what it says.

Only what the configuration allows is run, and only from installed packages: a change under review brings no code along.
"""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from promptstead.errors import PromptsteadError
from promptstead.model import Json

MAX_BYTES = 64 * 1024
"""Most that a function may say of one answer, as JSON."""
_KEPT = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "SYSTEMROOT")
START = 30.0
"""Seconds for the process to start and to import the function."""

_WORKER = r"""
import importlib, importlib.util, json, os, sys, sysconfig, threading, time
name, root = sys.argv[1], os.path.realpath(sys.argv[2])
out = os.fdopen(os.dup(1), "w", encoding="utf-8")
sink = os.open(os.devnull, os.O_WRONLY)
os.dup2(sink, 1); os.dup2(sink, 2)
def say(**entry):
    out.write(json.dumps(entry) + "\n"); out.flush()
def inside(path, folder):
    return os.path.realpath(path).startswith(folder.rstrip(os.sep) + os.sep)
module, _, function = name.partition(":")
def end_with(parent):  # whoever started this one can be killed while the function takes its time
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)
threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
installed = [os.path.realpath(sysconfig.get_path(key)) for key in ("purelib", "platlib", "stdlib")]
try:
    spec = importlib.util.find_spec(module.partition(".")[0])
    if spec is None:
        say(error="no module `%s` is installed" % module); sys.exit()
    places = [*(spec.submodule_search_locations or ()), *([spec.origin] if spec.has_location else ())]
    for place in places:
        if inside(place, root) and not any(inside(place, folder) for folder in installed):
            say(error="`%s` lies in the tree under review; install it" % module); sys.exit()
    judge = importlib.import_module(module)
    for part in function.split("."):
        judge = getattr(judge, part)
except BaseException as error:
    if not isinstance(error, SystemExit):
        say(error="it cannot be imported: %s: %s" % (type(error).__name__, str(error)[:200]))
    sys.exit()
say(ready=True)
for line in sys.stdin:
    try:
        said = judge(json.loads(line))
        text = json.dumps(said)
        if len(text) > %d:
            say(error="it said more than 64 KiB")
        else:
            say(said=said)
    except BaseException as error:
        say(error="it failed: %%s: %%s" %% (type(error).__name__, str(error)[:200]))
""".replace("%d", str(MAX_BYTES)).replace("%%", "%")

Run = Callable[[Json, float], Json]


class PythonChecks:
    """Runs the functions that *allowed* patterns name (``package.module:function``, ``*`` for any part).

    :param root: the tree under review, from which nothing is imported.
    """

    def __init__(self, allowed: Iterable[str], root: str) -> None:
        self._allowed = tuple(allowed)
        self._root = root
        self._workers: dict[str, _Worker] = {}

    def __call__(self, function: str) -> Run:
        """Return what runs *function*: a payload and seconds -> what it says.

        What it returns raises PromptsteadError where the function fails, takes too long or says too much.

        :raises PromptsteadError: the configuration does not allow it.
        """
        if not any(fnmatchcase(function, pattern) for pattern in self._allowed):
            raise PromptsteadError(
                f"the function `{function}` is not allowed here",
                hint='allow it in the configuration: [policy] python_evaluators = ["package.module:*"]',
            )
        if function not in self._workers:
            self._workers[function] = _Worker(function, self._root)
        return self._workers[function].ask

    def close(self) -> None:
        """End every process."""
        for worker in self._workers.values():
            worker.stop()


class _Worker:
    """One process that imports one function and answers line by line; started when first asked, again after a hang."""

    def __init__(self, function: str, root: str) -> None:
        self._function = function
        self._root = root
        self._process: subprocess.Popen[bytes] | None = None
        self._broken = ""

    def ask(self, payload: Json, timeout: float) -> Json:
        if self._broken:
            raise PromptsteadError(self._broken)
        process = self._process or self._start()
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps(payload).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            self.stop()
            raise PromptsteadError(f"the process of `{self._function}` is gone") from None
        entry = self._line(process, timeout)
        if "error" in entry:
            raise PromptsteadError(f"`{self._function}`: {entry['error']}")
        return entry.get("said")

    def _start(self) -> "subprocess.Popen[bytes]":
        environment = {key: value for key, value in os.environ.items() if key in _KEPT}  # no keys of providers
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _WORKER, self._function, self._root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=os.path.abspath(os.sep),
        )
        entry = self._line(self._process, START)
        if "ready" not in entry:
            self.stop()
            self._broken = f"`{self._function}`: {entry.get('error', 'its process does not start')}"
            raise PromptsteadError(self._broken)
        return self._process

    def _line(self, process: "subprocess.Popen[bytes]", timeout: float) -> dict[str, Json]:
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
                    raise PromptsteadError(f"`{self._function}` took longer than {timeout:g} seconds")
                piece = os.read(process.stdout.fileno(), 65536)
                found += piece
                if not piece or len(found) > 4 * MAX_BYTES:
                    self.stop()
                    what = "said too much" if piece else "ended its process"
                    raise PromptsteadError(f"`{self._function}` {what}")
        try:
            entry = json.loads(found)
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            self.stop()
            raise PromptsteadError(f"`{self._function}` said what is no answer")
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
