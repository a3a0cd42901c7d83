"""The Chat Completions API: its answers, whole or streamed, to a reply."""

from promptstead.model import Json
from promptstead.providers.api_json import MAX_TOOL_CALLS, bad_answer, detail, usage_of, whole_text
from promptstead.providers.provider import ProviderError, Reply

PATH = "/chat/completions"
STREAM = {"stream": True, "stream_options": {"include_usage": True}}
"""What a body has besides where the answer is to be streamed."""


def read(data: Json) -> Reply:
    """Return the reply that a whole answer holds; *seconds* is for the caller to fill in.

    :raises ProviderError: it holds none.
    """
    try:
        choice = data["choices"][0]
        return _reply(choice["message"], choice.get("finish_reason"), data.get("usage"))
    except (KeyError, IndexError, TypeError, AttributeError):
        bad_answer("sent something that is not an answer of Chat Completions")


class Stream:
    """Puts a streamed answer together."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._refusal: list[str] = []
        self._calls: dict[int, dict[str, Json]] = {}
        self._finish_reason = ""
        self._usage: Json = None

    def feed(self, event: Json) -> str:
        """Take one event; return the piece of text that it brings.

        :raises ProviderError: it is not one of this API.
        """
        try:
            self._usage = event.get("usage") or self._usage
            if not event.get("choices"):
                return ""
            choice = event["choices"][0]
            delta = choice.get("delta") or {}
            self._finish_reason = choice.get("finish_reason") or self._finish_reason
            for call in delta.get("tool_calls") or ():
                self._add_call(call)
            self._refusal.append(delta.get("refusal") or "")
            piece = delta.get("content") or ""
            self._text.append(piece)
            return str(piece)
        except (KeyError, IndexError, TypeError, AttributeError):
            bad_answer("sent an event that is not one of Chat Completions")

    def reply(self) -> Reply:
        """Return the whole.

        :raises ProviderError: the stream ended before the answer did.
        """
        if not self._finish_reason:
            raise ProviderError("the streamed answer broke off", "connection")
        try:
            message = {
                "content": "".join(self._text),
                "refusal": "".join(self._refusal),
                "tool_calls": [self._calls[index] for index in sorted(self._calls)],
            }
        except TypeError:
            bad_answer("streamed something that is not text")
        return _reply(message, self._finish_reason, self._usage)

    def _add_call(self, piece: Json) -> None:
        index = piece.get("index")
        if index is None:  # Gemini's layer leaves it out: a call that has not been seen yet is a further one
            ids = {call["id"]: number for number, call in self._calls.items()}
            last = max(self._calls, default=0)
            index = ids.get(piece["id"], len(self._calls)) if piece.get("id") else last
        if not isinstance(index, int):
            raise TypeError
        if not 0 <= index < MAX_TOOL_CALLS:
            bad_answer(f"asked for more than {MAX_TOOL_CALLS} tool calls")
        call = self._calls.setdefault(index, {"id": "", "type": "function", "function": {"name": "", "arguments": ""}})
        call["id"] = piece.get("id") or call["id"]
        function = piece.get("function") or {}
        name = function.get("name") or ""
        if name != call["function"]["name"]:  # some servers (llama-cpp-python) say it with every piece
            call["function"]["name"] += name
        call["function"]["arguments"] += function.get("arguments") or ""


def _reply(message: Json, finish_reason: Json, usage: Json) -> Reply:
    content = message.get("content") or ""
    if isinstance(content, list):
        content = "".join(part["text"] for part in content if part.get("type") == "text")
    refusal = message.get("refusal") or ""
    calls = message.get("tool_calls") or []
    if not isinstance(content, str) or not isinstance(refusal, str) or not isinstance(calls, list):
        raise TypeError
    if len(calls) > MAX_TOOL_CALLS:
        bad_answer(f"asked for more than {MAX_TOOL_CALLS} tool calls")
    reason = "refusal" if refusal else finish_reason if isinstance(finish_reason, str) else ""
    counted = usage if isinstance(usage, dict) else {}
    tokens = usage_of(
        counted.get("prompt_tokens"),
        counted.get("completion_tokens"),
        detail(counted.get("prompt_tokens_details"), "cached_tokens"),
        detail(counted.get("completion_tokens_details"), "reasoning_tokens"),
        cache_written=detail(counted.get("prompt_tokens_details"), "cache_write_tokens"),
        total=counted.get("total_tokens"),
    )
    return Reply(whole_text(refusal or content), reason, tokens, 0.0, tuple(calls))
