"""The review of a change: one model that every renderer shows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from promptstead.diff.contract import Contract
from promptstead.diff.prompts import PromptChange
from promptstead.diff.rendered import Rendered
from promptstead.diff.settings import out_of_sight
from promptstead.lint.finding import Finding
from promptstead.model import Case, Note
from promptstead.verdicts.altered import altered
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.gate import Decision
from promptstead.verdicts.loosened import NOT_LOOSENED, Loosened
from promptstead.verdicts.order import ORDER, Judged, verdict_counts
from promptstead.verdicts.pairing import changed_case
from promptstead.verdicts.violations import MUST_PASS
from promptstead.words.sentence import Sentence, say, word

WORSE = (Verdict.REGRESSION, Verdict.WITHIN_MARGIN)
NOT_VALID = "not valid"
BROKEN_PROMISE = "fails what must not fail"
MOST_BREAKS = 3
"""Most breaks of one contract that a line names."""
OUTCOMES = (NOT_VALID, BROKEN_PROMISE, *(str(verdict).lower() for verdict in ORDER))


@dataclass(frozen=True)
class PromptReview(Judged):
    """One prompt of a review. *change* is None, and *error* says why, where a side is not valid."""

    id: str
    path: str
    change: PromptChange | None
    decisions: tuple[Decision, ...] = ()
    new_findings: tuple[Finding, ...] = ()
    fixed_findings: int = 0
    not_evaluated: tuple[tuple[str, Sentence], ...] = ()
    """Case and reason, on the head."""
    failing: int = 0
    """New findings that fail the review, by the policy of the base.

    Counted by :func:`promptstead.verdicts.reviewed_prompt.in_view_of_all`.
    """
    evaluated: int = 0
    """Recorded answers judged, on both sides."""
    base_tokens: float | None = None
    head_tokens: float | None = None
    """Mean tokens of a call, input and output; None where no answer says."""
    rendered: Rendered | None = None
    """What became of the messages that are sent; None where the change touches none."""
    error: Sentence | None = None
    allowed: tuple[Sentence, ...] = ()
    """That comments of the head allow what comments of the base did not."""
    idle: bool = False
    """Whether nothing differs that anybody reads, but perhaps findings."""
    cases: tuple[Case, ...] = ()
    """Of a prompt that is new or gone: its cases."""
    resembles: str = ""
    """The prompt that is gone whose new name this one may be."""
    loosened: Loosened = NOT_LOOSENED
    """Counterexamples, above all the base's, that the head's evaluators do not catch."""
    base_notes: tuple[Note, ...] = ()
    head_notes: tuple[Note, ...] = ()

    @property
    def cautions(self) -> Iterator[Sentence]:
        """Yield what makes the comparison say less than it seems to."""
        yield from self.allowed
        if self.resembles:
            yield say("verdicts.likely-rename", old=self.resembles)
        for decision in self.decisions:
            yield from altered(decision.sides)
            judged = sum(result.state == "evaluated" for result in decision.sides.base)
            pairs = len(decision.pairs)
            alone = not decision.sides.by_hand or len(self.decisions) == 1
            if judged and pairs < judged and alone:
                yield say("verdicts.not-comparable", n=judged - pairs, judged=judged)
            together = decision.comparison
            if together is not None and together.adjusted is not None and decision.alone in WORSE:
                yield say(
                    "verdicts.worse-by-itself",
                    p=together.p_value,
                    family=together.family,
                    adjusted=together.adjusted,
                )
        for trial in self.loosened.unjudged:
            name, reason = trial.counterexample.id, trial.reason
            yield say("verdicts.counterexample-unjudged", counterexample=name, evaluator=trial.evaluator, reason=reason)
        yield from (say("verdicts.must-pass-rewritten", case=case) for case in self._changed_promises())

    def _changed_promises(self) -> list[str]:
        """Return the cases that must pass and are another question now, each once, whoever answered it."""
        before = {result.case.id: result.case for each in self.decisions for result in each.sides.base}
        after = {result.case.id: result.case for each in self.decisions for result in each.sides.head}
        common = (name for name, case in before.items() if case.must_pass and name in after)
        declared = next((decision.declared for decision in self.decisions), None)
        return [name for name in common if changed_case(before[name], after[name], declared)]

    @property
    def blocks(self) -> bool:
        """Whether a verdict, a violation, a counterexample or an error of the rules stands against the change."""
        return bool(self.failing or self.loosened.let_pass) or super().blocks

    @property
    def outcome(self) -> str:
        """Return in words what a reviewer must know first: what blocks the change, else the verdict."""
        if self.error:
            return NOT_VALID
        if (self.violations or self.loosened.let_pass) and self.verdict != Verdict.REGRESSION:
            return BROKEN_PROMISE
        return str(self.verdict).lower()

    @property
    def violations(self) -> int:
        """Return how many hard checks, ``must_pass`` cases and contracts are not met."""
        found = {(each.case, each.check) for decision in self.decisions for each in decision.violations}
        named = {case for case, check in found if check != MUST_PASS}
        return sum(check != MUST_PASS or case not in named for case, check in found)  # it fails by a check, once

    @property
    def outside_contract(self) -> int:
        """Return how many of the violations are answers outside a contract."""
        every = (found for decision in self.decisions for found in decision.violations if found.of_contract)
        return len({(found.case, found.check) for found in every})


@dataclass(frozen=True)
class Review:
    """A review of *base*..*head*, the gravest prompt first.

    *fail_inconclusive* and *fail_not_evaluated* are the policy of the base.

    The commits are full ids; *head_commit* is None for a working tree.
    """

    base: str
    head: str
    prompts: tuple[PromptReview, ...]
    fail_inconclusive: bool = False
    base_commit: str = ""
    head_commit: str | None = None
    fail_not_evaluated: bool = False
    unlisted: tuple[str, ...] = ()
    """Prompts that are there and that the head's settings no longer name."""
    looser: tuple[Sentence, ...] = ()
    """What the head's settings let pass and the base's did not."""

    @cached_property
    def blocks(self) -> bool:
        """Whether the change may not go in, by the policy."""
        return any(prompt.blocks or self.undecided(prompt) for prompt in self.prompts)

    def undecided(self, prompt: PromptReview) -> bool:
        """Tell whether a prompt lacks the verdict that the policy demands of it.

        One that is new, gone or unchanged need not be evaluated, but that the change takes away what the base could be
        judged by.
        """
        if prompt.verdict == Verdict.INCONCLUSIVE:
            return self.fail_inconclusive
        change = prompt.change
        changed = change is not None and change.kind not in ("added", "removed", "unchanged") and not change.only_notes
        lost = any(
            result.state == "evaluated"
            for decision in prompt.decisions
            if not decision.sides.by_hand
            for result in decision.sides.base
        )
        return self.fail_not_evaluated and (changed or lost) and prompt.verdict == Verdict.NOT_EVALUATED

    @property
    def declared(self) -> Iterator[tuple[str, Contract]]:
        """Yield the prompts whose contract breaks and is declared to, with what becomes of it."""
        for prompt in self.prompts:
            if prompt.change and prompt.change.contract.declared:
                yield prompt.id, prompt.change.contract

    @property
    def evaluated(self) -> int:
        """Return how many recorded answers were judged."""
        return sum(prompt.evaluated for prompt in self.prompts)

    def headline_counts(self) -> dict[str, int]:
        """Return in words what became of the prompts -> how many, what stands against the change first."""
        counts = Counter(prompt.outcome for prompt in self.prompts)
        return {outcome: counts[outcome] for outcome in OUTCOMES if counts[outcome]}

    def verdict_counts(self) -> dict[str, int]:
        """Return verdict -> number of prompts, the gravest first."""
        return verdict_counts(self.prompts)

    def weakens(self) -> Iterator[Sentence]:
        """Yield what weakens the evidence or asks for a decision, the weightiest first."""
        if self.unlisted:
            yield out_of_sight(self.unlisted)
        yield from self.looser
        for prompt in self.prompts:
            if prompt.error:
                yield say("verdicts.of-prompt", prompt=prompt.id, text=prompt.error)
        for prompt in self.prompts:
            if prompt.change and prompt.change.contract.breaks:
                yield _contract_breaks(prompt.change)
        for prompt in self.prompts:
            if outside := prompt.outside_contract:
                yield say("verdicts.contract-violations-of", prompt=prompt.id, n=outside)
            if others := prompt.violations - outside:
                yield say("verdicts.violations-of", prompt=prompt.id, n=others)
        for prompt in self.prompts:
            if names := list(dict.fromkeys(trial.counterexample.id for trial in prompt.loosened.let_pass)):
                yield say("verdicts.let-pass-of", prompt=prompt.id, n=len(names), names=names)
        for prompt in self.prompts:
            if prompt.failing and not prompt.error:
                yield say("verdicts.findings-of", prompt=prompt.id, n=prompt.failing)
        for prompt in self.prompts:
            if self.undecided(prompt):
                yield say("verdicts.undecided", prompt=prompt.id, verdict=word(prompt.verdict.lower()))
        for prompt in self.prompts:
            for weaker in prompt.change.evidence.weakened if prompt.change else ():
                yield say("verdicts.of-prompt", prompt=prompt.id, text=weaker)
        for prompt in self.prompts:
            for caution in prompt.cautions:
                yield say("verdicts.of-prompt", prompt=prompt.id, text=caution)
        missing = sum(len(prompt.not_evaluated) for prompt in self.prompts)
        if missing:
            yield say("verdicts.not-evaluated", n=missing)
        by_hand = sum(
            1
            for prompt in self.prompts
            if prompt.decisions and all(decision.sides.by_hand for decision in prompt.decisions)
        )
        if by_hand:
            yield say("verdicts.by-hand-only", n=by_hand)


def _contract_breaks(change: PromptChange) -> Sentence:
    """Say what breaks, and whether the change says so, where the head has a place to say it."""
    contract, breaks = change.contract, [reason.text for reason in change.contract.breaks]
    old, new, more = contract.old, contract.new, len(breaks) - MOST_BREAKS
    if contract.declared and more > 0:
        shown = breaks[:MOST_BREAKS]
        return say("verdicts.contract-breaks-declared-more", prompt=change.id, old=old, new=new, reasons=shown, n=more)
    if contract.declared:
        return say("verdicts.contract-breaks-declared", prompt=change.id, old=old, new=new, reasons=breaks)
    if not contract.declarable:
        return say("verdicts.contract-breaks", prompt=change.id, reason=breaks[0])
    if new != old:
        return say("verdicts.contract-misnumbered", prompt=change.id, new=new, number=old + 1, reason=breaks[0])
    return say("verdicts.contract-breaks-undeclared", prompt=change.id, number=old + 1, reason=breaks[0])
