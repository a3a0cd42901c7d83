"""OpenAI's client over aiohttp, set up for one server. Importing this takes a second: only when a model is called."""

import logging
import ssl
from collections.abc import AsyncIterator
from typing import Any
from urllib.request import getproxies

import aiohttp
import httpx2
import openai
from aiohttp.http_exceptions import HttpProcessingError
from openai._models import FinalRequestOptions

from promptstead.config.settings import ProviderSettings
from promptstead.errors import PromptsteadError
from promptstead.providers.api_json import MAX_BYTES
from promptstead.providers.keys import Keys
from promptstead.providers.provider import ProviderError

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


class Client(openai.AsyncOpenAI):
    """OpenAI's client, which asks one address again and again and makes all requests like the first.

    It else puts address, headers and timeouts together and reads them again for each call, in more time than all the
    rest of a call takes; only the body and the key differ.
    """

    asks: FinalRequestOptions
    _like: tuple[object, httpx2.Request] | None = None

    @property
    def user_agent(self) -> str:
        """Return the name of OpenAI's client, which gateways know; it is else the name of the class."""
        return f"AsyncOpenAI/Python {openai.__version__}"

    async def ask(self, body: bytes) -> httpx2.Response:
        """Send *body* and return the answer, which is neither read nor decoded.

        :raises Exception: one of :data:`ERRORS`.
        """
        options = self.asks.model_copy(update={"content": body})
        answer: object = await self.request(
            httpx2.Response, options, stream=True, stream_cls=openai.AsyncStream[object]
        )
        assert isinstance(answer, httpx2.Response)  # it is what was asked for, whatever *stream_cls* is
        return answer

    def _build_request(self, options: FinalRequestOptions, *, retries_taken: int = 0) -> httpx2.Request:
        kind = options.headers, self.api_key
        if self._like is None or self._like[0] != kind or not isinstance(options.content, bytes):
            request = super()._build_request(options, retries_taken=retries_taken)
            self._like = kind, request
            return request
        like = self._like[1]
        body = httpx2.ByteStream(options.content)
        request = httpx2.Request(like.method, like.url, headers=like.headers, stream=body, extensions=like.extensions)
        request.headers.encoding = like.headers.encoding  # or it is found out by decoding them all
        request.headers["Content-Length"] = str(len(options.content))
        request.read()
        return request


def open_client(name: str, settings: ProviderSettings, keys: Keys, authorities: str, path: str) -> Client:
    """Return a client that retries nothing, follows no redirect (keys would go along) and reads bounded answers.

    :param authorities: certificates to trust besides the system's, as PEM text.
    :param path: where it asks, below ``base_url``.
    :raises PromptsteadError: these are no certificates.
    :raises RuntimeError: aiohttp is not installed.
    """
    # At its debug level this logger prints what is sent.
    logging.getLogger("openai").setLevel(logging.WARNING)
    headers: dict[str, Any] = {"Accept-Encoding": "identity"}
    if name != "openai":  # the client takes these from the environment, for whatever server
        headers |= {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
    client = Client(
        api_key=keys.key() or "none",  # the client wants one even where the header is left out
        base_url=settings.base_url,
        max_retries=0,
        timeout=None,  # a whole call has its time, not each read
        http_client=openai.DefaultAioHttpClient(
            event_hooks={"response": [_bound]},
            follow_redirects=False,
            limits=CONNECTIONS,
            verify=_context(settings.base_url, authorities, name),
        ),
        default_headers={**headers, **keys.headers},
    )
    unsigned = {} if keys.source else {"Authorization": openai.Omit()}
    client.asks = FinalRequestOptions.construct(method="post", url=settings.base_url + path, headers=unsigned)
    return client


def pieces(response: httpx2.Response) -> AsyncIterator[bytes]:
    """Give the bytes of an answer as they come, as long as they are not too many.

    :raises ProviderError: they are.
    :raises Exception: one of :data:`ERRORS`.
    """
    assert isinstance(response.stream, httpx2.AsyncByteStream)  # the client is asynchronous
    return _bounded(response.stream)


async def _bounded(stream: httpx2.AsyncByteStream) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > MAX_BYTES:
            raise ProviderError(f"the answer is larger than {MAX_BYTES // 2**20} MiB", "answer")
        yield chunk


class _BoundedStream(httpx2.AsyncByteStream):
    """The bytes of an answer, as long as they are not too many."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _bounded(self._stream)

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx2.Response) -> None:
    assert isinstance(response.stream, httpx2.AsyncByteStream)  # the client is asynchronous
    if response.headers.get("content-encoding", "identity") != "identity":
        await response.aclose()
        raise ProviderError("the server compressed its answer although it was asked not to", "answer")
    if not response.is_success:  # the client reads these by itself
        response.stream = _BoundedStream(response.stream)


def _context(base_url: str, authorities: str, name: str) -> ssl.SSLContext | bool:
    """Return whom to trust; True for the system's authorities alone."""
    if not authorities:
        # Nobody, where nobody is asked to prove anything: reading the system's takes 30 ms.
        plain = base_url.startswith("http://") and not getproxies()
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else True
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cadata=authorities)
    except (ssl.SSLError, ValueError) as error:
        raise PromptsteadError(f"the `ca_file` of `{name}` holds no certificate", hint="give it in PEM form") from error
    return context
