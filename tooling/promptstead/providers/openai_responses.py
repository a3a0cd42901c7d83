"""The Responses API: its answers, whole or streamed, to a reply."""

from promptstead.model import Json
from promptstead.providers.api_json import bad_answer, detail, usage_of, whole_text
from promptstead.providers.provider import ProviderError, Reply

PATH = "/responses"
STREAM = {"stream": True}
"""What a body has besides where the answer is to be streamed."""
_ENDS = ("response.completed", "response.incomplete", "response.failed")


def read(data: Json) -> Reply:
    """Return the reply that a whole response holds; *seconds* is for the caller to fill in.

    :raises ProviderError: it holds none.
    """
    try:
        return _reply(data)
    except (KeyError, IndexError, TypeError, AttributeError):
        bad_answer("sent something that is not an answer of the Responses API")


class Stream:
    """Puts a streamed response together: its last event holds the whole."""

    def __init__(self) -> None:
        self._response: Json = None

    def feed(self, event: Json) -> str:
        """Take one event; return the piece of text that it brings.

        :raises ProviderError: it is not one of this API.
        """
        try:
            if event["type"] in _ENDS:
                self._response = event["response"]
            return str(event["delta"]) if event["type"] == "response.output_text.delta" else ""
        except (KeyError, TypeError):
            bad_answer("sent an event that is not one of the Responses API")

    def reply(self) -> Reply:
        """Return the whole.

        :raises ProviderError: the stream ended before the answer did, or the response failed.
        """
        if self._response is None:
            raise ProviderError("the streamed answer broke off", "connection")
        return read(self._response)


def _reply(data: Json) -> Reply:
    if data.get("status") == "failed":
        said = (data.get("error") or {}).get("message") or "without a reason"
        raise ProviderError(f"the server failed the response: {said}", "server")
    text: list[str] = []
    refusal: list[str] = []
    calls: list[Json] = []
    for item in data["output"]:
        if item["type"] == "message":
            for part in item["content"]:
                if part["type"] == "refusal":
                    refusal.append(part["refusal"])
                elif part["type"] == "output_text":
                    text.append(part["text"])
        elif item["type"] == "function_call":
            function = {"name": item["name"], "arguments": item["arguments"]}
            calls.append({"id": item["call_id"], "type": "function", "function": function})
    usage = data.get("usage") or {}
    tokens = usage_of(
        usage.get("input_tokens"),
        usage.get("output_tokens"),
        detail(usage.get("input_tokens_details"), "cached_tokens"),
        detail(usage.get("output_tokens_details"), "reasoning_tokens"),
        cache_written=detail(usage.get("input_tokens_details"), "cache_write_tokens"),
        total=usage.get("total_tokens"),
    )
    return Reply(whole_text("".join(refusal or text)), _finish_reason(data, refusal, calls), tokens, 0.0, tuple(calls))


def _finish_reason(data: Json, refusal: list[str], calls: list[Json]) -> str:
    """Return it in the words of Chat Completions, so that a reader of recorded outputs has one vocabulary."""
    if data.get("status") == "incomplete":
        reason = (data.get("incomplete_details") or {}).get("reason")
        return "length" if reason == "max_output_tokens" else str(reason or "incomplete")
    return "refusal" if refusal else "tool_calls" if calls else "stop"
