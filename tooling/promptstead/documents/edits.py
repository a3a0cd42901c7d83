"""Stretches of a text, and what takes their place."""

from collections.abc import Iterable

from promptstead.documents.document import Document
from promptstead.model import KeyPath, Span

Edit = tuple[Span, str]


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Return *edits* by place; those of one place stay in the order in which they were given."""
    return sorted(edits, key=lambda edit: edit[0])


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return *text* with all *edits* made, none of which overlaps another."""
    pieces, at = [], 0
    for span, new in in_order(edits):
        pieces += [text[at : span.start], new]
        at = span.end
    return "".join(pieces) + text[at:]


def hyphen_column(document: Document, at: KeyPath) -> int:
    """Return the number of columns before the hyphen of the entry of a list that stands at *at*."""
    hyphen = document.text.rindex("-", 0, document.span(at).start)
    return document.position(hyphen)[1] - 1


def line_end_of(document: Document, offset: int) -> int:
    """Return where the line of *offset* ends, before its line break."""
    return document.line_span(document.position(offset)[0]).end
