"""Quotations of a text, and whether a text holds their words."""

import re
from collections.abc import Iterator

from promptstead.detectors.written.plain_text import wording

FEWEST_WORDS = 3
"""Words of the shortest quotation: what stands in marks with fewer is a term, a label or irony."""

_QUOTED = re.compile(
    "«([^«»]*)»|\u201c([^\u201c\u201d]*)\u201d|\u201e([^\u201e\u201c\u201d]*)[\u201c\u201d]"
    r'|(?<![\w"])"(?=\S)([^"\n]*)(?<=\S)"(?![\w"])'
)
_LEFT_OUT = re.compile(r"\[[^\[\]]*\]|\( ?\.\.\. ?\)|\.\.\.")
_ENDS = " .,;:!?'-"


def quotations(text: str) -> Iterator[tuple[int, str]]:
    """Yield each quotation of three words or more with the place where it starts: « … », “…”, „…“ and "…"."""
    for match in _QUOTED.finditer(text):
        inside = next(group for group in match.groups() if group is not None)
        if len(inside.split(None, FEWEST_WORDS - 1)) >= FEWEST_WORDS:
            yield match.start(), inside


def holds(words: str, quotation: str) -> bool:
    """Tell whether *words*, as :func:`wording` gives them, hold a quotation.

    Of one that leaves something out (``…``, ``[...]``) or puts something in (``[the client]``), the pieces in order.
    """
    place = 0
    for piece in _LEFT_OUT.split(wording(quotation)):
        piece = piece.strip(_ENDS)
        if piece:
            place = words.find(piece, place)
            if place < 0:
                return False
            place += len(piece)
    return True
