"""Data, and YAML texts of every style, for property tests."""

import json
from typing import Any

from hypothesis import strategies as st

CHARACTERS = st.sampled_from(
    [*"abcXYZ019 .,:;#-?!&*|>%@`'\"\\/{}[]=_~<+()", "\t", "\n", "é", "e\u0301", "中", "😀", "\u00a0"]
)
TEXT = st.lists(CHARACTERS, max_size=24).map("".join)
WORDS = st.sampled_from(
    [
        "no",
        "on",
        "010",
        "1_000",
        "12:30:45",
        "1.10",
        "2026-03-02",
        "null",
        "~",
        "",
        "true",
        "1e3",
        "plain text",
        "- x",
        "a: b",
        "x #y",
    ]
)
SCALARS = st.one_of(
    TEXT,
    WORDS,
    st.booleans(),
    st.none(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
)
KEYS = st.one_of(
    st.sampled_from(["title", "schema", "a", "b c", "no", "x-1", "1", "é", "😀"]),
    TEXT.filter(lambda text: "\n" not in text),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda child: st.lists(child, max_size=4) | st.dictionaries(KEYS, child, max_size=4), max_leaves=12
)
MAPPINGS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=5)


def flow(value: Any, *, ascii_only: bool = False) -> str:
    """Return *value* as JSON, which is YAML too."""
    return json.dumps(value, ensure_ascii=ascii_only)


def same(left: Any, right: Any) -> bool:
    """Return whether two values are the same JSON, 1 and 1.0 and true being three things."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)
