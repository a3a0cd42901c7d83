"""``readability``: how hard the answer is to read, by a published formula."""

import re
from collections import Counter
from collections.abc import Callable, Mapping

from promptstead.evaluators.kinds.length import sentences, words
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import bounds
from promptstead.evaluators.shared.results import Result, Unscored
from promptstead.model import Json
from promptstead.words.sentence import say

_VOWELS = re.compile(r"[aeiouyàâäæéèêëîïíìôöœóòùûüúÿ]+")
_ENDINGS = {
    # a consonant before `le` carries it (table); `ed` is spoken after t and d, `es` after a hiss
    "en": re.compile(r"(?:(?<![aeiouy])(?<!l)|(?<=[aeiouy]l))e$|(?<![aeiouytd])ed$|(?<![aeiouyscxzgl])es$"),
    "fr": re.compile(r"(?:(?<![aeiouyàâéèêëîïôùûü])|(?<=[gq]u))(?:e|es|ent)$"),
}


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Compute ``formula`` and compare it with ``min`` and ``max``, both inclusive; without both it is the score.

    W, S and Y are words per sentence, letters per word and syllables per word; words and sentences are counted as
    ``length`` counts them. Higher is easier: ``flesch`` (English; R. Flesch 1948) is 206.835 - 1.015 W - 84.6 Y;
    ``kandel-moles`` (French; L. Kandel and A. Moles 1958) is 207 - 1.015 W - 73.6 Y. Higher is harder:
    ``flesch-kincaid`` (English, a school grade; J. P. Kincaid and others 1975) is 0.39 W + 11.8 Y - 15.59; ``ari``
    (English, a grade; E. A. Smith and R. J. Senter 1967) is 4.71 S + 0.5 W - 21.43; ``lix`` (any language in Latin
    letters; C.-H. Björnsson 1968) is W plus the percentage of words of more than six letters.

    Syllables are estimated: groups of vowels, a silent ending aside (English ``e``, ``es`` and ``ed``; French ``e``,
    ``es`` and ``ent``), at least one a word. The estimate is rough for a word and steady for a text, so compare answers
    with each other rather than with tables. An answer without words is unscored.

    :raises PromptsteadError: ``min`` is above ``max``.
    """
    formula: str = options["formula"]
    judged = bounds(options)

    def judge(answer: Answer) -> Result:
        found = Counter(word.casefold() for word in words(answer.text))
        if not found:
            raise Unscored(say("evaluators.no-words"))
        length = found.total() / len(sentences(answer.text))
        score = _FORMULAS[formula](found, length)
        return judged(score, say("evaluators.score-by", score=score, metric=formula))

    return judge


def syllables(word: str, language: str) -> int:
    """Return an estimate of how many syllables *word* has, at least one; *language* is ``en`` or ``fr``."""
    count = sum(len(_VOWELS.findall(part)) - _silent(part, language) for part in re.split(r"[\W_]+", word) if part)
    return max(1, count)


def _silent(part: str, language: str) -> bool:
    """Tell whether the word ends in a vowel that is not spoken and is not its only one."""
    ending = _ENDINGS[language].search(part)
    return ending is not None and len(_VOWELS.findall(part)) > 1


def _per_word(found: Counter[str], measure: Callable[[str], int]) -> float:
    return sum(times * measure(word) for word, times in found.items()) / found.total()


def _letters(word: str) -> int:
    return sum(map(str.isalnum, word))


def _syllables(found: Counter[str], language: str) -> float:
    return _per_word(found, lambda word: syllables(word, language))


_FORMULAS: dict[str, Callable[[Counter[str], float], float]] = {
    "flesch": lambda found, length: 206.835 - 1.015 * length - 84.6 * _syllables(found, "en"),
    "kandel-moles": lambda found, length: 207 - 1.015 * length - 73.6 * _syllables(found, "fr"),
    "flesch-kincaid": lambda found, length: 0.39 * length + 11.8 * _syllables(found, "en") - 15.59,
    "ari": lambda found, length: 4.71 * _per_word(found, _letters) + 0.5 * length - 21.43,
    "lix": lambda found, length: length + 100 * _per_word(found, lambda word: _letters(word) > 6),
}
