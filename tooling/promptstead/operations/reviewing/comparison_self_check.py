"""``compare --self-check``: how often each gate would be wrong on these answers, by shuffling base and head."""

import sys
import time

from promptstead.errors import PromptsteadError
from promptstead.model import Json
from promptstead.verdicts.comparison import ComparisonReport
from promptstead.verdicts.self_check import FalseAlarms, self_check

FORMAT = "promptstead/self-check/v1"
EVERY_ON_TERMINAL, EVERY = 0.2, 10.0
"""Seconds between two lines of progress."""


def checked(report: ComparisonReport, draws: int, seed: int) -> tuple[FalseAlarms, ...]:
    """Return the false alarms of each gate, and say on stderr how far it is.

    :raises PromptsteadError: nothing is compared that could be shuffled.
    """
    terminal = sys.stderr.isatty()
    shown = time.monotonic()

    def tell(done: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown >= (EVERY_ON_TERMINAL if terminal else EVERY):
            shown = now
            text = f"{done:,} of {draws:,} draws"
            sys.stderr.write(f"\r\x1b[K{text}" if terminal else f"{text}\n")
            sys.stderr.flush()

    found = self_check(report, draws, seed, tell)
    if terminal:
        sys.stderr.write("\r\x1b[K")
    if not found[0].draws:
        raise PromptsteadError(
            "no case is compared, so there is nothing to shuffle", hint="look at the comparison: leave out --self-check"
        )
    return found


def self_check_json(report: ComparisonReport, found: tuple[FalseAlarms, ...], seed: int) -> dict[str, Json]:
    """Return the whole of it as one JSON document."""
    return {
        "format": FORMAT,
        "base": report.base,
        "head": report.head,
        "draws": found[0].draws,
        "seed": seed,
        "gates": [
            {
                "gate": each.gate,
                "alarms": each.alarms,
                "rate": each.rate,
                "lower": each.interval[0],
                "upper": each.interval[1],
            }
            for each in found
        ],
    }
