"""How a benchmark is measured: ours and the peer's take turns in one run, and the medians are compared."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Action = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Result:
    """Median seconds of both sides, and the target: the greatest ratio, or the most milliseconds added."""

    name: str
    peer_name: str
    ours: float
    peer: float
    runs: int
    target: float
    added: bool = False
    """The target is the difference in milliseconds, not the ratio."""
    note: str = ""
    """What else was measured."""

    @property
    def measured(self) -> float:
        """Return what is compared with the target."""
        return (self.ours - self.peer) * 1000 if self.added else self.ours / self.peer


@dataclass(frozen=True, slots=True)
class Missing:
    """A peer that is not installed, so that nothing was measured, and how to install it."""

    name: str
    peer_name: str
    how: str


def alternate(ours: Action, peer: Action, runs: int) -> tuple[float, float]:
    """Run both in turn *runs* times, after a first time that does not count; return the median seconds of each."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs + 1):
        for action, taken in zip((ours, peer), times, strict=True):
            start = time.perf_counter()
            action()
            taken.append(time.perf_counter() - start)
    return statistics.median(times[0][1:]), statistics.median(times[1][1:])


def process(command: Sequence[str | Path], folder: Path) -> Action:
    """Return an action that runs a whole process in *folder* and fails where the process does."""

    def action() -> None:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stdout + done.stderr)[-2000:]
            raise SystemExit(f"{command[0]} {command[1]}: exit {done.returncode}\n{said}")

    return action


def tool(name: str) -> Path:
    """Return the path of a command of the environment that runs the benchmark."""
    return Path(sys.executable).with_name(name)
