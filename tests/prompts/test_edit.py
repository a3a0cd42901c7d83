"""Canonical form: same data, same comments, one layout."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.documents.comments import find_comments
from promptstead.errors import PromptsteadError
from promptstead.prompts.edit import canonical
from tests.documents.strategies import MAPPINGS, same
from tests.documents.test_yaml_reader import DATA, FIXTURE, REAL_FILES, dump, reading


def comments(text: str) -> list[str]:
    return sorted(comment for _, comment in find_comments(reading(text)))


def test_the_fixture_is_canonical() -> None:
    text = FIXTURE.read_text(encoding="utf-8")
    assert canonical(text, "x") == text


MESSY = """\
# yaml-language-server: $schema=x

# about the title
title: "Foo"   # t
schema: promptstead/v1   
# before messages

messages:
# c0
- content: |
     hello
       world

     # not a comment
  role: system # r
  # foot of item
- # dash
  role: 'user'
  # above content
  content: >-
    folded
    text

    more
  # foot of list

# before inputs
inputs:   # inp
    a: {schema: {type: string, maxLength: 3},   trust: "trusted"}
    b: {
      # in flow
      trust: trusted, # eol
      schema: {type: string}
    }
    # foot of inputs
tags: ["no", 'yes', "2026-03-02", "plain text", "a: b", "x,y", "it's", 'say "x"', no]
description: a long
  plain text
x-foo: "line1\\nline2"
x-bar: |2+
    indented
  x

x-null: ~
x-empty:
x-kept: |+
  a

# end
"""  # noqa: W291

TIDY = """\
# yaml-language-server: $schema=x

schema: promptstead/v1

# about the title
title: Foo  # t
description: a long plain text
tags: ["no", "yes", "2026-03-02", plain text, "a: b", "x,y", it's, say "x", "no"]

# before inputs
inputs:  # inp
  a: {schema: {type: string, maxLength: 3}, trust: trusted}
  b:
    schema: {type: string}
    # in flow
    trust: trusted  # eol
  # foot of inputs
# before messages

messages:
  # c0
  - role: system  # r
    content: |
      hello
        world

      # not a comment
    # foot of item
  # dash
  - role: user
    # above content
    content: >-
      folded
      text

      more
    # foot of list
x-foo: |-
  line1
  line2
x-bar: |2+
    indented
  x

x-null: null
x-empty:
x-kept: |+
  a

# end
"""


def test_layout() -> None:
    assert canonical(MESSY, "x") == TIDY
    assert canonical(TIDY, "x") == TIDY
    assert canonical(MESSY.replace("\n", "\r\n"), "x") == TIDY
    assert canonical("\ufeff" + MESSY, "x") == TIDY


def test_a_text_without_its_last_line_break_keeps_its_meaning() -> None:
    assert canonical("a: |\n  x", "x") == "a: |-\n  x\n"


def test_long_lines_are_left_alone() -> None:
    text = "a: " + "word " * 100 + "end\nb: |\n  " + "word " * 100 + "end\n"
    assert canonical(text, "x") == text


def test_another_dialect_keeps_its_order_of_keys() -> None:
    text = "messages:\n  - content: hi {{x}}\n    role: user\nname: n\n"
    assert canonical(text, "x") == text


def test_numbers_stay_as_they_are_written() -> None:
    text = "a: 1.10\nb: 0x1F\nc: 1e3\nd: 010\n"
    assert canonical(text, "x") == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "x:1:"),
        ("", "the file is empty"),
        ("a: 1\na: 1\n", "duplicate key"),
        ("a: &b 1\n", "anchor"),
        ("%YAML 1.2\n---\na: 1\n", "directive"),
        ("? " + "k" * 2000 + "\n: 1\n", "cannot be formatted without changing it"),
    ],
)
def test_what_cannot_be_formatted_is_refused(text: str, words: str) -> None:
    with pytest.raises(PromptsteadError) as error:
        canonical(text, "x")
    assert words in str(error.value)
    assert str(error.value).startswith("x")


@pytest.mark.skipif(not REAL_FILES, reason="the GitHub Models files are not at hand")
def test_real_files_keep_data_and_comments() -> None:
    formatted = 0
    for path in REAL_FILES:
        text = path.read_bytes().decode()
        if reading(text).data is None:
            continue
        result = canonical(text, path.name)
        assert same(reading(result).data, reading(text).data)
        assert comments(result) == comments(text)
        assert canonical(result, path.name) == result
        assert "\r" not in result
        formatted += 1
    assert formatted == len(REAL_FILES) - 4, DATA


@given(MAPPINGS, st.integers(0, 2**32), st.sampled_from(["\n", "\r\n"]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_formatting_keeps_data_and_comments_and_is_idempotent(
    data: dict[str, Any], seed: int, newline: str, known: bool
) -> None:
    chance = random.Random(seed)
    if known:
        data = {**data, "schema": "promptstead/v1", "messages": [{"content": "x", "role": "user"}], "title": "t"}
    text = with_comments(dump(data, chance), chance).replace("\n", newline)
    before = reading(text)
    result = canonical(text, "x")
    after = reading(result)
    assert same(after.data, before.data), result
    assert comments(result) == comments(text), result
    assert canonical(result, "x") == result, (text, result)
    assert result.endswith("\n")


def with_comments(text: str, chance: random.Random) -> str:
    """Put comments and empty lines wherever they change nothing about the data."""
    lines = text.split("\n")
    expected = reading(text).data
    for number in range(chance.randint(0, 8)):
        at = chance.randrange(len(lines))
        candidate = list(lines)
        if chance.random() < 0.5:
            candidate[at] += f" # beside {number}"
        elif chance.random() < 0.7:
            candidate.insert(at, " " * chance.choice([0, 0, 2, 4, 6]) + f"# line {number}")
        else:
            candidate.insert(at, "")
        document = reading("\n".join(candidate))
        if document.data is not None and same(document.data, expected):
            lines = candidate
    return "\n".join(lines)
