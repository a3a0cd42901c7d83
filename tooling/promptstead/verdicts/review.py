"""The review of a change: one model that every renderer shows, and the function that makes it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from promptstead.config.settings import Config
from promptstead.diff.prompts import PromptChange, compare_prompts
from promptstead.diff.rendered import Rendered, compare_rendered
from promptstead.diff.settings import out_of_sight
from promptstead.evaluators.shared.results import CaseResult
from promptstead.lint.diagnostic import Diagnostic
from promptstead.lint.engine import Engine, failing
from promptstead.lint.suppressions import Suppression, find_suppressions
from promptstead.model import Case, Json, Prompt
from promptstead.outputs.calls import answer_text
from promptstead.outputs.replay import Replay, judged_alike
from promptstead.prompts.loaded import Loaded
from promptstead.verdicts.altered import altered
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.gate import Decision, Rules, decide, together
from promptstead.verdicts.pairing import sides
from promptstead.verdicts.unpublished import without_answer

ORDER = (
    Verdict.REGRESSION,
    Verdict.INCONCLUSIVE,
    Verdict.WITHIN_MARGIN,
    Verdict.NOT_EVALUATED,
    Verdict.IMPROVEMENT,
    Verdict.NO_REGRESSION,
)
"""What a reviewer should read first."""
WORSE = (Verdict.REGRESSION, Verdict.WITHIN_MARGIN)
NOT_VALID = "not valid"
BROKEN_PROMISE = "fails what must not fail"
OUTCOMES = (NOT_VALID, BROKEN_PROMISE, *(str(verdict).lower() for verdict in ORDER))


@dataclass(frozen=True)
class PromptReview:
    """One prompt of a review. *change* is None, and *error* says why, where a side is not valid."""

    id: str
    path: str
    change: PromptChange | None
    decisions: tuple[Decision, ...] = ()
    new_findings: tuple[Diagnostic, ...] = ()
    fixed_findings: int = 0
    not_evaluated: tuple[tuple[str, str], ...] = ()
    """Case and reason, on the head."""
    failing: int = 0
    """New findings that fail the review, by the policy of the base; counted by :func:`in_view_of_all`."""
    evaluated: int = 0
    """Recorded answers judged, on both sides."""
    base_tokens: float | None = None
    head_tokens: float | None = None
    """Mean tokens of a call, input and output; None where no answer says."""
    rendered: Rendered | None = None
    """What became of the messages that are sent; None where the change touches none."""
    error: str = ""
    allowed: tuple[str, ...] = ()
    """What comments of the head allow that comments of the base did not."""
    idle: bool = False
    """Whether nothing differs that anybody reads, but perhaps findings."""
    cases: tuple[Case, ...] = ()
    """Of a prompt that is new or gone: its cases."""
    resembles: str = ""
    """The prompt that is gone whose new name this one may be."""

    @property
    def cautions(self) -> Iterator[str]:
        """Yield what makes the comparison say less than it seems to."""
        yield from (f"a new comment allows {text}" for text in self.allowed)
        if self.resembles:
            yield (
                f"looks like a rename of `{self.resembles}`, which is compared with nothing: give it "
                f"`aliases: [{self.resembles}]`"
            )
        for decision in self.decisions:
            yield from altered(decision.sides)
            judged = sum(result.state == "evaluated" for result in decision.sides.base)
            pairs = len(decision.pairs)
            if judged and pairs < judged:
                yield f"{judged - pairs} of the base's {judged} judged cases cannot be compared"
            together = decision.comparison
            if together is not None and together.adjusted is not None and decision.alone in WORSE:
                yield (
                    f"worse by itself (p {together.p_value:.2g}), but not in view of all {together.family} comparisons "
                    f"of this report (p {together.adjusted:.2g})"
                )
            must_pass = {result.case.id for result in decision.sides.base if result.case.must_pass}
            changed = [left.case for left in decision.left_out if left.case in must_pass and "changed" in left.why]
            yield from (f"what the `must_pass` case {case} asks or expects was changed" for case in changed)

    @property
    def blocks(self) -> bool:
        """Whether a verdict, a violation or an error of the rules stands against the change."""
        return bool(self.error or self.failing) or any(decision.blocks for decision in self.decisions)

    @property
    def outcome(self) -> str:
        """Return in words what a reviewer must know first: what blocks the change, else the verdict."""
        if self.error:
            return NOT_VALID
        if self.violations and self.verdict != Verdict.REGRESSION:
            return BROKEN_PROMISE
        return str(self.verdict).lower()

    @property
    def verdict(self) -> Verdict:
        """Return the gravest verdict of the comparisons between models' answers."""
        measured = (decision.verdict for decision in self.decisions if not decision.sides.by_hand)
        return min(measured, key=ORDER.index, default=Verdict.NOT_EVALUATED)

    @property
    def violations(self) -> int:
        """Return how many hard checks and ``must_pass`` cases fail."""
        return sum(len(decision.violations) for decision in self.decisions)


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
    looser: tuple[str, ...] = ()
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
        changed = prompt.change is not None and prompt.change.kind not in ("added", "removed", "unchanged")
        lost = any(
            result.state == "evaluated"
            for decision in prompt.decisions
            if not decision.sides.by_hand
            for result in decision.sides.base
        )
        return self.fail_not_evaluated and (changed or lost) and prompt.verdict == Verdict.NOT_EVALUATED

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
        counts = Counter(prompt.verdict for prompt in self.prompts)
        return {str(verdict): counts[verdict] for verdict in ORDER if counts[verdict]}

    def weakens(self) -> Iterator[str]:
        """Yield what weakens the evidence or asks for a decision, the weightiest first."""
        if self.unlisted:
            yield out_of_sight(self.unlisted)
        yield from self.looser
        for prompt in self.prompts:
            if prompt.error:
                yield f"`{prompt.id}`: {prompt.error}"
        for prompt in self.prompts:
            if prompt.violations:
                count = "1 violation" if prompt.violations == 1 else f"{prompt.violations} violations"
                yield f"`{prompt.id}`: {count} of hard checks or `must_pass` cases"
        for prompt in self.prompts:
            if prompt.failing and not prompt.error:
                count = "1 new finding" if prompt.failing == 1 else f"{prompt.failing} new findings"
                yield f"`{prompt.id}`: {count} to mend"
        for prompt in self.prompts:
            if self.undecided(prompt):
                yield f"`{prompt.id}`: {prompt.verdict.lower()}, which the policy of the base does not let pass"
        for prompt in self.prompts:
            if prompt.change and prompt.change.contract.consequence == "breaking" and prompt.change.kind != "added":
                yield f"`{prompt.id}`: the contract breaks: {prompt.change.contract.reasons[0].text}"
        for prompt in self.prompts:
            yield from (f"`{prompt.id}`: {text}" for text in (prompt.change.evidence.weakened if prompt.change else ()))
        for prompt in self.prompts:
            yield from (f"`{prompt.id}`: {text}" for text in prompt.cautions)
        missing = sum(len(prompt.not_evaluated) for prompt in self.prompts)
        if missing:
            yield f"{missing} case{'' if missing == 1 else 's'} not evaluated"
        by_hand = sum(
            1
            for prompt in self.prompts
            if prompt.decisions and all(decision.sides.by_hand for decision in prompt.decisions)
        )
        if by_hand:
            what = "1 prompt has" if by_hand == 1 else f"{by_hand} prompts have"
            yield f"{what} answers of people or a stand-in only, which show what checks accept, not what a model says"


