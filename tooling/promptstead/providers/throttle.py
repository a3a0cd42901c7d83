"""How many calls one server gets at once: fewer after it says 429, slowly more while it answers (AIMD)."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from promptstead.providers.provider import ProviderError

LONGEST_BACKOFF = 30.0
GIVES_UP_AFTER = 5
"""So many requests in a row that fail all their attempts mean that the server is down."""


class Clock(NamedTuple):
    """Time, waiting and chance; tests bring their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    """A number from 0 to 1."""


class Throttle:
    """The way to one server, for all who call it.

    :param most: the most calls at once; it starts there.
    """

    def __init__(self, most: int, clock: Clock) -> None:
        self._most = most
        self._clock = clock
        self.limit = float(most)
        self._running = 0
        self._opens = self._closed_at = float("-inf")
        self._lowered = float("-inf")
        self._left = asyncio.Event()
        self._exhausted: list[ProviderError] = []

    @asynccontextmanager
    async def call(self) -> AsyncIterator[float]:
        """Wait for a place; yield the time at which the call starts."""
        while (wait := self._closed()) > 0 or self._running >= int(self.limit):
            if wait > 0:
                await self._clock.sleep(wait)
            else:
                self._left.clear()
                await self._left.wait()
        self._running += 1
        try:
            yield self._clock.now()
        finally:
            self._running -= 1
            self._left.set()

    def _closed(self) -> float:
        """Return for how many seconds nobody may call; a clock that goes backwards does not make them more."""
        now = self._clock.now()
        if now < self._closed_at:
            back = self._closed_at - now
            self._opens -= back
            self._lowered -= back
            self._closed_at = now
        return self._opens - now

    def answered(self) -> None:
        """Note an answer: the limit rises by one when as many as it allows have come."""
        self.limit = min(float(self._most), self.limit + 1 / self.limit)
        self._exhausted.clear()

    def turned_away(self, started: float, wait: float) -> None:
        """Let nobody call for *wait* seconds, and halve the limit.

        Once only for all the calls that were under way together: *started* says when this one was.
        """
        now = self._clock.now()
        self._opens = max(now + self._closed(), now + wait)
        self._closed_at = now
        if started >= self._lowered:
            self.limit = max(1.0, self.limit / 2)
            self._lowered = now

    def exhausted(self, error: ProviderError) -> None:
        """Note a request that failed all its attempts, the last with *error*."""
        self._exhausted.append(error)

    def down(self) -> ProviderError | None:
        """Return why nobody should call any more: request after request fails, and none is answered in between."""
        if len(self._exhausted) < GIVES_UP_AFTER:
            return None
        last = self._exhausted[-1]
        return ProviderError(f"not called, because every request fails: {last.message}", last.kind, hint=last.hint)

    def backoff(self, attempt: int, error: ProviderError) -> float:
        """Return the seconds to wait after the failed *attempt* (1 is the first): what the server says, or a guess."""
        if error.retry_after is not None:
            return error.retry_after
        return float(min(LONGEST_BACKOFF, 0.5 * 2 ** (attempt - 1)) * (0.5 + self._clock.chance() / 2))
