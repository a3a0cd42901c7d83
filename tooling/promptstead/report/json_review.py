"""The review, and what changed in prompts, as JSON for programs."""

from promptstead.diff.evidence import SetChange
from promptstead.diff.prompts import PromptChange
from promptstead.diff.values import ValueChange
from promptstead.evals.gate import Decision
from promptstead.evals.pairing import Pair
from promptstead.lint.render import finding
from promptstead.model import Json
from promptstead.report.changes import path_text, value_parts
from promptstead.report.review import PromptReview, Review, answer_of, base_rate, head_rate


def review_json(review: Review) -> dict[str, Json]:
    """Return the whole review as one JSON document."""
    return {
        "format": "promptstead/review/v1",
        "base": review.base,
        "head": review.head,
        "blocks": review.blocks,
        "counts": review.verdict_counts(),
        "weakens": list(review.weakens()),
        "prompts": [_prompt(prompt) for prompt in review.prompts],
    }


def change_json(change: PromptChange) -> dict[str, Json]:
    """Return what changed in one prompt."""
    return {
        "id": change.id,
        "kind": change.kind,
        "old_id": change.old_id or None,
        "contract": {
            "consequence": change.contract.consequence,
            "reasons": [{"consequence": reason.consequence, "text": reason.text} for reason in change.contract.reasons],
        },
        "messages": [
            {
                "kind": message.kind,
                "role": message.role,
                "old_role": message.old_role,
                "position": message.new_position,
                "old_position": message.old_position,
                "pieces": [{"kind": piece.kind, "text": piece.text} for piece in message.pieces],
            }
            for message in change.messages
        ],
        **{name: [_value(value) for value in values] for name, values in value_parts(change)},
        "cases": _names(change.evidence.cases),
        "evaluators": _names(change.evidence.evaluators),
        "gate": [_value(value) for value in change.evidence.gate],
        "weakened": list(change.evidence.weakened),
    }


def _value(change: ValueChange) -> Json:
    return {"kind": change.kind, "path": path_text(change.path), "old": change.old, "new": change.new}


def _names(change: SetChange) -> Json:
    return {"added": list(change.added), "removed": list(change.removed), "changed": list(change.changed)}


def _prompt(prompt: PromptReview) -> Json:
    return {
        "id": prompt.id,
        "path": prompt.path,
        "error": prompt.error or None,
        "change": change_json(prompt.change) if prompt.change else None,
        "comparisons": [_decision(decision) for decision in prompt.decisions],
        "lint": {"new": [finding(diagnostic) for diagnostic in prompt.new_findings], "fixed": prompt.fixed_findings},
        "not_evaluated": [{"case": case, "why": why} for case, why in prompt.not_evaluated],
        "tokens": {"base": prompt.base_tokens, "head": prompt.head_tokens},
    }


def _decision(decision: Decision) -> Json:
    comparison = decision.comparison
    return {
        "base_model": decision.sides.base_model,
        "head_model": decision.sides.head_model,
        "reference_answers": decision.sides.by_hand,
        "verdict": str(decision.verdict),
        "blocks": decision.blocks,
        "primary": decision.primary,
        "margin": decision.margin,
        "pairs": len(decision.fixed) + len(decision.broken) + len(decision.unchanged),
        "base_rate": base_rate(decision),
        "head_rate": head_rate(decision),
        "difference": comparison.difference if comparison else None,
        "lower": comparison.lower if comparison else None,
        "upper": comparison.upper if comparison else None,
        "p_value": comparison.p_value if comparison else None,
        "further_cases": decision.further,
        "reasons": list(decision.reasons),
        "fixed": [_pair(pair) for pair in decision.fixed],
        "broken": [_pair(pair) for pair in decision.broken],
        "unchanged": len(decision.unchanged),
        "left_out": [{"case": left.case, "why": left.why} for left in decision.left_out],
        "violations": [{"case": each.case, "check": each.check, "reason": each.reason} for each in decision.violations],
    }


def _pair(pair: Pair) -> Json:
    return {
        "case": pair.head.case.id,
        "base_answer": answer_of(pair.base),
        "head_answer": answer_of(pair.head),
        "base_failures": [{"evaluator": name, "reason": why} for name, why in pair.base.failures()],
        "head_failures": [{"evaluator": name, "reason": why} for name, why in pair.head.failures()],
    }
