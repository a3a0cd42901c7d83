"""``no-personal-data``: the answer holds no personal data."""

from collections.abc import Callable, Mapping

from promptstead.detectors.personal_data import KINDS, NAMES, compact, find, masked
from promptstead.escapes import unescaped
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import texts
from promptstead.evaluators.shared.results import Result, holding
from promptstead.model import Json
from promptstead.words.sentence import Sentence, say, word


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Look for personal data; the reason says what kind is there and shows it masked.

    ``kinds`` narrows the search; ``allow`` names values that may occur, written with or without separators. Numbers
    count when their checksum holds: IBAN (with its country's layout), payment card (Luhn, and the prefix of a known
    network; 14, 15 or 19 digits in one piece only near a word such as *card* or *Visa*), NIR (with its key), SIRET
    (Luhn; written as ``732 829 320 00074``, or in one piece within 40 characters of the word SIRET). Telephone numbers:
    French ones, UK and North American ones as they are usually grouped, and any with ``+`` and 8 to 15 digits; an
    amount of money is none. Addresses and numbers that are reserved for examples count too, because that is what tests
    are written with.
    """
    kinds = options.get("kinds", KINDS)
    allow = texts(options.get("allow", []))

    def judge(answer: Answer) -> Result:
        allowed: set[str] | None = None
        found: list[Sentence] = []
        text = unescaped(answer.text)  # an answer in JSON has its line breaks as escapes
        for kind in kinds:
            for item in find(kind, text):
                if allowed is None:
                    allowed = {compact(value) for value in allow(answer.case)}
                if item.compact not in allowed:
                    shown = masked(text[item.start : item.end])
                    found.append(say("evaluators.personal-data", kind=word(NAMES[item.kind]), shown=shown))
        if not found:
            return Result(True, say("evaluators.no-personal-data"))
        return Result(False, holding(found))

    return judge
