"""``length``: the answer is neither too short nor too long."""

import re
from collections.abc import Callable, Mapping

from promptstead.evals.answer import Answer
from promptstead.evals.results import Result
from promptstead.model import Json

_LINE_BREAK = re.compile(r"\r\n?|\n")
_WORD = re.compile(r"\w")
_SENTENCE_END = re.compile(r"""(?<![.!?…])(?:(?<!\b\w)\.|[!?…])[.!?…]*+["'”’»)\]]*+(?=\s)|[。！？]""")


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Count ``unit`` and compare with ``min`` and ``max``, both inclusive.

    characters: code points, white space included. words: stretches without white space that hold a letter or a digit,
    so that the lone ``?`` of French typography is none and ``don't`` is one. lines: as an editor counts them, empty
    ones included, a line break at the end opening none. paragraphs: stretches of lines between empty lines. sentences:
    stretches that hold a letter or a digit and end with ``.``, ``!``, ``?`` or ``…`` (and closing quotes or brackets)
    before white space, with ``。``, ``！`` or ``？``, or with the paragraph; a full stop after a single letter or digit
    (``M. Martin``, ``1. First``) ends none.
    """
    unit = options.get("unit", "characters")
    least, most = options.get("min"), options.get("max")
    count = _COUNTS[unit]

    def judge(answer: Answer) -> Result:
        found = count(answer.text)
        if least is not None and found < least:
            return Result(False, f"expected at least {least} {unit}, got {found}")
        if most is not None and found > most:
            return Result(False, f"expected at most {most} {unit}, got {found}")
        return Result(True, f"{found} {unit}")

    return judge


def words(text: str) -> int:
    """Return how many words *text* has."""
    return sum(1 for word in text.split() if _WORD.search(word))


def lines(text: str) -> int:
    """Return how many lines *text* has."""
    parts = _LINE_BREAK.split(text)
    return len(parts) - (parts[-1] == "")


def paragraphs(text: str) -> int:
    """Return how many paragraphs *text* has."""
    return len(_paragraphs(text))


def sentences(text: str) -> int:
    """Return how many sentences *text* has."""
    pieces = (piece for paragraph in _paragraphs(text) for piece in _SENTENCE_END.split(paragraph))
    return sum(1 for piece in pieces if _WORD.search(piece))


def _paragraphs(text: str) -> list[str]:
    found: list[list[str]] = [[]]
    for line in _LINE_BREAK.split(text):
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(part) for part in found if part]


_COUNTS: dict[str, Callable[[str], int]] = {
    "characters": len,
    "words": words,
    "sentences": sentences,
    "lines": lines,
    "paragraphs": paragraphs,
}
