"""Anthropic's Messages API: ``client.messages.create(**request)``."""

from promptstead.errors import PromptsteadError
from promptstead.runtime.apis.params import (
    CAPS,
    map_of,
    own_params,
    plain,
    refuse,
    refuse_names,
    schema_of,
    with_extras,
)
from promptstead.runtime.attachments import TYPES, referred

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    Block = dict[str, Any]

NAME = "Messages"
MISSING = (
    "seed", "frequency_penalty", "presence_penalty", "logit_bias", "logprobs", "top_logprobs", "verbosity", "store",
)  # fmt: skip
"""Parameters of OpenAI's APIs that this one does not have."""
RENAMED = (
    "max_completion_tokens", "max_output_tokens", "stop", "user", "parallel_tool_calls", "reasoning_effort",
)  # fmt: skip
"""Parameters of OpenAI's APIs that have another name, or place, in this one."""
KNOWN = frozenset({
    "cache_control", "container", "diagnostics", "inference_geo", "max_tokens", "messages", "metadata", "model",
    "output_config", "service_tier", "speed", "stop_sequences", "stream", "system", "thinking", "tool_choice", "tools",
    "user_profile_id", "workspace_id",
})  # fmt: skip
"""The arguments of ``create`` in anthropic 2.14."""
DEFAULT_CAP = 4_096
"""The cap on an answer where a prompt sets none: this API wants one. An answer that it cuts off is not recorded."""
CACHED = 4 * 1_024
"""Characters of the shortest prefix worth a mark: 1,024 tokens, the least that most models cache."""
_CHOICES = {"auto": "auto", "none": "none", "required": "any"}
_WITHOUT_EFFORT = ("claude-3", "claude-opus-4-0", "claude-opus-4-1", "claude-opus-4-2", "claude-sonnet-4-0",
                   "claude-sonnet-4-2", "claude-sonnet-4-5", "claude-haiku-4")  # fmt: skip
"""How the names of models start that have thinking budgets in place of effort."""


def request(compiled: "Mapping[str, Any]", messages: "list[dict[str, Any]]", static: int = 0) -> "dict[str, Any]":
    """Return the arguments of ``create``.

    What stands at the beginning of every request, tools and fixed messages, is marked for caching where it is long
    enough, unless the params say ``cache_control``. A strict output schema goes to ``output_config``; this API has no
    other way to ask for JSON.

    :param compiled: a compiled prompt (``docs/bundle.md``); its model, tools and output are read.
    :param messages: rendered, in the form of Chat Completions.
    :param static: how many messages at the beginning are the same whatever the inputs are.
    :raises PromptsteadError: a parameter that a prompt cannot set, or what this API cannot say.
    """
    model = compiled["model"]
    sent = own_params(model, KNOWN)
    refuse(sent, MISSING, NAME)
    refuse_names(messages, NAME)
    caps = [sent.pop(key) for key in CAPS if key in sent]
    tools = [_tool(tool) for tool in compiled.get("tools", ())]
    leading = next((i for i, each in enumerate(messages) if each["role"] not in ("system", "developer")), len(messages))
    turns = [_turn(message) for message in messages]
    _refuse_empty(turns, leading)
    if "cache_control" not in sent:
        _mark(tools, turns[:static])
    system = [block for turn in turns[:leading] for block in turn["content"]]
    built: dict[str, Any] = {"model": model["name"], "max_tokens": min(caps) if caps else DEFAULT_CAP}
    if system:
        built["system"] = _plain_text(system)
    said = _merged(turns[leading:])
    _refuse_lost_thoughts(sent, said)
    built["messages"] = [{**turn, "content": _plain_text(turn["content"])} for turn in said]
    if tools:
        built["tools"] = tools
    return with_extras({**built, **_params(sent, model["name"], compiled.get("output", {}))}, KNOWN)


def _params(params: "dict[str, Any]", model: str, output: "Mapping[str, Any]") -> "dict[str, Any]":
    """Return the parameters by the names that they have here."""
    if "stop" in params:
        stop = params.pop("stop")
        params["stop_sequences"] = [stop] if isinstance(stop, str) else stop
    if "user" in params:
        params["metadata"] = {**map_of(params, "metadata"), "user_id": params.pop("user")}
    if "tool_choice" in params or "parallel_tool_calls" in params:
        params["tool_choice"] = _choice(params.get("tool_choice", "auto"))
        if params.pop("parallel_tool_calls", True) is False:
            params["tool_choice"] |= {"disable_parallel_tool_use": True}
    config = map_of(params, "output_config")
    if "reasoning_effort" in params:
        effort = params.pop("reasoning_effort")
        if effort == "none":
            params["thinking"] = {"type": "disabled"}
        elif model.startswith(_WITHOUT_EFFORT):
            hint = "write `extra_body: {thinking: {type: enabled, budget_tokens: 2000}}`"
            raise PromptsteadError(f"`{model}` has no reasoning effort", hint=hint)
        else:
            config["effort"] = effort
    schema = schema_of(output)
    if schema and schema.get("strict", True):
        config["format"] = {"type": "json_schema", "schema": schema["schema"]}
    return {**params, "output_config": config} if config else params


def _choice(choice: "Any") -> "dict[str, Any]":
    if isinstance(choice, str):
        if choice in _CHOICES:
            return {"type": _CHOICES[choice]}
    elif isinstance(choice, dict):
        if isinstance(choice.get("function"), dict):
            return {"type": "tool", "name": choice["function"].get("name")}
        return dict(choice)
    raise PromptsteadError("`tool_choice` is none of this API's", hint="auto, none, required, or a function's name")


