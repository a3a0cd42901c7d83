"""The way to one server over aiohttp, as the clients of all vendors take it. Imported only when a model is called."""

import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from urllib.request import getproxies

import aiohttp
import httpx2
from aiohttp.http_exceptions import HttpProcessingError

from promptstead.errors import PromptsteadError
from promptstead.model import Json
from promptstead.providers.api_json import MAX_BYTES
from promptstead.providers.provider import ProviderError

CONNECTIONS = httpx2.Limits(max_connections=1000, max_keepalive_connections=1000, keepalive_expiry=30)
"""More than any limit on concurrency, which is kept elsewhere."""


class Refused(Exception):
    """A response whose status says that it is no answer, with its decoded body."""

    def __init__(self, status: int, body: Json, headers: Mapping[str, str]) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers


class Unreachable(Exception):
    """What a client says of a broken way to the server; its cause says more."""


ERRORS = (
    Unreachable,
    httpx2.HTTPError,
    httpx2.StreamError,
    httpx2.InvalidURL,
    aiohttp.ClientError,
    HttpProcessingError,
    OSError,
)
"""What a call raises where the way to the server, or what comes back on it, is broken."""


class FirstRequest:
    """The first request to an address, which all later ones are made like.

    A client else puts address, headers and timeouts together and reads them again for each call, in more time than all
    the rest of a call takes; only the body and the key differ.
    """

    def __init__(self) -> None:
        self._kind: object = None
        self._request: httpx2.Request | None = None

    def like(self, kind: object, body: object, build: Callable[[], httpx2.Request]) -> httpx2.Request:
        """Return a request with *body*, made by *build* where none of the same *kind* was made before."""
        like = self._request
        if like is None or self._kind != kind or not isinstance(body, bytes):
            self._kind, self._request = kind, build()
            return self._request
        stream = httpx2.ByteStream(body)
        request = httpx2.Request(like.method, like.url, headers=like.headers, stream=stream, extensions=like.extensions)
        request.headers.encoding = like.headers.encoding  # or it is found out by decoding them all
        request.headers["Content-Length"] = str(len(body))
        request.read()
        return request


def connection(base_url: str, authorities: str, name: str) -> dict[str, Any]:
    """Return the options of a connection that follows no redirect (keys would go along) and reads bounded answers.

    :param authorities: certificates to trust besides the system's, as PEM text.
    :raises PromptsteadError: these are no certificates.
    """
    return {
        "event_hooks": {"response": [_bound]},
        "follow_redirects": False,
        "limits": CONNECTIONS,
        "verify": _context(base_url, authorities, name),
    }


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