def review_prompt(base: Loaded | None, head: Loaded | None, policy: Config) -> PromptReview | None:
    """Compare one prompt on both sides; None where there is none. :func:`in_view_of_all` comes after it.

    :param policy: the configuration of the base, whose rules judge both sides.
    """
    there = head or base
    if there is None:
        return None
    old_findings, new_findings = (Engine(policy, "review").check(side) if side else [] for side in (base, head))
    new, fixed = _finding_changes(old_findings, new_findings)
    if head is not None and head.prompt is None:
        reason = next(
            (diagnostic.message for diagnostic in new_findings if diagnostic.level == "error"), "it cannot be read"
        )
        return PromptReview(there.id, there.path, None, (), tuple(new), fixed, error=f"the head is not valid: {reason}")
    old_prompt = base.prompt if base else None
    change = compare_prompts(old_prompt, head.prompt if head else None) if old_prompt or head else None
    if change is None or head is None or head.prompt is None:
        gone = old_prompt.cases if old_prompt else ()
        return PromptReview(there.id, there.path, change, (), tuple(new), fixed, cases=gone)
    before, after = results_of(base), results_of(head)
    decisions = decide_prompt(base, head, before, after, change, policy)
    return PromptReview(
        there.id,
        there.path,
        change,
        decisions,
        tuple(new),
        fixed,
        tuple((result.case.id, result.why) for result in after if result.state != "evaluated"),
        evaluated=sum(result.state == "evaluated" for result in (*before, *after)),
        base_tokens=_tokens(before),
        head_tokens=_tokens(after),
        rendered=compare_rendered(base, head, change) if base else None,
        allowed=_newly_allowed(base, head),
        idle=change.kind == "unchanged" and not fixed and _answers(before) == _answers(after),
        cases=() if base else head.prompt.cases,
    )


def results_of(loaded: Loaded | None) -> list[CaseResult]:
    """Return the recorded answers of one side, judged by its own evaluators; none where it has no valid prompt.

    Others read a report: of answers that are kept outside the repository it has neither text nor what reasons quote.
    """
    if loaded is None or loaded.prompt is None:
        return []
    return [without_answer(result) for result in Replay(loaded).results()]


