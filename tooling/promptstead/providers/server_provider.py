"""A server that speaks an API of OpenAI's or Anthropic's, through that vendor's own client.

The client brings keys, proxies and connections; answers are read here and not by its models, so that they are bounded
and whatever a server gets wrong has a name.
"""

import json
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from promptstead.config.settings import ProviderSettings
from promptstead.errors import PromptsteadError
from promptstead.installation import command_to_add
from promptstead.model import Json
from promptstead.providers import anthropic_messages as messages
from promptstead.providers import chat_completions as chat
from promptstead.providers import openai_responses as responses
from promptstead.providers.api_json import bad_answer, read_events, read_json
from promptstead.providers.failures import code_of, from_exception, from_status, message_of, status_of
from promptstead.providers.keys import Keys
from promptstead.providers.provider import ProviderError, Reply, Request
from promptstead.providers.timeout import whole_answer_within

if TYPE_CHECKING:
    from httpx2 import Response

    from promptstead.providers.anthropic_client import Client as AnthropicClient
    from promptstead.providers.openai_client import Client as OpenAIClient

APIS = {"chat": chat, "responses": responses, "messages": messages}
BAD_REQUEST = (400, 422)
"""What servers say to a field that they do not know."""
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class ServerProvider:
    """One server: a :class:`promptstead.providers.provider.Provider`.

    :param name: what messages call it.
    :param authorities: certificates to trust besides the system's, as PEM text.
    :raises PromptsteadError: the extra of the vendor's client is not installed, or *authorities* holds no certificate.
    """

    def __init__(self, name: str, settings: ProviderSettings, keys: Keys, authorities: str = "") -> None:
        self._api = APIS[settings.api]
        self._client = _open_client(name, settings, keys, authorities, self._api.PATH)
        self._server = f"`{name}` at {settings.base_url}"
        self._settings = settings
        self._keys = keys
        self._counts_streams = True
        """Whether the server takes the option that asks for the usage of a streamed answer."""

    async def complete(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Make one call, streamed where *on_text* is given.

        See :meth:`promptstead.providers.provider.Provider.complete`.
        """
        if request.api != self._settings.api:
            raise ProviderError(
                f"{self._server} is asked in the words of the `{request.api}` API",
                "refused",
                hint=f'set `api = "{request.api}"` of the provider, or ask for `{self._settings.api}`',
            )
        body = {**request.body(), **(self._api.STREAM if on_text else {})}
        started = time.perf_counter()
        try:
            async with whole_answer_within(self._settings.timeout, self._server):
                reply = await self._call(body, on_text)
        except ProviderError as error:
            raise self._without_keys(error) from None
        seconds = time.perf_counter() - started
        calls = json.dumps(reply.tool_calls, ensure_ascii=False) if reply.tool_calls else ""
        text = reply.text + calls + reply.finish_reason
        if self._keys.hide(text) != text:
            raise ProviderError(f"the answer of {self._server} holds the key, so it is not kept", "answer")
        return reply._replace(seconds=seconds)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _call(self, body: dict[str, Json], on_text: Callable[[str], None] | None) -> Reply:
        from promptstead.providers.transport import ERRORS, Refused

        if not self._counts_streams:
            body.pop("stream_options", None)
        try:
            response = await self._client.ask(_JSON.encode(body).encode())
        except Refused as error:
            if error.status in BAD_REQUEST and "stream_options" in body and "stream_options" in message_of(error.body):
                self._counts_streams = False
                return await self._call(body, on_text)
            raise self._status(error.status, error.body, dict(error.headers), body) from None
        except ERRORS as error:
            raise from_exception(error, server=self._server) from None
        try:
            return await self._read(response, body, on_text)
        finally:
            await response.aclose()

    async def _read(self, response: "Response", body: dict[str, Json], on_text: Callable[[str], None] | None) -> Reply:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        async with aclosing(self._chunks(response)) as chunks:
            if kind == "text/event-stream":
                whole: chat.Stream | responses.Stream | messages.Stream = self._api.Stream()
                async for event in read_events(chunks):
                    self._refuse_error(event, body)
                    piece = whole.feed(event)
                    if piece and on_text:
                        on_text(piece)
                return whole.reply()
            if kind != "application/json" and not kind.endswith("+json"):
                bad_answer(f"sent `{self._keys.hide(kind)[:80] or 'nothing known'}` in place of JSON")
            data = read_json(b"".join([chunk async for chunk in chunks]))
        self._refuse_error(data, body)
        reply: Reply = self._api.read(data)
        if on_text and reply.text:
            on_text(reply.text)
        return reply

    async def _chunks(self, response: "Response") -> AsyncGenerator[bytes, None]:
        from promptstead.providers.transport import ERRORS, pieces

        try:
            async for chunk in pieces(response):
                yield chunk
        except ERRORS as error:
            raise from_exception(error, server=self._server) from None

    def _refuse_error(self, data: Json, body: dict[str, Json]) -> None:
        """Raise where a server says 200 and then sends an error."""
        if not isinstance(data, dict) or not (data.get("error") or data.get("type") == "error"):
            return
        if status := status_of(code_of(data)):
            raise self._status(status, data, {}, body)
        if data.get("status") != "failed":
            bad_answer(f"sent an error in place of an answer: {message_of(data, self._keys.hide) or 'it says nothing'}")

    def _status(self, status: int, data: Json, headers: dict[str, str], body: dict[str, Json]) -> ProviderError:
        return from_status(status, data, headers, server=self._server, model=body["model"], keys=self._keys)

    def _without_keys(self, error: ProviderError) -> ProviderError:
        hide = self._keys.hide
        return ProviderError(hide(error.message), error.kind, retry_after=error.retry_after, hint=hide(error.hint))


def _open_client(
    name: str, settings: ProviderSettings, keys: Keys, authorities: str, path: str
) -> "AnthropicClient | OpenAIClient":
    try:
        if settings.api == "messages":
            from promptstead.providers import anthropic_client

            return anthropic_client.open_client(name, settings, keys, authorities, path)
        from promptstead.providers import openai_client

        return openai_client.open_client(name, settings, keys, authorities, path)
    except (ImportError, RuntimeError) as error:
        extra = "anthropic" if settings.api == "messages" else "live"
        raise PromptsteadError(
            "calling a model needs packages that are not installed", hint=command_to_add(extra)
        ) from error
