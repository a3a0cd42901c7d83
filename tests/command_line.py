"""The real command in a process of its own, as a hook or a CI job runs it: no terminal and a bare environment."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TIMEOUT = 60
SENTENCE = {"code", "arguments", "text"}
"""The keys of a sentence in JSON."""
KEPT = ("PATH", "TMPDIR", "COVERAGE_PROCESS_START", "COVERAGE_FILE")


@dataclass(frozen=True, slots=True)
class Result:
    """What a command returned and printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the document on stdout."""
        return json.loads(self.out)

    @property
    def said(self) -> Any:
        """Return the document on stdout with the English text of each sentence in its place."""
        return json.loads(self.out, object_hook=lambda found: found["text"] if found.keys() == SENTENCE else found)


def environment(**more: str) -> dict[str, str]:
    """Return a CI job's environment, with what the fixtures say of Git."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("GIT_")}
    return kept | {"CI": "true", "LC_ALL": "C", "HOME": os.devnull, **more}


def run(
    *arguments: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    python: str | Path = sys.executable,
) -> Result:
    """Run ``promptstead`` with *arguments* in the folder *cwd*; *env* is added to the environment.

    Whatever it is asked to do, it must neither show a traceback nor call itself broken.
    """
    done = subprocess.run(
        [python, "-m", "promptstead", *map(str, arguments)],
        cwd=cwd,
        env=environment(**env or {}),
        input=stdin.encode(),
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )
    result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert result.code in (0, 1, 2), result
    assert "Traceback" not in result.err, result.err
    assert "\x1b" not in result.err, result.err
    return result


def killed_in_turn(
    commands: Iterable[Sequence[str]],
    *,
    cwd: Path,
    count: Callable[[], int],
    chance: random.Random,
    env: Mapping[str, str] | None = None,
) -> int:
    """Start one command after the other, kill each a random moment after it added to *count*; return what it says."""
    known = 0
    for command in commands:
        err = killed(*command, cwd=cwd, count=count, more_than=known, linger=chance.uniform(0, 0.08), env=env)
        now = count()
        assert now > known, err
        known = now
    return known


def killed(
    *arguments: str,
    cwd: Path,
    count: Callable[[], int],
    more_than: int,
    linger: float,
    env: Mapping[str, str] | None = None,
) -> str:
    """Start a command as a person does, kill it when *count* says more than *more_than*, and return its stderr.

    :param linger: seconds to wait before it is killed.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "promptstead", *arguments],
        cwd=cwd,
        env=environment(**{"CI": "", **(env or {})}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + TIMEOUT
    try:
        while process.poll() is None and count() <= more_than:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(linger)
    finally:
        process.send_signal(signal.SIGKILL)
        _, err = process.communicate(timeout=TIMEOUT)
    return err
