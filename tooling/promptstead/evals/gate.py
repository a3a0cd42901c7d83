"""The decision about one prompt: the verdict on base against head, and what may not fail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promptstead.evals.engine import CASE_PASSES
from promptstead.evals.pairing import LeftOut, Pair, Sides, match
from promptstead.evals.results import CaseResult
from promptstead.evals.statistics import Comparison, paired
from promptstead.evals.verdict import Verdict, further_cases, verdict
from promptstead.model import Gate

FEW_CASES = 50
"""Under so many pairs a report leads with the broken cases, not with a percentage."""

COMPARABLE_FLOOR = 0.5
"""Where less than this share of the base's judged cases can be compared, the comparison is inconclusive whatever it
says."""

WRITTEN_BY_HAND = "not evaluated: reference answers written by hand show what the checks accept, not what a model says"

MUST_PASS = "must_pass"


@dataclass(frozen=True, slots=True)
class Violation:
    """A case of the head that fails what may not fail: a hard evaluator, or any evaluator of a ``must_pass`` case.

    *check* is the evaluator, or ``must_pass``; *case* is empty where a hard evaluator does not run at all.
    """

    case: str
    check: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a review says about one prompt and the models on its two sides.

    *primary* is the evaluator compared, or ``case passes``. *comparison* is None where there is no verdict. *further*
    is how many more cases would decide an inconclusive comparison, None where no number would. *reasons* are sentences,
    the weightiest first.
    """

    sides: Sides
    verdict: Verdict
    blocks: bool
    reasons: tuple[str, ...]
    primary: str
    margin: float
    comparison: Comparison | None
    further: int | None
    fixed: tuple[Pair, ...]
    broken: tuple[Pair, ...]
    unchanged: tuple[Pair, ...]
    left_out: tuple[LeftOut, ...]
    violations: tuple[Violation, ...]


def decide(side: Sides, base_gate: Gate | None, head_gate: Gate, own: Sequence[CaseResult] | None = None) -> Decision:
    """Decide about one prompt.

    *own* are the head's answers as the head's own evaluators judge them, where those of *side* were judged by the
    base's; what may not fail must hold under both.
    *base_gate* is None for a prompt that the base does not have. The stricter of both gates holds: the smaller margin,
    every hard check and ``must_pass`` of either. The primary evaluator is the base's, so that a change does not choose
    what it is judged by; without one, whole cases are compared. A regression blocks, and so does a violation: a hard
    evaluator or a ``must_pass`` case that fails or stays unscored on an answer, or a hard evaluator that the head does
    not run. A case without an answer violates nothing. Reference answers give no verdict; their violations count.
    """
    policy = base_gate or head_gate
    primary = policy.primary or CASE_PASSES
    margin = min(policy.margin, head_gate.margin)
    pairs, left_out = match(side, primary)
    fixed = tuple(pair for pair in pairs if pair.head_passes and not pair.base_passes)
    broken = tuple(pair for pair in pairs if pair.base_passes and not pair.head_passes)
    unchanged = tuple(pair for pair in pairs if pair.base_passes == pair.head_passes)
    violations = tuple(_violations(side, own or (), dict.fromkeys((*policy.hard, *head_gate.hard))))
    comparison = paired(len(broken), len(fixed), len(pairs)) if pairs and not side.by_hand else None
    outcome = verdict(comparison, margin) if comparison else Verdict.NOT_EVALUATED
    judged = sum(result.state == "evaluated" for result in side.base)
    too_few = comparison is not None and len(pairs) < COMPARABLE_FLOOR * judged and outcome != Verdict.REGRESSION
    if too_few:
        outcome = Verdict.INCONCLUSIVE
    further = (
        further_cases(comparison, margin) if comparison and outcome == Verdict.INCONCLUSIVE and not too_few else None
    )
    reasons = [*_violation_reasons(violations), *_removed(side)]
    if too_few:
        reasons.append(f"only {len(pairs)} of the base's {judged} judged cases can be compared")
    reasons.append(_verdict_reason(side, comparison, primary, further, outcome))
    return Decision(
        sides=side,
        verdict=outcome,
        blocks=outcome == Verdict.REGRESSION or bool(violations),
        reasons=tuple(reasons),
        primary=primary,
        margin=margin,
        comparison=comparison,
        further=further,
        fixed=fixed,
        broken=broken,
        unchanged=unchanged,
        left_out=tuple(left_out),
        violations=violations,
    )


