"""What two JSON Schemas of one value share: the places that both describe, and those that the new one replaces.

A place is the way to a value inside the value: names of properties, 0 for every item of a list, ``*`` for the
properties that no schema names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from promptstead.diff.contract import TAKEN
from promptstead.diff.schemas import ANNOTATIONS, DEEPEST, ENTANGLED, compare_schemas, kinds_of, readable
from promptstead.diff.values import same, union
from promptstead.errors import PromptsteadError
from promptstead.model import Json, KeyPath

OTHERS = "*"
ITEM = 0
MAX_NODES = 20_000
"""Schemas that are written out in place of references, in one schema."""
_DEFINITIONS = ("$defs", "definitions")
_CHILDREN = frozenset({"properties", "required", "additionalProperties", "items", "$schema", *_DEFINITIONS})
_PROBES: tuple[Json, ...] = (None, True, "", "zz~9", 0, -1.5, [], [None, None], {}, {"zz~9": None})
"""Values of every kind; a schema that takes them all asks for nothing."""


@dataclass(slots=True)
class Places:
    """Where two schemas of a value part.

    *gone* and *come* are the places that only the old one has, and only the new one; a place whose old and new type
    have no value in common is both. *replaced* are those where the new schema breaks the old one and says something
    else; of them *whole* hold nothing of the old one at all, whatever lies below. *optional* need not be there any
    more. *silent* are those where it breaks the old one and says nothing: there the old one still holds.
    """

    gone: set[KeyPath] = field(default_factory=set)
    come: set[KeyPath] = field(default_factory=set)
    replaced: set[KeyPath] = field(default_factory=set)
    whole: set[KeyPath] = field(default_factory=set)
    optional: set[KeyPath] = field(default_factory=set)
    silent: set[KeyPath] = field(default_factory=set)

    def read_at(self, way: KeyPath) -> KeyPath | None:
        """Return the first place that only one side has, of those that whoever reads the value at *way* reads.

        It is the place, or *way* itself where that lies below.
        """
        way = tuple(ITEM if isinstance(key, int) else key for key in way)
        for place in sorted(self.gone | self.come, key=lambda place: (len(place), [str(key) for key in place])):
            if place[: len(way)] == way:
                return place
            if way[: len(place)] == place:
                return way
        return None

    def common(self, value: Json, at: KeyPath = ()) -> Json:
        """Return *value* without what stands at a place that only one side has; None where all of it does."""
        if at in self.gone or at in self.come:
            return None
        if isinstance(value, Mapping):
            return {
                key: self.common(item, (*at, key))
                for key, item in value.items()
                if (*at, key) not in self.gone and (*at, key) not in self.come
            }
        return [self.common(item, (*at, ITEM)) for item in value] if isinstance(value, (list, tuple)) else value

    def masked(self, schema: Json) -> Json:
        """Return a schema of the value without what it asks at the places that are replaced."""
        return self._masked(inlined(schema), ())

    def _masked(self, schema: Json, at: KeyPath) -> Json:
        if at in self.whole:
            return True
        if not isinstance(schema, Mapping):
            return True if at in self.replaced else schema
        if at in self.replaced:
            schema = {key: value for key, value in schema.items() if key in _CHILDREN}
        kept = dict(schema)
        properties = {name: self._masked(part, (*at, name)) for name, part in _properties(schema).items()}
        for way in self.replaced | self.whole:
            name = way[-1] if way else ITEM
            if way[:-1] == at and isinstance(name, str) and name != OTHERS:
                properties.setdefault(name, True)
        if properties:
            kept["properties"] = properties
        if isinstance(schema.get("required"), list):
            kept["required"] = [name for name in schema["required"] if (*at, name) not in self.optional]
        for key, step in (("additionalProperties", OTHERS), ("items", ITEM)):
            if key in schema:
                kept[key] = self._masked(schema[key], (*at, step))
        return kept


def places(old: Json, new: Json) -> Places:
    """Return where the schema *new* of a value parts from *old*; both are mappings or booleans."""
    found = Places()
    _walk(inlined(old), inlined(new), (), found)
    return found


def inlined(schema: Json) -> Json:
    """Return a schema with what it refers to by ``#/$defs/…`` written out, where it does not come back to itself."""
    if not isinstance(schema, Mapping):
        return schema
    left = [MAX_NODES]
    written = _written(schema, schema, (), left)
    if left[0] < 0:
        return schema
    return {key: part for key, part in written.items() if key not in _DEFINITIONS or _refers(written)}


