"""The decision about a change: what is compared, what is left out and why, what blocks."""

from collections.abc import Callable
from typing import Any

import pytest

from promptstead.evals.engine import CASE_PASSES, evaluate
from promptstead.evals.gate import WRITTEN_BY_HAND, Decision, decide
from promptstead.evals.pairing import sides
from promptstead.evals.results import CaseResult
from promptstead.evals.verdict import Verdict
from promptstead.model import Case, EvaluatorSpec, Gate, Prompt, RecordedOutput

MakePrompt = Callable[..., Prompt]
MakeOutput = Callable[..., RecordedOutput]
RIGHT = EvaluatorSpec("right", "equals", {"value": "{{ expected }}"}, "x.prompt.yml", ())
SHORT = EvaluatorSpec("short", "length", {"max": 10}, "x.prompt.yml", ())


def now(*_: object) -> str:
    return "now"


def some(count: int, **changes: Any) -> list[Case]:
    return [Case(f"c{index}", {"i": index}, "yes", True)._replace(**changes) for index in range(count)]


class Side:
    """One revision: a prompt, and the answers recorded for it."""

    def __init__(self, prompt: Prompt, outputs: list[RecordedOutput]) -> None:
        self.gate = prompt.gate
        self.results: list[CaseResult] = evaluate(prompt, outputs, now, now)


def decision(base: Side, head: Side) -> Decision:
    (side,) = sides(base.results, head.results)
    return decide(side, base.gate, head.gate)


@pytest.fixture
def make_side(make_prompt: MakePrompt, make_output: MakeOutput) -> Callable[..., Side]:
    def make(
        cases: list[Case],
        wrong: int = 0,
        checks: tuple[EvaluatorSpec, ...] = (RIGHT,),
        gate: Gate | None = None,
        **how: Any,
    ) -> Side:
        answers = ["no" if index < wrong else "yes" for index in range(len(cases))]
        outputs = [make_output(case.id, answer, **how) for case, answer in zip(cases, answers, strict=True)]
        return Side(make_prompt(*cases, evaluators=checks, gate=gate), outputs)

    return make


MakeSide = Callable[..., Side]


@pytest.mark.parametrize(
    ("before", "after", "expected", "blocks"),
    [
        (0, 30, Verdict.REGRESSION, True),
        (30, 0, Verdict.IMPROVEMENT, False),
        (10, 10, Verdict.NO_REGRESSION, False),
        (0, 3, Verdict.INCONCLUSIVE, False),
    ],
)
def test_the_verdict(make_side: MakeSide, before: int, after: int, expected: Verdict, blocks: bool) -> None:
    found = decision(make_side(some(100), before), make_side(some(100), after))
    assert (found.verdict, found.blocks) == (expected, blocks)
    assert found.primary == CASE_PASSES
    assert len(found.fixed) == max(0, before - after)
    assert len(found.broken) == max(0, after - before)
    assert len(found.unchanged) == 100 - abs(before - after)
    assert (found.further is not None and found.further > 0) == (expected == Verdict.INCONCLUSIVE)
    assert all(reason.isprintable() for reason in found.reasons)


def test_the_answers_of_a_replaced_model_are_compared(make_side: MakeSide) -> None:
    found = decision(make_side(some(100), 0, model="old"), make_side(some(100), 50, model="new"))
    assert (found.sides.base_model, found.sides.head_model) == ("old", "new")
    assert found.verdict == Verdict.REGRESSION


def test_each_model_is_compared_with_itself(make_side: MakeSide) -> None:
    base = [*make_side(some(3), 0, model="a").results, *make_side(some(3), 0, model="b").results]
    head = [*make_side(some(3), 0, model="b").results, *make_side(some(3), 0, model="a").results]
    assert [(side.base_model, side.head_model) for side in sides(base, head)] == [("a", "a"), ("b", "b")]
    more = [*head, *make_side(some(3), model="c").results, *make_side(some(3), model="d").results]
    assert [(s.base_model, s.head_model) for s in sides(base, more)][2:] == [("", "c"), ("", "d")]


def test_reference_answers_give_no_verdict_and_still_violate(make_side: MakeSide) -> None:
    how: dict[str, Any] = {"source": "reference", "model": "Ann", "gate": Gate(hard=("right",))}
    found = decision(make_side(some(60), 0, **how), make_side(some(60), 40, **how))
    assert found.verdict == Verdict.NOT_EVALUATED
    assert found.comparison is None
    assert len(found.broken) == 40
    assert found.reasons[-1] == WRITTEN_BY_HAND
    assert found.blocks
    assert len(found.violations) == 40


def test_references_and_answers_are_compared_apart(make_side: MakeSide) -> None:
    written = make_side(some(3), source="reference", model="Ann").results
    measured = make_side(some(3)).results
    found = sides([*written, *measured], [*measured, *written])
    assert [(side.head_model, side.by_hand, len(side.base), len(side.head)) for side in found] == [
        ("m", False, 3, 3),
        ("", True, 3, 3),
    ]


