"""Patterns that some text would keep a backtracking engine busy with are refused; usual ones are not."""

import pytest

from promptstead.source.backtracking import MOST, UNLIMITED, ways
from promptstead.source.patterns import pattern_problems
from promptstead.source.reader import read


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(a+)+$",
        r"^(a|aa)+$",
        r"^(\w+\s?)*$",
        r"^([a-z]+-)*[a-z-]+$",
        r"^(-[a-z-]+)*$",
        r"(x+x+)+y",
        r"\d+\d+\d+\d+x",
        r"^(.*)\1+$",
    ],
)
def test_what_may_take_for_ever(pattern: str) -> None:
    assert ways(pattern, UNLIMITED) > MOST


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$",
        r"^\d{4}-\d{2}-\d{2}$",
        r"^(foo|bar|baz)$",
        r"^[a-z]+(-[a-z]+)*$",
        r"^\w+( \w+)*$",
        r"^(?:\d{3} )*\d{1,3}$",
        r"\d+",
        r"^.*$",
    ],
)
def test_what_is_used_every_day(pattern: str) -> None:
    assert ways(pattern, UNLIMITED) <= MOST


def test_a_bound_on_the_text_helps() -> None:
    assert ways(r"^\S+@\S+\.\S+$", UNLIMITED) > MOST
    assert ways(r"^\S+@\S+\.\S+$", 254) <= MOST


def test_the_pattern_is_named_where_it_stands() -> None:
    text = (
        'schema: promptstead/v1\ninputs:\n  a:\n    schema: {type: array, items: {type: string, pattern: "^(a+)+$"}}\n'
    )
    document = read(text.encode(), "x.prompt.yml")
    (problem,) = pattern_problems(document)
    assert document.position(problem.span.start) == (4, 58)
    assert "for ever" in problem.message
