"""``json-path``: a value inside the JSON answer is what was expected."""

from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext

from promptstead.errors import PromptsteadError
from promptstead.evaluators.kinds.equals import same
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.json_query import selector
from promptstead.evaluators.shared.options import CaseValue, option
from promptstead.evaluators.shared.results import Result, Unscored, first_quoted, quoted
from promptstead.evaluators.shared.strict_json import NotJson
from promptstead.evaluators.shared.target import not_json
from promptstead.model import Case, Json, is_number
from promptstead.runtime.values import text_of
from promptstead.words.sentence import Sentence, say

Test = Callable[[Json, Case], Sentence | None]
"""Returns what is wrong with a value, or None."""


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Take the values that ``path`` selects (JSONPath, RFC 9535) and compare each with what is asked.

    ``equals`` and ``in`` compare as JSON (1 equals 1.0, a boolean equals no number; ``ignore_case`` folds texts); two
    numbers may differ from ``equals`` by ``tolerance``, in decimal arithmetic. ``within`` asks for text that occurs in
    another one, white space of any length being one space; ``min`` and ``max`` ask for a number within bounds, both
    inclusive. All that are given must hold, and without any of them the path must select something. A path that selects
    nothing fails. Of several values ``match: all`` (the default) asks that each agrees, ``match: any`` that one does.
    The functions ``match()`` and ``search()`` are left out: use ``regex``. The answer must be JSON as the evaluator
    ``json`` has it; ``fenced`` as there.

    :raises PromptsteadError: the path is malformed, or ``min`` is above ``max``.
    """
    path: str = options["path"]
    select = selector(path)
    tests = _tests(options)
    fenced = options.get("fenced", False)
    any_one = options.get("match", "all") == "any"

    def complaint(value: Json, case: Case) -> Sentence | None:
        for test in tests:
            if found := test(value, case):
                return found
        return None

    def judge(answer: Answer) -> Result:
        try:
            document = answer.json(fenced)
        except NotJson as error:
            return not_json(answer.text, error)
        values = select(document)
        if not values:
            return Result(False, say("evaluators.selects-nothing", path=path))
        complaints = [complaint(value, answer.case) for value in values]
        first = next(filter(None, complaints), None)
        if first is not None and not (any_one and None in complaints):
            return Result(False, say("evaluators.at-path", path=path, reason=first))
        agreeing = values[complaints.index(None)]
        return Result(True, say("evaluators.path-is", path=path, value=quoted(agreeing)))

    return judge


def _tests(options: Mapping[str, Json]) -> list[Test]:
    ignore_case = options.get("ignore_case", False)
    tests: list[Test] = []
    if "equals" in options:
        expected = option(options["equals"])
        tolerance = Decimal(repr(options.get("tolerance", 0)))

        def near(value: Json, wanted: Json) -> bool:
            return bool(tolerance) and is_number(value) and is_number(wanted) and _apart(value, wanted) <= tolerance

        def equals(value: Json, case: Case) -> Sentence | None:
            wanted = expected(case)
            if same(value, wanted, ignore_case) or near(value, wanted):
                return None
            return say("evaluators.expected", wanted=quoted(wanted), got=quoted(value))

        tests.append(equals)
    if "in" in options:
        choices = option(options["in"])

        def among(value: Json, case: Case) -> Sentence | None:
            wanted = choices(case)
            if not isinstance(wanted, list):  # the characters of a text are no choices
                raise Unscored(say("evaluators.no-list-of-choices", got=quoted(wanted)))
            if any(same(value, item, ignore_case) for item in wanted):
                return None
            return say("evaluators.expected-one-of", wanted=first_quoted(wanted), got=quoted(value))

        tests.append(among)
    if "within" in options:
        tests.append(_within(option(options["within"]), ignore_case))
    if "min" in options or "max" in options:
        tests.append(_bounds(options.get("min"), options.get("max")))
    return tests


def _within(source: CaseValue, ignore_case: bool) -> Test:
    def occurs(value: Json, case: Case) -> Sentence | None:
        if not isinstance(value, str):
            return say("evaluators.expected-a-text", got=quoted(value))
        whole = _one_spaced(text_of(source(case)))
        part = _one_spaced(value)
        found = part.casefold() in whole.casefold() if ignore_case else part in whole
        return None if found else say("evaluators.does-not-occur", part=quoted(value), whole=quoted(whole))

    return occurs


def _one_spaced(text: str) -> str:
    return " ".join(text.split())


def _bounds(least: float | None, most: float | None) -> Test:
    if least is not None and most is not None and least > most:
        message = say("evaluators.min-above-max", least=least, most=most)
        raise PromptsteadError(message, hint=say("evaluators.nothing-passes"))

    def within(value: Json, case: Case) -> Sentence | None:
        if not is_number(value):
            return say("evaluators.expected-a-number", got=quoted(value))
        if least is not None and value < least:
            return say("evaluators.too-small", least=least, got=quoted(value))
        return say("evaluators.too-large", most=most, got=quoted(value)) if most is not None and value > most else None

    return within


def _apart(left: float, right: float) -> Decimal:
    with localcontext(prec=400):
        return abs(Decimal(repr(left)) - Decimal(repr(right)))
