"""Small readings of text that several rules share."""

import re
from collections.abc import Iterator
from functools import lru_cache

from promptstead.model import Json, KeyPath

LONGEST = 20_000
"""Characters of one paragraph that are looked at."""
_FENCE = re.compile(r"^[ \t>]*(?:[-*+] |\d+[.)] )?\\?(?:`\\?`\\?`+|~~~+)[ \t]*(\S*)", re.MULTILINE)
_OTHER_BRACES = re.compile(r"\{\{[^{}\n]*\w[ \t]+\w[^{}\n]*\}\}|\{%")
_FENCE_BEFORE = re.compile(r"(?:```|~~~)[\w:.{}-]*[ \t]*\n\s*$")
_FENCE_AFTER = re.compile(r"\s*(?:```|~~~)")
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


@lru_cache(maxsize=8)
def code_blocks(text: str) -> tuple[tuple[int, int], ...]:
    """Return start and end of each fenced code block; one that is never closed goes on to the end of the text.

    A fence that names a language opens a block even inside another: so do people write a template that holds code.
    """
    found = []
    start = depth = 0
    for match in _FENCE.finditer(text):
        if depth == 0:
            start = match.start()
        depth += 1 if depth == 0 or match[1] else -1
        if depth == 0:
            found.append((start, match.end()))
    return (*found, (start, len(text))) if depth else tuple(found)


def in_code(text: str, place: int) -> bool:
    """Tell whether *place* is in a fenced code block, or in backquotes on its line."""
    if text.count("`", text.rfind("\n", 0, place) + 1, place) % 2:
        return True
    return text.find("```", 0, place) >= 0 and any(start <= place < end for start, end in code_blocks(text))


@lru_cache(maxsize=8)
def has_other_braces(text: str) -> bool:
    """Tell whether *text* writes a template of another language: `{{ two words }}` is none of GitHub Models."""
    return _OTHER_BRACES.search(text) is not None


def is_code_braces(text: str, start: int, end: int) -> bool:
    """Tell whether the braces at ``text[start:end]`` belong to code: `${{ … }}`, or a block with more in it."""
    if text[start - 1 : start] == "$":
        return True
    if not in_code(text, start):
        return False
    return not (_FENCE_BEFORE.search(text, max(0, start - 80), start) and _FENCE_AFTER.match(text, end))


def in_quotes(text: str, place: int) -> bool:
    """Tell whether *place* is in quotation marks that open before it on its line."""
    line = text[text.rfind("\n", 0, place) + 1 : place]
    return line.count('"') % 2 == 1 or any(line.count(one) > line.count(other) for one, other in ("“”", "«»", "„“"))


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
