"""Validators of JSON Schemas that prompts bring along: strangers write them, so that references are bounded."""

from collections.abc import Iterator, Mapping
from typing import Any

from promptstead.errors import PromptsteadError, one_line
from promptstead.model import Json
from promptstead.words.sentence import own_words, say

MAX_EXPANDED = 100_000
_MAX_MESSAGE = 500
_MAX_REFERENCE = 450


_DRAFTS = {
    "http://json-schema.org/draft-04/schema": "Draft4Validator",
    "http://json-schema.org/draft-06/schema": "Draft6Validator",
    "http://json-schema.org/draft-07/schema": "Draft7Validator",
    "https://json-schema.org/draft/2019-09/schema": "Draft201909Validator",
    "https://json-schema.org/draft/2020-12/schema": "Draft202012Validator",
}


def validator_class(schema: Json) -> Any:
    """Return the class (of jsonschema_rs) for the draft that `$schema` names; without one it is 2020-12's.

    :raises PromptsteadError: it is another draft, or none.
    """
    import jsonschema_rs

    named = schema.get("$schema") if isinstance(schema, Mapping) else None
    if named is None:
        return jsonschema_rs.Draft202012Validator
    if isinstance(named, str) and (draft := _DRAFTS.get(named.removesuffix("#"))):
        return getattr(jsonschema_rs, draft)
    message = f"the schema names a draft that is not known here: `{named}`"
    raise PromptsteadError(one_line(message, _MAX_MESSAGE), hint="write it in draft 2020-12")


def value_validator(schema: Json) -> Any:
    """Return the validator (of jsonschema_rs) of a JSON Schema, 2020-12 where `$schema` names no other draft.

    It checks formats and fetches nothing.

    :raises PromptsteadError: the schema is malformed, refers outside itself, or is too large with its references
        written out.
    """
    import jsonschema_rs

    check_references(schema)
    try:
        return validator_class(schema)(schema, validate_formats=True, retriever=_refuse)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        message = getattr(error, "message", str(error))
        why = own_words(one_line(message, _MAX_MESSAGE - len("the schema is malformed: ")))
        raise PromptsteadError(say("files.malformed-schema", why=why)) from None


def place(path: list[str | int]) -> str:
    """Return the place of a value as ``$.items[0]``."""
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)


def _refuse(uri: str) -> Json:
    raise ValueError(f"`{uri}` is outside the schema")


def check_references(schema: Json) -> None:
    """Refuse references that leave the schema, and those that multiply.

    A validator follows every reference, so that ``a`` twice in ``b``, ``b`` twice in ``c`` and so on costs 2ⁿ.

    :raises PromptsteadError: it has such references.
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
