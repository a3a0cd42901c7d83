"""The calls of one command: within limits that hold for all of them, shown as they come, kept before they count."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from operator import length_hint
from typing import Any, Protocol, TypeVar

from promptstead.console.output import tell
from promptstead.console.progress import Progress
from promptstead.errors import PromptsteadError, one_line
from promptstead.interrupts import Graceful
from promptstead.operations.calls.limits import CallLimits
from promptstead.operations.workspace.workspace import Workspace
from promptstead.providers.budget import Budget, Totals
from promptstead.providers.pool import run
from promptstead.providers.provider import Provider, ProviderError, Reply, Request
from promptstead.providers.provider_by_name import open_provider
from promptstead.providers.retry import ask

Key = TypeVar("Key")
Key_contra = TypeVar("Key_contra", contravariant=True)
Result = TypeVar("Result")


class Asker(Protocol[Key_contra]):
    """Whoever wants calls and keeps what comes of them. A key says for what a call is."""

    def request(self, key: Key_contra, /) -> Request | None:
        """Return the call when its turn comes, so that many large ones need not be held; None where it is left out."""

    def take(self, key: Key_contra, outcome: Reply | ProviderError, cost: float | None, /) -> bool:
        """Write what came of a call, and return whether it is of use; *cost* is None where nobody knows it."""

    async def on_disk(self) -> None:
        """Wait until all that was taken is on disk; other calls go on meanwhile."""

    def sync(self) -> None:
        """Wait for the same where nothing else goes on."""


class CallSession:
    """Makes calls, in one round or several, within limits that hold for all rounds together. A context manager.

    :param quiet: show no progress.
    """

    def __init__(self, workspace: Workspace, limits: CallLimits, *, quiet: bool = False) -> None:
        self._workspace = workspace
        self._limits = limits.limits(workspace.config)
        self._budget = Budget(self._limits)
        self._runner = asyncio.Runner()
        self._quiet = quiet
        self.limited = False
        """Whether a limit kept a call from being made."""

    def __enter__(self) -> "CallSession":
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()

    @property
    def totals(self) -> Totals:
        """Return what was used so far."""
        return self._budget.totals

    def allowed(self, calls: int) -> str:
        """Return what to add to a number of calls where the limit on requests lets fewer be made; else nothing."""
        if self._limits.requests is None or (left := self._limits.requests - self.totals.requests) >= calls:
            return ""
        return f", at most {left:,} of them now" if left > 0 else ", none of them now"

    def make(self, wanted: Iterable[tuple[Asker[Key], Key]]) -> Totals:
        """Make the calls *wanted*, in this order, and return what was used so far.

        :param wanted: drawn as places come free, and again where results bring more; a length hint says how many come.
        :raises KeyboardInterrupt: it was stopped; what was answered is on disk.
        :raises PromptsteadError: a provider cannot be opened, or what was taken cannot be written.
        """
        calls, progress = iter(wanted), None if self._quiet else Progress(0)
        asked: list[Asker[Key]] = []

        def draw(call: tuple[Asker[Key], Key]) -> tuple[tuple[Asker[Key], Key, Request], Request] | None:
            asker, key = call
            try:
                request = asker.request(key)
            except PromptsteadError as error:  # what one case asks for stops no other
                asker.take(key, ProviderError(error.message, "refused", hint=error.hint), 0.0)
                return None
            if request is None:
                return None
            asked.append(asker)
            return (asker, key, request), request

        async def take(call: tuple[Asker[Key], Key, Request], outcome: Reply | ProviderError) -> None:
            asker, key, request = call
            cost = self._cost(request, outcome)
            self.limited = self.limited or (isinstance(outcome, ProviderError) and outcome.kind == "limit")
            useful = asker.take(key, outcome, cost)
            await asker.on_disk()
            if progress:
                progress.expect(len(asked) + length_hint(calls))
                progress.count(failing=not useful, cost=cost)

        drawn = filter(None, map(draw, calls))  # unlike a generator it can be drawn from after it was through
        try:
            return self._run(run(drawn, self._provider, self._limits, take, budget=self._budget))
        except KeyboardInterrupt:
            for asker in set(asked):
                asker.sync()
            raise
        finally:
            if progress:
                progress.end()

    def once(self, request: Request, on_text: Callable[[str], None] | None) -> tuple[Reply, float | None]:
        """Make one call, within no limit, and return the answer and its cost, None where that is not known.

        :param on_text: gets pieces of the answer as they come; None for the answer as a whole.
        :raises KeyboardInterrupt: it was stopped.
        :raises PromptsteadError: the provider cannot be opened, or the call failed, the last time or for good.
        """

        async def answer() -> Reply:
            provider = self._provider(request.provider)
            try:
                return await ask(provider, request, on_text, _tell_wait)
            finally:
                await provider.close()

        reply = self._run(answer())
        return reply, self._cost(request, reply)

    def _run(self, calls: Coroutine[Any, Any, Result]) -> Result:
        with Graceful():
            return self._runner.run(calls)

    def _provider(self, name: str) -> Provider:
        return open_provider(name, self._workspace.config, self._workspace.tree.read)

    def _cost(self, request: Request, outcome: Reply | ProviderError) -> float | None:
        """Return what a call cost; None where nobody knows: no price, no usage, or it broke off."""
        if isinstance(outcome, ProviderError):
            return None if outcome.kind in ("connection", "timeout", "answer") else 0.0
        price = self._limits.prices.get((request.provider, request.model))
        return price.of(outcome.usage) if price else None


def _tell_wait(seconds: float, error: ProviderError) -> None:
    tell(f"{one_line(error.message)}: retrying in {seconds:.1f} s")
