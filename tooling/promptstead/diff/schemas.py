"""How the values that a JSON Schema (2020-12) allows change when the schema does.

Assertions are compared keyword by keyword. Where the effect of a keyword that differs is not worked out here
(``pattern``, ``anyOf``, ``$ref``…) it is *unclear*. What is neither widened nor unclear allows no value that was not
allowed before; what is neither narrowed nor unclear still allows every value that was.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from promptstead.diff.values import canonical, same, union
from promptstead.model import Json
from promptstead.words.sentence import Sentence, say

Effect = Literal["narrowed", "widened", "unclear", "dropped"]
"""``dropped``: a property is described no more, whatever values that allows."""

Schema = Mapping[str, Json]

DEEPEST = 40
INFINITE = float("inf")
LOWER = ("minLength", "minItems", "minProperties")
UPPER = ("maxLength", "maxItems", "maxProperties")
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
    """One effect, at a place such as ``customer.orders[].id`` (empty: the value itself), and what says it."""

    effect: Effect
    place: str
    text: Sentence


def compare_schemas(old: Json, new: Json, place: str = "", depth: int = 0) -> Iterator[SchemaChange]:
    """Yield the effects of replacing the schema *old*, a mapping or a boolean, by *new*; nothing if there is none."""
    old, new = _asserted(old), _asserted(new)
    if same(old, new):
        return
    if new is False:
        yield SchemaChange("narrowed", place, say("changes.nothing-allowed"))
    elif old is False:
        yield SchemaChange("widened", place, say("changes.allowed-now"))
    elif depth > DEEPEST:
        yield SchemaChange("unclear", place, say("changes.too-deep"))
    elif not (readable(old) and readable(new)):
        yield SchemaChange("unclear", place, say("changes.no-schema"))
    elif entangled := sorted(ENTANGLED.intersection([*old, *new])):
        yield SchemaChange("unclear", place, say("changes.uses-keyword", keyword=entangled[0]))
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


def readable(schema: Any) -> bool:
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
        gone, come = _members(before, after)
        if gone:
            yield SchemaChange("narrowed", place, say("changes.values-gone", values=gone))
        if come:
            yield SchemaChange("widened", place, say("changes.values-added", values=come))
    elif before is not None:
        yield SchemaChange("widened", place, say("changes.values-unlisted"))
        if any(_type(value) not in types_of(new) for value in before):
            yield SchemaChange("narrowed", place, say("changes.some-values-gone"))
    elif after is not None:
        yield SchemaChange("narrowed", place, say("changes.values-listed", values=list(after.values())))
        if any(_type(value) not in types_of(old) for value in after):
            yield SchemaChange("widened", place, say("changes.other-type"))
    else:
        gone, come = _members({name: name for name in types_of(old)}, {name: name for name in types_of(new)})
        if gone:
            yield SchemaChange("narrowed", place, say("changes.types-gone", types=gone))
        if come:
            yield SchemaChange("widened", place, say("changes.types-added", types=come))


def _members(old: Mapping[Hashable, str], new: Mapping[Hashable, str]) -> tuple[list[str], list[str]]:
    """Return what only *old* has, and what only *new* has."""
    return [old[key] for key in old if key not in new], [new[key] for key in new if key not in old]


def _values(schema: Schema) -> dict[Hashable, str] | None:
    """Return the values listed, of those types that are allowed, or None where they are not listed."""
    if "const" not in schema and "enum" not in schema:
        return None
    listed = [schema["const"]] if "const" in schema else schema["enum"]
    types = types_of(schema)
    return {canonical(value): str(value) for value in listed if _type(canonical(value)) in types}


def _type(value: Any) -> str:
    """Return the basic type of a value in canonical form."""
    name, content = value
    if name == "number":
        return "integer" if content == "nan" or content == content // 1 else "number"
    return {"NoneType": "null", "bool": "boolean", "str": "string"}.get(name, str(name))


def types_of(schema: Json) -> list[str]:
    """Return the basic types that a schema allows, sorted: a number is an integer or has a fraction."""
    declared = schema.get("type", list(TYPES))
    names = [declared] if isinstance(declared, str) else declared
    return sorted({basic for name in names for basic in TYPES[name]})


def kinds_of(schema: Json) -> set[str]:
    """Return the basic types of the values that a schema allows: of those that it lists, where it lists them."""
    listed = _values(schema)
    return set(types_of(schema)) if listed is None else {_type(value) for value in listed}


def _bounds(old: Schema, new: Schema, place: str) -> Iterator[SchemaChange]:
    pairs: list[tuple[str, Any, Any, bool]] = [
        *((key, old.get(key, 0), new.get(key, 0), True) for key in LOWER),
        *((key, old.get(key, INFINITE), new.get(key, INFINITE), False) for key in UPPER),
        ("minimum", _lowest(old), _lowest(new), True),
        ("maximum", _highest(old), _highest(new), False),
    ]
    for key, before, after, least in pairs:
        if after != before:
            raised = after > before
            effect: Effect = "narrowed" if raised == least else "widened"
            text = say("changes.bound-raised" if raised else "changes.bound-lowered", bound=_bound(key))
            yield SchemaChange(effect, place, text)


def _bound(key: str) -> Sentence:
    match key:
        case "minLength":
            return say("changes.least-length")
        case "maxLength":
            return say("changes.greatest-length")
        case "minItems":
            return say("changes.fewest-items")
        case "maxItems":
            return say("changes.most-items")
        case "minProperties":
            return say("changes.fewest-keys")
        case "maxProperties":
            return say("changes.most-keys")
        case "minimum":
            return say("changes.least-value")
        case _:
            return say("changes.greatest-value")


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
            yield SchemaChange("dropped", here, say("changes.not-described"))
        yield from compare_schemas(before.get(key, others), after.get(key, other), here, depth + 1)
    yield from compare_schemas(others, other, f"{place}.*" if place else "*", depth + 1)
    needed, needs = old.get("required", []), new.get("required", [])
    for key in union(needed, needs):
        here = f"{place}.{key}" if place else key
        if key not in needed:
            yield SchemaChange("narrowed", here, say("changes.required-now"))
        elif key not in needs:
            yield SchemaChange("widened", here, say("changes.not-required"))


def _others(old: Schema, new: Schema, place: str) -> Iterator[SchemaChange]:
    if bool(old.get("uniqueItems")) != bool(new.get("uniqueItems")):
        unique = bool(new.get("uniqueItems"))
        text = say("changes.items-unique" if unique else "changes.items-may-repeat")
        yield SchemaChange("narrowed" if unique else "widened", place, text)
    for key in union(old, new):
        known = key in RESTRICTIONS
        if key in COMPARED:
            continue
        if key not in old:
            yield SchemaChange("narrowed" if known else "unclear", place, say("changes.keyword-added", keyword=key))
        elif key not in new:
            yield SchemaChange("widened" if known else "unclear", place, say("changes.keyword-removed", keyword=key))
        elif not same(old[key], new[key]):
            yield SchemaChange("unclear", place, say("changes.keyword-changed", keyword=key))
