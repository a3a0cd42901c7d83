"""The hit that counts: first, last, only, or the one at a place; of fewer hits it says how many there are."""

from collections.abc import Iterator
from typing import Any

import pytest

from promptstead.evaluators.kinds.label import NO_LABEL
from promptstead.evaluators.shared.hits import taken
from tests.evaluators.judged import judge

LABELS = {"labels": ["yes", "no"]}


@pytest.mark.parametrize(
    ("which", "value", "seen"),
    [
        ("first", "a", 1),
        ("last", "c", 3),
        ("only", None, 2),
        (1, "a", 1),
        (2, "b", 2),
        (2.0, "b", 2),
        (3, "c", 3),
        (4, None, 3),
        (-1, "c", 3),
        (-3, "a", 3),
        (-4, None, 3),
        (10_000, None, 3),
    ],
)
def test_the_hit_that_is_taken(which: str | float, value: str | None, seen: int) -> None:
    assert taken("abc", which) == (value, seen)
    assert taken("", which) == (None, 0)


def test_nothing_behind_the_hit_is_looked_for() -> None:
    def hits() -> Iterator[int]:
        yield from (1, 2)
        raise AssertionError("a third was asked for")

    assert [taken(hits(), which).value for which in ("first", 1, 2, "only")] == [1, 1, 2, None]


@pytest.mark.parametrize(
    ("kind", "answer", "options", "value"),
    [
        ("number", "1, then 2, then 3", {"take": 2, "equals": 2}, True),
        ("number", "1, then 2, then 3", {"take": -2, "equals": 2}, True),
        ("number", "1, then 2, then 3", {"take": 1, "equals": 2}, False),
        ("number", "A: 1. B: 2 3", {"take": 1, "after": "B:", "equals": 2}, True),
        ("value", "4 of 10, then 7 of 10", {"take": 3}, 7.0),
        ("value", "Score: 4, Score: 6, Score: 7", {"take": 2, "pattern": "Score: "}, 6.0),
        ("value", "Score: 4, Score: 6, Score: 7", {"take": -2, "pattern": "Score: "}, 6.0),
        ("label", "no, no and yes", {"find": 3, **LABELS}, "yes"),
        ("label", "no, no and yes", {"find": -1, **LABELS}, "yes"),
        ("label", "yes and no", {"find": 2, **LABELS}, "no"),
        ("contains", "a|b|c", {"value": "b", "part": {"separator": "|", "number": 2.0}}, True),
    ],
)
def test_a_place_is_taken(kind: str, answer: str, options: dict[str, Any], value: object) -> None:
    assert judge(kind, answer, options).value == value


@pytest.mark.parametrize(
    ("kind", "answer", "options", "value", "reason"),
    [
        ("number", "1 and 2", {"take": 3}, False, "number 3 was asked for, and there are only 2 in `1 and 2`"),
        ("number", "1", {"take": -2}, False, "number -2 was asked for, and there is only 1 in `1`"),
        ("number", "none", {"take": 2}, False, "there is no number in `none`"),
        ("value", "1 and 2", {"take": 3}, None, "number 3 was asked for, and there are only 2 in `1 and 2`"),
        ("value", "none", {"take": -2}, None, "there is no number in `none`"),
        ("label", "yes", {"find": 2, **LABELS}, NO_LABEL, "label 2 was asked for, and there is only 1"),
        ("label", "maybe", {"find": 2, **LABELS}, NO_LABEL, "there is no label in `maybe`"),
    ],
)
def test_of_fewer_hits_it_says_how_many(
    kind: str, answer: str, options: dict[str, Any], value: object, reason: str
) -> None:
    assert judge(kind, answer, options) == (value, reason, False)