def _violations(side: Sides, own: Sequence[CaseResult], hard: dict[str, None]) -> Iterator[Violation]:
    """Yield each violation once, whichever evaluators show it."""
    seen: set[tuple[str, str]] = set()
    for violation in _all_violations(side, [*side.head, *own], hard):
        if (violation.case, violation.check) not in seen:
            seen.add((violation.case, violation.check))
            yield violation


def _all_violations(side: Sides, head: Sequence[CaseResult], hard: dict[str, None]) -> Iterator[Violation]:
    answered = [result for result in head if result.state == "evaluated"]
    run = {spec.name for result in answered for spec in result.evaluators}
    for check in hard:
        if answered and check not in run:
            yield Violation("", check, "it does not run on the head")
    must_pass = {result.case.id for result in (*side.base, *head) if result.case.must_pass}
    for result in answered:
        for check in hard:
            if check in run and any(check in sample for sample in result.samples) and result.outcome(check) is not True:
                yield Violation(result.case.id, check, _first_reason(result, check))
        if result.case.id in must_pass and result.passed is not True:
            yield Violation(result.case.id, MUST_PASS, _first_reason(result, ""))


def _first_reason(result: CaseResult, check: str) -> str:
    """Return why the first sample that does not pass does not; a failure before anything unscored."""
    items = [
        (name, item)
        for sample in result.samples
        for name, item in sample.items()
        if check == name or (check == "" and not item.part)
    ]
    for wanted in (False, None):
        for name, item in items:
            if item.value is wanted:
                said = item.reason if wanted is False else f"unscored: {item.reason}"
                return said if check else f"{name}: {said}"
    return "no assertion ran on it"


def _violation_reasons(violations: Sequence[Violation]) -> Iterator[str]:
    cases: dict[str, list[str]] = {}
    for violation in violations:
        cases.setdefault(violation.check, []).append(violation.case)
    for check, found in cases.items():
        if check == MUST_PASS:
            yield f"cases that must pass do not: {listed(found)}"
        elif found == [""]:
            yield f"hard check `{check}` does not run on the head"
        else:
            yield f"hard check `{check}` fails: {listed(found)}"


def _removed(side: Sides) -> Iterator[str]:
    before = {result.case.id: result.case for result in side.base}
    after = {result.case.id: result.case for result in side.head}
    removed = [case for case in before if case not in after]
    if removed:
        yield f"cases removed: {listed(removed)}"
    weakened = [case for case in after if case in before and before[case].must_pass and not after[case].must_pass]
    if weakened:
        yield f"cases that no longer say `must_pass` (it still holds here): {listed(weakened)}"


def _verdict_reason(
    side: Sides, comparison: Comparison | None, primary: str, further: int | None, outcome: Verdict
) -> str:
    if side.by_hand:
        return WRITTEN_BY_HAND
    if comparison is None:
        return "not evaluated: no case has a comparable answer on both sides"
    text = (
        f"{primary}: {comparison.fixed} fixed, {comparison.broken} broken of {comparison.n} cases, "
        f"{comparison.difference:+.1%} ({comparison.lower:+.1%} to {comparison.upper:+.1%})"
    )
    if outcome == Verdict.INCONCLUSIVE and further:
        return f"{text}; about {further:,} more cases would decide"
    return text


def listed(names: Sequence[str], most: int = 5) -> str:
    """Return names as a sentence lists them, the rest as a number."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(f"`{name}`" for name in names[:most]) + more
