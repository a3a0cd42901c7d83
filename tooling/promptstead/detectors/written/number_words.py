"""Whole numbers in words, English and French: to a hundred, and times a hundred or a thousand."""

import re
from collections.abc import Iterator
from decimal import Decimal

from promptstead.detectors.written.units import unit_after
from promptstead.detectors.written.value import MOST_VALUES, TooManyValues, Value

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_FRENCH = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf"
)
_TENS = ("twenty thirty forty fifty sixty seventy eighty ninety", "vingt trente quarante cinquante soixante")
_TIMES = {"hundred": 100, "cent": 100, "cents": 100, "thousand": 1000, "mille": 1000}
_WORD = re.compile(
    r"[a-zéè]+(?:-[a-zéè]+){0,3}+(?![^\W_])(?:[ \n]et[ \n](?P<last>une?|onze)(?![^\W_]))?"
    r"(?:[ \n](?P<times>hundred|cents?|thousand|mille)(?![^\W_]))?"
)


def _table() -> dict[str, int]:
    table = {word: number for words in (_ENGLISH, _FRENCH) for number, word in enumerate(words.split())}
    table |= {"une": 1, "dozen": 12, "douzaine": 12, "quinzaine": 15, "vingtaine": 20}
    table |= {"hundred": 100, "cent": 100, "mille": 1000}
    ones = {"en": _ENGLISH.split(), "fr": _FRENCH.split()}
    for language, tens in zip(ones, _TENS, strict=True):
        for ten, word in enumerate(tens.split(), 2):
            table[word] = 10 * ten
            table |= {f"{word}-{one}": 10 * ten + number for number, one in enumerate(ones[language][1:10], 1)}
    for number, one in enumerate(ones["fr"][1:20], 1):
        table |= {f"quatre-vingt-{one}": 80 + number}
        if number >= 10:
            table |= {f"soixante-{one}": 60 + number}
    return table | {"quatre-vingts": 80, "soixante-et-onze": 71}


_NUMBERS = _table()


def number_words(text: str) -> Iterator[Value]:
    """Yield the numbers that a text says in words.

    :raises TooManyValues: there are more than 50,000.
    """
    count = 0
    for match in _WORD.finditer(text.lower()):
        word, _, times = match[0].split(None, 1)[0].rpartition("-")
        if not word or times not in _TIMES:
            word, times = match[0].split(None, 1)[0], match["times"]
        number = _NUMBERS.get(word)
        if number is None:
            continue
        if match["last"]:
            number += 11 if match["last"] == "onze" else 1
        if times:
            number *= _TIMES[times]
        count += 1
        if count > MOST_VALUES:
            raise TooManyValues
        unit, end = unit_after(text, match.end())
        yield Value("number", match.start(), end, (Decimal(number),), unit)
