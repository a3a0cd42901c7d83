"""Scores that evaluators read of imported answers, which no imported answer carries."""

from collections.abc import Iterator

from promptstead.did_you_mean import nearest
from promptstead.lint.rule import Context
from promptstead.model import EvaluatorSpec, Problem
from promptstead.words.sentence import say


def missing_scores(context: Context) -> Iterator[Problem]:
    """Yield each evaluator that reads a score by a name that no imported answer has.

    Nothing before there is an imported answer, and where one is kept outside the repository: its scores are too.
    """
    reading = [spec for spec in context.prompt.every_evaluator() if spec.type == "value" and "score" in spec.options]
    carried = _carried(context) if reading else None
    for spec in reading if carried is not None else ():
        document = context.loaded.documents.get(spec.file)
        if document is not None and spec.options["score"] not in (carried or {}):
            span = document.span((*spec.at, "score"))
            yield _problem(spec, list(carried or {}))._replace(span=span)


def _carried(context: Context) -> dict[str, None] | None:
    """Return the names of the scores that there are; None where that is not known."""
    if context.loaded.outputs is None:
        return None
    from promptstead.outputs.reader import entries  # few prompts have imported answers

    names: dict[str, None] = {}
    any_imported = False
    for entry in entries(context.loaded.outputs):
        if entry.output is None or entry.output.source != "imported":
            continue
        any_imported = True
        for sample in entry.output.samples:
            if sample.digest:
                return None
            names |= dict.fromkeys(sample.scores or ())
    return names if any_imported else None


def _problem(spec: EvaluatorSpec, known: list[str]) -> Problem:
    name = spec.options["score"]
    near = nearest(name, known)
    if near:
        hint = say("rules.did-you-mean", near=near)
    elif known:
        hint = say("rules.EXA501-scores-hint", known=known)
    else:
        hint = say("rules.EXA501-no-scores-hint")
    return Problem("EXA501", say("rules.EXA501-score", evaluator=spec.name, name=name), hint=hint, path=spec.file)
