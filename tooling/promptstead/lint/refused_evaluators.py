"""Evaluators that can judge no answer, whatever it is: what is wrong with them is known before there is one."""

from collections.abc import Iterator

from promptstead.errors import PromptsteadError
from promptstead.lint.rule import Context
from promptstead.model import EvaluatorSpec, Json, Problem, is_number
from promptstead.plugins import is_plugged
from promptstead.words.sentence import Sentence, own_words, say

_KEYS = {"number": "equals", "label": "labels", "json-schema": "schema", "tool-calls": "calls"}
"""Evaluator type -> its option that preparing it may refuse; patterns, paths and templates were looked at by then."""


def refused_evaluators(context: Context) -> Iterator[Problem]:
    """Yield each evaluator whose options no answer can satisfy, or that its kind refuses."""
    known: dict[tuple[str, str], tuple[Sentence, Sentence] | None] = {}
    for spec in context.prompt.every_evaluator():
        document = context.loaded.documents.get(spec.file)
        if document is None or is_plugged(spec.type):
            continue
        key, found = "min", _bounds(spec)
        if found is None and _is_suspicious(spec):
            key = _KEYS[spec.type]
            alike = spec.type, repr(spec.options[key])
            if alike not in known:  # the rows of a dataset have the same ones again and again
                known[alike] = _refusal(spec)
            found = known[alike]
        if found is not None:
            reason, hint = found
            message = say("rules.EXA501-cannot-run", evaluator=spec.name, reason=reason)
            yield Problem("EXA501", message, document.span((*spec.at, key)), hint, path=spec.file)


def _bounds(spec: EvaluatorSpec) -> tuple[Sentence, Sentence] | None:
    least, most = spec.options.get("min"), spec.options.get("max")
    if not is_number(least) or not is_number(most) or least <= most:
        return None
    return say("evaluators.min-above-max", least=least, most=most), say("evaluators.nothing-passes")


def _is_suspicious(spec: EvaluatorSpec) -> bool:
    """Tell whether it is worth to prepare the evaluator, which takes more time than all that is asked here."""
    value: Json = spec.options.get(_KEYS.get(spec.type, ""))
    if spec.type == "number":
        return isinstance(value, str) and "{" not in value
    if spec.type == "label":
        return len({"".join(filter(str.isalnum, label.casefold())) for label in value}) < len(value)
    if spec.type == "tool-calls":
        return any("schema" in call for call in value or ())
    return spec.type == "json-schema" and value is not None


def _refusal(spec: EvaluatorSpec) -> tuple[Sentence, Sentence] | None:
    from promptstead.evaluators.registry import prepare

    try:
        prepare(spec)
    except PromptsteadError as error:
        said = own_words(error.message)
        reason = said.arguments.get("error", said)  # without whose it is, which the finding says
        return own_words(reason if isinstance(reason, str) else said), own_words(error.hint)
    return None
