"""Small readings of text that several rules share."""

import re
from collections.abc import Iterator

from promptstead.model import Json, KeyPath

LONGEST = 20_000
"""Characters of one paragraph that are looked at."""
_INNER_BREAK = re.compile(r"\n(?=[ \t]*[^\s*#|<>+-])")


def flat(text: str) -> str:
    """Return *text*, as long as before, with a space for each line break inside a paragraph: a sentence is one line."""
    return _INNER_BREAK.sub(" ", text)


def mentions(lower: str, words: tuple[str, ...]) -> bool:
    """Tell whether one of *words* is part of a text, both in lower case: asked before a costlier search."""
    for word in words:  # noqa: SIM110, twice as fast as any(), and asked more often than anything else
        if word in lower:
            return True
    return False


def paragraphs(text: str, lower: str, words: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield start and text, made flat, of each paragraph or list item that mentions one of *words*.

    *lower* is *text* in lower case, character by character.
    """
    if not mentions(lower, words):
        return
    start = 0
    for paragraph in flat(text).split("\n"):
        end = start + len(paragraph)
        if mentions(lower[start:end], words):
            yield start, paragraph[:LONGEST]
        start = end + 1


def strings(value: Json, at: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Yield each text inside a value of a document, with its place."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(item, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from strings(item, (*at, index))
