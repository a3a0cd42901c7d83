"""Labels shuffled on answers that are there: what each gate would claim where there is nothing to claim."""

from random import Random

import pytest

from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.model import Case, Gate, RecordedOutput, Sample
from promptstead.verdicts.comparison import ComparedPrompt, ComparisonReport
from promptstead.verdicts.gate import decide
from promptstead.verdicts.pairing import Sides
from promptstead.verdicts.self_check import _shuffled, self_check
from promptstead.words.sentence import NOTHING_SAID


def result(case: str, passes: bool | float, cluster: str = "") -> CaseResult:
    return CaseResult(
        Case(case, {}, cluster=cluster),
        "m",
        "evaluated",
        NOTHING_SAID,
        RecordedOutput(case, "m", "live", (Sample("x"),), "r"),
        ({"right": Result(passes, NOTHING_SAID)},),
    )


def compared(prompts: int, cases: int, broken: float, seed: int = 1, cluster: int = 1) -> ComparisonReport:
    """Return a report of *prompts* prompts of which the share *broken* of the cases fail on the head only."""
    random = Random(seed)
    found = []
    for prompt in range(prompts):
        ids = [f"c{number}" for number in range(cases)]
        clusters = [f"k{number // cluster}" if cluster > 1 else "" for number in range(cases)]
        base = [result(case, random.random() < 0.8, name) for case, name in zip(ids, clusters, strict=True)]
        head = [
            result(each.case.id, bool(each.samples[0]["right"].value) and random.random() >= broken, each.case.cluster)
            for each in base
        ]
        side = Sides("m", "m", tuple(base), tuple(head))
        found.append(ComparedPrompt(f"p{prompt}", (decide(side, Gate("right", 0.0), Gate("right", 0.0)),)))
    return ComparisonReport("base", "head", tuple(found))


def rates(report: ComparisonReport, draws: int = 400) -> dict[str, float]:
    return {each.gate: each.rate for each in self_check(report, draws)}


def test_the_gate_keeps_its_five_per_cent_where_any_drop_does_not() -> None:
    """Two-sided 5 %: half of it is regressions; 3 standard errors of 400 draws are 3 points."""
    found = rates(compared(1, 200, 0.2))
    assert found["regression"] <= 0.055
    assert found["difference"] <= 0.085
    assert 0.35 <= found["any drop"] <= 0.6


def test_ten_prompts_raise_no_more_alarms_than_one() -> None:
    found = rates(compared(10, 120, 0.15))
    assert found["difference"] <= 0.085
    assert found["regression alone"] > found["regression"]
    assert found["any drop"] > 0.9


def test_cases_of_a_cluster_are_tossed_together() -> None:
    decision = compared(1, 200, 0.3, cluster=10).prompts[0].decisions[0]
    before = {pair.base.case.id: pair.base_measured.value for pair in decision.pairs}
    (after,) = _shuffled([decision], Random(1))
    swapped: dict[str, set[bool]] = {}
    for pair in after.pairs:
        if pair.gain != 0:
            case = pair.base.case
            swapped.setdefault(case.cluster, set()).add(pair.base_measured.value != before[case.id])
    assert all(len(states) == 1 for states in swapped.values())
    assert set().union(*swapped.values()) == {True, False}


def test_it_is_the_same_for_the_same_seed() -> None:
    report = compared(2, 80, 0.2)
    assert self_check(report, 50, seed=3) == self_check(report, 50, seed=3)
    assert self_check(report, 50, seed=3) != self_check(report, 50, seed=4)


def test_a_report_without_a_comparison_has_no_draws() -> None:
    report = ComparisonReport("base", "head", (ComparedPrompt("p", ()),))
    assert [each.draws for each in self_check(report, 10)] == [0, 0, 0, 0]


@pytest.mark.parametrize("draws", [1, 7])
def test_progress_is_told(draws: int) -> None:
    told: list[int] = []
    self_check(compared(1, 60, 0.1), draws, on_draw=told.append)
    assert told == list(range(1, draws + 1))
