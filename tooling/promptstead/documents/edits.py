"""Stretches of a text, and what takes their place."""

from collections.abc import Iterable

from promptstead.model import Span

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
