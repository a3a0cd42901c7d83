"""Inputs are checked as JSON Schema says, and what is wrong is said so that a person can mend it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from promptstead.runtime.inputs import InputError, check, check_inputs, unsupported

RECEIVED: dict[str, Any] = {"received_on": {"schema": {"type": "string", "format": "date"}}}


def problems(schema: dict[str, Any], value: Any) -> list[str]:
    return check(schema, value, "input `x`")


@pytest.mark.parametrize(
    ("schema", "value", "line"),
    [
        (
            {"type": "string", "format": "date"},
            "02/03/2026",
            "input `x`: expected a date (YYYY-MM-DD), got '02/03/2026'",
        ),
        ({"type": ["integer", "null"]}, "1", "input `x`: expected an integer or null, got '1'"),
        ({"type": "string"}, None, "input `x`: expected text, got null"),
        ({"enum": ["a", 1]}, "b", "input `x`: expected one of 'a', 1, got 'b'"),
        ({"const": True}, 1, "input `x`: expected true, got 1"),
        ({"maxLength": 2}, "abc", "input `x`: expected at most 2 characters, got 3"),
        ({"minLength": 2}, "😀", "input `x`: expected at least 2 characters, got 1"),
        ({"pattern": "^[a-z]+$"}, "a\n", "input `x`: expected text that matches ^[a-z]+$, got 'a\\n'"),
        ({"exclusiveMinimum": 0}, 0, "input `x`: expected more than 0, got 0"),
        ({"multipleOf": 5}, 7, "input `x`: expected a multiple of 5, got 7"),
        ({"items": {"type": "string"}}, ["a", 2], "input `x`[1]: expected text, got 2"),
        ({"minItems": 1}, [], "input `x`: expected at least 1 items, got 0"),
        ({"uniqueItems": True}, [{"a": 1, "b": 2}, {"b": 2.0, "a": 1}], "input `x`: expected items that all differ"),
        ({"properties": {"a": {"type": "number"}}}, {"a": True}, "input `x`.a: expected a number, got true"),
        ({"required": ["a"]}, {}, "input `x`: `a` is missing"),
        ({"additionalProperties": False}, {"b": 1}, "input `x`: `b` is not expected"),
        ({"additionalProperties": {"type": "null"}}, {"b": 1}, "input `x`.b: expected null, got 1"),
    ],
)
def test_says_what_is_wrong(schema: dict[str, Any], value: Any, line: str) -> None:
    assert problems(schema, value) == [line]
    assert not unsupported(schema)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        (
            "date",
            ["2026-02-28", "2024-02-29"],
            ["2026-02-29", "2026-13-01", "2026-1-01", "20260101", "2026-01-01 ", "٢٠٢٦-01-01", "0000-01-01"],
        ),
        (
            "date-time",
            ["2026-02-28T10:00:00Z", "2026-02-28t23:59:60.5+02:00"],
            ["2026-02-28 10:00:00Z", "2026-02-28T10:00:00", "2026-02-28T24:00:00Z"],
        ),
        ("email", ["a@b", "é@x.fr"], ["a", "@b", "a@", "a b@c", "a@b@c"]),
        ("uri", ["https://x.fr/a?b#c", "urn:x", "data:,"], ["x.fr", "//x", "http://a b", "https://é"]),
    ],
)
def test_formats(name: str, good: list[str], bad: list[str]) -> None:
    assert [value for value in good + bad if not problems({"format": name}, value)] == good


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-4, 4),
    st.sampled_from([0.5, -1.5, 2.0]),
    st.sampled_from(["", "a", "ab", "b1", "é😀"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    max_leaves=6,
)
numbers = st.one_of(st.integers(-4, 4), st.sampled_from([0.5, 2.0]))
counts = st.integers(0, 3)
types = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
schemas = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.one_of(types, st.lists(types, min_size=1, max_size=3, unique=True)),
            "enum": st.lists(values, min_size=1, max_size=3),
            "const": scalars,
            "minLength": counts,
            "maxLength": counts,
            "pattern": st.sampled_from(["^a", "b$", "[0-9]", "^(a|b)+$"]),
            "minimum": numbers,
            "maximum": numbers,
            "exclusiveMinimum": numbers,
            "exclusiveMaximum": numbers,
            "multipleOf": st.sampled_from([1, 2, 0.5]),
            "minItems": counts,
            "maxItems": counts,
            "uniqueItems": st.booleans(),
            "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
            "title": st.just("t"),
        },
    ),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "items": inner,
            "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
            "additionalProperties": st.one_of(st.booleans(), inner),
        },
    ),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(schemas, values)
def test_accepts_what_json_schema_accepts(schema: dict[str, Any], value: Any) -> None:
    assert not unsupported(schema)
    assert (not problems(schema, value)) == Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ({"anyOf": [], "title": "x"}, [("anyOf",)]),
        ({"properties": {"a": {"items": {"$ref": "#"}}}}, [("properties", "a", "items", "$ref")]),
        ({"additionalProperties": {"not": {}}}, [("additionalProperties", "not")]),
        ({"type": "text"}, [("type",)]),
        ({"type": []}, [("type",)]),
        ({"format": "ipv4"}, [("format",)]),
        ({"items": True}, [("items",)]),
        (
            {"maxLength": "3", "minimum": "1", "multipleOf": 0, "required": "a", "uniqueItems": 1},
            [(name,) for name in ("maxLength", "minimum", "multipleOf", "required", "uniqueItems")],
        ),
        ({"pattern": "("}, [("pattern",)]),
        ({"pattern": "(?P<a>x)"}, [("pattern",)]),
        ({"pattern": "(?i)x"}, [("pattern",)]),
        ({"pattern": "[]a]"}, [("pattern",)]),
        ({"pattern": "[a--b]"}, [("pattern",)]),
        (True, [()]),
    ],
)
def test_names_what_applications_cannot_check(schema: Any, paths: list[tuple[str | int, ...]]) -> None:
    assert unsupported(schema) == paths


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"^\d+$", "12", "12\n"),
        (r"^\d$", "1", "١"),
        (r"^[$\]\w]+$", "a]$", "é"),
        (r"^[[&|~]+$", "[&&||~~", "a"),
        (r"\$$", "1$", "$1"),
    ],
)
def test_patterns_mean_what_ecmascript_means(pattern: str, good: str, bad: str) -> None:
    assert not unsupported({"pattern": pattern})
    assert not problems({"pattern": pattern}, good)
    assert problems({"pattern": pattern}, bad)


def test_a_bottomless_schema_is_unsupported() -> None:
    schema: dict[str, Any] = {}
    for _ in range(1000):
        schema = {"items": schema}
    assert len(unsupported(schema)) == 1


def test_all_problems_in_one_error() -> None:
    inputs = {**RECEIVED, "name": {"schema": {"type": "string"}, "required": True}}
    with pytest.raises(InputError) as caught:
        check_inputs(inputs, {"received_on": "x", "nam": 1, "\x1b": 2})
    assert str(caught.value) == (
        "input `received_on`: expected a date (YYYY-MM-DD), got 'x'; input `name` is missing; "
        "there is no input `nam`, did you mean `name`?; there is no input `\\x1b`"
    )


def test_defaults_and_optional_inputs() -> None:
    inputs: dict[str, Any] = {"a": {"schema": {}, "default": [1]}, "b": {"schema": {}, "required": False}, **RECEIVED}
    assert check_inputs(inputs, {"received_on": date(2026, 3, 2)}) == {"a": [1], "received_on": "2026-03-02"}


def test_problems_are_bounded() -> None:
    assert len(problems({"items": {"type": "string"}}, [1] * 1000)) == 20
    with pytest.raises(InputError) as caught:
        check_inputs({}, {f"x{n}": n for n in range(100)})
    assert len(caught.value.problems) == 20
    assert len(str(caught.value)) <= 600
