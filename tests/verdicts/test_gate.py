"""The decision about a change: what is compared, what is left out and why, what blocks."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from promptstead.evaluators.examine import CASE_PASSES, evaluate
from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.model import Case, EvaluatorSpec, Gate, Prompt, RecordedOutput
from promptstead.statistics.paired_shares import Method
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.gate import NO_RULES, Decision, Rules, decide, together
from promptstead.verdicts.pairing import Sides, sides
from promptstead.words.sentence import NOTHING_SAID, own_words

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


def test_where_cases_are_few_those_that_broke_lead(make_side: MakeSide) -> None:
    few = decision(make_side(some(8), 0), make_side(some(8), 7))
    named = "`c0`, `c1`, `c2`, `c3`, `c4` and 2 more"
    assert few.reasons[-1].startswith(f"{CASE_PASSES}: 7 broken ({named}), 0 fixed of 8 cases, -87.5 points (-")
    many = decision(make_side(some(50), 0), make_side(some(50), 7))
    assert many.reasons[-1].startswith(f"{CASE_PASSES}: 0 fixed, 7 broken of 50 cases, -14.0 points (-")


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
    assert found.reasons[-1].code == "verdicts.written-by-hand"
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
    assert found.reasons[0] == "hard evaluator `right` fails: `c0`"


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


def judged(values: Sequence[Sequence[bool | float | str | None]], **changes: Any) -> tuple[CaseResult, ...]:
    """Return one result a case, with what the evaluator ``right`` says of each of its samples."""
    return tuple(
        CaseResult(
            case,
            "m",
            "evaluated",
            NOTHING_SAID,
            None,
            tuple({"right": Result(value, own_words("because"))} for value in each),
            (RIGHT,),
        )
        for case, each in zip(some(len(values), **changes), values, strict=True)
    )


def between(
    base: list[Any], head: list[Any], gate: Gate | None = None, rules: Rules = NO_RULES, **changes: Any
) -> Decision:
    gate = gate or Gate(primary="right")
    return decide(Sides("m", "m", judged(base, **changes), judged(head, **changes)), gate, gate, rules=rules)


def test_repeats_are_compared_by_the_means_of_the_cases() -> None:
    base = [[True] * 4 + [False]] * 60
    same = between(base, [[True, False, True, True, True]] * 60)
    assert same.verdict == Verdict.INCONCLUSIVE  # 60 cases cannot rule out what one in twenty may do
    assert [same.base_mean, same.head_mean, len(same.unchanged)] == pytest.approx([0.8, 0.8, 60])
    worse = between(base, [[True, True, False, False, False]] * 30 + base[:30])
    assert worse.verdict == Verdict.REGRESSION
    assert worse.comparison is not None
    assert worse.comparison.method == Method.BOOTSTRAP
    assert worse.comparison.difference == pytest.approx(-0.2)
    assert (len(worse.broken), len(worse.fixed)) == (30, 0)
    assert worse.reasons[-1].startswith("right: 0 better, 30 worse of 60 cases, -20.0 points (-")
    assert "exact sign-flip test" in worse.reasons[-1]


def test_one_failing_sample_more_is_no_broken_case() -> None:
    """By whether all samples pass, every case would be broken, and that a certain regression."""
    base, head = [[True] * 20] * 400, [[True] * 19 + [False]] * 200 + [[True] * 20] * 200
    found = between(base, head, Gate(primary="right", margin=0.05))
    assert found.verdict == Verdict.WITHIN_MARGIN
    assert not found.blocks


def test_cases_that_share_a_cluster_count_as_one() -> None:
    base, head = [[True]] * 80, [[False]] * 8 + [[True]] * 72
    alone = between(base, head)
    assert alone.verdict == Verdict.REGRESSION
    assert alone.comparison is not None
    assert alone.comparison.method == Method.MCNEMAR
    one_letter = tuple(
        result.case._replace(cluster="a" if index < 8 else "") for index, result in enumerate(judged(base))
    )
    sides_of = [
        tuple(
            CaseResult(case, "m", "evaluated", NOTHING_SAID, None, each.samples, each.evaluators)
            for case, each in zip(one_letter, side, strict=True)
        )
        for side in (judged(base), judged(head))
    ]
    gate = Gate(primary="right")
    grouped = decide(Sides("m", "m", sides_of[0], sides_of[1]), gate, gate)
    assert grouped.verdict == Verdict.INCONCLUSIVE
    assert grouped.comparison is not None
    assert (grouped.comparison.units, grouped.comparison.clustered) == (73, True)
    assert "73 clusters" in grouped.reasons[-1]


def test_scores_are_compared_on_their_own_scale() -> None:
    base = [[float(40 + index % 7)] for index in range(100)]
    found = between(
        base, [[each[0] - 4 + index % 3] for index, each in enumerate(base)], Gate(primary="right", margin=0.05)
    )
    assert found.score
    assert found.base_mean == pytest.approx(42.95)
    assert found.threshold == pytest.approx(0.05 * 42.95)
    assert found.verdict == Verdict.REGRESSION
    assert "margin 0.05 of the base's 42.95" in found.reasons[-1]
    assert "%" not in found.reasons[-1]
    assert between(base, base, Gate(primary="right", margin=0.05)).verdict == Verdict.NO_REGRESSION
    assert between([[0.0]] * 100, [[0.0]] * 100).verdict == Verdict.INCONCLUSIVE  # a share of nothing is no margin
    one = between([[3.0]], [[1.0]])
    assert one.verdict == Verdict.INCONCLUSIVE
    assert "no interval" in one.reasons[-1]


def scored(spec: EvaluatorSpec, base: Sequence[float], head: Sequence[float]) -> Decision:
    def side(values: Sequence[float]) -> tuple[CaseResult, ...]:
        found = judged([[value] for value in values])
        return tuple(result._replace(evaluators=(spec._replace(name="right"),)) for result in found)

    gate = Gate(primary="right", margin=0.05)
    return decide(Sides("m", "m", side(base), side(head)), gate, gate)


LESS = [
    EvaluatorSpec("", "length", {"unit": "words", "better": "lower"}, "", ()),
    EvaluatorSpec("", "tokens", {}, "", ()),
    EvaluatorSpec("", "cost", {}, "", ()),
    EvaluatorSpec("", "latency", {}, "", ()),
    EvaluatorSpec("", "similarity", {"to": "x", "metric": "distance"}, "", ()),
    EvaluatorSpec("", "readability", {"formula": "lix"}, "", ()),
    EvaluatorSpec("", "judge", {"digest": "sha256:0", "better": "lower"}, "", ()),
]
MORE = [
    EvaluatorSpec("", "length", {"unit": "words"}, "", ()),
    EvaluatorSpec("", "tokens", {"better": "higher"}, "", ()),
    EvaluatorSpec("", "similarity", {"to": "x"}, "", ()),
    EvaluatorSpec("", "readability", {"formula": "flesch"}, "", ()),
    EvaluatorSpec("", "tokens", {"digest": "sha256:0"}, "", ()),
]


@pytest.mark.parametrize("spec", [*LESS, *MORE], ids=lambda spec: f"{spec.type} {spec.options}")
def test_the_direction_of_a_score_decides_which_change_is_worse(spec: EvaluatorSpec) -> None:
    base = [float(40 + index % 7) for index in range(100)]
    higher = [value + 2 + index % 3 for index, value in enumerate(base)]
    rise, fall, same = scored(spec, base, higher), scored(spec, higher, base), scored(spec, base, base)
    worse, better = (rise, fall) if spec in LESS else (fall, rise)
    assert (worse.verdict, worse.blocks, better.verdict) == (Verdict.REGRESSION, True, Verdict.IMPROVEMENT)
    assert (len(worse.broken), len(worse.fixed), len(better.broken), len(better.fixed)) == (100, 0, 0, 100)
    assert rise.comparison is not None
    assert rise.comparison.difference == pytest.approx(3, abs=0.1)  # head minus base, whichever is better
    assert worse.comparison is not None
    assert (worse.comparison.broken, worse.comparison.fixed) == (100, 0)
    assert worse.reasons[-1].startswith("right: 0 better, 100 worse of 100 cases")
    assert ("; less is better; margin" in worse.reasons[-1]) == (spec in LESS)
    assert same.verdict == Verdict.NO_REGRESSION


def test_a_case_whose_score_is_better_the_other_way_is_left_out() -> None:
    base, head = judged([[1.0]] * 3), judged([[2.0]] * 3)
    own = (LESS[0]._replace(name="right"),)
    mixed = [
        tuple(each._replace(evaluators=own) if index else each for index, each in enumerate(side))
        for side in (base, head)
    ]
    found = decide(Sides("m", "m", mixed[0], mixed[1]), Gate(primary="right"), Gate(primary="right"))
    assert [left.case for left in found.left_out] == ["c1", "c2"]
    assert "opposite direction" in found.left_out[0].why


def test_a_label_is_right_when_the_case_expects_it() -> None:
    found = between([["yes"]] * 100, [["yes"]] * 70 + [["no"]] * 30)
    assert (found.verdict, len(found.broken), found.score) == (Verdict.REGRESSION, 30, False)
    bare = between([["yes"]] * 3, [["no"]] * 3, expected=None, has_expected=False)
    assert bare.verdict == Verdict.NOT_EVALUATED
    assert {left.why for left in bare.left_out} == {
        "base: unscored: right: it gives a label, and the case expects no label"
    }


def test_a_sample_that_was_not_scored_leaves_its_case_out() -> None:
    found = between([[True, True]] * 3, [[True, None], [True, False], [False, True]])
    assert [(left.case, left.why) for left in found.left_out] == [("c0", "head: unscored: right: because")]
    mixed = between([[True]] * 2, [[0.5], [True]])
    assert [left.why for left in mixed.left_out] == ["a score on one side, and pass or fail on the other"]


def test_the_policy_bounds_the_margin_and_the_floor() -> None:
    gate = Gate(primary="right", margin=0.2)
    base, head = [[True]] * 200, [[False]] * 6 + [[True]] * 194
    assert between(base, head, gate).verdict == Verdict.WITHIN_MARGIN
    strict = between(base, head, gate, Rules(margin=0.02))
    assert (strict.margin, strict.verdict) == (0.02, Verdict.REGRESSION)
    few = between([[True]] * 100, [[True]] * 79 + [[None]] * 21, gate, Rules(comparable=0.8))
    assert few.verdict == Verdict.INCONCLUSIVE
    assert "only 79 of the base's 100 judged cases can be compared" in few.reasons


def test_many_prompts_are_judged_in_view_of_each_other() -> None:
    def one(broken: int, fixed: int) -> Decision:
        return between(
            [[True]] * broken + [[False]] * fixed + [[True]] * (100 - broken - fixed),
            [[False]] * broken + [[True]] * fixed + [[True]] * (100 - broken - fixed),
        )

    unsure, doubtful, certain, unmoved = one(5, 6), one(12, 3), one(40, 0), one(0, 0)
    assert doubtful.verdict == Verdict.REGRESSION
    by_hand = decide(Sides("", "", (), (), by_hand=True), None, Gate())
    found = together([[doubtful, unsure], [], [certain], [unmoved, by_hand], [unsure, unsure]])
    assert [len(group) for group in found] == [2, 0, 1, 2, 2]
    ((first, _), _, (clear,), (same, written), _) = found
    assert first.verdict == Verdict.INCONCLUSIVE
    assert not first.blocks
    assert first.alone == Verdict.REGRESSION
    said = "; by itself this would be regression (p 0.021), but it is one of 5 comparisons made together"
    assert said in first.reasons[-1]
    assert first.further is not None
    assert (clear.verdict, clear.blocks) == (Verdict.REGRESSION, True)
    assert (same.verdict, same.alone, written) == (unmoved.verdict, None, by_hand)
    assert together([[doubtful]]) == [(doubtful,)]
    assert together([[doubtful], [unmoved]]) == [(doubtful,), (unmoved,)]
    assert together([[doubtful], *[[one(2, 2)]] * 20])[0] == (doubtful,)  # too little of each changed to count


def test_an_evaluator_that_passes_nothing_on_either_side_sees_no_regression(make_side: MakeSide) -> None:
    side = make_side(some(500), 500)
    found = decision(side, side)
    assert found.verdict == Verdict.INCONCLUSIVE
    assert found.reasons[0].startswith(f"`{CASE_PASSES}` passes none of 500 cases on either side: it cannot see")
    assert decision(make_side(some(500), 499), make_side(some(500), 499)).verdict == Verdict.NO_REGRESSION
