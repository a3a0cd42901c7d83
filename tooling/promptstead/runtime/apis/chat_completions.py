"""The Chat Completions API: ``client.chat.completions.create(**request)``."""

from promptstead.errors import PromptsteadError
from promptstead.runtime.apis.params import CAPS, named, own_params, plain, schema_of, with_extras

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

KNOWN = frozenset({
    "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens",
    "max_tokens", "messages", "metadata", "modalities", "model", "moderation", "n", "parallel_tool_calls", "prediction",
    "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning_effort",
    "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options",
    "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity", "web_search_options",
})  # fmt: skip
"""The arguments of ``create`` in openai 3.57."""


def request(compiled: "Mapping[str, Any]", messages: "list[dict[str, Any]]") -> "dict[str, Any]":
    """Return the arguments of ``create``.

    ``output_cap`` and ``json_schema`` of the compiled model say how a server wants them that knows an older form of
    the API.

    :param compiled: a compiled prompt (``docs/bundle.md``); its model, tools and output are read.
    :param messages: rendered, as :meth:`promptstead.runtime.bundle.BundledPrompt.messages` gives them.
    :raises PromptsteadError: a parameter that a prompt cannot set.
    """
    model = compiled["model"]
    sent = {"model": model["name"], "messages": [_message(message) for message in messages], **own_params(model, KNOWN)}
    if "max_output_tokens" in sent:
        sent["max_completion_tokens"] = sent.pop("max_output_tokens")
    if cap := model.get("output_cap"):
        caps = [sent.pop(name) for name in CAPS if name in sent]
        sent |= {cap: min(caps)} if caps else {}
    if tools := compiled.get("tools"):
        sent["tools"] = [{"type": "function", "function": plain(tool)} for tool in tools]
    output = compiled.get("output", {})
    if schema := schema_of(output):
        sent["response_format"] = {"type": "json_schema", "json_schema": schema}
        if model.get("json_schema") == "json_object":
            sent["response_format"] = {"type": "json_object", "schema": schema["schema"]}
    elif output.get("format") == "json":
        sent["response_format"] = {"type": "json_object"}
    return with_extras(sent, KNOWN)


def _message(message: "dict[str, Any]") -> "dict[str, Any]":
    content = message.get("content")
    return {**message, "content": [_part(part) for part in content]} if isinstance(content, list) else message


def _part(part: "dict[str, Any]") -> "dict[str, Any]":
    if part["type"] != "file":
        return part
    data = part["file"].get("file_data", "")
    if data.startswith("file-"):
        return {"type": "file", "file": {"file_id": data}}
    if data.startswith(("data:text/plain;", "https://", "http://")):
        what = "of text" if data.startswith("data:") else "by its address"
        hint = "include it as a partial, attach a PDF, or use the Responses or the Messages API"
        raise PromptsteadError(f"the Chat Completions API takes no file {what}", hint=hint)
    return {"type": "file", "file": named(part["file"])}
