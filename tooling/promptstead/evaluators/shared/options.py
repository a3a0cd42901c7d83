"""Options of evaluators that are templates over a case: ``{{ expected.category }}``, ``{{ inputs.name }}``."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.results import Result, Unscored
from promptstead.evaluators.shared.strict_json import follow
from promptstead.model import Case, Json
from promptstead.prompts.declared.case_template import is_template, program_of
from promptstead.words.sentence import Sentence, own_words, say

CaseValue = Callable[[Case], Json]
"""Gives an option's value for a case.

Raises :class:`Unscored` where the case lacks what the option refers to.
"""


def option(value: Json) -> CaseValue:
    """Prepare an option; lists and maps are walked, every text in them may be a template.

    A text that is one expression and nothing else gives that JSON value as it is, so that ``"{{ expected.count }}"``
    can be compared as a number; any other text is rendered.

    :raises PromptsteadError: a template is malformed, or uses a name other than ``expected`` and ``inputs``.
    """
    if not _asks_case(value):
        return _constant(value)
    if isinstance(value, str):
        return _template(value)
    if isinstance(value, list):
        items = [option(item) for item in value]
        return lambda case: [item(case) for item in items]
    if isinstance(value, dict):
        entries = [(key, option(item)) for key, item in value.items()]
        return lambda case: {key: item(case) for key, item in entries}
    return _constant(value)


def texts(value: Json) -> CaseValue:
    """Prepare an option that is a text or a list of texts; an item that turns out to be a list stands for its items.

    The value given is a list of str, numbers and the like as their text.
    """
    from promptstead.runtime.values import text_of

    def flat(found: Json) -> list[str]:
        nested = [
            item if isinstance(item, list) else [item] for item in (found if isinstance(found, list) else [found])
        ]
        return [text_of(item) for items in nested for item in items]

    if not _asks_case(value):
        return _constant(flat(value))
    get = option(value)
    return lambda case: flat(get(case))


def inserted(template: str) -> Callable[[Case], str]:
    """Prepare a template whose value stands inside other text, as the language writes values.

    What is given back raises :class:`Unscored` where the case lacks the value, and where it is empty: every text holds
    that.

    :raises PromptsteadError: the template is malformed, or uses a name other than ``expected`` and ``inputs``.
    """
    from promptstead.runtime.values import text_of

    get = option(template)

    def read(case: Case) -> str:
        text = text_of(get(case))
        if not text:
            raise Unscored(say("evaluators.no-text-to-find"))
        return text

    return read


def bounds(options: Mapping[str, Json]) -> Callable[[float, Sentence], Result]:
    """Prepare ``min`` and ``max``, both inclusive; what is given back judges a number and takes what was measured.

    Without ``min`` and ``max`` the number itself is the result: a score.

    :raises PromptsteadError: ``min`` is above ``max``, so that nothing could pass.
    """
    least, most = options.get("min"), options.get("max")
    if least is not None and most is not None and least > most:
        message = say("evaluators.min-above-max", least=least, most=most)
        raise PromptsteadError(message, hint=say("evaluators.nothing-passes"))

    def judge(number: float, measured: Sentence) -> Result:
        if least is not None and number < least:
            return Result(False, say("evaluators.too-few", least=least, measured=measured))
        if most is not None and number > most:
            return Result(False, say("evaluators.too-many", most=most, measured=measured))
        return Result(float(number) if least is None and most is None else True, measured)

    return judge


def _asks_case(value: Json) -> bool:
    """Tell whether there is a template in an option; one without gives the same for every case."""
    if isinstance(value, str):
        return is_template(value)
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_asks_case, items))


def _constant(value: Json) -> CaseValue:
    return lambda case: value


@lru_cache(256)  # the evaluators of a repository take their values from few places
def _template(text: str) -> CaseValue:
    from promptstead.runtime.program import load

    program = program_of(text)
    if len(program) != 1 or isinstance(program[0], str) or program[0][0] != "emit":
        return _rendered(load(program))
    code = program[0][1]
    if code[0] == "get":
        return _path(code[1], code[2:])
    as_json = _rendered(load([["emit", ["filter", code, ["tojson"]]]]))
    return lambda case: json.loads(as_json(case))


def _rendered(render: Callable[[dict[str, Any]], str]) -> Callable[[Case], str]:
    from promptstead.runtime.values import RenderError

    def read(case: Case) -> str:
        values: dict[str, Any] = {"inputs": case.inputs}
        if case.has_expected:
            values["expected"] = case.expected
        try:
            return render(values)
        except RenderError as error:
            raise Unscored(say("evaluators.evaluator-needs", error=own_words(error.message))) from None

    return read


def _path(root: str, keys: list[str | int]) -> CaseValue:
    """Return the reader of a bare path, which is what nearly every option is and needs no interpreter."""
    from promptstead.runtime.program import path_text

    name = path_text((root, *keys))

    def read(case: Case) -> Json:
        if root == "expected" and not case.has_expected:
            raise Unscored(say("evaluators.case-gives-no", name=name))
        try:
            return follow(case.expected if root == "expected" else case.inputs, keys)
        except LookupError:
            raise Unscored(say("evaluators.case-gives-no", name=name)) from None

    return read
