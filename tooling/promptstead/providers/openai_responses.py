"""The Responses API: the same requests and replies as Chat Completions, in that API's words."""

from collections.abc import Mapping

from promptstead.model import Json, Usage
from promptstead.providers.api_json import bad_answer, count, whole_text
from promptstead.providers.chat_completions import params, plain
from promptstead.providers.provider import ProviderError, Reply, Request

PATH = "/responses"
_UNKNOWN = ("stop", "seed", "frequency_penalty", "presence_penalty", "logit_bias", "logprobs")
_ENDS = ("response.completed", "response.incomplete", "response.failed")


def body(request: Request, *, stream: bool) -> dict[str, Json]:
    """Return the body of a request. The server is asked not to keep it, unless the params say ``store``.

    :raises ProviderError: a parameter that this API does not have.
    """
    sent = params(request)
    for key in _UNKNOWN:
        if key in sent:
            raise ProviderError(
                f"the Responses API has no param `{key}`", "refused", hint='remove it, or set `api = "chat"`'
            )
    for key in ("max_tokens", "max_completion_tokens"):
        if key in sent:
            sent["max_output_tokens"] = sent.pop(key)
    text: dict[str, Json] = {}
    if "verbosity" in sent:
        text["verbosity"] = sent.pop("verbosity")
    if "reasoning_effort" in sent:
        sent["reasoning"] = {"effort": sent.pop("reasoning_effort")}
    choice = sent.get("tool_choice")
    if isinstance(choice, dict) and isinstance(choice.get("function"), dict):
        sent["tool_choice"] = {"type": "function", "name": choice["function"].get("name")}
    if isinstance(request.output.get("schema"), Mapping):
        schema = {key: request.output[key] for key in ("name", "strict", "schema") if key in request.output}
        text["format"] = {"type": "json_schema", **schema}
    elif request.output.get("format") == "json":
        text["format"] = {"type": "json_object"}
    if text:
        sent["text"] = text
    if request.tools:
        # Chat Completions takes a missing `strict` for false, this API for true
        sent["tools"] = [{"type": "function", "strict": False, **plain(tool)} for tool in request.tools]
    items = [item for message in request.messages for item in _items(message)]
    return {"model": request.model, "input": items, "store": False, **sent, **({"stream": True} if stream else {})}


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


def _items(message: Json) -> list[Json]:
    if message["role"] == "tool":
        item = {"type": "function_call_output", "call_id": message.get("tool_call_id"), "output": message["content"]}
        return [item]
    calls = [
        {"type": "function_call", "call_id": call.get("id"), **call.get("function", {})}
        for call in message.get("tool_calls") or ()
    ]
    content = message.get("content")
    if isinstance(content, list):
        kind = "output_text" if message["role"] == "assistant" else "input_text"
        content = [_part(part, kind) for part in content]
    return [*([{"role": message["role"], "content": content}] if content else []), *calls]


def _part(part: Json, text: str) -> Json:
    if part["type"] == "image_url":
        image = part["image_url"]
        return {"type": "input_image", "image_url": image["url"], "detail": image.get("detail", "auto")}
    if part["type"] == "file":
        data = part["file"].get("file_data", "")
        if data.startswith("file-"):
            return {"type": "input_file", "file_id": data}
        if data.startswith(("https://", "http://")):
            return {"type": "input_file", "file_url": data}
        return {"type": "input_file", **part["file"]}
    return {"type": text, "text": part["text"]}


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
    tokens = Usage(count(usage.get("input_tokens")), count(usage.get("output_tokens")))
    return Reply(whole_text("".join(refusal or text)), _finish_reason(data, refusal, calls), tokens, 0.0, tuple(calls))


def _finish_reason(data: Json, refusal: list[str], calls: list[Json]) -> str:
    """Return it in the words of Chat Completions, so that a reader of recorded outputs has one vocabulary."""
    if data.get("status") == "incomplete":
        reason = (data.get("incomplete_details") or {}).get("reason")
        return "length" if reason == "max_output_tokens" else str(reason or "incomplete")
    return "refusal" if refusal else "tool_calls" if calls else "stop"
