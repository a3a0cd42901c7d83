"""OpenAI's client, set up for one server. Importing this takes a second: only when a model is called."""

import logging
from functools import partial
from typing import Any

import httpx2
import openai
from openai._models import FinalRequestOptions

from promptstead.config.settings import ProviderSettings
from promptstead.providers.keys import Keys
from promptstead.providers.transport import FirstRequest, Refused, Unreachable, connection


class Client(openai.AsyncOpenAI):
    """OpenAI's client, which asks one address again and again."""

    asks: FinalRequestOptions
    first: FirstRequest

    @property
    def user_agent(self) -> str:
        """Return the name of OpenAI's client, which gateways know; it is else the name of the class."""
        return f"AsyncOpenAI/Python {openai.__version__}"

    async def ask(self, body: bytes) -> httpx2.Response:
        """Send *body* and return the answer, which is neither read nor decoded.

        :raises Refused: its status says that it is none.
        :raises Exception: one of :data:`promptstead.providers.transport.ERRORS`.
        """
        options = self.asks.model_copy(update={"content": body})
        try:
            answer: object = await self.request(
                httpx2.Response, options, stream=True, stream_cls=openai.AsyncStream[object]
            )
        except openai.APIStatusError as error:
            raise Refused(error.status_code, error.body, error.response.headers) from None
        except openai.OpenAIError as error:
            raise Unreachable from error
        assert isinstance(answer, httpx2.Response)  # it is what was asked for, whatever *stream_cls* is
        return answer

    def _build_request(self, options: FinalRequestOptions, *, retries_taken: int = 0) -> httpx2.Request:
        build = partial(super()._build_request, options, retries_taken=retries_taken)
        return self.first.like((options.headers, self.api_key), options.content, build)


def open_client(name: str, settings: ProviderSettings, keys: Keys, authorities: str, path: str) -> Client:
    """Return a client that retries nothing.

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
        http_client=openai.DefaultAioHttpClient(**connection(settings.base_url, authorities, name)),
        default_headers={**headers, **keys.headers},
    )
    unsigned = {} if keys.source else {"Authorization": openai.Omit()}
    client.asks = FinalRequestOptions.construct(method="post", url=settings.base_url + path, headers=unsigned)
    client.first = FirstRequest()
    return client
