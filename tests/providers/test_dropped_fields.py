"""A server that leaves a field out, or sends it empty or of another kind: the answer, or one line that says why not."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from promptstead.model import Usage
from promptstead.operations.recording.answers_to_ask import unusable
from promptstead.providers import anthropic_messages as messages
from promptstead.providers import chat_completions as chat
from promptstead.providers import openai_responses as responses
from promptstead.providers.provider import ProviderError, Reply
from promptstead.words.sentence import Sentence

CALL = {"id": "call_1", "type": "function", "function": {"name": "lookup", "arguments": '{"id": 7}'}}
CHAT: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "good", "refusal": None, "tool_calls": [CALL]},
            "finish_reason": "tool_calls",
        }
    ],
    "usage": {
        "prompt_tokens": 9,
        "completion_tokens": 3,
        "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 2},
    },
}
RESPONSES: dict[str, Any] = {
    "id": "resp_1",
    "object": "response",
    "status": "completed",
    "error": None,
    "incomplete_details": None,
    "output": [
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "message", "id": "msg_1", "role": "assistant", "content": [{"type": "output_text", "text": "good"}]},
        {"type": "function_call", "call_id": "call_1", "name": "lookup", "arguments": '{"id": 7}'},
    ],
    "usage": {
        "input_tokens": 9,
        "output_tokens": 3,
        "input_tokens_details": {"cached_tokens": 4},
        "output_tokens_details": {"reasoning_tokens": 2},
    },
}
MESSAGES: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "content": [
        {"type": "thinking", "thinking": "Seven.", "signature": "c2ln"},
        {"type": "text", "text": "good"},
        {"type": "tool_use", "id": "toolu_1", "name": "lookup", "input": {"id": 7}},
    ],
    "stop_reason": "tool_use",
    "stop_details": None,
    "usage": {
        "input_tokens": 5,
        "cache_read_input_tokens": 4,
        "output_tokens": 3,
        "output_tokens_details": {"thinking_tokens": 2},
    },
}
WHOLE: dict[str, tuple[Any, dict[str, Any]]] = {
    "chat": (chat, CHAT),
    "responses": (responses, RESPONSES),
    "messages": (messages, MESSAGES),
}


def chunk(**delta: Any) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "choices": [{"index": 0, "delta": delta, "finish_reason": None}], "usage": None}


STREAMS: dict[str, tuple[Any, list[dict[str, Any]]]] = {
    "chat": (
        chat,
        [
            chunk(role="assistant", content=""),
            chunk(content="go"),
            chunk(content="od"),
            chunk(tool_calls=[{**CALL, "index": 0}]),
            {"id": "chatcmpl-1", "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
            {"id": "chatcmpl-1", "choices": [], "usage": CHAT["usage"]},
        ],
    ),
    "responses": (
        responses,
        [
            {"type": "response.created", "response": {**RESPONSES, "status": "in_progress"}},
            {"type": "response.output_text.delta", "delta": "good"},
            {"type": "response.completed", "response": RESPONSES},
        ],
    ),
    "messages": (
        messages,
        [
            {"type": "message_start", "message": {**MESSAGES, "content": [], "stop_reason": None}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Seven."}},
            {"type": "content_block_stop", "index": 0},
            {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "good"}},
            {"type": "content_block_stop", "index": 1},
            {
                "type": "content_block_start",
                "index": 2,
                "content_block": {"type": "tool_use", "id": "toolu_1", "name": "lookup", "input": {}},
            },
            {
                "type": "content_block_delta",
                "index": 2,
                "delta": {"type": "input_json_delta", "partial_json": '{"id": 7}'},
            },
            {"type": "content_block_stop", "index": 2},
            {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 3}},
            {"type": "message_stop"},
        ],
    ),
}
REPLY = ("good", "tool_calls", Usage(9, 3, 4, reasoning=2))
GONE = object()
OTHERS: tuple[Any, ...] = (GONE, None, "", 7, [], {}, [None], "x", -1, True)
"""What may stand where a field was."""


def places(value: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each field and item of *value*."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (key,)
        yield from ((key, *way) for way in places(item))


def changed(value: Any, way: tuple[Any, ...], other: Any) -> Any:
    """Return *value* with something else at *way*."""
    copy = deepcopy(value)
    home = copy
    for key in way[:-1]:
        home = home[key]
    if other is GONE:
        del home[way[-1]]
    else:
        home[way[-1]] = other
    return copy


def outcomes(read: Callable[[Any], Reply], sent: Any) -> Iterator[tuple[tuple[Any, ...], Any, Reply | ProviderError]]:
    """Yield what comes of each change of what is sent; any other exception than the one is a failure of the test."""
    for way in places(sent):
        for other in OTHERS:
            try:
                yield way, other, read(changed(sent, way, other))
            except ProviderError as error:
                yield way, other, error


def streamed(api: Any) -> Callable[[Any], Reply]:
    def read(events: Any) -> Reply:
        stream = api.Stream()
        for event in events:
            stream.feed(event)
        reply: Reply = stream.reply()
        return reply

    return read


@pytest.mark.parametrize("name", WHOLE)
def test_a_field_of_a_whole_answer(name: str) -> None:
    api, whole = WHOLE[name]
    assert api.read(whole)[:3] == REPLY
    check(list(outcomes(api.read, whole)))


@pytest.mark.parametrize("name", STREAMS)
def test_a_field_of_a_streamed_answer(name: str) -> None:
    api, events = STREAMS[name]
    read = streamed(api)
    assert (read(events)[0], read(events)[1]) == REPLY[:2]
    check(list(outcomes(read, events)))


def check(found: list[tuple[tuple[Any, ...], Any, Reply | ProviderError]]) -> None:
    """Hold each outcome to what it may be."""
    replies = 0
    for way, other, outcome in found:
        if isinstance(outcome, ProviderError):
            assert outcome.kind in ("answer", "connection", "server"), (way, other)
            assert "\n" not in str(outcome), (way, other)
            continue
        replies += 1
        assert isinstance(outcome.text, str), (way, other)
        assert isinstance(outcome.finish_reason, str), (way, other)
        assert all(each is None or (type(each) is int and each >= 0) for each in outcome.usage), (way, other)
        assert isinstance(unusable(outcome, [{"name": "lookup"}]), Sentence | None), (way, other)
    assert replies > len(found) / 4


@pytest.mark.parametrize("name", WHOLE)
def test_what_nobody_needs_may_be_left_out(name: str) -> None:
    api, whole = WHOLE[name]
    bare = {key: whole[key] for key in ("choices", "output", "content", "stop_reason", "status") if key in whole}
    reply = api.read(bare)
    assert reply[:3] == ("good", "tool_calls", Usage(None, None))


def test_why_an_answer_ended_is_not_made_up() -> None:
    whole = changed(changed(CHAT, ("choices", 0, "finish_reason"), GONE), ("choices", 0, "message", "tool_calls"), GONE)
    assert chat.read(whole).finish_reason == ""
    assert messages.read(changed(MESSAGES, ("stop_reason",), GONE)).finish_reason == ""


def test_calls_whose_number_a_stream_leaves_out_stay_apart() -> None:
    """Gemini's layer for OpenAI's client sends each call whole, without its ``index``."""
    calls = [{**CALL, "id": f"call_{number}", "function": {"name": "lookup", "arguments": "{}"}} for number in range(3)]
    stream = chat.Stream()
    for call in calls:
        stream.feed(chunk(tool_calls=[call]))
    stream.feed(chunk(tool_calls=[{"function": {"arguments": " "}}]))
    stream.feed({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]})
    found = stream.reply().tool_calls
    assert [call["id"] for call in found] == ["call_0", "call_1", "call_2"]
    assert [call["function"]["arguments"] for call in found] == ["{}", "{}", "{} "]
