"""Where things stand: lines, columns, and characters of a scalar in every style."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents.strategies import MAPPINGS
from tests.documents.test_yaml_reader import dump, reading


def test_lines_are_counted_as_editors_count_them() -> None:
    document = reading("a: 1\r\nb: 2\rc: 3\nd: x\u2028y\ne: 1\n")
    assert [document.position(document.keys[key,].start) for key in "abcde"] == [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)]
    assert document.line_text(1) == "a: 1"
    assert document.line_text(4) == "d: x\u2028y"
    assert document.line_text(0) == document.line_text(99) == ""


def test_columns_count_code_points() -> None:
    document = reading("é😀: e\u0301 x\n")
    assert document.position(document.span(("é😀",)).start) == (1, 5)


def test_spans_of_values_and_keys() -> None:
    text = "a:\n  - b: {c: [1, two]}\n    # x\n  - |\n    text\n\nd: 'q'\n"
    document = reading(text)

    def source(path: tuple[str | int, ...]) -> str:
        span = document.span(path)
        return text[span.start : span.end]

    assert source(("a", 0, "b", "c", 1)) == "two"
    assert source(("a", 0, "b")) == "{c: [1, two]}"
    assert source(("a", 0)) == "b: {c: [1, two]}"
    assert source(("a", 1)) == "|\n    text"
    assert source(("d",)) == "'q'"
    assert source(("a", 0, "b", "nothing", "here")) == "{c: [1, two]}"
    assert document.key_span(("d",)).start == text.index("d:")
    assert document.key_span(("a", 1)) == document.span(("a", 1))


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("k: one two\n", "two", "two"),
        ("k: one\n  two\n", "e t", "e\n  t"),
        ("k: one\n\n  two\n", "\n", "\n"),
        ("k: 'it''s'\n", "'s", "''s"),
        ('k: "a\\tb\\u00e9c"\n', "é", "\\u00e9"),
        ('k: "a\\\n  b"\n', "b", "b"),
        ('k: "\\U0001F600x"\n', "x", "x"),
        ("k: |\n  one\n  two 😀 e\u0301!\n", "😀 e\u0301!", "😀 e\u0301!"),
        ("k: |2-\n   one\n  two\n", " one", " one"),
        ("k: >\n  one\n  two\n\n  three\n", "two\nthree", "two\n\n  three"),
        ("k: >\n  one\n  two\n", "e t", "e\n  t"),
        ("k: |\r\n  one\r\n  two\r\n", "one\ntwo", "one\r\n  two"),
        ("k: |+\n  one\n\n\nl: 1\n", "\n\n\n", "\n\n\n"),
        ("k: |\n  a\tb\n", "b", "b"),
        ("j:\n  - k: |\n      one\n       two\n    l: 1\n", " two", " two"),
    ],
)
def test_part_of_a_scalar(text: str, part: str, expected: str) -> None:
    document = reading(text)
    path: tuple[str | int, ...] = ("j", 0, "k") if text.startswith("j") else ("k",)
    value: Any = document.data
    for key in path:
        value = value[key]
    start = value.index(part)
    span = document.locate(path, start, start + len(part))
    assert document.text[span.start : span.end] == expected


def test_a_place_in_what_is_no_text_is_the_value() -> None:
    document = reading("a: 12\nb: [1]\n")
    assert document.locate(("a",), 0, 1) == document.span(("a",))
    assert document.locate(("zzz", 3), 0, 1) == document.span(())


def test_an_empty_stretch_is_a_point() -> None:
    document = reading("a: text\n")
    assert document.locate(("a",), 2, 2).start == document.locate(("a",), 2, 2).end == 5
    assert document.locate(("a",), 99, 120) == document.locate(("a",), 4, 4)


@given(MAPPINGS, st.integers(0, 2**32), st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=80, deadline=None)
def test_every_character_of_every_scalar_is_found(data: dict[str, Any], seed: int, newline: str) -> None:
    document = reading(dump(data, random.Random(seed)).replace("\n", newline))

    def check(value: Any, path: tuple[str | int, ...]) -> None:
        if isinstance(value, dict):
            for key, child in value.items():
                check(child, (*path, key))
        elif isinstance(value, list):
            for index, child in enumerate(value):
                check(child, (*path, index))
        elif isinstance(value, str):
            last = 0
            for index, character in enumerate(value):
                span = document.locate(path, index, index + 1)
                source = document.text[span.start : span.end]
                # Either the character itself, or an escape, a doubled quote or a line break that stands for it.
                assert source == character or source[0] in "\\'" or not source.strip(), (path, character, source)
                assert span.start >= last
                last = span.end

    check(document.data, ())
