"""Options of evaluators that are templates over a case: ``{{ expected.category }}``, ``{{ inputs.name }}``."""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.results import Result, Unscored
from promptstead.evaluators.shared.strict_json import follow
from promptstead.model import Case, Json

CaseValue = Callable[[Case], Json]
"""Gives an option's value for a case.

Raises :class:`Unscored` where the case lacks what the option refers to.
"""

_COUNTED = re.compile(r"(?:distinct )?\w{3,}s")
"""Units that are counted one by one."""
_MARKS = ("{{", "{%", "{#")


def _short(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:.4g}"


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


def bounds(options: Mapping[str, Json], shown: Callable[[float], str] = _short) -> Callable[[float, str], Result]:
    """Prepare ``min`` and ``max``, both inclusive; what is given back judges a number and takes its unit (plural).

    Without ``min`` and ``max`` the number itself is the result: a score.

    :raises PromptsteadError: ``min`` is above ``max``, so that nothing could pass.
    """
    least, most = options.get("min"), options.get("max")
    if least is not None and most is not None and least > most:
        raise PromptsteadError(f"`min` ({least}) is above `max` ({most})", hint="no answer can pass such a check")

    def judge(number: float, unit: str) -> Result:
        unit = unit.removesuffix("s") if number == 1 and _COUNTED.fullmatch(unit) else unit
        if least is not None and number < least:
            return Result(False, f"expected at least {shown(least)}, got {shown(number)} {unit}")
        if most is not None and number > most:
            return Result(False, f"expected at most {shown(most)}, got {shown(number)} {unit}")
        bounded = least is not None or most is not None
        return Result(True if bounded else float(number), f"{shown(number)} {unit}")

    return judge


def _asks_case(value: Json) -> bool:
    """Tell whether there is a template in an option; one without gives the same for every case."""
    if isinstance(value, str):
        return any(mark in value for mark in _MARKS)
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_asks_case, items))


def _constant(value: Json) -> CaseValue:
    return lambda case: value


@lru_cache(256)  # the evaluators of a repository take their values from few places
def _template(text: str) -> CaseValue:
    from promptstead.runtime.program import load
    from promptstead.template.analysis import paths
    from promptstead.template.compiler import compile_template
    from promptstead.template.parser import parse

    template = parse(text)
    unknown = next((use.path[0] for use in paths(template) if use.path[0] not in ("expected", "inputs")), None)
    if unknown is not None:
        raise PromptsteadError(f"`{unknown}` is nothing that a check can use", hint="use `expected` or `inputs.<name>`")
    program = compile_template(template)
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
            raise Unscored(f"the case does not give what the check needs: {error.message}") from None

    return read


def _path(root: str, keys: list[str | int]) -> CaseValue:
    """Return the reader of a bare path, which is what nearly every option is and needs no interpreter."""
    from promptstead.runtime.program import path_text

    name = path_text((root, *keys))

    def read(case: Case) -> Json:
        if root == "expected" and not case.has_expected:
            raise Unscored(f"the case gives no `{name}`")
        try:
            return follow(case.expected if root == "expected" else case.inputs, keys)
        except LookupError:
            raise Unscored(f"the case gives no `{name}`") from None

    return read
