"""Evaluator ``value``: a number of the answer is its score, and of what gives none the reason is said."""

import re
from typing import Any

import pytest

from promptstead.errors import PromptsteadError
from promptstead.evaluators.registry import prepare
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.direction import less_is_better
from promptstead.model import Case, EvaluatorSpec, Sample
from tests.evaluators.judged import judge


@pytest.mark.parametrize(
    ("answer", "options", "score"),
    [
        ('{"score": 4.5}', {"path": "$.score"}, 4.5),
        ('{"score": "1,234.5"}', {"path": "$.score"}, 1234.5),
        ('```json\n{"score": -3}\n```', {"path": "$.score", "fenced": True}, -3.0),
        ("First 2, then 7", {}, 7.0),
        ("First 2, then 7", {"take": "first"}, 2.0),
        ("It is 8", {"take": "only"}, 8.0),
        ("Score: 8/10", {"pattern": r"Score:\s*"}, 8.0),
        ("Score: 3. After all, Score: 9 of 10", {"pattern": r"Score:\s*"}, 9.0),
        ("Score: 3. After all, Score: 9 of 10", {"pattern": r"Score:\s*", "take": "first"}, 3.0),
        ("a or b: 5", {"pattern": "a|b: "}, 5.0),
        ("Note : 14,5 sur 20", {"pattern": "Note : ", "decimal": ","}, 14.5),
    ],
)
def test_a_number_of_the_answer_is_the_score(answer: str, options: dict[str, Any], score: float) -> None:
    result = judge("value", answer, options)
    assert (type(result.value), result.value) == (float, score)
    assert result.reason.startswith("the number is `")


@pytest.mark.parametrize(
    ("answer", "options", "reason"),
    [
        ("no idea", {"path": "$.score"}, "JSON"),
        ("{}", {"path": "$.score"}, "selects nothing"),
        ('{"score": [1, 2]}', {"path": "$.score[*]"}, "several values"),
        ('{"score": true}', {"path": "$.score"}, "expected a number"),
        ('{"score": "8 of 10"}', {"path": "$.score"}, "expected a number"),
        ("no idea", {}, "there is no number"),
        ("2 or 3", {"take": "only"}, "several numbers"),
        ("Score 3", {"pattern": "Score:"}, "there is no number"),
        ("Score: " + 200 * " " + "3", {"pattern": r"Score:\s*"}, "there is no number"),
        ("1 " * 2001, {"pattern": "Score:"}, "not tried on more than 2,000 numbers"),
        ("9" * 400, {}, "number"),
        ("1e999", {}, "number"),
        ("a" * 150 + " 1", {"pattern": r"(?=(a+)+b)(a+)+x"}, "number"),
    ],
)
def test_an_answer_without_one_is_unscored_with_the_reason(answer: str, options: dict[str, Any], reason: str) -> None:
    result = judge("value", answer, options)
    assert result.value is None
    assert reason in result.reason


def test_a_score_that_the_answer_carries_is_taken_as_it_is() -> None:
    check = prepare(EvaluatorSpec("check", "value", {"score": "clarity"}, "x.prompt.yml", ()))
    case = Case("c", {})
    for scores, value, reason in (
        ({"clarity": 4, "depth": 1}, 4.0, "the answer carries `clarity`: 4"),
        ({"clarity": 0.125}, 0.125, "the answer carries `clarity`: 0.125"),
        ({"depth": 1}, None, "the answer carries no score `clarity`; it carries `depth`"),
        (None, None, "the answer carries no score `clarity`"),
    ):
        assert check(Answer("clarity: 9", case, Sample("clarity: 9", scores=scores))) == (value, reason, False)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"path": "$["}, "$["), ({"pattern": "("}, "malformed"), ({"pattern": "a{999999999}"}, "too large")],
)
def test_a_slip_in_an_option_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PromptsteadError, match=re.escape(message)):
        judge("value", "1", options)


@pytest.mark.parametrize(("options", "less"), [({}, False), ({"better": "higher"}, False), ({"better": "lower"}, True)])
def test_more_is_better_unless_it_says_otherwise(options: dict[str, Any], less: bool) -> None:
    assert less_is_better(EvaluatorSpec("score", "value", options, "", ())) is less