def decide_prompt(
    base: Loaded | None,
    head: Loaded,
    before: list[CaseResult],
    after: list[CaseResult],
    change: PromptChange,
    policy: Config,
) -> tuple[Decision, ...]:
    """Decide about each pair of models, as the base's evaluators judge both sides.

    *before* and *after* are the :func:`results_of` both sides, *change* what differs between them; *policy* is the
    configuration of the base.
    """
    if head.prompt is None or not (before or after):
        return ()
    old_prompt = base.prompt if base else None
    gate = old_prompt.gate if old_prompt else None
    again = old_prompt is not None and not judged_alike(old_prompt, head.prompt)
    judged = [without_answer(result) for result in Replay(head).results(judge=base)] if again else after
    pairs = zip(sides(before, judged), sides(before, after), strict=True)
    rules = rules_for(policy, *(risk_of(prompt) for prompt in (old_prompt, head.prompt) if prompt))
    return tuple(_of_this_change(decide(side, gate, head.prompt.gate, own.head, rules), change) for side, own in pairs)


def rules_for(policy: Config, *risks: str) -> Rules:
    """Return what the policy says about a prompt that has these risk classes, on the base and on the head."""
    margins = policy.margins
    return Rules(min(margins.get(risk, margins["default"]) for risk in risks or ("",)), policy.comparable_floor)


def risk_of(prompt: Prompt) -> str:
    """Return the risk class of a prompt; empty where it says none."""
    governance = prompt.data.get("governance")
    risk = governance.get("risk") if isinstance(governance, dict) else None
    return risk if isinstance(risk, str) else ""


def in_view_of_all(prompts: Iterable[PromptReview], policy: Config) -> list[PromptReview]:
    """Return the prompts of one review in view of each other.

    A new finding in a file that several share is reported with the first of them, and where nothing else differs that
    anybody reads, the prompt is left out. The verdicts are those of :func:`together`.
    """
    prompts = list(_reported_once(prompts, policy))
    groups = together([prompt.decisions for prompt in prompts])
    return [replace(prompt, decisions=group) for prompt, group in zip(prompts, groups, strict=True)]


def _reported_once(prompts: Iterable[PromptReview], policy: Config) -> Iterator[PromptReview]:
    reported: set[str] = set()
    for prompt in prompts:
        new = tuple(finding for finding in prompt.new_findings if finding.content_key not in reported)
        reported.update(finding.content_key for finding in new)
        if new or not prompt.idle:
            yield replace(prompt, new_findings=new, failing=failing(new, policy))


def _of_this_change(decision: Decision, change: PromptChange) -> Decision:
    """Return *decision*, without its verdict where a changed prompt has the imported answers of the former one."""
    parts = (
        change.messages,
        change.partials,
        change.inputs,
        change.output,
        change.tools,
        change.model,
        change.examples,
    )
    pairs = decision.pairs
    outputs = [(pair.base.output, pair.head.output) for pair in pairs]
    same = all(old and new and new.source == "imported" and old.samples == new.samples for old, new in outputs)
    if not pairs or decision.sides.by_hand or not any(parts) or not same:
        return decision
    reason = "not evaluated: the prompt changed and its imported answers did not; they say nothing about this change"
    reasons = (*decision.reasons[:-1], reason)
    blocks = bool(decision.violations)
    return replace(
        decision, verdict=Verdict.NOT_EVALUATED, comparison=None, further=None, reasons=reasons, blocks=blocks
    )


def _newly_allowed(base: Loaded | None, head: Loaded) -> tuple[str, ...]:
    """Return the suppressions of the head's files that the base's do not have, in words."""
    before = {(each.codes, each.reason) for each in _suppressions(base)} if base else set()
    new = [each for each in _suppressions(head) if (each.codes, each.reason) not in before]
    return tuple(f"{', '.join(each.codes)}: {each.reason or 'no reason given'}" for each in new)


def _suppressions(loaded: Loaded) -> list[Suppression]:
    return [each for document in loaded.documents.values() for each in find_suppressions(document)]


def answer_of(result: CaseResult) -> str | None:
    """Return the first sample of a result's recorded output, its tool calls too; None where there is none."""
    return answer_text(result.output.samples[0]) if result.output and result.output.samples else None


def _answers(results: Sequence[CaseResult]) -> list[tuple[str, str, str, list[tuple[str, tuple[Json, ...]]]]]:
    return [
        (
            each.case.id,
            each.model,
            each.state,
            [(sample.digest or sample.output, sample.tool_calls) for sample in each.output.samples]
            if each.output
            else [],
        )
        for each in results
    ]


def _finding_changes(old: Sequence[Diagnostic], new: Sequence[Diagnostic]) -> tuple[list[Diagnostic], int]:
    """Return the findings that the head has and the base does not, and how many it is the other way round."""
    left = Counter(diagnostic.content_key for diagnostic in old)
    added = []
    for diagnostic in new:
        if left[diagnostic.content_key]:
            left[diagnostic.content_key] -= 1
        else:
            added.append(diagnostic)
    return added, sum(left.values())


def _tokens(results: Sequence[CaseResult]) -> float | None:
    totals = [
        (sample.usage.input or 0) + (sample.usage.output or 0)
        for result in results
        for sample in (result.output.samples if result.output else ())
        if sample.usage.input is not None or sample.usage.output is not None
    ]
    return sum(totals) / len(totals) if totals else None
