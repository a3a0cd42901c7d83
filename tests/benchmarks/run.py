"""Measure promptstead against named peers: ``python tests/benchmarks/run.py [NAME…]``.

Every number is a median of runs that alternate with the peer's, on this machine and in this run. The ratios carry over
to another machine; the times do not.
"""

import argparse
import os
import platform
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.measure import Missing, Result

BENCHMARKS = {
    "lint-many": ("lint", "many"),
    "lint-one": ("lint", "one"),
    "lint-unchanged": ("lint", "unchanged"),
    "bundle": ("bundle", "one_of_many"),
    "archive": ("bundle", "one_of_many_in_an_archive"),
    "import": ("bundle", "runtime_import"),
    "render": ("render", "once"),
    "eval-many": ("eval_many", "on_two_cores"),
    "review-read": ("review", "listing"),
    "review": ("review", "whole"),
    "review-large": ("review", "large"),
    "words": ("review", "words"),
    "calls": ("calls", "fifty_at_once"),
    "calls-slow": ("calls", "two_hundred_at_once"),
    "calls-promptfoo": ("peers", "calls_promptfoo"),
    "calls-inspect": ("peers", "calls_inspect"),
    "replay-promptfoo": ("peers", "replay_promptfoo"),
    "eval-promptfoo": ("peers", "eval_promptfoo"),
}


def main() -> None:
    """Run the benchmarks named, or all, and print a line for each."""
    parser = argparse.ArgumentParser(description="Measure promptstead against named peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; default: all")
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"no benchmark `{unknown[0]}`; there are {', '.join(BENCHMARKS)}")
    with tempfile.TemporaryDirectory() as folder:
        # An installed package has its bytecode; here the first, uncounted run of each process writes it.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = os.path.join(folder, "bytecode")
        os.environ["XDG_CACHE_HOME"] = os.path.join(folder, "cache")
        measure(names)


def measure(names: list[str]) -> None:
    """Run the benchmarks *names* and print the table."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; medians of alternating runs")
    print(f"{'':<32}{'ours':>12}{'peer':>12}  {'peer is':<18}{'runs':>4}{'measured':>12}{'target':>12}")
    for name in names:
        module, function = BENCHMARKS[name]
        print(line(getattr(import_module(f"tests.benchmarks.{module}"), function)()), flush=True)


def line(result: "Result | Missing") -> str:
    """Return one line of the table."""
    from tests.benchmarks.measure import Missing

    if isinstance(result, Missing):
        return f"{result.name:<32}{'not measured':>24}  {result.peer_name:<18}is missing: {result.how}"
    verdict = "met" if result.measured <= result.target else "MISSED"
    form = "{:+.1f} ms" if result.added else "{:.3f} x"
    return (
        f"{result.name:<32}{_time(result.ours):>12}{_time(result.peer):>12}  {result.peer_name:<18}{result.runs:>4}"
        f"{form.format(result.measured):>12}{form.format(result.target):>12}  {verdict}"
        f"{f'  ({result.note})' if result.note else ''}"
    )


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds / 1e-6:.1f} µs"


if __name__ == "__main__":
    # A script finds only its own folder; the benchmarks are modules of the repository.
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main()
