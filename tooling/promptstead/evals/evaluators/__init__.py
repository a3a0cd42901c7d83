"""The evaluators: one module a kind, each with ``prepare(options) -> Check``; the table below names them all.

Preparing compiles templates, patterns and schemas once; the check that it returns judges an answer with what was
compiled. A module is imported when a prompt uses its kind.
"""

from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module

from promptstead.errors import PromptsteadError
from promptstead.evals.answer import MAX_CHARACTERS, Answer
from promptstead.evals.results import Result, Unscored, reason, shown
from promptstead.evals.strict_json import NotJson
from promptstead.model import EvaluatorSpec, Json

Check = Callable[[Answer], Result]
Select = Callable[[Json], list[Json]]

MODULES = {
    "all": "all_of",
    "any": "any_of",
    "contains": "contains",
    "cost": "cost",
    "equals": "equals",
    "finish-reason": "finish_reason",
    "formula": "formula",
    "json": "json_value",
    "json-path": "json_path",
    "json-schema": "json_schema",
    "latency": "latency",
    "length": "length",
    "no-personal-data": "no_personal_data",
    "number": "number",
    "regex": "pattern",
    "tokens": "tokens",
    "tool-calls": "tool_calls",
    "weighted": "weighted",
}
"""Evaluator type -> its module in this package."""

TEXT_TYPES = frozenset(("contains", "regex", "length"))
"""Types that can judge texts inside a JSON answer."""


def prepare(spec: EvaluatorSpec) -> Check:
    """Return the check that *spec* describes.

    The check never raises for an answer: what the evaluator cannot judge (a missing expected value, an answer of more
    than 2,000,000 characters, a bound reached, a crash) is unscored, with the reason. ``negate: true`` turns a bool
    round.

    ``path`` on an evaluator of text (contains, regex, length) is a JSONPath: each text that it selects in the JSON
    answer is judged instead of the whole answer, ``negate`` applies to each, and all must pass. An answer that is not
    JSON, a path that selects nothing and a value that is not text fail, negated or not.

    :raises PromptsteadError: there is no such type, or an option is wrong (a pattern, a path, a template, a schema).
    """
    module = MODULES.get(spec.type)
    if module is None:
        near = get_close_matches(spec.type, MODULES, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"the types are {', '.join(MODULES)}"
        raise PromptsteadError(f"there is no evaluator type `{spec.type}`", hint=hint, location=spec.file)
    try:
        judge: Check = import_module(f"{__name__}.{module}").prepare(spec.options)
    except PromptsteadError as error:
        raise _refused(spec, error) from None
    negate = spec.options.get("negate", False)
    if "path" in spec.options and spec.type in TEXT_TYPES:
        return _guarded(_at_path(judge, _selector(spec), negate))
    return _guarded(lambda answer: _turned(judge(answer), negate))


def _selector(spec: EvaluatorSpec) -> Select:
    from promptstead.evals.selection import selector

    try:
        return selector(spec.options["path"])
    except PromptsteadError as error:
        raise _refused(spec, error) from None


def _refused(spec: EvaluatorSpec, error: PromptsteadError) -> PromptsteadError:
    message = f"evaluator `{spec.name}`: {error.message}"
    return PromptsteadError(message, hint=error.hint, location=error.location or spec.file)


def _at_path(judge: Check, select: Select, negate: bool) -> Check:
    def check(answer: Answer) -> Result:
        try:
            values = select(answer.json())
        except NotJson as error:
            return Result(False, reason(f"expected JSON, got {shown(answer.text)}: {error}"))
        result = Result(False, "the path selects nothing")
        for value in values:
            if not isinstance(value, str):
                return Result(False, f"expected text at the path, got {shown(value)}")
            result = _turned(judge(Answer(value, answer.case, answer.sample)), negate)
            if result.value is not True:
                break
        return result

    return check


def _turned(result: Result, negate: bool) -> Result:
    if negate and isinstance(result.value, bool):
        return Result(not result.value, reason(f"negated: {result.reason}"))
    return result


def _guarded(judge: Check) -> Check:
    def check(answer: Answer) -> Result:
        if len(answer.text) > MAX_CHARACTERS:
            return Result(None, f"the answer is longer than {MAX_CHARACTERS:,} characters")
        try:
            return judge(answer)
        except Unscored as error:
            return Result(None, reason(str(error)))
        except Exception as error:  # a broken evaluator is a result, not the end of the run
            return Result(None, reason(f"the evaluator failed on this answer: {type(error).__name__}: {error}"))

    return check
