"""One call, tried again while what went wrong may pass."""

from collections.abc import Callable

from promptstead.providers.budget import Limits
from promptstead.providers.pool import CLOCK
from promptstead.providers.provider import Provider, ProviderError, Reply, Request
from promptstead.providers.throttle import Clock, Throttle


async def ask(
    provider: Provider,
    request: Request,
    on_text: Callable[[str], None] | None = None,
    on_wait: Callable[[float, ProviderError], None] = lambda seconds, error: None,
    limits: Limits = Limits(),  # noqa: B008 - it cannot be changed
    clock: Clock = CLOCK,
) -> Reply:
    """Make a call, up to ``limits.attempts`` times. What was handed to *on_text* cannot be taken back: it is the last.

    Where the connection broke before anything was handed over, the answer is asked for whole: some servers end a stream
    without a word where they would otherwise say what is wrong.

    :param on_wait: told for how many seconds it waits, and why.
    :raises ProviderError: it failed, the last time or for good.
    """
    throttle = Throttle(1, clock)
    shown = False

    def show(piece: str) -> None:
        nonlocal shown
        shown = True
        assert on_text is not None  # else this is not handed on
        on_text(piece)

    attempt = 1
    streams = on_text is not None
    while True:
        try:
            reply = await provider.complete(request, show if streams else None)
            if on_text and not streams and reply.text:
                on_text(reply.text)
            return reply
        except ProviderError as error:
            wait = throttle.backoff(attempt, error)
            if not error.passing or shown or attempt >= limits.attempts or wait > limits.longest_wait:
                raise
            on_wait(wait, error)
            await clock.sleep(wait)
            attempt += 1
            streams = streams and error.kind != "connection"
