"""What the recorded answers of two sides decide about a prompt: what ``review`` and ``compare`` share."""

from dataclasses import replace

from promptstead.config.settings import Config
from promptstead.diff.prompts import PromptChange
from promptstead.evaluators.shared.results import CaseResult
from promptstead.outputs.replay import Replay, judged_alike
from promptstead.prompts.loaded import Loaded
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.declared_contract import declared_contract
from promptstead.verdicts.gate import Decision, decide, risk_of, rules_for
from promptstead.verdicts.pairing import sides
from promptstead.verdicts.price import live_comparison
from promptstead.verdicts.unpublished import without_answer
from promptstead.words.sentence import say


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
    declared = declared_contract(old_prompt, head.prompt, change.contract)
    if declared is not None and base is not None and old_prompt is not None:
        judges = declared.judges(old_prompt, head.prompt)
        before = _judged(base, base._replace(prompt=judges.base)) if declared.schema else before
        judged = _judged(head, base._replace(prompt=judges.head))
    else:
        again = old_prompt is not None and not judged_alike(old_prompt, head.prompt, head.plugins)
        judged = _judged(head, base) if again else after
    pairs = zip(sides(before, judged), sides(before, after), strict=True)
    rules = rules_for(policy, *(risk_of(prompt) for prompt in (old_prompt, head.prompt) if prompt))
    command = live_comparison(head.id)
    return tuple(
        _of_this_change(
            _undeclared(decide(side, gate, head.prompt.gate, own.head, rules, command, declared), change), change
        )
        for side, own in pairs
    )


def _judged(loaded: Loaded, judge: Loaded | None) -> list[CaseResult]:
    return [without_answer(result) for result in Replay(loaded).results(judge=judge)]


def _undeclared(decision: Decision, change: PromptChange) -> Decision:
    """Return *decision*, which says why answers fail that an undeclared change of the contract would let pass."""
    contract = change.contract
    if not decision.violations or not contract.breaks or contract.declared or not contract.declarable:
        return decision
    why = say("verdicts.held-to-former", number=contract.old)
    return replace(decision, reasons=(why, *decision.reasons), grounds=(why, *decision.grounds))


def _of_this_change(decision: Decision, change: PromptChange) -> Decision:
    """Return *decision*, without its verdict where a changed prompt has the imported answers of the former one."""
    parts = (
        change.messages,
        change.partials,
        change.attachments,
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
    reasons = (*decision.reasons[:-1], say("verdicts.imported-unchanged"))
    blocks = bool(decision.violations)
    return replace(
        decision, verdict=Verdict.NOT_EVALUATED, comparison=None, further=None, reasons=reasons, blocks=blocks
    )