def _tool(tool: "Mapping[str, Any]") -> "dict[str, Any]":
    own = plain(tool)
    return {"name": own.pop("name"), "input_schema": own.pop("parameters", {"type": "object", "properties": {}}), **own}


def _turn(message: "dict[str, Any]") -> "dict[str, Any]":
    """Return a message with its content as blocks."""
    role = message["role"]
    content = message.get("content") or message.get("refusal") or []
    if role == "tool":
        return {"role": "user", "content": [_result(message)]}
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else [_block(part) for part in content]
    blocks = [block for block in blocks if block["type"] != "text" or block["text"].strip()]
    blocks += [_use(call) for call in message.get("tool_calls") or ()]
    return {"role": "system" if role == "developer" else role, "content": blocks}


def _refuse_empty(turns: "list[dict[str, Any]]", leading: int) -> None:
    """Refuse what this API refuses: a turn that says nothing. An empty message of the system is one less.

    :raises PromptsteadError: a turn of the user or the assistant is blank, or there is none.
    """
    for number, turn in enumerate(turns, 1):
        if not turn["content"] and turn["role"] != "system":
            raise PromptsteadError(
                f"message {number}, of role {turn['role']}, is empty, which the {NAME} API refuses",
                hint="put fixed text into it, or give the input a schema that refuses blank text",
            )
    if leading == len(turns):
        raise PromptsteadError(
            f"there are only system messages, which the {NAME} API refuses", hint="add a user message"
        )


def _refuse_lost_thoughts(params: "Mapping[str, Any]", turns: "list[dict[str, Any]]") -> None:
    """Refuse what this API refuses: a budget for thoughts, and results of tools without the thoughts that led to them.

    :raises PromptsteadError: thinking has a budget, and the turns end with the results of tools.
    """
    if map_of(params, "thinking").get("type") == "enabled" and _is_results(turns[-1]):
        raise PromptsteadError(
            f"with a budget for thinking the {NAME} API wants back what the model thought before it called a tool, "
            "which no history holds",
            hint="write `thinking: {type: adaptive}`, or leave thinking out",
        )


def _result(message: "dict[str, Any]") -> "Block":
    return {"type": "tool_result", "tool_use_id": message.get("tool_call_id"), "content": message["content"]}


def _use(call: "Mapping[str, Any]") -> "Block":
    from json import loads

    function = call.get("function", {})
    try:
        given = loads(function.get("arguments") or "{}")
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise PromptsteadError("the arguments of a tool call in the history are not a JSON object")
    return {"type": "tool_use", "id": call.get("id"), "name": function.get("name"), "input": given}


def _block(part: "Mapping[str, Any]") -> "Block":
    if part["type"] == "text":
        return {"type": "text", "text": part["text"]}
    if part["type"] == "image_url":
        return {"type": "image", "source": _source(part["image_url"]["url"], "image")}
    name = {"title": part["file"]["filename"]} if "filename" in part["file"] else {}
    data = part["file"].get("file_data", "")
    if data.startswith(("file-", "file_")):
        return {"type": "document", "source": {"type": "file", "file_id": data}, **name}
    return {"type": "document", "source": _source(data, "file"), **name}


def _source(data: str, kind: str) -> "dict[str, Any]":
    """Return where an attachment comes from: its address, or the data itself, which of a text is the text."""
    if data.startswith(("https://", "http://")):
        return {"type": "url", "url": data}
    head, comma, encoded = data.partition(",")
    media = head.removeprefix("data:").removesuffix(";base64")
    if not comma or head != f"data:{media};base64" or media not in TYPES[kind]:
        raise PromptsteadError(
            f"the {NAME} API does not take this attachment",
            hint=f"give an address, or data:…;base64,… of {' or '.join(TYPES[kind])}",
        )
    if media == "text/plain":
        return {"type": "text", "media_type": media, "data": encoded if referred(data) else _decoded(encoded)}
    return {"type": "base64", "media_type": media, "data": encoded}


def _decoded(encoded: str) -> str:
    from base64 import b64decode

    try:
        return b64decode(encoded, validate=True).decode()
    except ValueError:
        raise PromptsteadError("the data of an attached text is not UTF-8 in base64") from None


def _merged(turns: "Iterable[dict[str, Any]]") -> "list[dict[str, Any]]":
    """Return the turns that say something, with the results of tools that were called together in one turn."""
    merged: list[dict[str, Any]] = []
    for turn in turns:
        if merged and _is_results(turn) and _is_results(merged[-1]):
            merged[-1] = {**turn, "content": merged[-1]["content"] + turn["content"]}
        elif turn["content"]:
            merged.append(turn)
    return merged


def _is_results(turn: "dict[str, Any]") -> bool:
    return bool(turn["content"]) and all(block["type"] == "tool_result" for block in turn["content"])


def _mark(tools: "list[dict[str, Any]]", static: "list[dict[str, Any]]") -> None:
    """Mark where the part ends that is the same in every request: tools come first, then the system, then turns."""
    blocks = [block for turn in static for block in turn["content"]]
    marked = blocks or tools
    attached = any(block["type"] in ("image", "document") for block in blocks)  # a page is as long as that
    if marked and (attached or len(str([tools, blocks])) >= CACHED):
        marked[-1]["cache_control"] = {"type": "ephemeral"}


def _plain_text(blocks: "list[Block]") -> "str | list[Block]":
    """Return one block of text without a mark as the text that it is."""
    return blocks[0]["text"] if len(blocks) == 1 and blocks[0].keys() == {"type", "text"} else blocks
