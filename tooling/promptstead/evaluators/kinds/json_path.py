"""``json-path``: a value inside the JSON answer is what was expected."""

from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext

from promptstead.evaluators.kinds.equals import same
from promptstead.evaluators.kinds.json_value import not_json
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.json_query import selector
from promptstead.evaluators.shared.options import CaseValue, option
from promptstead.evaluators.shared.results import Result, reason, shown
from promptstead.evaluators.shared.strict_json import NotJson
from promptstead.model import Case, Json, is_number
from promptstead.runtime.values import text_of

Test = Callable[[Json, Case], str]
"""Returns what is wrong with a value, or an empty text."""


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Take the values that ``path`` selects (JSONPath, RFC 9535) and compare each with what is asked.

    ``equals`` and ``in`` compare as JSON (1 equals 1.0, a boolean equals no number; ``ignore_case`` folds texts); two
    numbers may differ from ``equals`` by ``tolerance``, in decimal arithmetic. ``within`` asks for text that occurs in
    another one, white space of any length being one space; ``min`` and ``max`` ask for a number within bounds, both
    inclusive. All that are given must hold, and without any of them the path must select something. A path that selects
    nothing fails. Of several values ``match: all`` (the default) asks that each agrees, ``match: any`` that one does.
    The functions ``match()`` and ``search()`` are left out: use ``regex``. The answer must be JSON as the evaluator
    ``json`` has it; ``fenced`` as there.

    :raises PromptsteadError: the path is malformed.
    """
    path: str = options["path"]
    select = selector(path)
    tests = _tests(options)
    fenced = options.get("fenced", False)
    any_one = options.get("match", "all") == "any"

    def complaint(value: Json, case: Case) -> str:
        for test in tests:
            if found := test(value, case):
                return found
        return ""

    def judge(answer: Answer) -> Result:
        try:
            document = answer.json(fenced)
        except NotJson as error:
            return not_json(answer, error)
        values = select(document)
        if not values:
            return Result(False, f"`{path}` selects nothing")
        complaints = [complaint(value, answer.case) for value in values]
        if any(complaints) and not (any_one and "" in complaints):
            return Result(False, reason(f"`{path}`: {next(filter(None, complaints))}"))
        agreeing = values[complaints.index("")]
        return Result(True, reason(f"`{path}` is {shown(agreeing)}"))

    return judge


def _tests(options: Mapping[str, Json]) -> list[Test]:
    ignore_case = options.get("ignore_case", False)
    tests: list[Test] = []
    if "equals" in options:
        expected = option(options["equals"])
        tolerance = Decimal(repr(options.get("tolerance", 0)))

        def near(value: Json, wanted: Json) -> bool:
            return bool(tolerance) and is_number(value) and is_number(wanted) and _apart(value, wanted) <= tolerance

        def equals(value: Json, case: Case) -> str:
            wanted = expected(case)
            return (
                ""
                if same(value, wanted, ignore_case) or near(value, wanted)
                else f"expected {shown(wanted)}, got {shown(value)}"
            )

        tests.append(equals)
    if "in" in options:
        choices = option(options["in"])

        def among(value: Json, case: Case) -> str:
            wanted = choices(case)
            if any(same(value, item, ignore_case) for item in wanted):
                return ""
            return f"expected one of {', '.join(map(shown, wanted[:10]))}, got {shown(value)}"

        tests.append(among)
    if "within" in options:
        tests.append(_within(option(options["within"]), ignore_case))
    if "min" in options or "max" in options:
        tests.append(_bounds(options.get("min"), options.get("max")))
    return tests


def _within(source: CaseValue, ignore_case: bool) -> Test:
    def occurs(value: Json, case: Case) -> str:
        if not isinstance(value, str):
            return f"expected text, got {shown(value)}"
        whole = _one_spaced(text_of(source(case)))
        part = _one_spaced(value)
        found = part.casefold() in whole.casefold() if ignore_case else part in whole
        return "" if found else f"{shown(value)} does not occur in {shown(whole)}"

    return occurs


def _one_spaced(text: str) -> str:
    return " ".join(text.split())


def _bounds(least: float | None, most: float | None) -> Test:
    def within(value: Json, case: Case) -> str:
        if not is_number(value):
            return f"expected a number, got {shown(value)}"
        if least is not None and value < least:
            return f"expected at least {least}, got {shown(value)}"
        return f"expected at most {most}, got {shown(value)}" if most is not None and value > most else ""

    return within


def _apart(left: float, right: float) -> Decimal:
    with localcontext(prec=400):
        return abs(Decimal(repr(left)) - Decimal(repr(right)))
