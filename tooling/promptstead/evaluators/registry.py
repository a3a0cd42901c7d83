"""The evaluators: one module a kind, each with ``prepare(options) -> Check``; the table below names them all.

Preparing compiles templates, patterns and schemas once; the check that it returns judges an answer with what was
compiled. A module is imported when a prompt uses its kind.
"""

from collections.abc import Callable
from importlib import import_module
from math import isfinite

from promptstead.did_you_mean import did_you_mean
from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.answer import MAX_CHARACTERS, Answer
from promptstead.evaluators.shared.helpers import NO_HELPERS, Helpers
from promptstead.evaluators.shared.results import MAX_REASON, Result, Unscored
from promptstead.model import EvaluatorSpec
from promptstead.plugins import is_plugged
from promptstead.words.sentence import own_words, say

Check = Callable[[Answer], Result]

MODULES = {
    "all": "all_of",
    "any": "any_of",
    "canary": "canary",
    "casing": "casing",
    "contains": "contains",
    "cost": "cost",
    "count": "count",
    "equals": "equals",
    "finish-reason": "finish_reason",
    "formula": "formula",
    "grounded": "grounded",
    "html": "html_value",
    "json": "json_value",
    "json-path": "json_path",
    "json-schema": "json_schema",
    "judge": "judge",
    "label": "label",
    "language": "language",
    "latency": "latency",
    "length": "length",
    "no-personal-data": "no_personal_data",
    "no-secret": "no_secret",
    "number": "number",
    "python": "python_check",
    "readability": "readability",
    "refusal": "refusal",
    "regex": "pattern",
    "similarity": "similarity",
    "table": "table",
    "tokens": "tokens",
    "tool-calls": "tool_calls",
    "value": "value",
    "weighted": "weighted",
    "xml": "xml_value",
}
"""Evaluator type -> its module in this package."""

NEED_HELP = frozenset(("judge", "python"))
"""Types that need more than the answer: their module's ``prepare(options, helpers)`` is given it."""

_TEXT_TYPES = "casing contains count html language length readability regex similarity table xml"
TEXT_TYPES = frozenset(_TEXT_TYPES.split())
"""Types that can judge a text inside the answer: at a ``path`` of its JSON, or a ``part`` of it."""


def needs_help(spec: EvaluatorSpec) -> bool:
    """Tell whether a check needs more than the answer: judges, or what runs code of others in this process."""
    return spec.type in NEED_HELP or is_plugged(spec.type)


def prepare(spec: EvaluatorSpec, helpers: Helpers = NO_HELPERS) -> Check:
    """Return the check that *spec* describes.

    The check never raises for an answer: what the evaluator cannot judge (a missing expected value, an answer of more
    than 2,000,000 characters, a bound reached, a crash) is unscored, with the reason. ``negate: true`` turns a bool
    round.

    An evaluator of text (``TEXT_TYPES``) may have ``path``, a JSONPath: each text that it selects in the JSON answer is
    judged instead of the whole answer; and ``part``: what stands between separators is. ``negate`` applies to each, and
    all must pass; scores are averaged. An answer that is not JSON, a path or part that is not there and a value that
    is not text fail, negated or not.

    :raises PromptsteadError: there is no such type, or an option is wrong (a pattern, a path, a template, a schema).
    """
    plugged = is_plugged(spec.type)
    module = "plugin" if plugged else MODULES.get(spec.type)
    if module is None:
        hint = did_you_mean(spec.type, MODULES, f"the types are {', '.join(MODULES)}")
        raise PromptsteadError(say("evaluators.no-such-type", type=spec.type), hint=hint, location=spec.file)
    try:
        own = import_module(f"promptstead.evaluators.kinds.{module}").prepare
        judge: Check = (
            own(spec, helpers)
            if plugged
            else own(spec.options, helpers)
            if spec.type in NEED_HELP
            else own(spec.options)
        )
    except PromptsteadError as error:
        raise _refused(spec, error) from None
    if spec.options.get("negate", False):
        judge = _turned(judge)
    if spec.type not in TEXT_TYPES or not {"path", "part"} & spec.options.keys():
        return _guarded(judge)
    from promptstead.evaluators.shared.target import aimed

    try:
        return _guarded(aimed(judge, spec.options))
    except PromptsteadError as error:
        raise _refused(spec, error) from None


def _refused(spec: EvaluatorSpec, error: PromptsteadError) -> PromptsteadError:
    message = say("evaluators.refused", evaluator=spec.name, error=own_words(error.message))
    return PromptsteadError(message, hint=error.hint, location=error.location or spec.file)


def _turned(judge: Check) -> Check:
    def turned(answer: Answer) -> Result:
        result = judge(answer)
        if isinstance(result.value, bool):
            return Result(not result.value, say("evaluators.negated", reason=result.reason))
        return result

    return turned


def _guarded(judge: Check) -> Check:
    def check(answer: Answer) -> Result:
        if len(answer.text) > MAX_CHARACTERS:
            return Result(None, say("evaluators.answer-too-long", most=MAX_CHARACTERS))
        try:
            result = judge(answer)
            if isinstance(result.value, float) and not isfinite(result.value):
                return Result(None, say("evaluators.no-number", value=str(result.value)))
            reason = result.reason
            if len(reason) <= MAX_REASON and reason.isprintable():
                return result
            return result._replace(reason=reason.within(MAX_REASON))
        except Unscored as error:
            return Result(None, error.reason.within(MAX_REASON))
        except Exception as error:  # a broken evaluator is a result, not the end of the run
            said = own_words(f"{type(error).__name__}: {str(error)[:MAX_REASON]}")
            return Result(None, say("evaluators.crashed", error=said).within(MAX_REASON))

    return check
