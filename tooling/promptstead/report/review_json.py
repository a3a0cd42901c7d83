"""The review, and what changed in prompts, as JSON for programs."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import NamedTuple, cast

from promptstead.diff.evidence import SetChange
from promptstead.diff.messages import MessageChange
from promptstead.diff.prompts import PromptChange
from promptstead.diff.rendered import Rendered
from promptstead.diff.values import ValueChange
from promptstead.diff.words import Piece
from promptstead.evaluators.shared.results import CaseResult
from promptstead.lint.finding import Finding
from promptstead.model import NOTHING, Note
from promptstead.outputs.calls import answer_text
from promptstead.outputs.counterexamples import Trial
from promptstead.outputs.notes import by_answer, notes_about
from promptstead.report.diff_text import path_text, summary, value_parts
from promptstead.report.findings_text import finding_json
from promptstead.report.review_document import (
    FORMAT,
    ChangeDocument,
    ComparisonDocument,
    FailureDocument,
    FindingDocument,
    LetPassDocument,
    MessageDocument,
    NamesDocument,
    NoteDocument,
    PairDocument,
    PieceDocument,
    PromptDocument,
    RenderedDocument,
    RepeatsDocument,
    ReviewDocument,
    ValueDocument,
)
from promptstead.runs.tally import Rate
from promptstead.verdicts.gate import Decision
from promptstead.verdicts.measured import rate_of
from promptstead.verdicts.pairing import Pair
from promptstead.verdicts.review import PromptReview, Review
from promptstead.words.sentence_json import sentence_json


def review_json(review: Review) -> ReviewDocument:
    """Return the whole review as one JSON document."""
    return {
        "format": FORMAT,
        "base": review.base,
        "head": review.head,
        "base_commit": review.base_commit,
        "head_commit": review.head_commit,
        "blocks": review.blocks,
        "contracts": [
            {"prompt": prompt, "old": contract.old, "new": contract.new} for prompt, contract in review.declared
        ],
        "outcomes": review.headline_counts(),
        "counts": review.verdict_counts(),
        "evaluated": review.evaluated,
        "unlisted": list(review.unlisted),
        "weakens": [sentence_json(line) for line in review.weakens()],
        "prompts": [_prompt(prompt) for prompt in review.prompts],
    }


def change_json(change: PromptChange) -> ChangeDocument:
    """Return what changed in one prompt."""
    values = {name: [_value(value) for value in found] for name, found in value_parts(change)}
    return {
        "id": change.id,
        "kind": change.kind,
        "old_id": change.old_id or None,
        "summary": sentence_json(summary(change)),
        "contract": {
            "consequence": change.contract.consequence,
            "old": change.contract.old,
            "new": change.contract.new,
            "declared": change.contract.declared,
            "reasons": [
                {"consequence": reason.consequence, "reason": sentence_json(reason.text)}
                for reason in change.contract.reasons
            ],
        },
        "messages": _messages(change.messages),
        "partials": values["partials"],
        "attachments": values["attachments"],
        "inputs": values["inputs"],
        "output": values["output"],
        "tools": values["tools"],
        "model": values["model"],
        "examples": values["examples"],
        "governance": values["governance"],
        "description": values["description"],
        "cases": _names(change.evidence.cases),
        "counterexamples": _names(change.evidence.counterexamples),
        "evaluators": _names(change.evidence.evaluators),
        "gate": [_value(value) for value in change.evidence.gate],
        "notes": {
            "added": [note_json(note) for note in change.notes.added],
            "removed": [note_json(note) for note in change.notes.removed],
        },
        "weakened": [sentence_json(weaker) for weaker in change.evidence.weakened],
    }


def note_json(note: Note) -> NoteDocument:
    """Return what a person said about an answer; of a note that is kept outside the repository nothing but that."""
    outside = bool(note.digest)
    return {
        "case": note.case,
        "model": note.model,
        "by": "" if outside else note.by,
        "date": "" if outside else note.date,
        "verdict": "" if outside else note.verdict,
        "tags": [] if outside else list(note.tags),
        "text": "" if outside else note.text,
        "outside": outside,
    }


def rendered_json(rendered: Rendered | None) -> RenderedDocument | None:
    """Return what became of the rendered messages of a prompt; None where nothing that is rendered changed."""
    if rendered is None:
        return None
    return {
        "changes": [
            {"cases": list(change.cases), "messages": _messages(change.messages)} for change in rendered.changes
        ],
        "same": rendered.same,
        "broken": [{"case": case, "why": sentence_json(why)} for case, why in rendered.broken],
        "left_out": rendered.left_out,
    }


def _messages(changes: Iterable[MessageChange]) -> list[MessageDocument]:
    return [
        {
            "kind": message.kind,
            "role": message.role,
            "old_role": message.old_role,
            "position": message.new_position,
            "old_position": message.old_position,
            "pieces": _pieces(message.pieces),
        }
        for message in changes
    ]


def _value(change: ValueChange) -> ValueDocument:
    return {
        "kind": change.kind,
        "path": path_text(change.path),
        "old": change.old,
        "new": change.new,
        "pieces": _pieces(change.pieces),
    }


def _pieces(pieces: Iterable[Piece]) -> list[PieceDocument]:
    return [{"kind": piece.kind, "text": piece.text} for piece in pieces]


def _names(change: SetChange) -> NamesDocument:
    return {"added": list(change.added), "removed": list(change.removed), "changed": list(change.changed)}


def _prompt(prompt: PromptReview) -> PromptDocument:
    notes = BothNotes(by_answer(prompt.base_notes), by_answer(prompt.head_notes))
    return {
        "id": prompt.id,
        "path": prompt.path,
        "outcome": prompt.outcome,
        "blocks": prompt.blocks,
        "error": None if prompt.error is None else sentence_json(prompt.error),
        "change": change_json(prompt.change) if prompt.change else None,
        "comparisons": [decision_json(decision, notes) for decision in prompt.decisions],
        "let_pass": [_let_pass(trial) for trial in prompt.loosened.let_pass],
        "lint": {
            "new": [_finding(finding) for finding in prompt.new_findings],
            "failing": prompt.failing,
            "fixed": prompt.fixed_findings,
        },
        "rendered": rendered_json(prompt.rendered),
        "not_evaluated": [{"case": case, "why": sentence_json(why)} for case, why in prompt.not_evaluated],
        "evaluated": prompt.evaluated,
        "tokens": {"base": prompt.base_tokens, "head": prompt.head_tokens},
    }


def _let_pass(trial: Trial) -> LetPassDocument:
    return {
        "counterexample": trial.counterexample.id,
        "case": trial.counterexample.case,
        "evaluator": trial.evaluator,
        "reason": sentence_json(trial.reason),
        "why": trial.counterexample.why,
    }


def _finding(finding: Finding) -> FindingDocument:
    return cast(FindingDocument, finding_json(finding))


class BothNotes(NamedTuple):
    """What people said about the answers of base and head, by the digest of the answer."""

    base: Mapping[str, Sequence[Note]] = NOTHING
    head: Mapping[str, Sequence[Note]] = NOTHING


NO_NOTES = BothNotes()


def decision_json(decision: Decision, notes: BothNotes = NO_NOTES) -> ComparisonDocument:
    """Return what is said about one prompt and the models on its two sides; *notes* go with the answers."""
    comparison = decision.comparison
    document: ComparisonDocument = {
        "base_model": decision.sides.base_model,
        "head_model": decision.sides.head_model,
        "reference_answers": decision.sides.by_hand,
        "verdict": str(decision.verdict),
        "blocks": decision.blocks,
        "primary": decision.primary,
        "margin": decision.margin,
        "pairs": len(decision.pairs),
        "scale": "score" if decision.score else "share",
        "threshold": decision.threshold,
        "base_rate": decision.base_mean,
        "head_rate": decision.head_mean,
        "difference": comparison.difference if comparison else None,
        "lower": _finite(comparison.lower) if comparison else None,
        "upper": _finite(comparison.upper) if comparison else None,
        "error": _finite(comparison.error) if comparison else None,
        "p_value": comparison.p_value if comparison else None,
        "adjusted_p_value": comparison.adjusted if comparison else None,
        "compared_together": comparison.family if comparison else 0,
        "method": str(comparison.method) if comparison else None,
        "clusters": comparison.units if comparison and comparison.clustered else None,
        "further_cases": decision.further,
        "reasons": [sentence_json(reason) for reason in decision.reasons],
        "fixed": [_pair(pair, notes) for pair in decision.fixed],
        "broken": [_pair(pair, notes) for pair in decision.broken],
        "unchanged": len(decision.unchanged),
        "left_out": [{"case": left.case, "why": sentence_json(left.why)} for left in decision.left_out],
        "violations": [
            {"case": each.case, "check": each.check, "reason": sentence_json(each.reason)}
            for each in decision.violations
        ],
    }
    if decision.alone is not None:
        document["verdict_alone"] = str(decision.alone)
    if decision.less:
        document["better"] = "lower"
    if decision.repeated:
        document["repeats"] = {
            "base": _repeats(rate_of((pair.base for pair in decision.pairs), decision.primary)),
            "head": _repeats(rate_of((pair.head for pair in decision.pairs), decision.primary)),
        }
    return document


def _repeats(rate: Rate) -> RepeatsDocument:
    """Return what several answers to a case show of one side: how they spread, how often some and all pass."""
    found = rate.repeats
    return {
        "between_samples": rate.within,
        "between_cases": rate.between,
        "k": found.k if found else None,
        "pass_at_k": found.pass_at_k if found else None,
        "pass_hat_k": found.pass_hat_k if found else None,
    }


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _pair(pair: Pair, notes: BothNotes) -> PairDocument:
    document: PairDocument = {
        "case": pair.head.case.id,
        "inputs": dict(pair.head.case.inputs),
        "base_answer": _answer(pair.base),
        "head_answer": _answer(pair.head),
        "base_failures": _failures(pair.base),
        "head_failures": _failures(pair.head),
    }
    if found := [note_json(note) for note in notes_about(pair.base, notes.base)]:
        document["base_notes"] = found
    if found := [note_json(note) for note in notes_about(pair.head, notes.head)]:
        document["head_notes"] = found
    return document


def _answer(result: CaseResult) -> str | None:
    """Return the first sample of a result's recorded output, its tool calls too; None where there is none."""
    return answer_text(result.output.samples[0], result.case) if result.output and result.output.samples else None


def _failures(result: CaseResult) -> list[FailureDocument]:
    return [{"evaluator": name, "reason": sentence_json(why)} for name, why in result.failures()]
