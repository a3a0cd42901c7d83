"""Keys that begin with ``x-``: anybody's own data in our files, which means nothing here and is no part of a digest.

Where a key may be anybody's is what the schemas say: where an object names the keys that it knows. Where people choose
names themselves (inputs, evaluators, what a case gives and expects, a JSON Schema of an answer), ``x-`` is a name like
another.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from promptstead.model import Json
from promptstead.prompts.schema_check import load_schema

PREFIX = "x-"
PATTERN = "^x-"


def without_own_data(value: Json, part: str = "") -> Json:
    """Return *value* without anybody's own keys; itself where it has none.

    :param part: what it is: a definition of the prompt's schema, such as ``case``; the whole file where it is empty.
    """
    return _known(value, _definition(part)) if _may_have_some(value) else value


def own_data(entry: Mapping[str, Json]) -> str:
    """Return anybody's own keys of an *entry* of a file as JSON; empty where it has none."""
    found = {key: entry[key] for key in entry if key.startswith(PREFIX)}
    return json.dumps(found, ensure_ascii=False) if found else ""


@cache
def _definition(part: str) -> Mapping[str, Any]:
    schema: Mapping[str, Any] = load_schema("prompt")
    if part:
        schema = schema["$defs"][part]
    return schema


def _may_have_some(value: Json) -> bool:
    waiting = [value]  # a row of a dataset may be nested deeper than Python calls
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if any(key.startswith(PREFIX) for key in each):
                return True
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return False


def _known(value: Json, schema: Json) -> Json:
    """Return *value* without the keys that its *schema* leaves to anybody, and likewise below."""
    for each in _schemas(value, schema):
        if isinstance(value, list) and "items" in each:
            value = [_known(item, each["items"]) for item in value]
        elif isinstance(value, dict):
            known, others = each.get("properties", {}), each.get("additionalProperties")
            anybodys = PATTERN in each.get("patternProperties", {})
            value = {
                key: _known(item, known.get(key, others))
                for key, item in value.items()
                if not (anybodys and key.startswith(PREFIX))
            }
    return value


def _schemas(value: Json, schema: Json) -> list[Mapping[str, Any]]:
    """Return *schema* and those that it refers to, also where that depends on a key of *value*, such as ``type``."""
    if not isinstance(schema, Mapping):
        return []
    found = [schema]
    if "$ref" in schema:
        found += _schemas(value, _definition(schema["$ref"].removeprefix("#/$defs/")))
    for branch in (schema, *schema.get("allOf", ())):
        if "if" in branch:
            import jsonschema_rs

            found += _schemas(value, branch.get("then" if jsonschema_rs.is_valid(branch["if"], value) else "else"))
    return found
