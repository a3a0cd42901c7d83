"""What became of the tests of a prompt, and where they ask for less."""

from typing import Any

import pytest

from promptstead.diff.evidence import compare_evidence
from promptstead.model import Case, Counterexample, Gate, Prompt
from tests.diff.prompts import BASE, evaluator

ONE, TWO = BASE.cases
NAMED, SHORT = BASE.evaluators


def weakened(old: Prompt, new: Prompt) -> list[str]:
    return list(compare_evidence(old, new).weakened)


def test_nothing_changed() -> None:
    moved = BASE._replace(cases=(TWO._replace(file="cases.yml", line=3), ONE._replace(at=("cases", 9))))
    assert not compare_evidence(BASE, moved)
    assert not weakened(BASE, moved)


def test_cases_and_evaluators_by_name() -> None:
    new = BASE._replace(
        cases=(TWO._replace(expected="x", has_expected=True), Case("three", {})),
        evaluators=(SHORT._replace(options={"max": 90}), evaluator("more", value="x")),
    )
    change = compare_evidence(BASE, new)
    assert (change.cases.added, change.cases.removed, change.cases.changed) == (("three",), ("one",), ("two",))
    assert (change.evaluators.added, change.evaluators.removed, change.evaluators.changed) == (
        ("more",),
        ("named",),
        ("short",),
    )
    assert change.weakened == ("case `one` removed", "evaluator `named` removed")


def test_what_need_not_pass_any_more() -> None:
    own = (evaluator("own", value="x"),)
    before = BASE._replace(cases=(ONE._replace(evaluators=own), TWO))
    after = BASE._replace(cases=(ONE._replace(must_pass=False), TWO))
    expected = ["case `one` no longer has to pass", "case `one`: evaluator `own` removed"]
    assert weakened(before, after) == expected
    assert weakened(after, before) == []


def test_counterexamples() -> None:
    """Another evaluator that must catch one asks for more, and so does another word to people for nothing."""
    old = Counterexample("c", "one", ("named",), "w", "x", file="a.yml", at=("counterexamples", 0))
    before = BASE._replace(counterexamples=(old,))
    for same in (old._replace(why="Because."), old._replace(at=("counterexamples", 2), file="b.yml")):
        assert not compare_evidence(before, BASE._replace(counterexamples=(same,)))
    stricter = BASE._replace(counterexamples=(old._replace(caught_by=("short", "named")),))
    assert compare_evidence(before, stricter).counterexamples.changed == ("c",)
    assert weakened(before, stricter) == []
    assert weakened(stricter, before) == ["counterexample `c` is another one now"]
    assert weakened(before, BASE) == ["counterexample `c` removed"]
    for other in (old._replace(output="y"), old._replace(case="two"), old._replace(output=None, remove=("$.a",))):
        assert weakened(before, BASE._replace(counterexamples=(other,))) == ["counterexample `c` is another one now"]


def test_the_gate() -> None:
    before = BASE._replace(gate=Gate("named", 0.05, ("short", "named")))
    after = BASE._replace(gate=Gate("short", 0.1, ("named",)))
    assert len(weakened(before, after)) == 3
    assert {change.path for change in compare_evidence(before, after).gate} == {("primary",), ("margin",), ("hard",)}
    assert weakened(BASE._replace(gate=Gate()), before) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"max": 100}, {"max": 120}, "is weaker"),
        ({"max": 100}, {"max": 80}, ""),
        ({"max": 100}, {}, "is weaker"),
        ({}, {"max": 100}, ""),
        ({"min": 3}, {"min": 2}, "is weaker"),
        ({"min": 3}, {"min": 4}, ""),
        ({"tolerance": 0}, {"tolerance": 0.5}, "is weaker"),
        ({}, {"ignore_case": True}, "is weaker"),
        ({"ignore_case": True}, {}, ""),
        ({}, {"ignore_case": False}, ""),
        ({}, {"trim": True}, ""),
        ({"trim": False}, {}, "is weaker"),
        ({"any": ["a"]}, {"any": ["a", "b"]}, "is weaker"),
        ({"any": ["a", "b"]}, {"any": ["b"]}, ""),
        ({"any": ["a", "b"]}, {"any": ["b", "a"]}, ""),
        ({"any": ["a"]}, {"any": ["b"]}, "may be weaker"),
        ({"all": ["a", "b"]}, {"all": ["a"]}, "is weaker"),
        ({"value": "a"}, {"value": "b"}, "may be weaker"),
        ({"negate": True, "max": 5}, {"negate": True, "max": 4}, "is weaker"),
        ({"negate": True}, {}, "may be weaker"),
        ({"description": "a", "weight": 1}, {"description": "b", "weight": 2}, ""),
    ],
)
def test_options_of_an_evaluator(old: dict[str, Any], new: dict[str, Any], expected: str) -> None:
    before, after = (BASE._replace(evaluators=(evaluator("check", "length", **options),)) for options in (old, new))
    found = weakened(before, after)
    assert len(found) == (1 if expected else 0)
    assert all(expected in text for text in found)


def test_another_type_may_be_weaker() -> None:
    new = BASE._replace(evaluators=(NAMED._replace(type="regex"), SHORT))
    assert weakened(BASE, new) == ["evaluator `named` may be weaker: contains -> regex"]
