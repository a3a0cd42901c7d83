"""Anthropic's Messages API: what is sent, what comes back, whole and in pieces, and what its errors mean."""

from typing import Any

import anthropic
import pytest
from pydantic import TypeAdapter

from promptstead.model import Usage
from promptstead.providers import anthropic_messages as messages
from promptstead.providers.provider import ProviderError
from tests.providers.server import KEY, Server
from tests.providers.test_server_provider import MESSAGES, SCHEMA, TOOL, ask, failure

TOKENS = Usage(7 + 100 + 20, 5, cached=20, cache_written=100)


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_is_its_text_and_its_input_is_all_that_was_read(stream: bool) -> None:
    server, pieces = Server(), list[str]()
    reply = ask(server, api="messages", on_text=pieces.append if stream else None)
    assert reply[:3] == ("answer to where is Lyon", "stop", TOKENS)
    assert reply.tool_calls == ()
    assert "".join(pieces) == (reply.text if stream else "")
    body = {
        "model": "a-model",
        "max_tokens": 50,
        "system": "Be brief.",
        "messages": [{"role": "user", "content": "where is Lyon"}],
        "temperature": 0,
    }
    assert server.bodies == [{**body, "stream": True} if stream else body]


@pytest.mark.parametrize("stream", [False, True])
def test_tools_and_their_calls(stream: bool) -> None:
    server = Server()
    reply = ask(server, tools=(TOOL,), api="messages", on_text=(lambda text: None) if stream else None)
    assert reply.finish_reason == "tool_calls"
    call = {"id": "toolu_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Lyon"}'}}
    assert reply.tool_calls == (call,)
    assert server.bodies[0]["tools"] == [
        {"name": "get_weather", "description": "The weather", "input_schema": SCHEMA},
    ]


def test_a_schema_is_asked_for() -> None:
    server = Server()
    output = {"format": "json", "name": "answer", "schema": SCHEMA}
    ask(server, output=output, api="messages")
    assert server.bodies[0]["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}


REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "refusal",
    "pause_turn": "incomplete",
}


def test_why_an_answer_ended_is_said_in_one_vocabulary() -> None:
    for reason, said in REASONS.items():
        assert messages.read({"content": [], "stop_reason": reason}).finish_reason == said
    known: Any = TypeAdapter(anthropic.types.StopReason).json_schema()
    assert set(known["enum"]) == set(REASONS)
    assert messages.read({"content": [], "stop_reason": "of_tomorrow"}).finish_reason == "of_tomorrow"
    assert messages.read({"content": [], "stop_reason": None}).finish_reason == ""


def test_a_refusal_without_an_explanation_is_what_was_said_before() -> None:
    content = [{"type": "text", "text": "First, take"}]
    data = {"content": content, "stop_reason": "refusal", "stop_details": {"type": "refusal", "explanation": None}}
    assert messages.read(data)[:2] == ("First, take", "refusal")


