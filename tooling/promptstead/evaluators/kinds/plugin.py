"""``vendor/name``: an evaluator that an installed package brings."""

from collections.abc import Callable
from math import isfinite

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.helpers import Helpers
from promptstead.evaluators.shared.results import Result, Unscored, as_value, quoted
from promptstead.model import EvaluatorSpec, Json
from promptstead.plugins import Plugin, case_data
from promptstead.words.sentence import own_words, say

TIMEOUT = 10.0
"""Seconds that one answer may take, where the check does not say."""


def plugin_of(type_: str, helpers: Helpers) -> Plugin:
    """Return the evaluator that an installed package brings as *type_*.

    :raises PromptsteadError: no package brings it, none that is allowed, or two that are.
    """
    if helpers.plugins is None:
        raise PromptsteadError(say("evaluators.no-plugins"))
    return helpers.plugins.evaluator(type_)


def prepare(spec: EvaluatorSpec, helpers: Helpers) -> Callable[[Answer], Result]:
    """Let an evaluator of a package judge the answer, in a process of its own.

    An evaluator that takes longer than ``timeout`` seconds, raises, ends its process, or says NaN or more than 64 KiB
    leaves the answer unscored, with the reason.

    :raises PromptsteadError: it cannot be had here (see :func:`plugin_of`), or does not take these options.
    """
    from promptstead.prompts.plugin_options import option_problems  # a prompt of our own kinds needs no schema for it

    plugin = plugin_of(spec.type, helpers)
    own = dict(spec.options.get("options", {}))
    if wrong := option_problems(plugin, own):
        raise PromptsteadError(wrong[0].message, hint=wrong[0].hint)
    timeout = float(spec.options.get("timeout", TIMEOUT))

    def judge(answer: Answer) -> Result:
        sample = answer.sample
        payload: dict[str, Json] = {
            "do": "judge",
            "answer": {
                "text": answer.text,
                "finish_reason": sample.finish_reason,
                "tool_calls": list(sample.tool_calls),
            },
            "options": own,
            "case": case_data(answer.case),
        }
        try:
            said = plugin.ask(payload, timeout)
        except PromptsteadError as error:
            raise Unscored(own_words(error.message)) from None
        return _result(said["value"], said["reason"])

    return judge


def _result(value: Json, why: str) -> Result:
    if value is None:
        raise Unscored(own_words(why) if why else say("evaluators.plugin-says-nothing"))
    found = as_value(value)
    if found is None:
        raise Unscored(say("evaluators.plugin-gave-other", value=quoted(value)))
    if isinstance(found, float) and not isfinite(found):
        raise Unscored(say("evaluators.plugin-no-score", value=str(found)))
    return Result(found, own_words(why) if why else say("evaluators.plugin-gave", value=quoted(found)))
