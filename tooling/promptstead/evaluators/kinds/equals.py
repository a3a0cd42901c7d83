"""``equals``: the answer is the expected value."""

import unicodedata
from collections.abc import Callable, Collection, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import option
from promptstead.evaluators.shared.results import Result, quoted
from promptstead.evaluators.shared.strict_json import NotJson
from promptstead.model import Json
from promptstead.runtime.values import equal
from promptstead.words.sentence import say

_QUOTES = {
    '"': '"', "'": "'", "`": "`", "“": "”", "”": "”", "„": "“”", "‘": "’", "’": "’", "‚": "‘’",
    "«": "»", "»": "«", "‹": "›", "›": "‹", "「": "」", "『": "』",
}  # fmt: skip
_NO_PUNCTUATION = "#%&@*/\\\"'"


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Compare the answer with ``value``.

    Text is compared code point by code point, white space at both ends aside unless ``trim: false``, with
    ``ignore_case`` by Unicode case folding. Anything else (a number, a boolean, null, a list, a map) is compared with
    the answer read as JSON: 1 equals 1.0, a boolean equals no number, the order of keys does not count. Nothing is
    normalised: an ``é`` of one code point differs from one of two. ``strip`` takes what stands around both texts off,
    white space included: ``quotes`` pairs of quotation marks, ``punctuation`` full stops, commas and the like (category
    Po of Unicode, ``#``, ``%``, ``&``, ``@``, ``*``, ``/`` and back slashes aside), both again and again. A text of
    nothing else stays as it is.
    """
    expected_value = option(options["value"])
    trim = options.get("trim", True)
    ignore_case = options.get("ignore_case", False)
    around = options.get("strip", ())

    def judge(answer: Answer) -> Result:
        expected = expected_value(answer.case)
        got: Json = answer.text
        if isinstance(expected, str):
            if trim:
                got, expected = got.strip(), expected.strip()
            if around:
                got, expected = _bare(got, around), _bare(expected, around)
        else:
            try:
                got = answer.json()
            except NotJson as error:
                wanted = quoted(expected)
                return Result(False, say("evaluators.expected-not-json", wanted=wanted, error=error.reason))
        if same(got, expected, ignore_case):
            return Result(True, say("evaluators.answer-is", value=quoted(expected)))
        return Result(False, say("evaluators.expected", wanted=quoted(expected), got=quoted(got)))

    return judge


def _bare(text: str, around: Collection[str]) -> str:
    """Return *text* without what stands around it; in time linear in the text."""
    start, end = 0, len(text)
    while start < end:
        first, last = text[start], text[end - 1]
        if first.isspace() or ("punctuation" in around and _is_punctuation(first)):
            start += 1
        elif last.isspace() or ("punctuation" in around and _is_punctuation(last)):
            end -= 1
        elif "quotes" in around and end - start > 1 and last in _QUOTES.get(first, ""):
            start, end = start + 1, end - 1
        else:
            return text[start:end]
    return text


def _is_punctuation(character: str) -> bool:
    return character not in _NO_PUNCTUATION and unicodedata.category(character) == "Po"


def same(left: Json, right: Json, ignore_case: bool) -> bool:
    """Tell whether two JSON values are equal; *ignore_case* folds texts inside lists and maps too, keys not."""
    return equal(fold(left), fold(right)) if ignore_case else equal(left, right)


def fold(value: Json) -> Json:
    """Return *value* with every text in it case-folded."""
    if isinstance(value, str):
        return value.casefold()
    if isinstance(value, list):
        return [fold(item) for item in value]
    return {key: fold(item) for key, item in value.items()} if isinstance(value, dict) else value
