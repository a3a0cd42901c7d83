"""Patterns that some text would keep a backtracking engine busy with are refused; usual ones are not."""

import pytest

from promptstead.documents.yaml_reader import read
from promptstead.prompts.patterns import pattern_problems
from promptstead.runtime.backtracking import MOST, UNLIMITED, too_slow, ways
from promptstead.runtime.inputs import InputError, check_inputs


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


def test_what_is_nested_too_deeply_to_be_judged_is_refused() -> None:
    assert ways("(a|" * 240 + "b" + ")" * 240, 10) > MOST


def test_the_end_of_a_pattern_is_tried_once() -> None:
    assert ways(r"x[0-9]+", 1_000_000) == 1_000_000
    assert ways(r"[0-9]{500,}", 1_000_000) == 500 * 1_000_000


@pytest.mark.parametrize(
    ("pattern", "length"), [(r"^(a+)+$", 40), (r"a+b", 200_000), (r"^(a|a)*$", 100), (r"a*a*a*a*b", 5_000)]
)
def test_the_runtime_begins_no_search_that_may_not_end(pattern: str, length: int) -> None:
    inputs = {"x": {"schema": {"type": "string", "pattern": pattern}}}
    assert too_slow(pattern, length)
    with pytest.raises(InputError, match=f"may take for ever on {length} characters"):
        check_inputs(inputs, {"x": "a" * length})


def test_the_runtime_searches_long_texts_for_usual_things() -> None:
    for pattern in (r"\S", r"[0-9]+", r"^#.*", r"a$"):
        assert check_inputs({"x": {"schema": {"pattern": pattern}}}, {"x": "#1\n" * 300_000 + "a"})


def test_the_pattern_is_named_where_it_stands() -> None:
    text = (
        'schema: promptstead/v1\ninputs:\n  a:\n    schema: {type: array, items: {type: string, pattern: "^(a+)+$"}}\n'
    )
    document = read(text.encode(), "x.prompt.yml")
    (problem,) = pattern_problems(document, "prompt")
    assert document.position(problem.span.start) == (4, 58)
    assert "exponential time" in problem.message
