"""What an inconclusive verdict costs to decide: cases, calls, money and the command."""

import pytest

from promptstead.model import Gate, Sample
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.gate import Rules, decide
from promptstead.verdicts.pairing import Sides
from promptstead.verdicts.price import live_comparison
from promptstead.words.sentence import Sentence
from tests.made_runs import outcomes, rows

COMMAND = live_comparison("shop/mood")


def said(count: int, *, cost: float | None = None, head: int | None = None, samples: int = 1) -> Sentence:
    """Return the numbers of the verdict on *count* cases of which none changed."""
    results = []
    for row in rows(outcomes(count)):
        output = row.result.output
        assert output is not None
        output = output._replace(samples=(Sample("good", cost=cost),) * samples)
        results.append(row.result._replace(output=output, samples=row.result.samples * samples))
    side = Sides("m@1", "m@1", tuple(results), tuple(results[: count if head is None else head]))
    decision = decide(side, Gate("right", 0.05), Gate("right", 0.05), rules=Rules(1.0, 0.5), ask_again=COMMAND)
    assert decision.verdict == Verdict.INCONCLUSIVE
    return decision.reasons[-1]


@pytest.mark.parametrize(("cases", "further"), [(14, 59), (8, 65), (72, 1)])
def test_identical_answers_to_few_cases_say_what_a_verdict_takes(cases: int, further: int) -> None:
    noun = "case" if further == 1 else "cases"
    assert said(cases).endswith(
        f"about {further} more {noun} would decide: at most 146 calls, cost unknown (add them on both sides, then "
        "`promptstead compare BASE --live --prompt shop/mood`)"
    )


def test_money_is_by_what_the_answers_seen_cost() -> None:
    assert "at most 146 calls, cost about 0.29 (" in said(14, cost=0.002)
    assert "at most 438 calls, cost about 0.88 (" in said(14, cost=0.002, samples=3)


def test_in_french() -> None:
    french = said(14, cost=0.002).to("fr")
    assert "environ 59 cas de plus trancheraient : au plus 146 appels, coût d’environ 0,29 (" in french


def test_too_few_comparable_cases_say_how_many_are_missing() -> None:
    found = said(100, head=30)
    assert "at least 20 more cases must be comparable: at most 100 calls, cost unknown (`promptstead " in found


def test_an_id_is_quoted_for_a_shell() -> None:
    assert live_comparison("a; rm -rf x") == "promptstead compare BASE --live --prompt 'a; rm -rf x'"
