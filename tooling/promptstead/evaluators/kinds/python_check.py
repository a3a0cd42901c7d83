"""``python``: a function of your own judges the answer."""

from collections.abc import Callable, Mapping
from math import isfinite

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.helpers import Helpers
from promptstead.evaluators.shared.results import MAX_REASON, Result, Unscored, as_value, quoted
from promptstead.model import Json
from promptstead.words.sentence import own_words, say

TIMEOUT = 10.0
"""Seconds that one answer may take, where the check does not say."""


def prepare(options: Mapping[str, Json], helpers: Helpers) -> Callable[[Answer], Result]:
    """Let a Python function judge the answer, in a process of its own.

    ``function`` names it, ``package.module:function``. It is given one dict: ``output``, ``inputs``, ``expected``
    (where the case has it), ``options`` (those of the evaluator), ``finish_reason`` and ``tool_calls``. It returns true
    or false, a number, a label, or a dict with ``value`` and ``reason``; None is unscored. What it prints is dropped.

    It runs only where the base's configuration allows that function (``[policy] python_evaluators``, none by default),
    and only when Python finds it among the installed packages, never in the tree under review. A function that takes
    longer than ``timeout`` seconds, crashes, ends its process, or says NaN or more than 64 KiB leaves the answer
    unscored, with the reason.

    :raises PromptsteadError: the function is not allowed, or nothing runs functions here.
    """
    function: str = options["function"]
    if helpers.python is None:
        raise PromptsteadError(say("evaluators.no-functions"))
    run = helpers.python(function)
    timeout = float(options.get("timeout", TIMEOUT))
    own = options.get("options", {})

    def judge(answer: Answer) -> Result:
        payload: dict[str, Json] = {
            "output": answer.text,
            "inputs": dict(answer.case.inputs),
            "options": own,
            "finish_reason": answer.sample.finish_reason,
            "tool_calls": list(answer.sample.tool_calls),
        }
        if answer.case.has_expected:
            payload["expected"] = answer.case.expected
        try:
            said = run(payload, timeout)
        except PromptsteadError as error:
            raise Unscored(own_words(error.message)) from None
        return _result(said)

    return judge


def _result(said: Json) -> Result:
    value, why = said, ""
    if isinstance(said, dict):
        value, why = said.get("value"), str(said.get("reason", ""))[: MAX_REASON + 1]
    if value is None:
        raise Unscored(own_words(why) if why else say("evaluators.function-says-nothing"))
    found = as_value(value)
    if found is None:
        raise Unscored(say("evaluators.function-gave-other", value=quoted(value)))
    if isinstance(found, float) and not isfinite(found):
        raise Unscored(say("evaluators.function-no-score", value=str(found)))
    return Result(found, own_words(why) if why else say("evaluators.function-gave", value=quoted(found)))
