"""``length``: the answer is neither too short nor too long."""

import re
from collections.abc import Callable, Mapping, Sequence

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import bounds
from promptstead.evaluators.shared.results import Result
from promptstead.evaluators.shared.target import pieces
from promptstead.model import Json
from promptstead.words.sentence import Sentence, say

_LINE_BREAK = re.compile(r"\r\n?|\n")
_WORD = re.compile(r"\w")
_SENTENCE_END = re.compile(r"""(?<![.!?…])(?:(?<!\b\w)\.|[!?…])[.!?…]*+["'”’»)\]]*+(?=\s)|[。！？]""")


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Count ``unit`` and compare with ``min`` and ``max``, both inclusive; without both the count is the score.

    characters: code points, white space included. words: stretches without white space that hold a letter or a digit,
    so that the lone ``?`` of French typography is none and ``don't`` is one. lines: as an editor counts them, empty
    ones included, a line break at the end opening none. paragraphs: stretches of lines between empty lines; with
    ``separator``, what stands between its occurrences and is not blank. sentences: stretches that hold a letter or a
    digit and end with ``.``, ``!``, ``?`` or ``…`` (and closing quotes or brackets) before white space, with ``。``,
    ``！`` or ``？``, or with the paragraph; a full stop after a single letter or digit (``M. Martin``, ``1. First``)
    ends none. With ``distinct`` what is equal counts once, white space at the ends aside.

    :raises PromptsteadError: ``min`` is above ``max``, or ``separator`` has another unit.
    """
    unit: str = options.get("unit", "characters")
    separator: str = options.get("separator", "")
    distinct = options.get("distinct", False)
    if separator and unit != "paragraphs":
        raise PromptsteadError(say("evaluators.separator-unit", unit=unit), hint=say("evaluators.write-paragraphs"))
    judged = bounds(options)
    said = (_DISTINCT if distinct else _SAID)[unit]
    split = _SPLITS[unit]

    def judge(answer: Answer) -> Result:
        text = answer.text
        if unit == "characters" and not distinct:
            return judged(len(text), said(len(text)))
        found = pieces(text, separator) if separator else split(text)
        count = len({item.strip() for item in found} if distinct else found)
        return judged(count, said(count))

    return judge


def words(text: str) -> list[str]:
    """Return the words of *text*."""
    return [word for word in text.split() if _WORD.search(word)]


def lines(text: str) -> list[str]:
    """Return the lines of *text*."""
    parts = _LINE_BREAK.split(text)
    return parts[:-1] if parts[-1] == "" else parts


def sentences(text: str) -> list[str]:
    """Return the sentences of *text*, without what ends them."""
    found = (piece for paragraph in paragraphs(text) for piece in _SENTENCE_END.split(paragraph))
    return [piece for piece in found if _WORD.search(piece)]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of *text*."""
    found: list[list[str]] = [[]]
    for line in _LINE_BREAK.split(text):
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(part) for part in found if part]


_SPLITS: dict[str, Callable[[str], Sequence[str]]] = {
    "characters": str,
    "words": words,
    "sentences": sentences,
    "lines": lines,
    "paragraphs": paragraphs,
}
_SAID: dict[str, Callable[[int], Sentence]] = {
    "characters": lambda n: say("evaluators.characters", n=n),
    "words": lambda n: say("evaluators.words", n=n),
    "sentences": lambda n: say("evaluators.sentences", n=n),
    "lines": lambda n: say("evaluators.lines", n=n),
    "paragraphs": lambda n: say("evaluators.paragraphs", n=n),
}
_DISTINCT: dict[str, Callable[[int], Sentence]] = {
    "characters": lambda n: say("evaluators.distinct-characters", n=n),
    "words": lambda n: say("evaluators.distinct-words", n=n),
    "sentences": lambda n: say("evaluators.distinct-sentences", n=n),
    "lines": lambda n: say("evaluators.distinct-lines", n=n),
    "paragraphs": lambda n: say("evaluators.distinct-paragraphs", n=n),
}
