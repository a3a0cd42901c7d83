"""Anthropic's client, set up for one server. Importing this takes a second: only when a model is called."""

import logging
from functools import partial
from typing import Any

import anthropic
import httpx2
from anthropic._models import FinalRequestOptions

from promptstead.config.settings import ProviderSettings
from promptstead.providers.keys import Keys
from promptstead.providers.transport import FirstRequest, Refused, Unreachable, connection


class Client(anthropic.AsyncAnthropic):
    """Anthropic's client, which asks one address again and again."""

    asks: FinalRequestOptions
    first: FirstRequest
    keys: Keys

    @property
    def user_agent(self) -> str:
        """Return the name of Anthropic's client, which gateways know; it is else the name of the class."""
        return f"AsyncAnthropic/Python {anthropic.__version__}"

    async def ask(self, body: bytes) -> httpx2.Response:
        """Send *body* and return the answer, which is neither read nor decoded.

        :raises Refused: its status says that it is none.
        :raises PromptsteadError: the command that gives the key fails.
        :raises Exception: one of :data:`promptstead.providers.transport.ERRORS`.
        """
        self.api_key = await self.keys.token() or None
        options = self.asks.model_copy(update={"content": body})
        try:
            answer: object = await self.request(
                httpx2.Response, options, stream=True, stream_cls=anthropic.AsyncStream[object]
            )
        except anthropic.APIStatusError as error:
            raise Refused(error.status_code, error.body, error.response.headers) from None
        except anthropic.AnthropicError as error:
            raise Unreachable from error
        assert isinstance(answer, httpx2.Response)  # it is what was asked for, whatever *stream_cls* is
        return answer

    def _build_request(self, options: FinalRequestOptions, *, retries_taken: int = 0) -> httpx2.Request:
        build = partial(super()._build_request, options, retries_taken=retries_taken)
        return self.first.like((options.headers, self.api_key), options.content, build)


def open_client(name: str, settings: ProviderSettings, keys: Keys, authorities: str, path: str) -> Client:
    """Return a client that retries nothing and reports its calls to nobody.

    :param authorities: certificates to trust besides the system's, as PEM text.
    :param path: where it asks, below ``base_url``.
    :raises PromptsteadError: these are no certificates.
    :raises RuntimeError: aiohttp is not installed.
    """
    # At its debug level this logger prints what is sent.
    logging.getLogger("anthropic").setLevel(logging.WARNING)
    headers: dict[str, Any] = {"Accept-Encoding": "identity", **keys.headers}
    client = Client(
        api_key="none",  # without one the client looks for keys and profiles of its own
        base_url=settings.base_url,
        max_retries=0,
        timeout=None,  # a whole call has its time, not each read
        open_telemetry=False,
        http_client=anthropic.DefaultAioHttpClient(**connection(settings.base_url, authorities, name)),
        default_headers=headers,
    )
    client._custom_headers = headers  # without those of ANTHROPIC_CUSTOM_HEADERS, which would go to whatever server
    unsigned = {} if keys.source else {"Authorization": anthropic.Omit()}
    client.asks = FinalRequestOptions.construct(method="post", url=settings.base_url + path, headers=unsigned)
    client.first = FirstRequest()
    client.keys = keys
    return client
