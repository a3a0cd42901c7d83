"""The shape of a compiled prompt (``docs/bundle.md``): what its reader relies on, so that nothing is guessed later."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})

_WORDS = {str: "text", bool: "true or false", dict: "a map", list: "a list"}


def damage(compiled: "Mapping[str, Any]") -> str:
    """Return the first thing of a compiled prompt that is of another type than the format has; empty for none.

    Programs are looked at when they are loaded, the schemas of inputs when values are checked.
    """
    return next(_damage(compiled), "")


def _damage(compiled: "Mapping[str, Any]") -> "Iterator[str]":
    yield from _wrong(compiled, "", {"inputs": dict, "messages": list, "model": dict})
    optional = {"title": str, "version": str, "output": dict, "tools": list, "digests": dict, "attachments": dict}
    yield from _wrong(compiled, "", optional, required=False)
    contract = compiled.get("contract", 1)
    if type(contract) is not int or contract < 1:
        yield "`contract` is not a whole number from 1 on"
    yield from _wrong(compiled["model"], "model.", {"name": str})
    named = {"params": dict, "provider": str, "api": str, "output_cap": str, "json_schema": str}
    yield from _wrong(compiled["model"], "model.", named, required=False)
    for index, tool in enumerate(compiled.get("tools", ())):
        if not isinstance(tool, dict):
            yield f"`tools[{index}]` is no map"
    for name, spec in compiled["inputs"].items():
        if not isinstance(spec, dict):
            yield f"`inputs.{name}` is no map"
        yield from _wrong(spec, f"inputs.{name}.", {"schema": dict})
        yield from _wrong(spec, f"inputs.{name}.", {"required": bool, "trust": str}, required=False)
        if spec.get("attachment", "image") not in ("image", "file"):
            yield f"`inputs.{name}.attachment` is not `image` or `file`"
    for index, message in enumerate(compiled["messages"]):
        yield from _message(message, f"messages[{index}]")


def _message(message: "Any", where: str) -> "Iterator[str]":
    if not isinstance(message, dict):
        yield f"`{where}` is no map"
    if "slot" in message:
        if message["slot"] != "history":
            yield f"`{where}.slot` is not `history`"
        return
    yield from _wrong(message, f"{where}.", {"role": str, "content": list})
    if message["role"] not in ROLES:
        yield f"`{where}.role` is no role"
    for index, part in enumerate(message["content"]):
        if isinstance(part, dict):
            yield from _wrong(part, f"{where}.content[{index}].", {"detail": str, "filename": str}, required=False)


def _wrong(
    values: "Mapping[str, Any]", where: str, types: "Mapping[str, type]", *, required: bool = True
) -> "Iterator[str]":
    for key, expected in types.items():
        if key not in values:
            if required:
                yield f"`{where}{key}` is missing"
        elif not isinstance(values[key], expected):
            yield f"`{where}{key}` is not {_WORDS[expected]}"
