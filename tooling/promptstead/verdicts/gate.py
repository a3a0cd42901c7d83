"""The decision about one prompt: the verdict on base against head, and what may not fail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from promptstead.config.settings import Config
from promptstead.evaluators.examine import CASE_PASSES
from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Gate, Prompt
from promptstead.statistics.paired_means import compare_means
from promptstead.statistics.paired_shares import ALPHA, Comparison, among, paired
from promptstead.verdicts.broken_promises import broken_promises, reasons_of
from promptstead.verdicts.decision import Verdict, further_cases, verdict
from promptstead.verdicts.declared_contract import DeclaredContract
from promptstead.verdicts.pairing import LeftOut, Pair, Sides, match
from promptstead.verdicts.verdict_numbers import numbers
from promptstead.verdicts.violations import Violation
from promptstead.words.sentence import Sentence, say


class Rules(NamedTuple):
    """What the policy of a repository says about a comparison.

    *margin* is the greatest that a prompt of this risk class may set. Where less than the share *comparable* of the
    base's judged cases can be compared, the comparison is inconclusive whatever it says.
    """

    margin: float = 1.0
    comparable: float = 0.5


NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a review says about one prompt and the models on its two sides.

    *primary* is the evaluator compared, or ``case passes``. *comparison* is None where there is no verdict. *further*
    is how many more cases would decide an inconclusive comparison, None where no number would; *ask_again* is the
    command that asks them. *alone* is the verdict that the comparison would have by itself, where that is another.
    *reasons* are sentences, the weightiest first; *grounds* are those of them that are not about the verdict. *fixed*
    and *broken* are the pairs that got better and worse. *margin* is a share; of scores it is one of the base's mean,
    and *threshold* is what it comes to in the unit of the difference.
    """

    sides: Sides
    verdict: Verdict
    blocks: bool
    reasons: tuple[Sentence, ...]
    primary: str
    margin: float
    comparison: Comparison | None
    further: int | None
    fixed: tuple[Pair, ...]
    broken: tuple[Pair, ...]
    unchanged: tuple[Pair, ...]
    left_out: tuple[LeftOut, ...]
    violations: tuple[Violation, ...]
    rules: Rules = NO_RULES
    grounds: tuple[Sentence, ...] = ()
    alone: Verdict | None = None
    ask_again: str = ""
    declared: DeclaredContract | None = None
    """The change of the contract that base and head are compared across; *sides* are without what reads one of both."""

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs that are compared."""
        return (*self.fixed, *self.broken, *self.unchanged)

    @property
    def score(self) -> bool:
        """Whether what is compared is a score, and not a share of passes."""
        return any(pair.base_measured.score for pair in self.pairs)

    @property
    def less(self) -> bool:
        """Whether a lower score is the better one."""
        return any(pair.less for pair in self.pairs)

    @property
    def repeated(self) -> bool:
        """Whether a case has several answers on a side."""
        return any(pair.samples > 1 for pair in self.pairs)

    @property
    def base_mean(self) -> float | None:
        """The mean of the pairs on the base; None without any."""
        pairs = self.pairs
        return sum(pair.base_measured.value for pair in pairs) / len(pairs) if pairs else None

    @property
    def head_mean(self) -> float | None:
        """The mean of the pairs on the head; None without any."""
        pairs = self.pairs
        return sum(pair.head_measured.value for pair in pairs) / len(pairs) if pairs else None

    @property
    def threshold(self) -> float:
        """The margin in the unit of the difference."""
        return self.margin * abs(self.base_mean or 0.0) if self.score else self.margin


def decide(
    side: Sides,
    base_gate: Gate | None,
    head_gate: Gate,
    own: Sequence[CaseResult] | None = None,
    rules: Rules = NO_RULES,
    ask_again: str = "",
    declared: DeclaredContract | None = None,
) -> Decision:
    """Decide about one prompt.

    *own* are the head's answers as the head's own evaluators judge them, where those of *side* were judged by the
    base's; what may not fail must hold under both.
    *base_gate* is None for a prompt that the base does not have. The stricter of both gates holds, and of *rules*: the
    smallest margin, every hard check and ``must_pass`` of either. The primary evaluator is the base's, so that a change
    does not choose what it is judged by; without one, whole cases are compared. A regression blocks, and so does a
    violation: a hard evaluator or a ``must_pass`` case that fails or stays unscored on an answer, or a hard evaluator
    that the head does not run. A case without an answer violates nothing. Reference answers give no verdict; their
    violations count.

    :param ask_again: the command that asks more cases, for a comparison that is inconclusive.
    :param declared: a change of the contract that the head declares; *side* was judged by its ``judges``.
    """
    policy = base_gate or head_gate
    primary = policy.primary or CASE_PASSES
    shared = side if declared is None else _shared(side, declared)
    pairs, left_out = match(shared, primary, declared)
    broken = broken_promises(side, own or (), dict.fromkeys((*policy.hard, *head_gate.hard)), declared)
    across = () if declared is None else tuple(declared.grounds([*side.base, *(own or ())]))
    grounds = (*reasons_of(broken), *across, *_removed(side))
    undecided = Decision(
        sides=shared,
        verdict=Verdict.NOT_EVALUATED,
        blocks=bool(broken),
        reasons=grounds,
        primary=primary,
        margin=min(policy.margin, head_gate.margin, rules.margin),
        comparison=None,
        further=None,
        fixed=tuple(pair for pair in pairs if pair.gain > 0),
        broken=tuple(pair for pair in pairs if pair.gain < 0),
        unchanged=tuple(pair for pair in pairs if pair.gain == 0),
        left_out=tuple(left_out),
        violations=broken,
        rules=rules,
        grounds=grounds,
        ask_again=ask_again,
        declared=declared,
    )
    if side.by_hand or not pairs:
        why = say("verdicts.written-by-hand" if side.by_hand else "verdicts.nothing-comparable")
        return replace(undecided, reasons=(*grounds, why))
    return decided(undecided, compared(undecided))


def rules_for(policy: Config, *risks: str) -> Rules:
    """Return what the policy says about a prompt that has these risk classes, on the base and on the head."""
    margins = policy.margins
    return Rules(min(margins.get(risk, margins["default"]) for risk in risks or ("",)), policy.comparable_floor)


def risk_of(prompt: Prompt) -> str:
    """Return the risk class of a prompt; empty where it says none."""
    governance = prompt.data.get("governance")
    risk = governance.get("risk") if isinstance(governance, dict) else None
    return risk if isinstance(risk, str) else ""


def compared(decision: Decision, alpha: float = ALPHA) -> Comparison:
    """Compare the pairs of *decision* by the method that they call for.

    One answer a side that passes or fails, and no shared cluster: McNemar and Tango. Otherwise the cases' means, by
    cluster where cases share one. A case's cluster is what the base says.
    """
    pairs = decision.pairs
    named = [pair.base.case.cluster for pair in pairs if pair.base.case.cluster]
    clustered = len(set(named)) < len(named)
    if not (clustered or decision.score or decision.repeated):
        return paired(len(decision.broken), len(decision.fixed), len(pairs), alpha)
    return compare_means(
        [pair.base_measured.value for pair in pairs],
        [pair.head_measured.value for pair in pairs],
        [pair.base.case.cluster for pair in pairs] if clustered else None,
        shares=not decision.score,
        less=decision.less,
        alpha=alpha,
    )


def together(groups: Sequence[Sequence[Decision]]) -> list[tuple[Decision, ...]]:
    """Return the decisions of one report, each prompt's in a group, in view of each other.

    What is compared together claims a difference together: see :func:`promptstead.statistics.paired_shares.among`. So a
    change that touches many prompts raises no more false alarms than one that touches one.
    """
    flat = [decision for group in groups for decision in group]
    places = [place for place, decision in enumerate(flat) if decision.comparison is not None]
    comparisons = among([comparison for decision in flat if (comparison := decision.comparison) is not None])
    for place, comparison in zip(places, comparisons, strict=True):
        if comparison.family > 1:
            flat[place] = decided(flat[place], comparison, alone=flat[place].verdict)
    rest = iter(flat)
    return [tuple(next(rest) for _ in group) for group in groups]


def decided(decision: Decision, comparison: Comparison, alone: Verdict | None = None) -> Decision:
    """Return *decision* with the verdict on *comparison*, of its pairs at another alpha or among others.

    :param alone: the verdict on it by itself, where it is one among others.
    """
    reasons = decision.grounds
    outcome, judged = outcome_of(decision, comparison)
    too_few = judged > 0
    if too_few:
        reasons = (*reasons, say("verdicts.too-few-comparable", compared=comparison.n, judged=judged))
    if too_few and decision.declared is not None:
        return replace(
            decision, verdict=Verdict.NOT_EVALUATED, comparison=None, further=None, alone=None, reasons=reasons,
            blocks=bool(decision.violations),
        )  # fmt: skip
    blind = not decision.score and bool(decision.pairs) and decision.base_mean == decision.head_mean == 0.0
    if blind and outcome == Verdict.NO_REGRESSION:
        outcome = Verdict.INCONCLUSIVE
        reasons = (*reasons, say("verdicts.passes-nothing", evaluator=decision.primary, cases=comparison.n))
    further = (
        further_cases(comparison, decision.threshold)
        if outcome == Verdict.INCONCLUSIVE and not (too_few or blind)
        else None
    )
    found = replace(
        decision,
        verdict=outcome,
        blocks=outcome == Verdict.REGRESSION or bool(decision.violations),
        comparison=comparison,
        further=further,
        alone=None if alone == outcome else alone,
    )
    return replace(found, reasons=(*reasons, numbers(found, comparison)))


def outcome_of(decision: Decision, comparison: Comparison) -> tuple[Verdict, int]:
    """Return the verdict on *comparison* of the pairs of *decision*.

    Where it is inconclusive as too few of the base's cases can be compared, the second is how many the base judged, and
    else 0.
    """
    outcome = verdict(comparison, decision.threshold)
    judged = sum(result.state == "evaluated" for result in decision.sides.base)
    if comparison.n < decision.rules.comparable * judged and outcome != Verdict.REGRESSION:
        return Verdict.INCONCLUSIVE, judged
    return outcome, 0


def _shared(side: Sides, declared: DeclaredContract) -> Sides:
    base, head = (tuple(map(declared.shared, results)) for results in (side.base, side.head))
    return replace(side, base=base, head=head)


def _removed(side: Sides) -> Iterator[Sentence]:
    before = {result.case.id: result.case for result in side.base}
    after = {result.case.id: result.case for result in side.head}
    removed = [case for case in before if case not in after]
    if removed:
        yield say("verdicts.cases-removed", cases=removed)
    weakened = [case for case in after if case in before and before[case].must_pass and not after[case].must_pass]
    if weakened:
        yield say("verdicts.must-pass-removed", cases=weakened)
