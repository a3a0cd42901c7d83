"""Accuracy, macro-F1 and the confusion matrix, from the labels of cases."""

from collections import Counter
from typing import Any

import pytest

from promptstead.evaluators.examine import evaluate
from promptstead.evaluators.kinds.label import NO_LABEL
from promptstead.model import Case, EvaluatorSpec
from promptstead.runs.classification import classify, score
from tests.made_prompts import MakeOutput, MakePrompt

LABEL = EvaluatorSpec("topic", "label", {"labels": ["card", "loan"], "expected": "{{ expected.topic }}"}, "x", ())


def now(*_: object) -> str:
    return "now"


def results(make_prompt: MakePrompt, make_output: MakeOutput, *rows: tuple[Any, tuple[str, ...]]) -> Any:
    cases = [
        Case(f"c{index}", {}, {"topic": right} if right else {"none": 1}, True) for index, (right, _) in enumerate(rows)
    ]
    outputs = [make_output(case.id, *answers) for case, (_, answers) in zip(cases, rows, strict=True) if answers]
    return evaluate(make_prompt(*cases, evaluators=(LABEL,)), outputs, now, now)


def test_over_cases(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    found = classify(
        results(
            make_prompt,
            make_output,
            ("card", ("card",)),
            ("Card", ("card",)),
            ("card", ("loan",)),
            ("loan", ("loan",)),
            ("loan", ("neither",)),
            (None, ("card",)),
            ("card", ()),
        ),
        "topic",
    )
    assert found is not None
    assert (found.answers, found.unscored) == (5, 1)
    assert found.accuracy == pytest.approx(3 / 5)
    card, loan = found.labels
    assert (card.label, card.support, card.given, card.correct) == ("card", 3, 2, 2)
    assert card.precision == 1
    assert card.recall == pytest.approx(2 / 3)
    assert card.f1 == pytest.approx(0.8)
    assert (loan.support, loan.given, loan.correct, loan.f1) == (2, 2, 1, 0.5)
    assert found.macro_f1 == pytest.approx((0.8 + 0.5) / 2)
    assert found.confusion == {
        ("card", "card"): 2,
        ("card", "loan"): 1,
        ("loan", "loan"): 1,
        ("loan", NO_LABEL): 1,
    }
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower < 3 / 5 < found.upper


def test_samples_are_no_independent_answers(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    found = classify(results(make_prompt, make_output, ("card", ("card", "loan"))), "topic")
    assert found is not None
    assert (found.answers, found.accuracy, found.lower) == (2, 0.5, None)


def test_nothing_to_count(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    assert classify(results(make_prompt, make_output, ("card", ("card",))), "other") is None
    empty = score("topic", Counter(), 0)
    assert (empty.accuracy, empty.macro_f1, empty.labels) == (None, None, ())
