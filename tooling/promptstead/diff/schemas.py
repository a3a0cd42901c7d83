"""How the values that a JSON Schema (2020-12) allows change when the schema does.

Assertions are compared keyword by keyword. Where the effect of a keyword that differs is not worked out here
(``pattern``, ``anyOf``, ``$ref``…) it is *unclear*. What is neither widened nor unclear allows no value that was not
allowed before; what is neither narrowed nor unclear still allows every value that was.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from promptstead.diff.values import canonical, same, union
from promptstead.model import Json

Effect = Literal["narrowed", "widened", "unclear", "dropped"]
"""``dropped``: a property is described no more, whatever values that allows."""

Schema = Mapping[str, Json]

DEEPEST = 40
INFINITE = float("inf")
LOWER = {"minLength": "length", "minItems": "number of items", "minProperties": "number of keys"}
UPPER = {"maxLength": "length", "maxItems": "number of items", "maxProperties": "number of keys"}
NUMBERS = frozenset({"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", *LOWER, *UPPER})
NESTED = frozenset({"items", "additionalProperties"})
COMPARED = NUMBERS | NESTED | {"type", "enum", "const", "uniqueItems", "properties", "required"}
ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment", "$id"}
)
RESTRICTIONS = frozenset(
    {"multipleOf", "pattern", "format", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "contains"}
    | {"dependentRequired", "dependentSchemas", "propertyNames"}
)
"""Keywords that can only take values away."""
ENTANGLED = frozenset(
    {"patternProperties", "unevaluatedProperties", "unevaluatedItems", "prefixItems", "minContains", "maxContains"}
)
"""Keywords whose effect depends on the keywords beside them."""
TYPES = {
    "null": {"null"},
    "boolean": {"boolean"},
    "string": {"string"},
    "number": {"integer", "number"},
    "integer": {"integer"},
    "array": {"array"},
    "object": {"object"},
}


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """One effect, at a place such as ``customer.orders[].id`` (empty: the value itself), and what it is in words."""

    effect: Effect
    place: str
    text: str


def compare_schemas(old: Json, new: Json, place: str = "", depth: int = 0) -> Iterator[SchemaChange]:
    """Yield the effects of replacing the schema *old*, a mapping or a boolean, by *new*; nothing if there is none."""
    old, new = _asserted(old), _asserted(new)
    if same(old, new):
        return
    if new is False:
        yield SchemaChange("narrowed", place, "not allowed any more")
    elif old is False:
        yield SchemaChange("widened", place, "allowed now")
    elif depth > DEEPEST:
        yield SchemaChange("unclear", place, "nested too deeply to compare")
    elif not (_readable(old) and _readable(new)):
        yield SchemaChange("unclear", place, "not a schema that can be compared")
    elif entangled := sorted(ENTANGLED.intersection([*old, *new])):
        yield SchemaChange("unclear", place, f"it uses `{entangled[0]}`")
    else:
        yield from _values_and_types(old, new, place)
        yield from _bounds(old, new, place)
        yield from compare_schemas(old.get("items", True), new.get("items", True), f"{place}[]", depth + 1)
        yield from _objects(old, new, place, depth)
        yield from _others(old, new, place)


def _asserted(schema: Json) -> Json:
    """Return a schema without its annotations; True allows what an empty one does."""
    if not isinstance(schema, Mapping):
        return {} if schema is True else schema
    return {key: value for key, value in schema.items() if key not in ANNOTATIONS and not key.startswith("x-")}


def _readable(schema: Any) -> bool:
    """Return whether the keywords that are compared have values of the right kind."""
    if not isinstance(schema, Mapping):
        return False
    types = schema.get("type", [])
    names = [types] if isinstance(types, str) else types
    properties, required = schema.get("properties", {}), schema.get("required", [])
    return (
        isinstance(names, list)
        and all(isinstance(name, str) and name in TYPES for name in names)
        and all(type(schema[key]) in {int, float} for key in NUMBERS & schema.keys())
        and all(isinstance(schema[key], Mapping | bool) for key in NESTED & schema.keys())
        and isinstance(schema.get("enum", []), list)
        and isinstance(properties, Mapping)
        and isinstance(required, list)
        and all(isinstance(name, str) for name in required)
    )


def _values_and_types(old: Schema, new: Schema, place: str) -> Iterator[SchemaChange]:
    before, after = _values(old), _values(new)
    if before is not None and after is not None:
        yield from _members(before, after, place, "value")
    elif before is not None:
        yield SchemaChange("widened", place, "values are not listed any more")
        if any(_type(value) not in _types(new) for value in before):
            yield SchemaChange("narrowed", place, "some of the values listed before are not allowed any more")
    elif after is not None:
        yield SchemaChange("narrowed", place, f"only {_listed(after.values())} allowed")
        if any(_type(value) not in _types(old) for value in after):
            yield SchemaChange("widened", place, "values of another type are allowed")
    else:
        yield from _members({name: name for name in _types(old)}, {name: name for name in _types(new)}, place, "type")


def _members(old: Mapping[Hashable, str], new: Mapping[Hashable, str], place: str, noun: str) -> Iterator[SchemaChange]:
    if gone := [old[key] for key in old if key not in new]:
        yield SchemaChange("narrowed", place, f"{noun} {_listed(gone)} not allowed any more")
    if come := [new[key] for key in new if key not in old]:
        yield SchemaChange("widened", place, f"{noun} {_listed(come)} allowed now")


def _values(schema: Schema) -> dict[Hashable, str] | None:
    """Return the values listed, of those types that are allowed, or None where they are not listed."""
    if "const" not in schema and "enum" not in schema:
        return None
    listed = [schema["const"]] if "const" in schema else schema["enum"]
    types = _types(schema)
    return {canonical(value): str(value) for value in listed if _type(canonical(value)) in types}


def _type(value: Any) -> str:
    """Return the basic type of a value in canonical form."""
    name, content = value
    if name == "number":
        return "integer" if content == "nan" or content == content // 1 else "number"
    return {"NoneType": "null", "bool": "boolean", "str": "string"}.get(name, str(name))


def _types(schema: Schema) -> list[str]:
    declared = schema.get("type", list(TYPES))
    names = [declared] if isinstance(declared, str) else declared
    return sorted({basic for name in names for basic in TYPES[name]})


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _bounds(old: Schema, new: Schema, place: str) -> Iterator[SchemaChange]:
    pairs: list[tuple[str, Any, Any, bool]] = [
        *((f"least {noun}", old.get(key, 0), new.get(key, 0), True) for key, noun in LOWER.items()),
        *((f"greatest {noun}", old.get(key, INFINITE), new.get(key, INFINITE), False) for key, noun in UPPER.items()),
        ("least value", _lowest(old), _lowest(new), True),
        ("greatest value", _highest(old), _highest(new), False),
    ]
    for noun, before, after, least in pairs:
        if after != before:
            raised = after > before
            effect: Effect = "narrowed" if raised == least else "widened"
            yield SchemaChange(effect, place, f"{noun} {'raised' if raised else 'lowered'}")


def _lowest(schema: Schema) -> tuple[float, int]:
    return max((schema.get("minimum", -INFINITE), 0), (schema.get("exclusiveMinimum", -INFINITE), 1))


def _highest(schema: Schema) -> tuple[float, int]:
    return min((schema.get("maximum", INFINITE), 0), (schema.get("exclusiveMaximum", INFINITE), -1))


def _objects(old: Schema, new: Schema, place: str, depth: int) -> Iterator[SchemaChange]:
    before, after = old.get("properties", {}), new.get("properties", {})
    others, other = old.get("additionalProperties", True), new.get("additionalProperties", True)
    for key in union(before, after):
        here = f"{place}.{key}" if place else key
        if key not in after:
            yield SchemaChange("dropped", here, "not described any more")
        yield from compare_schemas(before.get(key, others), after.get(key, other), here, depth + 1)
    yield from compare_schemas(others, other, f"{place}.*" if place else "*", depth + 1)
    needed, needs = old.get("required", []), new.get("required", [])
    for key in union(needed, needs):
        here = f"{place}.{key}" if place else key
        if key not in needed:
            yield SchemaChange("narrowed", here, "required now")
        elif key not in needs:
            yield SchemaChange("widened", here, "not required any more")


def _others(old: Schema, new: Schema, place: str) -> Iterator[SchemaChange]:
    if bool(old.get("uniqueItems")) != bool(new.get("uniqueItems")):
        unique = bool(new.get("uniqueItems"))
        text = "items must be unique" if unique else "items need not be unique any more"
        yield SchemaChange("narrowed" if unique else "widened", place, text)
    for key in union(old, new):
        known = key in RESTRICTIONS
        if key in COMPARED:
            continue
        if key not in old:
            yield SchemaChange("narrowed" if known else "unclear", place, f"`{key}` added")
        elif key not in new:
            yield SchemaChange("widened" if known else "unclear", place, f"`{key}` removed")
        elif not same(old[key], new[key]):
            yield SchemaChange("unclear", place, f"`{key}` changed")
