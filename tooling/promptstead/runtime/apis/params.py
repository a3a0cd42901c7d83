"""What the requests of all APIs share: parameters of a prompt to those of a client's ``create``."""

from promptstead.errors import PromptsteadError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

CAPS = ("max_output_tokens", "max_completion_tokens", "max_tokens")
"""What the cap on an answer is called, in one API or another."""
OWN_KEYS = (
    "model", "messages", "input", "instructions", "system", "stream", "stream_options", "tools", "response_format",
    "text", "n", "extra_headers", "extra_query", "timeout",
)  # fmt: skip
"""What is set from other places of a prompt, or belongs to the call and not to the request."""


def own_params(model: "Mapping[str, Any]", known: "frozenset[str]") -> "dict[str, Any]":
    """Return a copy of the parameters that a prompt sets, without ``x-`` keys.

    :param known: what the vendor's client has arguments for: below ``extra_body`` it is a parameter all the same, and
        counts for more than one beside it, as on the wire.
    :raises PromptsteadError: one of :data:`OWN_KEYS`, also below ``extra_body``.
    """
    params = plain(model.get("params", {}))
    extras = params.pop("extra_body", {})
    if not isinstance(extras, dict):
        raise PromptsteadError("the param `extra_body` is not a map")
    for key in OWN_KEYS:
        if key in params or key in extras:
            raise PromptsteadError(f"the param `{key}` cannot be set", hint="promptstead sets it itself")
    params.update((key, extras[key]) for key in extras if key in known)
    rest = {key: extras[key] for key in extras if key not in known}
    return {**params, "extra_body": rest} if rest else params


def map_of(params: "Mapping[str, Any]", key: str) -> "dict[str, Any]":
    """Return a copy of the map that a parameter is; empty where there is none.

    :raises PromptsteadError: it is not a map.
    """
    value = params.get(key, {})
    if not isinstance(value, dict):
        raise PromptsteadError(f"the param `{key}` is not a map")
    return dict(value)


def plain(value: "Mapping[str, Any]") -> "dict[str, Any]":
    """Return a copy without ``x-`` keys, which are anybody's own data and not for a server."""
    return {key: item for key, item in value.items() if not key.startswith("x-")}


def named(file: "Mapping[str, str]") -> "dict[str, str]":
    """Return an attached file with a name, without which OpenAI's APIs take no data."""
    from promptstead.runtime.attachments import NAMES

    name = NAMES.get(file.get("file_data", "").partition(";")[0].removeprefix("data:"), "")
    return {"filename": name, **file} if name else dict(file)


def refuse(params: "Mapping[str, Any]", keys: "Iterable[str]", api: str) -> None:
    """Refuse parameters that an API does not have, in place of dropping them without a word.

    :raises PromptsteadError: *params* has one of *keys*.
    """
    for key in keys:
        if key in params:
            raise PromptsteadError(f"the {api} API has no param `{key}`", hint="remove it, or use another API")


def refuse_names(messages: "Iterable[Mapping[str, Any]]", api: str) -> None:
    """Refuse turns with the name of who speaks, which only Chat Completions can say.

    :raises PromptsteadError: a message has a ``name``.
    """
    if any("name" in message for message in messages):
        hint = "leave it out, or use Chat Completions"
        raise PromptsteadError(f"the {api} API has no `name` of a message", hint=hint)


def schema_of(output: "Mapping[str, Any]") -> "dict[str, Any]":
    """Return name, strictness and schema of the answer, empty where the prompt declares no schema."""
    if "schema" not in output:
        return {}
    return {key: output[key] for key in ("name", "strict", "schema") if key in output}


def with_extras(request: "dict[str, Any]", known: "frozenset[str]") -> "dict[str, Any]":
    """Return *request* with what the vendor's client has no argument for below ``extra_body``, which it sends too."""
    extras = {**request.pop("extra_body", {})}
    extras.update((key, request.pop(key)) for key in list(request) if key not in known)
    return {**request, "extra_body": extras} if extras else request
