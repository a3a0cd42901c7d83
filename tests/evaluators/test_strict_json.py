"""JSON as RFC 8259 has it, and a little stricter."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.evaluators.shared.strict_json import MAX_DEPTH, NotJson, parse, unfenced

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=100, deadline=None)
@given(values, st.booleans())
def test_what_json_writes_is_read(value: Any, ascii_only: bool) -> None:
    try:
        text = json.dumps(value, ensure_ascii=ascii_only)
        text.encode()
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return
    assert parse(f" \t\r\n{text}\n") == value
    assert unfenced(f"```json\n{text}\n```") == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "expecting value"),
        ("1 2", "extra data"),
        ("NaN", "NaN"),
        ("[-Infinity]", "Infinity"),
        ("1e999", "range"),
        ("1" * 5000, "digits"),
        ('{"a": 1, "b": {"c": 1, "c": 1}}', 'key "c" occurs twice'),
        ("'a'", "expecting value"),
        ("[1,]", "line 1"),
        ('"\n"', "control character"),
        ('"\\ud83d"', "surrogate"),
        ('{"\\udc00": 1}', "surrogate"),
        ("\ufeff1", "BOM|expecting"),
        ("\u00a01", "expecting value"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "deeper"),
        ("[" * 1_000_000, "deeper"),
    ],
)
def test_everything_else_is_refused(text: str, why: str) -> None:
    with pytest.raises(NotJson, match=f"(?i){why}"):
        parse(text)


def test_depth_is_counted_outside_of_texts() -> None:
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert parse('["' + "[" * 1000 + '\\"{"]') == ["[" * 1000 + '"{']
    assert parse("[[" + "],[" * 1000 + "]]") == [[]] * 1001
    assert parse('"\\ud83d\\ude00"') == "\U0001f600"


@pytest.mark.parametrize(
    "text", ["x", "```1```", "```\n1", "text\n```\n1\n```", "```\n1\n```\nmore", "~~~\n1\n```", "```"]
)
def test_only_a_whole_fence_is_taken_off(text: str) -> None:
    assert unfenced(text) == text


def test_a_longer_fence_may_hold_a_shorter_one() -> None:
    assert unfenced("````\n```\n1\n```\n````") == "```\n1\n```"
    assert unfenced("~~~json\r\n1\r\n~~~").strip() == "1"
