"""What servers send, well-formed and not: nothing but an answer or a named failure comes of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.config.settings import ProviderSettings
from promptstead.providers import anthropic_messages as messages
from promptstead.providers import chat_completions as chat
from promptstead.providers import openai_responses as responses
from promptstead.providers.api_json import read_events, whole_text
from promptstead.providers.failures import message_of, retry_after
from promptstead.providers.keys import Keys
from promptstead.providers.provider import ProviderError, Reply
from promptstead.providers.server_provider import ServerProvider
from tests.providers.calls import call

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats()
WORDS = (
    "choices", "message", "content", "finish_reason", "usage", "delta", "tool_calls", "index", "function", "name",
    "arguments", "refusal", "type", "text", "output", "status", "error", "response", "output_text", "function_call",
    "response.completed", "failed", "id", "call_id", "tool_use", "input", "stop_reason", "stop_details",
    "message_start", "content_block_start", "content_block_delta", "message_delta", "message_stop", "content_block",
    "text_delta",
)  # fmt: skip
words = st.sampled_from(WORDS)
values = st.recursive(
    scalars | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=5),
    max_leaves=20,
)


def events(chunks: list[bytes]) -> list[Any]:
    async def feed() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    async def collect() -> list[Any]:
        return [event async for event in read_events(feed())]

    return asyncio.run(collect())


@settings(max_examples=100, deadline=None)
@given(
    sent=st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=8), min_size=1), max_size=5),
    cuts=st.lists(st.integers(0, 400), max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_events_are_the_same_however_the_bytes_are_cut(sent: list[dict[str, str]], cuts: list[int], end: str) -> None:
    text = "".join(f": ping{end}event: x{end}data: {json.dumps(event)}{end}{end}" for event in sent)
    raw = (text + f"data: [DONE]{end}{end}data: later{end}{end}").encode()
    edges = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    assert events([raw[start:stop] for start, stop in pairwise(edges)]) == sent


def test_events_of_several_lines_and_a_last_one_without_an_end() -> None:
    assert events([b'data: {"a":\ndata: 1}\n\ndata:{"b": 2}']) == [{"a": 1}, {"b": 2}]


@settings(max_examples=200, deadline=None)
@given(data=values, api=st.sampled_from([chat, responses, messages]))
def test_any_json_is_a_reply_or_a_failure_with_a_name(data: Any, api: Any) -> None:
    with suppress(ProviderError):
        reply = api.read(data)
        assert isinstance(reply.text, str)
        assert isinstance(reply.finish_reason, str)
        reply.text.encode()
    with suppress(ProviderError):
        stream = api.Stream()
        stream.feed(data)
        assert isinstance(stream.reply(), Reply)


@settings(max_examples=200, deadline=None)
@given(sent=st.lists(st.dictionaries(words, values, max_size=5), max_size=4))
def test_any_events_are_a_message_or_a_failure_with_a_name(sent: list[Any]) -> None:
    stream = messages.Stream()
    with suppress(ProviderError):
        for event in [{"type": "message_start", "message": {}}, *sent, {"type": "message_stop"}]:
            assert isinstance(stream.feed(event), str)
        assert isinstance(stream.reply(), Reply)


def test_a_character_that_a_stream_cut_in_two_is_whole_again() -> None:
    stream = chat.Stream()
    for piece in ("\ud83d", "\ude00", "\ud800"):
        stream.feed({"choices": [{"delta": {"content": piece}, "finish_reason": "stop"}]})
    assert stream.reply().text == "😀\ufffd"
    assert whole_text("plain é") == "plain é"


@pytest.mark.parametrize("names", [("get_weather", None, None), ("get_weather", "get_weather", "get_weather")])
def test_the_name_of_a_tool_may_come_once_or_with_every_piece(names: tuple[str | None, ...]) -> None:
    stream = chat.Stream()
    for name, piece in zip(names, ("", '{"city": ', '"Lyon"}'), strict=True):
        function = {"name": name, "arguments": piece} if name else {"arguments": piece}
        call = {"index": 0, "id": "call_1", "type": "function", "function": function}
        stream.feed({"choices": [{"delta": {"tool_calls": [call]}, "finish_reason": None}]})
    stream.feed({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]})
    assert stream.reply().tool_calls[0]["function"] == {"name": "get_weather", "arguments": '{"city": "Lyon"}'}


def test_many_tool_calls_are_refused() -> None:
    with pytest.raises(ProviderError, match="tool calls"):
        chat.Stream().feed({"choices": [{"delta": {"tool_calls": [{"index": 10**9}]}}]})


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "²"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:09 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 9.0),
    ],
)
def test_how_long_a_server_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_a_wait_may_be_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    wait = retry_after({"retry-after": date})
    assert wait is not None
    assert 3500 < wait <= 3600


@settings(max_examples=100, deadline=None)
@given(values)
def test_the_message_of_an_error_is_short_text(body: Any) -> None:
    message = message_of(body)
    assert len(message) <= 300
    assert "\n" not in message


EXTRA = {"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted", "input": 3}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"message": "No such model."}}, "No such model"),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "Overloaded"),
        ([{"error": {"code": 400, "message": 'Unknown name "seed": Cannot find field.'}}], 'Unknown name "seed"'),
        ({"object": "error", "message": {"detail": [EXTRA]}}, "seed: Extra inputs are not permitted"),
        ({"detail": [EXTRA, EXTRA]}, "seed: Extra inputs are not permitted; seed: Extra"),
        ({"detail": "Not Found"}, "Not Found"),
        ({"detail": ["odd"]}, "odd"),
        ([], ""),
        ("<html>", ""),
    ],
)
def test_what_an_error_says_in_the_forms_of_several_servers(body: Any, said: str) -> None:
    assert message_of(body).startswith(said)
    assert bool(message_of(body)) == bool(said)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x16\x03\x01\x00\x00",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/9.9 999 No\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 100_000 + b"\r\n\r\n",
        b'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {"choices": 5}\n\n',
        b"HTTP/1.1 302 Found\r\nlocation: file:///etc/passwd\r\ncontent-length: 0\r\n\r\n",
    ],
    ids=range(10),
)
def test_garbage_from_a_server_is_a_failure_with_a_name(raw: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        with suppress(ConnectionError):
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    async def run() -> None:
        listening = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with listening:
            port = listening.sockets[0].getsockname()[1]
            options = ProviderSettings(f"http://127.0.0.1:{port}/v1", timeout=5)
            provider = ServerProvider("test", options, Keys("test", options, {}))
            try:
                await provider.complete(call("test", "m", [{"role": "user", "content": "x"}]))
            finally:
                await provider.close()

    with pytest.raises(ProviderError) as caught:
        asyncio.run(run())
    assert str(caught.value)
