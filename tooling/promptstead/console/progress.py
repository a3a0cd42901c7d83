"""How far a command that calls models is: one line on a terminal, rewritten; elsewhere a line now and then."""

import sys
import time

from promptstead.console.output import plural

EVERY = 10.0
"""Seconds between two lines where nobody watches."""
EVERY_ON_TERMINAL = 0.1


class Progress:
    """Counts what is done of *total* calls and says so on stderr."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = self._failing = 0
        self._cost: float | None = 0.0
        self._terminal = sys.stderr.isatty()
        self._started = self._shown = time.monotonic()

    def expect(self, total: int) -> None:
        """Expect *total* calls, those that are done among them."""
        self._total = total

    def count(self, *, failing: bool, cost: float | None) -> None:
        """Count one call; *cost* is None where it is not known."""
        self._done += 1
        self._failing += failing
        self._cost = None if cost is None or self._cost is None else self._cost + cost
        now = time.monotonic()
        if now - self._shown >= (EVERY_ON_TERMINAL if self._terminal else EVERY):
            self._shown = now
            self._write(self.line(now - self._started))

    def line(self, elapsed: float) -> str:
        """Return the line: done, failing, rate, cost so far, time left; *elapsed* is in seconds."""
        rate = self._done / elapsed if elapsed > 0 else 0.0
        left = f"{_time((self._total - self._done) / rate)} left" if rate else "time left unknown"
        cost = "unknown" if self._cost is None else f"{self._cost:.4f}"
        return (
            f"{self._done:,} of {plural(self._total, 'call')} · {self._failing:,} failing · {rate:.1f} a second"
            f" · cost {cost} · {left}"
        )

    def end(self) -> None:
        """Clear the line, so that what follows stands on its own."""
        if self._terminal:
            self._write("")

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}" if self._terminal else f"{text}\n")
        sys.stderr.flush()


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
