"""Where two schemas of one value part, and what is left of the old one."""

from typing import Any

import pytest

from promptstead.diff.two_contracts import inlined, place_text, places, says_nothing
from promptstead.prompts.value_schema import value_validator

OLD: dict[str, Any] = {
    "type": "object",
    "required": ["mood"],
    "additionalProperties": False,
    "properties": {"mood": {"enum": ["good", "bad"]}, "by": {"type": "string", "maxLength": 5}},
}


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


@pytest.mark.parametrize(
    ("new", "gone", "come", "silent"),
    [
        (OLD, [], [], []),
        (closed(["mood", "why"], **OLD["properties"], why={"type": "string"}), [], ["why"], []),
        (closed(["tone"], by=OLD["properties"]["by"], tone={}), ["mood"], ["tone"], []),
        (closed(["mood"], **{**OLD["properties"], "mood": {"type": "number"}}), ["mood"], ["mood"], []),
        (closed(["mood"], **{**OLD["properties"], "mood": {"enum": ["good", "bad", "mixed"]}}), [], [], []),
        ({**OLD, "properties": {**OLD["properties"], "by": False}}, ["by"], [], []),
        ({"type": "array", "items": OLD}, [""], [""], []),
        ({}, [], [], [""]),
        (True, [], [], [""]),
        ({"type": ["null", "boolean", "string", "number", "array", "object"]}, [], [], [""]),
        ({"type": "object"}, [], [], ["*", "by", "mood"]),
        (closed([], **{**OLD["properties"], "mood": {"not": False}}), [], [], ["mood"]),
    ],
)
def test_places(new: Any, gone: list[str], come: list[str], silent: list[str]) -> None:
    found = places(OLD, new)
    assert [sorted(map(place_text, each)) for each in (found.gone, found.come, found.silent)] == [gone, come, silent]


@pytest.mark.parametrize(
    ("new", "allowed", "refused"),
    [
        (closed(["mood", "why"], **OLD["properties"], why={}), [{"mood": "good", "why": 1}], [{"why": 1}]),
        (
            closed(["tone"], by={"type": "string"}, tone={}),
            [{"tone": 1, "by": "long enough"}],
            [{"x": 1}, {"by": 1}][:1],
        ),
        (closed([], mood={"enum": ["good", "bad", "mixed"]}), [{"mood": 7}, {}], [{"x": 1}]),
        ({}, [{"mood": "bad"}], [{}, {"mood": 7}, {"mood": "good", "x": 1}, []]),
        ({"type": "object", "required": ["mood"]}, [{"mood": "bad"}], [{"mood": 7}]),
        ({"type": "array"}, [[], {}, 3], []),
    ],
)
def test_what_is_left_of_the_old_schema(new: Any, allowed: list[Any], refused: list[Any]) -> None:
    validator = value_validator(places(OLD, new).masked(OLD))
    assert [value for value in allowed if not validator.is_valid(value)] == []
    assert [value for value in refused if validator.is_valid(value)] == []


def listed(**item: Any) -> dict[str, Any]:
    """Return a schema as libraries make it of classes: what it refers to stands among the definitions."""
    lines = {"type": "array", "items": {"$ref": "#/$defs/Line"}}
    return {**closed(["lines"], lines=lines), "$defs": {"Line": closed(list(item), **item)}}


def test_references_are_followed() -> None:
    old, new = listed(id={"type": "string"}), listed(id={"type": "string"}, vat={"type": "number"})
    found = places(old, new)
    assert [place_text(place) for place in found.come] == ["lines[].vat"]
    validator = value_validator(found.masked(old))
    assert validator.is_valid({"lines": [{"id": "a", "vat": 1}]})
    assert not validator.is_valid({"lines": [{"id": "a", "tax": 1}]})
    assert not validator.is_valid({"lines": [{"vat": 1}]})
    assert found.common({"lines": [{"id": "a", "vat": 1}, {"id": "b"}]}) == {"lines": [{"id": "a"}, {"id": "b"}]}


def test_references_that_come_back_or_multiply_are_left() -> None:
    circle = {"$ref": "#/$defs/Node", "$defs": {"Node": closed([], next={"$ref": "#/$defs/Node"})}}
    assert inlined(circle)["$defs"] == circle["$defs"]
    definitions = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(60)}
    bomb = {"$ref": "#/$defs/d0", "$defs": {**definitions, "d60": {}}}
    assert inlined(bomb) == bomb
    other = {**circle, "$defs": {"Node": closed([], next={"$ref": "#/$defs/Node"}, value={"type": "string"})}}
    assert places(circle, other).whole == {()}


def test_only_values_at_places_of_both_are_common() -> None:
    found = places(OLD, closed(["tone"], by={"type": "string"}, tone={}))
    assert found.common({"mood": "good", "by": "me", "other": [1]}) == {"by": "me", "other": [1]}
    assert found.common("good") == "good"
    assert places(OLD, {"type": "array"}).common({"mood": "good"}) is None


@pytest.mark.parametrize(
    ("way", "place"),
    [((), "tone"), (("tone",), "tone"), (("mood", "x"), "mood.x"), (("by",), None), (("other", 3), None)],
)
def test_what_a_reader_of_a_place_meets(way: tuple[str | int, ...], place: str | None) -> None:
    found = places(OLD, closed(["tone"], by=OLD["properties"]["by"], tone={})).read_at(way)
    assert (None if found is None else place_text(found)) == (place if way else "mood")


def test_a_schema_that_says_nothing() -> None:
    assert all(map(says_nothing, (True, {}, {"title": "x"}, {"anyOf": [{}]}, {"minLength": 0}, {"not": {"not": {}}})))
    assert not any(map(says_nothing, (False, {"type": "object"}, {"minLength": 1}, {"$ref": "#/$defs/a"}, {"not": {}})))
