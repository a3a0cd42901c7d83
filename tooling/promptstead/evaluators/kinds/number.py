"""``number``: a number found in the answer is what was expected."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, localcontext

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.hits import taken
from promptstead.evaluators.shared.options import CaseValue, option
from promptstead.evaluators.shared.results import Result, Unscored, quoted
from promptstead.model import Case, Json
from promptstead.words.sentence import Sentence, say

_GAPS = "\u00a0\u202f\u2009'’"


def _grammar(point: str, comma: str) -> re.Pattern[str]:
    return re.compile(
        r"(?:(?<![^\W_])(?<![)\]])(?P<sign>[-+−])[$€£¥]?)?"
        rf"(?<![^\W_])(?<![^\W_]_)(?<![0-9]{point})"
        rf"(?P<whole>[0-9]{{1,3}}(?P<gap>[{comma}{_GAPS}])[0-9]{{3}}(?:(?P=gap)[0-9]{{3}}){{0,100}}(?![0-9])|[0-9]{{1,400}}(?![0-9]))?"
        rf"(?:{point}(?P<fraction>[0-9]{{1,400}}(?![0-9])))?"
        r"(?<=[0-9])(?:[eE](?P<exponent>[-+]?[0-9]{1,3})(?!\w))?"
    )


GRAMMARS = {".": _grammar(r"\.", ","), ",": _grammar(",", ".")}


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Find a number in the answer and compare it, in decimal arithmetic, with what is asked.

    ``after`` narrows the search to what follows the last occurrence of a text; without that text there is no number.
    ``take`` chooses the first, the last (the default) or the only number, or the one at a place: 2 is the second, -2
    the last but one. It must equal ``equals`` within
    ``tolerance``, and lie between ``min`` and ``max``, all inclusive; without any of them a number must be there. An
    expected value that is not a number leaves the answer unscored.

    A number is: a sign (``-``, ``−``, ``+``), a currency sign, digits, a fraction, an exponent. The sign touches the
    number and does not touch what stands before it, so that ``16-3`` is 16 and 3. Digits may come in groups of three
    parted by a comma, an apostrophe or a no-break or thin space, always the same: ``1,234.5``. They follow no letter
    (``GPT4`` holds none) and may be followed by anything (``12kg``, ``5 %``, ``18.``). With ``decimal: ","`` comma and
    full stop change places: ``1.234,5``. Underscores around a number are emphasis: ``__42__`` is 42.

    :raises PromptsteadError: ``equals`` is text that is no number, or ``min`` is above ``max``.
    """
    text_before: str = options.get("after", "")
    take: str | float = options.get("take", "last")
    grammar = GRAMMARS[options.get("decimal", ".")]
    expected = option(options["equals"]) if "equals" in options else None
    tolerance, least, most = (_decimal(options.get(key)) for key in ("tolerance", "min", "max"))
    if least is not None and most is not None and least > most:
        message = say("evaluators.min-above-max", least=options["min"], most=options["max"])
        raise PromptsteadError(message, hint=say("evaluators.nothing-passes"))
    given = options.get("equals")
    if isinstance(given, str) and "{" not in given and whole_number(given) is None:
        raise PromptsteadError(say("evaluators.equals-no-number", value=quoted(given)))

    def judge(answer: Answer) -> Result:
        wanted = None if expected is None else _expected(expected, answer.case)
        _, separator, rest = answer.text.rpartition(text_before) if text_before else ("", " ", answer.text)
        if not separator:
            missing = say("evaluators.text-missing", text=quoted(text_before), answer=quoted(answer.text))
            return Result(False, missing)
        found, seen = taken((number for _, number in numbers(grammar, rest)), take)
        if found is None:
            return Result(False, say("evaluators.in-text", said=not_taken(seen, take), text=quoted(rest)))
        got = quoted(str(found))
        if wanted is not None and not _near(found, wanted, tolerance):
            return Result(False, say("evaluators.expected", wanted=quoted(str(wanted)), got=got))
        if least is not None and found < least:
            return Result(False, say("evaluators.too-small", least=options["min"], got=got))
        if most is not None and found > most:
            return Result(False, say("evaluators.too-large", most=options["max"], got=got))
        return Result(True, say("evaluators.number-is", number=got))

    return judge


def numbers(grammar: re.Pattern[str], text: str) -> Iterator[tuple[int, Decimal]]:
    """Yield the numbers of *text* in their order, each with the place where it starts."""
    for match in grammar.finditer(text):
        sign = "-" if match["sign"] in ("-", "−") else ""
        whole = match["whole"] or "0"
        if match["gap"]:
            whole = whole.replace(match["gap"], "")
        fraction = f".{match['fraction']}" if match["fraction"] else ""
        yield match.start(), Decimal(f"{sign}{whole}{fraction}e{match['exponent'] or 0}")


def not_taken(seen: int, which: str | float) -> Sentence:
    """Return why there is no such number as *which* asks for among the *seen* ones."""
    if not seen:
        return say("evaluators.no-number-found")
    if isinstance(which, str):
        return say("evaluators.several-numbers")
    return say("evaluators.fewer-numbers", place=int(which), n=seen)


def _expected(read: CaseValue, case: Case) -> Decimal:
    value = read(case)
    number = whole_number(value) if isinstance(value, str) else _decimal(value)
    if number is None:
        raise Unscored(say("evaluators.expected-no-number", value=quoted(value)))
    return number


def whole_number(text: str) -> Decimal | None:
    """Return the number that the whole of *text* is, in the grammar with the decimal point; None where it is none."""
    match = GRAMMARS["."].fullmatch(text.strip())
    return next(numbers(GRAMMARS["."], text.strip()))[1] if match else None


def _decimal(value: Json) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return Decimal(repr(value))


def _near(found: Decimal, wanted: Decimal, tolerance: Decimal | None) -> bool:
    if found == wanted or not tolerance:
        return found == wanted
    with localcontext(prec=100):
        return abs(found - wanted) <= tolerance