def test_what_is_not_text_is_no_part_of_the_answer() -> None:
    content = [
        {"type": "redacted_thinking", "data": "b64"},
        {"type": "text", "text": "One, "},
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
        {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
        {"type": "text", "text": "two."},
    ]
    reply = messages.read({"content": content, "stop_reason": "end_turn"})
    assert (reply.text, reply.tool_calls) == ("One, two.", ())


THOUGHT = {
    "input_tokens": 9,
    "cache_read_input_tokens": 4,
    "output_tokens": 120,
    "output_tokens_details": {"thinking_tokens": 100},
}


@pytest.mark.parametrize("stream", [False, True])
def test_thoughts_are_counted_and_not_kept(stream: bool) -> None:
    thinking = {"extra_body": {"thinking": {"type": "enabled", "budget_tokens": 1024}}, "max_tokens": 2000}
    server, pieces = Server(usage=THOUGHT), list[str]()
    reply = ask(server, api="messages", params=thinking, on_text=pieces.append if stream else None)
    assert server.bodies[0]["thinking"] == {"type": "enabled", "budget_tokens": 1024}
    assert reply.usage == Usage(13, 120, cached=4, reasoning=100)
    assert reply.text == "answer to where is Lyon"
    assert "".join(pieces) == (reply.text if stream else "")
    assert "Lyon is a city." not in str(reply)


def test_thoughts_may_come_hidden_and_empty() -> None:
    """``redacted_thinking``, and thinking whose ``display`` is omitted: a signature and no text."""
    hidden: list[dict[str, Any]] = [
        {"type": "redacted_thinking", "data": "b64"},
        {"type": "thinking", "thinking": "", "signature": "c2ln"},
    ]
    blocks = [*hidden, {"type": "text", "text": "good"}]
    whole = messages.read({"content": blocks, "stop_reason": "end_turn", "usage": THOUGHT})
    stream = messages.Stream()
    stream.feed({"type": "message_start", "message": {"content": [], "usage": {**THOUGHT, "output_tokens": 1}}})
    for index, block in enumerate(blocks):
        stream.feed({"type": "content_block_start", "index": index, "content_block": block})
        if block["type"] == "thinking":
            stream.feed({"type": "content_block_delta", "index": index, "delta": {"type": "signature_delta"}})
        stream.feed({"type": "content_block_stop", "index": index})
    stream.feed({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": THOUGHT})
    stream.feed({"type": "message_stop"})
    assert stream.reply() == whole == ("good", "stop", Usage(13, 120, cached=4, reasoning=100), 0.0, ())
    only = messages.read({"content": hidden, "stop_reason": "max_tokens", "usage": THOUGHT})
    assert (only.text, only.finish_reason) == ("", "length")


@pytest.mark.parametrize(
    ("counted", "usage"),
    [
        ({"input_tokens": 3, "output_tokens": 4}, Usage(3, 4)),
        ({"input_tokens": 3, "cache_read_input_tokens": None, "output_tokens": 4}, Usage(3, 4)),
        ({"input_tokens": 3, "cache_read_input_tokens": 9, "output_tokens": 4}, Usage(12, 4, 9)),
        ({"cache_read_input_tokens": 9, "output_tokens": 4}, Usage(None, 4, 9)),
        ({"input_tokens": 3, "cache_creation_input_tokens": "many"}, Usage(None, None)),
        (None, Usage(None, None)),
    ],
)
def test_tokens_that_are_not_known_are_not_zero(counted: Any, usage: Usage) -> None:
    assert messages.usage_of(counted) == usage


def events(*pieces: str, stop: str = "tool_use") -> list[dict[str, Any]]:
    block = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    return [
        {"type": "message_start", "message": {"content": [], "usage": {"input_tokens": 3, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "event_of_tomorrow"},
        {"type": "message_delta", "delta": {"stop_reason": stop}, "usage": {"output_tokens": 8}},
        {"type": "message_stop"},
    ]


@pytest.mark.parametrize(
    ("pieces", "arguments"),
    [
        ((), "{}"),
        (("",), "{}"),
        (('{"city":', '"Lyon"}'), '{"city": "Lyon"}'),
        (('{"city": "Ly',), '{"city": "Ly'),  # cut off by the cap
        (("[" * 100_000,), "[" * 100_000),
    ],
)
def test_the_arguments_of_a_streamed_call_are_whole(pieces: tuple[str, ...], arguments: str) -> None:
    stream = messages.Stream()
    assert "".join(stream.feed(event) for event in events(*pieces)) == ""
    reply = stream.reply()
    assert reply.tool_calls[0]["function"] == {"name": "get_weather", "arguments": arguments}
    assert reply.usage == Usage(3, 8)


def test_a_stream_is_over_when_it_says_so() -> None:
    stream = messages.Stream()
    for event in events()[:-1]:
        stream.feed(event)
    with pytest.raises(ProviderError, match="broke off") as caught:
        stream.reply()
    assert caught.value.kind == "connection"


def test_many_tool_calls_are_refused() -> None:
    call = {"type": "tool_use", "id": "a", "name": "f", "input": {}}
    with pytest.raises(ProviderError, match="tool calls"):
        messages.read({"content": [call] * 129, "stop_reason": "tool_use"})


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("529", "server", ("529", "Overloaded")),
        ("429-anthropic", "rate-limit", ("429", "your organization")),
        ("413", "refused", ("too large", "413", "send less")),
        ("402", "refused", ("402", "payment information", "billing")),
        ("unpaid", "refused", ("credit balance", "billing")),
    ],
)
def test_each_error_of_its_own_is_one_clear_line(fault: str, kind: str, words: tuple[str, ...]) -> None:
    error = failure(fault, api="messages")
    assert error.kind == kind
    assert all(word in str(error) for word in words), str(error)
    assert error.retry_after == (2.0 if fault == "429-anthropic" else None)


def test_a_server_that_is_overloaded_in_the_middle_may_answer_later() -> None:
    error = failure("stream-overloaded", api="messages", on_text=lambda text: None)
    assert (error.kind, error.passing) == ("server", True)
    assert "529" in str(error)


def test_a_wrong_key_is_named_by_its_place_and_never_shown() -> None:
    wrong = "sk-ant-wrong-9d8f7a6s5d4f3"
    with pytest.raises(ProviderError) as caught:
        ask(Server(), api="messages", key=wrong)
    assert all(word in str(caught.value) for word in ("TEST_KEY", "401"))
    assert not any(key in str(caught.value) for key in (wrong, KEY))


def test_system_messages_stand_apart() -> None:
    server = Server()
    ask(server, [{"role": "developer", "content": "First."}, *MESSAGES], api="messages")
    assert server.bodies[0]["system"] == [{"type": "text", "text": "First."}, {"type": "text", "text": "Be brief."}]
