"""Validators of JSON Schemas that prompts bring along: strangers write them, so that references are bounded."""

from collections.abc import Iterator
from typing import Any

from promptstead.errors import PromptsteadError, one_line
from promptstead.model import Json
from promptstead.words.sentence import own_words, say

MAX_EXPANDED = 100_000
_MAX_MESSAGE = 500
_MAX_REFERENCE = 450


def value_validator(schema: Json) -> Any:
    """Return the validator (of jsonschema_rs) of a JSON Schema 2020-12; it checks formats and fetches nothing.

    :raises PromptsteadError: the schema is malformed, refers outside itself, or is too large with its references
        written out.
    """
    import jsonschema_rs

    _check_references(schema)
    try:
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, retriever=_refuse)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        message = getattr(error, "message", str(error))
        why = own_words(one_line(message, _MAX_MESSAGE - len("the schema is malformed: ")))
        raise PromptsteadError(say("files.malformed-schema", why=why)) from None


def place(path: list[str | int]) -> str:
    """Return the place of a value as ``$.items[0]``."""
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)


def _refuse(uri: str) -> Json:
    raise ValueError(f"`{uri}` is outside the schema")


def _check_references(schema: Json) -> None:
    """Refuse references that leave the schema, and those that multiply.

    A validator follows every reference, so that ``a`` twice in ``b``, ``b`` twice in ``c`` and so on costs 2ⁿ.
    """
    sizes: dict[str, int] = {}

    def size(pointer: str, value: Json) -> int:
        sizes[pointer] = 1  # what a reference back to here counts while this is being measured
        total = 1
        for reference in _references(value):
            if reference not in sizes:
                size(reference, _resolve(schema, reference))
            total = min(total + sizes[reference], MAX_EXPANDED + 1)
        sizes[pointer] = total
        return total

    try:
        total = size("#", schema)
    except RecursionError:
        total = MAX_EXPANDED + 1
    if total > MAX_EXPANDED:
        message, hint = say("files.schema-expands", most=MAX_EXPANDED), say("files.refer-less")
        raise PromptsteadError(message, hint=hint)


def _references(value: Json) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref" and isinstance(item, str):
                yield item
            elif key in ("$dynamicRef", "$recursiveRef") and isinstance(item, str):
                message, hint = say("files.unsupported-reference", key=key), say("files.use-ref")
                raise PromptsteadError(message, hint=hint)
            else:
                yield from _references(item)


def _resolve(schema: Json, reference: str) -> Json:
    if reference != "#" and not reference.startswith("#/"):
        message = say("files.refers-outside", reference=one_line(reference, _MAX_REFERENCE))
        raise PromptsteadError(message, hint=say("files.use-defs"))
    value = schema
    for part in reference[2:].split("/") if reference != "#" else ():
        key = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, ValueError, TypeError):
            message = say("files.refers-nowhere", reference=one_line(reference, _MAX_REFERENCE))
            raise PromptsteadError(message) from None
    return value
