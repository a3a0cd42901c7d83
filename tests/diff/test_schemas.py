"""How schemas narrow and widen, against a validator."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.diff.schemas import compare_schemas

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0, -2.5]) | st.text("xy", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)
SAMPLES = [
    *[None, True, False, 0, 1, -1, 2, 3, 0.5, -2.5, "", "x", "y", "yx", "xyx", "xxxx"],
    *[[], [1], ["x"], [1, 1], [0, "x", None], [[]], {}, {"a": 1}, {"a": "x"}, {"b": None}, {"a": 0, "b": "y", "c": []}],
]
TYPE_NAMES = st.sampled_from(["null", "boolean", "string", "number", "integer", "array", "object"])
SMALL = st.integers(0, 3)


def keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPE_NAMES | st.lists(TYPE_NAMES, min_size=1, max_size=3, unique=True),
            "enum": st.lists(VALUES, min_size=1, max_size=3),
            "const": VALUES,
            "minimum": st.integers(-2, 2),
            "exclusiveMinimum": st.integers(-2, 2),
            "maximum": st.integers(-2, 2),
            "exclusiveMaximum": st.integers(-2, 2),
            "multipleOf": st.sampled_from([1, 2, 0.5]),
            "minLength": SMALL,
            "maxLength": SMALL,
            "pattern": st.sampled_from(["x", "^y"]),
            "minItems": SMALL,
            "maxItems": SMALL,
            "uniqueItems": st.booleans(),
            "items": inner,
            "properties": st.dictionaries(NAMES, inner, max_size=3),
            "required": st.lists(NAMES, max_size=2, unique=True),
            "additionalProperties": st.booleans() | inner,
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "patternProperties": st.dictionaries(NAMES, inner, min_size=1, max_size=1),
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "title": st.just("a title"),
        },
    )


SCHEMAS: st.SearchStrategy[Any] = st.recursive(st.just({}), keywords, max_leaves=4)


def effects(old: Any, new: Any) -> set[str]:
    return {change.effect for change in compare_schemas(old, new)}


@settings(max_examples=200, deadline=None)
@given(SCHEMAS, SCHEMAS, st.booleans(), st.lists(VALUES, max_size=4))
def test_what_is_said_agrees_with_a_validator(old: Any, new: Any, small: bool, values: list[Any]) -> None:
    if small:  # an edit of one keyword, as people make them
        new = {**old, **{key: new[key] for key in list(new)[:1]}}
    found = effects(old, new)
    before, after = (jsonschema_rs.Draft202012Validator(schema) for schema in (old, new))
    for value in [*SAMPLES, *values]:
        if before.is_valid(value) and not after.is_valid(value):
            assert found & {"narrowed", "unclear"}, value
        if after.is_valid(value) and not before.is_valid(value):
            assert found & {"widened", "unclear"}, value


@settings(max_examples=100, deadline=None)
@given(SCHEMAS)
def test_a_schema_does_not_differ_from_itself(schema: Any) -> None:
    assert not effects(schema, schema)
    assert not effects(schema, {**schema, "title": "another", "description": "words", "x-note": 1})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {"type": "string"}, {"narrowed"}),
        ({"type": "integer"}, {"type": "number"}, {"widened"}),
        ({"type": "integer"}, {"type": "string"}, {"narrowed", "widened"}),
        ({"type": ["string"]}, {"type": "string"}, set()),
        ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}, set()),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, {"widened"}),
        ({"enum": ["a"]}, {"enum": ["a"], "type": "string"}, set()),
        ({"type": "string", "enum": ["a"]}, {"type": "string"}, {"widened"}),
        ({"const": 1}, {"const": 1.0}, set()),
        ({"const": 1}, {"const": True}, {"narrowed", "widened"}),
        ({"maxLength": 8}, {"maxLength": 9}, {"widened"}),
        ({"maxLength": 8}, {}, {"widened"}),
        ({}, {"minItems": 1}, {"narrowed"}),
        ({"minimum": 1}, {"exclusiveMinimum": 1}, {"narrowed"}),
        ({"exclusiveMaximum": 5}, {"maximum": 5}, {"widened"}),
        ({"pattern": "a"}, {"pattern": "b"}, {"unclear"}),
        ({}, {"pattern": "b"}, {"narrowed"}),
        ({"anyOf": [{}]}, {"anyOf": []}, {"unclear"}),
        ({}, {"madeUp": 1}, {"unclear"}),
        (
            {"properties": {"a": {}}, "additionalProperties": False},
            {"additionalProperties": False},
            {"dropped", "narrowed"},
        ),
        ({"additionalProperties": False}, {"properties": {"a": {}}, "additionalProperties": False}, {"widened"}),
        ({}, {"properties": {"a": {"type": "string"}}}, {"narrowed"}),
        ({"required": ["a"]}, {"required": ["a", "b"]}, {"narrowed"}),
        ({"items": {"type": "string"}}, {"items": {"type": ["string", "null"]}}, {"widened"}),
        ({"items": False}, {}, {"widened"}),
    ],
)
def test_effects(old: Any, new: Any, expected: set[str]) -> None:
    assert effects(old, new) == expected


def test_a_place_is_named() -> None:
    old = {"properties": {"orders": {"items": {"properties": {"id": {"type": "string"}}}}}}
    new = {"properties": {"orders": {"items": {"properties": {"id": {"type": "integer"}}}}}}
    assert {change.place for change in compare_schemas(old, new)} == {"orders[].id"}


@pytest.mark.parametrize(
    "broken",
    [
        {"type": 5}, {"type": ["odd"]}, {"type": [["string"]]}, {"enum": 5}, {"required": 5}, {"required": [5]},
        {"properties": []}, {"minLength": "a"}, {"maximum": True}, {"items": 5}, {"additionalProperties": "no"},
        [], "text", 5, None,
    ],
)  # fmt: skip
def test_a_broken_schema_is_unclear(broken: Any) -> None:
    assert effects({}, broken) == {"unclear"}
    assert effects(broken, {}) == {"unclear"}


def test_deep_schemas_come_to_an_end() -> None:
    old: Any = {"type": "string"}
    new: Any = {"type": "integer"}
    for _ in range(100):
        old, new = {"items": old}, {"items": new}
    assert effects(old, new) == {"unclear"}


def test_another_draft_may_change_what_every_keyword_says() -> None:
    draft = {"$schema": "http://json-schema.org/draft-07/schema#"}
    assert [change.effect for change in compare_schemas({"type": "string"}, {**draft, "type": "string"})] == ["unclear"]
    assert list(compare_schemas(draft, {**draft, "title": "x"})) == []
