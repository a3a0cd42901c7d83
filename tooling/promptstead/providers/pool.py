"""Many calls at once: as many as each server takes, within the limits, each request with exactly one result."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from promptstead.providers.budget import Budget, Limits, Totals
from promptstead.providers.provider import Provider, ProviderError, Reply, Request
from promptstead.providers.throttle import Clock, Throttle

Key = TypeVar("Key")

CLOCK = Clock()


async def run(
    requests: Iterable[tuple[Key, Request]],
    provider_for: Callable[[str], Provider],
    limits: Limits,
    on_result: Callable[[Key, Reply | ProviderError], Awaitable[None] | None],
    clock: Clock = CLOCK,
    budget: Budget | None = None,
) -> Totals:
    """Make every request; hand over each result once, as it comes, before its place is given to another.

    Rate limits, failing servers and broken connections are tried again, other failures are not. A cancelled run stops
    the calls under way; what was handed over before is all that is done.

    :param requests: drawn as places come free, so that they can be many. What *on_result* adds to them is drawn too.
    :param provider_for: opens a provider by name; called once for each name, and closed at the end.
    :param on_result: what it raises ends the run; what it returns is waited for before the place is given to another.
    :param budget: what earlier calls of the same command used of the limits.
    :returns: what was used, by those too.
    :raises PromptsteadError: a provider cannot be opened.
    """
    pool = _Pool(iter(requests), provider_for, limits, on_result, clock, budget or Budget(limits))
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(limits.concurrency):
                group.create_task(pool.work())
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from errors
    finally:
        await pool.close()
    return pool.budget.totals


@dataclass
class _Pool(Generic[Key]):
    """What the workers of one run share."""

    requests: Iterator[tuple[Key, Request]]
    provider_for: Callable[[str], Provider]
    limits: Limits
    on_result: Callable[[Key, Reply | ProviderError], Awaitable[None] | None]
    clock: Clock
    budget: Budget
    servers: dict[str, tuple[Provider, Throttle]] = field(default_factory=dict)

    async def work(self) -> None:
        """Take one request after the other until none is left."""
        for key, request in self.requests:
            taken = self.on_result(key, await self._result(request))
            if taken is not None:
                await taken

    async def close(self) -> None:
        """Close every provider that was opened."""
        for provider, _ in self.servers.values():
            await provider.close()

    async def _result(self, request: Request) -> Reply | ProviderError:
        if request.provider not in self.servers:
            provider = self.provider_for(request.provider)
            self.servers[request.provider] = (provider, Throttle(self.limits.concurrency, self.clock))
        provider, throttle = self.servers[request.provider]
        attempt = 1
        while True:
            if down := throttle.down():
                return down
            outcome, started = await self._call(request, provider, throttle)
            if isinstance(outcome, Reply):
                throttle.answered()
                return outcome
            if not outcome.passing:
                return outcome
            wait = throttle.backoff(attempt, outcome)
            turned_away = outcome.kind == "rate-limit" or outcome.retry_after is not None
            if turned_away:
                throttle.turned_away(started, min(wait, self.limits.longest_wait))
            if attempt >= self.limits.attempts or wait > self.limits.longest_wait:
                throttle.exhausted(outcome)
                return outcome
            if not turned_away:
                await self.clock.sleep(wait)
            attempt += 1

    async def _call(
        self, request: Request, provider: Provider, throttle: Throttle
    ) -> tuple[Reply | ProviderError, float]:
        """Make one call when there is a place and a budget for it; return its outcome and when it started."""
        async with throttle.call() as entered:
            try:
                hold = await self.budget.reserve(request)
            except ProviderError as error:
                return error, entered
            started = self.clock.now()
            outcome: Reply | ProviderError | None = None
            try:
                outcome = await provider.complete(request)
            except ProviderError as error:
                outcome = error
            finally:
                self.budget.settle(hold, request, outcome)
            return outcome, started
