"""The order of keys in a canonical file: as its schema lists them, other keys after those as they stood."""

from collections.abc import Mapping
from typing import Any, cast

from promptstead.model import Json, KeyPath
from promptstead.prompts.schema_check import KINDS, load_schema

Orders = dict[KeyPath, list[str]]


def key_orders(data: Json) -> Orders:
    """Return the keys, in order, of each mapping of *data* that its schema describes.

    Empty for a file without a known ``schema:`` key, such as GitHub Models': it keeps its own order. Names that the
    author chose (inputs, evaluators, expected values, JSON Schemas of answers) keep theirs too.
    """
    version = data.get("schema")
    for kind in KINDS:
        schema = load_schema(kind)
        if schema["properties"].get("schema", {}).get("const") == version and version is not None:
            orders: Orders = {}
            _collect(data, schema, schema, (), orders)
            return orders
    return {}


def _collect(data: Json, part: Mapping[str, Any], root: Mapping[str, Any], path: KeyPath, orders: Orders) -> None:
    """Follow the schema along *data*; neither is deeper than the reader allows."""
    part = _resolved(data, part, root)
    if isinstance(data, list):
        items = part.get("items")
        if isinstance(items, dict):
            for index, item in enumerate(data):
                _collect(item, items, root, (*path, index), orders)
    elif isinstance(data, dict):
        known = part.get("properties", {})
        free = part.get("additionalProperties")
        if known and not isinstance(free, dict):
            orders[path] = [*(key for key in known if key in data), *(key for key in data if key not in known)]
        for key, value in data.items():
            child = known.get(key, free)
            if isinstance(child, dict):
                _collect(value, child, root, (*path, key), orders)


def _resolved(data: Json, part: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part of the schema that describes *data*: references followed, an evaluator's by its type."""
    while "$ref" in part:
        part = root["$defs"][part["$ref"].removeprefix("#/$defs/")]
    for choice in part.get("allOf", ()):
        wanted = choice.get("if", {}).get("properties", {}).get("type", {}).get("const")
        if isinstance(data, dict) and wanted is not None and data.get("type") == wanted:
            return _resolved(data, cast("Mapping[str, Any]", choice["then"]), root)
    return part
