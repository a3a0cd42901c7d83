"""The Responses API: ``client.responses.create(**request)``."""

from promptstead.runtime.apis.params import (
    CAPS,
    map_of,
    named,
    own_params,
    plain,
    refuse,
    refuse_names,
    schema_of,
    with_extras,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NAME = "Responses"
MISSING = ("stop", "seed", "frequency_penalty", "presence_penalty", "logit_bias", "logprobs")
"""Parameters of Chat Completions that this API does not have."""
RENAMED = ("max_completion_tokens", "max_tokens", "reasoning_effort", "verbosity")
"""Parameters that have another name, or place, in this API."""
KNOWN = frozenset({
    "access_programs", "background", "background_options", "context_management", "conversation", "image", "include",
    "input", "instructions", "max_output_tokens", "max_tool_calls", "metadata", "model", "moderation",
    "parallel_tool_calls", "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options",
    "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier", "store", "stream", "stream_options",
    "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p", "truncation", "user",
})  # fmt: skip
"""The arguments of ``create`` in openai 3.57."""


def request(compiled: "Mapping[str, Any]", messages: "list[dict[str, Any]]") -> "dict[str, Any]":
    """Return the arguments of ``create``. The server is asked not to keep the answer, unless the params say ``store``.

    :param compiled: a compiled prompt (``docs/bundle.md``); its model, tools and output are read.
    :param messages: rendered, in the form of Chat Completions.
    :raises PromptsteadError: a parameter that a prompt cannot set, or what this API cannot say.
    """
    sent = own_params(compiled["model"], KNOWN)
    refuse(sent, MISSING, NAME)
    refuse_names(messages, NAME)
    for key in CAPS[1:]:
        if key in sent:
            sent["max_output_tokens"] = sent.pop(key)
    text: dict[str, Any] = {}
    if "verbosity" in sent:
        text["verbosity"] = sent.pop("verbosity")
    if "reasoning_effort" in sent:
        sent["reasoning"] = {"effort": sent.pop("reasoning_effort"), **map_of(sent, "reasoning")}
    choice = sent.get("tool_choice")
    if isinstance(choice, dict) and isinstance(choice.get("function"), dict):
        sent["tool_choice"] = {"type": "function", "name": choice["function"].get("name")}
    output = compiled.get("output", {})
    if schema := schema_of(output):
        text["format"] = {"type": "json_schema", **schema}
    elif output.get("format") == "json":
        text["format"] = {"type": "json_object"}
    if text:
        sent["text"] = text
    if tools := compiled.get("tools"):
        # Chat Completions takes a missing `strict` for false, this API for true
        sent["tools"] = [{"type": "function", "strict": False, "parameters": None, **plain(tool)} for tool in tools]
    items = [item for message in messages for item in _items(message)]
    return with_extras({"model": compiled["model"]["name"], "input": items, "store": False, **sent}, KNOWN)


def _items(message: "dict[str, Any]") -> "list[dict[str, Any]]":
    if message["role"] == "tool":
        item = {"type": "function_call_output", "call_id": message.get("tool_call_id"), "output": message["content"]}
        return [item]
    calls = [
        {"type": "function_call", "call_id": call.get("id"), **call.get("function", {})}
        for call in message.get("tool_calls") or ()
    ]
    content = message.get("content") or message.get("refusal")
    if isinstance(content, list):
        kind = "output_text" if message["role"] == "assistant" else "input_text"
        content = [_part(part, kind) for part in content]
    said = content or not calls  # a turn that says nothing is one all the same
    return [*([{"role": message["role"], "content": content or ""}] if said else []), *calls]


def _part(part: "dict[str, Any]", text: str) -> "dict[str, Any]":
    if part["type"] == "image_url":
        image = part["image_url"]
        return {"type": "input_image", "image_url": image["url"], "detail": image.get("detail", "auto")}
    if part["type"] == "file":
        data = part["file"].get("file_data", "")
        if data.startswith("file-"):
            return {"type": "input_file", "file_id": data}
        if data.startswith(("https://", "http://")):
            return {"type": "input_file", "file_url": data}
        return {"type": "input_file", **named(part["file"])}
    return {"type": text, "text": part["text"]}
