"""OpenAI's client over aiohttp, set up for one server. Importing this takes a second: only when a model is called."""

import logging
import ssl
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx2
import openai
from aiohttp.http_exceptions import HttpProcessingError

from promptstead.config import ProviderSettings
from promptstead.errors import PromptsteadError
from promptstead.providers.keys import Keys
from promptstead.providers.protocol import ProviderError
from promptstead.providers.wire import MAX_BYTES

CONNECTIONS = httpx2.Limits(max_connections=1000, max_keepalive_connections=1000, keepalive_expiry=30)
"""More than any limit on concurrency, which is kept elsewhere."""
ERRORS = (
    openai.OpenAIError,
    httpx2.HTTPError,
    httpx2.StreamError,
    httpx2.InvalidURL,
    aiohttp.ClientError,
    HttpProcessingError,
    OSError,
)
"""What a call raises where the way to the server, or what comes back on it, is broken."""


def open_client(name: str, settings: ProviderSettings, keys: Keys, authorities: str) -> openai.AsyncOpenAI:
    """Return a client that retries nothing, follows no redirect (keys would go along) and reads bounded answers.

    :param authorities: certificates to trust besides the system's, as PEM text.
    :raises PromptsteadError: these are no certificates.
    :raises RuntimeError: aiohttp is not installed.
    """
    # At its debug level this logger prints what is sent.
    logging.getLogger("openai").setLevel(logging.WARNING)
    headers: dict[str, Any] = {"Accept-Encoding": "identity"}
    if name != "openai":  # the client takes these from the environment, for whatever server
        headers |= {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
    return openai.AsyncOpenAI(
        api_key=keys.token if keys.source else "none",  # the client wants one even where the header is left out
        base_url=settings.base_url,
        max_retries=0,
        timeout=None,  # a whole call has its time, not each read
        http_client=openai.DefaultAioHttpClient(
            event_hooks={"response": [_bound]},
            follow_redirects=False,
            limits=CONNECTIONS,
            verify=_context(authorities, name) if authorities else True,
        ),
        default_headers={**headers, **keys.headers},
    )


class _BoundedStream(httpx2.AsyncByteStream):
    """The bytes of an answer, as long as they are not too many."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > MAX_BYTES:
                raise ProviderError(f"the answer is larger than {MAX_BYTES // 2**20} MiB", "answer")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx2.Response) -> None:
    assert isinstance(response.stream, httpx2.AsyncByteStream)  # the client is asynchronous
    if response.headers.get("content-encoding", "identity") != "identity":
        await response.aclose()
        raise ProviderError("the server compressed its answer, though asked not to", "answer")
    response.stream = _BoundedStream(response.stream)


def _context(authorities: str, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cadata=authorities)
    except (ssl.SSLError, ValueError) as error:
        raise PromptsteadError(f"the `ca_file` of `{name}` holds no certificate", hint="give it in PEM form") from error
    return context