def _written(part: Json, root: Mapping[str, Json], within: tuple[str, ...], left: list[int]) -> Json:
    left[0] -= 1
    if left[0] < 0 or len(within) > DEEPEST:
        return part
    if isinstance(part, list):
        return [_written(each, root, within, left) for each in part]
    if not isinstance(part, Mapping):
        return part
    reference = part.get("$ref")
    target = _target(root, reference) if isinstance(reference, str) and reference not in within else None
    if target is not None and isinstance(reference, str):
        beside = {key: each for key, each in part.items() if key != "$ref" and key not in ANNOTATIONS}
        if not beside:
            return _written(target, root, (*within, reference), left)
    return {
        key: each if key in _DEFINITIONS and part is root else _written(each, root, within, left)
        for key, each in part.items()
    }


def _target(root: Mapping[str, Json], reference: str) -> Json:
    for key in _DEFINITIONS:
        if reference.startswith(f"#/{key}/"):
            definitions = root.get(key)
            name = reference.removeprefix(f"#/{key}/").replace("~1", "/").replace("~0", "~")
            return definitions.get(name) if isinstance(definitions, Mapping) else None
    return None


def _refers(part: Json) -> bool:
    """Tell whether a reference stands in a schema, its definitions aside."""
    if isinstance(part, Mapping):
        return "$ref" in part or any(_refers(each) for key, each in part.items() if key not in _DEFINITIONS)
    return isinstance(part, list) and any(map(_refers, part))


def _walk(old: Json, new: Json, at: KeyPath, found: Places) -> None:
    old, new = ({} if schema is True else schema for schema in (old, new))
    if same(old, new):
        return
    if says_nothing(new):
        found.silent.add(at)
    elif new is False:
        found.replaced.add(at)
        found.gone.add(at)
    elif old is False:
        found.replaced.add(at)
    elif len(at) > DEEPEST or not (readable(old) and readable(new)) or _entangled(old) or _entangled(new):
        if _breaks(old, new):
            found.whole.add(at)
    elif not kinds_of(old) & kinds_of(new):
        found.whole.add(at)
        found.gone.add(at)
        found.come.add(at)
    else:
        if _breaks(_own(old), _own(new)):
            found.replaced.add(at)
        _members(old, new, at, found)
        _walk(_part(old, "items"), _part(new, "items"), (*at, ITEM), found)


def _members(old: Json, new: Json, at: KeyPath, found: Places) -> None:
    before, after = _properties(old), _properties(new)
    others, other = _part(old, "additionalProperties"), _part(new, "additionalProperties")
    needed, needs = _required(old), _required(new)
    for name in union(before, after):
        if name not in before:
            found.come.add((*at, name))
        if name not in before and others is False:
            found.replaced.add((*at, name))
        else:
            _walk(before.get(name, others), after.get(name, other), (*at, name), found)
    for name in needed:
        if name not in needs:
            silent = says_nothing(after.get(name, other))
            (found.silent if silent else found.optional).add((*at, name))
    _walk(others, other, (*at, OTHERS), found)
    found.gone.discard((*at, OTHERS))


def _own(schema: Json) -> Json:
    """Return what a schema asks of the value itself."""
    return (
        {key: part for key, part in schema.items() if key not in _CHILDREN} if isinstance(schema, Mapping) else schema
    )


def _breaks(old: Json, new: Json) -> bool:
    return any(TAKEN.get(change.effect) == "breaking" for change in compare_schemas(old, new))


def _entangled(schema: Json) -> bool:
    return isinstance(schema, Mapping) and ("$ref" in schema or not ENTANGLED.isdisjoint(schema))


def says_nothing(schema: Json) -> bool:
    """Tell whether a schema takes every value, however it is written."""
    if not isinstance(schema, Mapping):
        return schema is True
    if all(key in ANNOTATIONS or key.startswith("x-") for key in schema):
        return True
    if _refers(schema):
        return False
    from promptstead.prompts.value_schema import value_validator

    try:
        validator = value_validator(dict(schema))
    except PromptsteadError:
        return False
    return all(validator.is_valid(value) for value in _PROBES)


def _part(schema: Json, key: str) -> Any:
    return schema.get(key, True) if isinstance(schema, Mapping) else True


def _properties(schema: Json) -> Mapping[str, Json]:
    found = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    return found if isinstance(found, Mapping) else {}


def _required(schema: Json) -> list[str]:
    found = schema.get("required", []) if isinstance(schema, Mapping) else []
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def place_text(place: KeyPath) -> str:
    """Return a place as people write it, ``customer.orders[].id``; empty for the value itself."""
    text = ""
    for key in place:
        text += "[]" if isinstance(key, int) else f".{key}" if text else key
    return text
