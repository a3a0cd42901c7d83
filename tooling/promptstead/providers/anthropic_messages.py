"""Anthropic's Messages API: its answers, whole or streamed, to a reply."""

import json

from promptstead.model import Json, Usage
from promptstead.providers.api_json import MAX_TOOL_CALLS, bad_answer, count, detail, whole_text
from promptstead.providers.provider import ProviderError, Reply

PATH = "/v1/messages"
STREAM = {"stream": True}
"""What a body has besides where the answer is to be streamed."""
_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "pause_turn": "incomplete",
}
"""Why an answer ended, in the words of Chat Completions, so that a reader of recorded outputs has one vocabulary."""
_PIECES = {"text_delta": "text", "input_json_delta": "partial_json"}
"""Kind of a piece of a stream -> where its text is; there are others, of what is no part of an answer."""


def read(data: Json) -> Reply:
    """Return the reply that a whole message holds; *seconds* is for the caller to fill in.

    :raises ProviderError: it holds none.
    """
    try:
        return _reply(data)
    except (KeyError, IndexError, TypeError, AttributeError):
        bad_answer("sent something that is not an answer of the Messages API")


class Stream:
    """Puts a streamed message together."""

    def __init__(self) -> None:
        self._message: dict[str, Json] = {}
        self._blocks: dict[int, Json] = {}
        self._pieces: dict[int, list[str]] = {}
        self._ended = False

    def feed(self, event: Json) -> str:
        """Take one event; return the piece of text that it brings.

        :raises ProviderError: it is not one of this API.
        """
        try:
            return self._feed(event)
        except (KeyError, TypeError, AttributeError):
            bad_answer("sent an event that is not one of the Messages API")

    def reply(self) -> Reply:
        """Return the whole.

        :raises ProviderError: the stream ended before the answer did.
        """
        if not self._ended:
            raise ProviderError("the streamed answer broke off", "connection")
        blocks = [_whole(block, "".join(self._pieces[index])) for index, block in self._blocks.items()]
        return read({**self._message, "content": blocks})

    def _feed(self, event: Json) -> str:
        match event["type"]:
            case "message_start":
                self._message = {**event["message"]}
            case "content_block_start":
                self._blocks[event["index"]] = {**event["content_block"]}
                self._pieces[event["index"]] = [str(event["content_block"].get("text", ""))]
                return self._pieces[event["index"]][0]
            case "content_block_delta":
                return self._add(event["index"], event["delta"])
            case "message_delta":
                counted = {name: value for name, value in (event.get("usage") or {}).items() if value is not None}
                usage = {**(self._message.get("usage") or {}), **counted}
                self._message |= {**event["delta"], "usage": usage}
            case "message_stop":
                self._ended = True
        return ""  # the API may bring events of new kinds, such as `ping`

    def _add(self, index: int, delta: Json) -> str:
        piece = str(delta[_PIECES[delta["type"]]]) if delta["type"] in _PIECES else ""
        self._pieces[index].append(piece)
        return piece if delta["type"] == "text_delta" else ""


def _whole(block: dict[str, Json], pieces: str) -> dict[str, Json]:
    if block.get("type") == "text":
        return {**block, "text": pieces}
    if block.get("type") != "tool_use" or not pieces:
        return block
    try:
        return {**block, "input": json.loads(pieces)}
    except (ValueError, RecursionError):  # an answer that was cut off
        return {**block, "input": pieces}


def _reply(data: Json) -> Reply:
    text: list[str] = []
    calls: list[Json] = []
    for block in data["content"]:
        if block["type"] == "text":
            text.append(block["text"])
        elif block["type"] == "tool_use":
            given = block["input"]
            arguments = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
            function = {"name": block["name"], "arguments": arguments}
            calls.append({"id": block["id"], "type": "function", "function": function})
    if len(calls) > MAX_TOOL_CALLS:
        bad_answer(f"asked for more than {MAX_TOOL_CALLS} tool calls")
    reason = str(data.get("stop_reason") or "")
    said = (data.get("stop_details") or {}).get("explanation") if reason == "refusal" else None
    answer = said if isinstance(said, str) and said else "".join(text)
    return Reply(whole_text(answer), _REASONS.get(reason, reason), usage_of(data.get("usage")), 0.0, tuple(calls))


def usage_of(counted: Json) -> Usage:
    """Return the tokens of an answer: its input is what was read anew, put into the cache, and read out of it."""
    counted = counted if isinstance(counted, dict) else {}
    written, read = counted.get("cache_creation_input_tokens"), counted.get("cache_read_input_tokens")
    parts = [count(tokens) for tokens in (counted.get("input_tokens"), written or 0, read or 0)]
    known = [tokens for tokens in parts if tokens is not None]
    return Usage(
        sum(known) if len(known) == len(parts) else None,
        count(counted.get("output_tokens")),
        count(read),
        count(written),
        count(detail(counted.get("output_tokens_details"), "thinking_tokens")),
    )
