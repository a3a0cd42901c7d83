"""How long a server may take over a whole answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from promptstead.providers.provider import ProviderError


@asynccontextmanager
async def whole_answer_within(seconds: float, server: str) -> AsyncIterator[None]:
    """Give up what runs inside after *seconds*.

    :param server: what errors call it.
    :raises ProviderError: it took longer; told apart from a server that is not there.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise ProviderError(
            f"{server} did not finish its answer within {seconds:g} s",
            "timeout",
            hint="see whether it is up; if it is only slow, raise `timeout`",
        ) from None