def test_what_changed_is_left_out_and_named(make_side: MakeSide) -> None:
    cases = some(6)
    changed = [
        cases[0]._replace(inputs={"i": -1}),
        cases[1]._replace(expected="no"),
        cases[2]._replace(evaluators=(SHORT,)),
        cases[3]._replace(tags=("new",)),
        cases[4],
        Case("new", {}, "yes", True),
    ]
    found = decision(make_side(cases), make_side(changed))
    assert {item.case: item.why for item in found.left_out} == {
        "c0": "its input changed",
        "c1": "what it expects changed",
        "c2": "evaluator `short` was added",
        "new": "new case",
        "c5": "removed case",
    }
    assert [pair.head.case.id for pair in found.unchanged] == ["c3", "c4"]
    assert "cases removed: `c5`" in found.reasons


def test_only_the_primary_evaluator_counts_when_there_is_one(make_side: MakeSide) -> None:
    gate = Gate(primary="right")
    found = decision(make_side(some(4), gate=gate), make_side(some(4), 1, checks=(RIGHT, SHORT), gate=gate))
    assert found.primary == "right"
    assert not found.left_out
    assert len(found.broken) == 1


def test_the_description_of_an_evaluator_changes_nothing(make_side: MakeSide) -> None:
    described = RIGHT._replace(options={**RIGHT.options, "description": "the answer is right"}, at=("elsewhere",))
    assert not decision(make_side(some(4)), make_side(some(4), checks=(described,))).left_out


def test_a_changed_or_removed_evaluator_leaves_nothing_to_compare(make_side: MakeSide) -> None:
    gate = Gate(primary="right")
    weaker = RIGHT._replace(type="length", options={"max": 10})
    changed = decision(make_side(some(4), gate=gate), make_side(some(4), 2, checks=(weaker,), gate=gate))
    assert changed.verdict == Verdict.NOT_EVALUATED
    assert {item.why for item in changed.left_out} == {"evaluator `right` changed"}
    removed = decision(
        make_side(some(4), gate=gate), make_side(some(4), 2, checks=(SHORT,), gate=Gate(primary="short"))
    )
    assert removed.primary == "right"
    assert {item.why for item in removed.left_out} == {"evaluator `right` was removed"}


def test_the_stricter_of_both_gates_holds(make_side: MakeSide) -> None:
    base = make_side(some(4), gate=Gate(margin=0.02, hard=("right",)))
    head = make_side(some(4), 1, checks=(RIGHT, SHORT), gate=Gate(margin=0.2, hard=("short",)))
    found = decision(base, head)
    assert found.margin == 0.02
    assert [(item.case, item.check) for item in found.violations] == [("c0", "right")]
    assert found.blocks
    assert found.reasons[0] == "hard check `right` fails: `c0`"


def test_a_hard_check_that_was_taken_away_blocks(make_side: MakeSide) -> None:
    gate = Gate(hard=("right",))
    found = decision(make_side(some(2), gate=gate), make_side(some(2), checks=(SHORT,)))
    assert [(item.case, item.check) for item in found.violations] == [("", "right")]
    assert found.blocks


def test_a_hard_check_that_stays_unscored_blocks(make_side: MakeSide) -> None:
    cases = some(1, has_expected=False, expected=None)
    found = decide(sides([], make_side(cases).results)[0], None, Gate(hard=("right",)))
    assert found.blocks
    assert "unscored" in found.violations[0].reason


def test_must_pass_holds_even_where_the_head_takes_it_away(make_side: MakeSide) -> None:
    found = decision(make_side(some(2, must_pass=True)), make_side(some(2), 1))
    assert [(item.case, item.check) for item in found.violations] == [("c0", "must_pass")]
    assert found.violations[0].reason.startswith("right: expected")
    assert any("no longer say `must_pass`" in reason for reason in found.reasons)


def test_a_missing_answer_violates_nothing(make_side: MakeSide) -> None:
    head = make_side(some(2, must_pass=True), tie="before", gate=Gate(hard=("right",)))
    found = decision(make_side(some(2)), head)
    assert found.verdict == Verdict.NOT_EVALUATED
    assert not found.blocks
    assert {item.why for item in found.left_out} == {f"head: {head.results[0].why}"}


def test_a_new_prompt_is_not_evaluated_and_keeps_its_hard_checks(make_side: MakeSide) -> None:
    head = make_side(some(3), 1, gate=Gate(hard=("right",)))
    (side,) = sides([], head.results)
    found = decide(side, None, head.gate)
    assert found.verdict == Verdict.NOT_EVALUATED
    assert len(found.violations) == 1


def test_too_few_comparable_cases_are_no_pass(make_side: MakeSide) -> None:
    renamed = [case._replace(inputs={"i": -index}) if index >= 90 else case for index, case in enumerate(some(200))]
    found = decision(make_side(some(200)), make_side(renamed))
    assert found.verdict == Verdict.INCONCLUSIVE
    assert any("only 90 of the base's 200" in reason for reason in found.reasons)


def test_nothing_on_either_side(make_side: MakeSide) -> None:
    (side,) = sides([], [])
    found = decide(side, Gate(), Gate())
    assert (found.verdict, found.blocks, found.left_out) == (Verdict.NOT_EVALUATED, False, ())
