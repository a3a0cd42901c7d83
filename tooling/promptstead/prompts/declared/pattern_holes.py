r"""Holes in a regular expression: ``{{ expected.id }}`` stands for a text of the case, taken character by character.

A hole is ``{{``, an expression without braces, ``}}``. Outside a class ``{{`` means nothing in the syntax of patterns,
so that it always begins a hole; inside ``[…]``, where it is two braces, it does so only in front of ``expected`` or
``inputs``. An escaped brace begins none: ``\{{2}`` is two braces, and ``\{\{`` is ``{{``.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from promptstead.errors import PromptsteadError
from promptstead.prompts.declared.case_template import program_of
from promptstead.words.sentence import say

_PIECE = re.compile(
    r"\\.|(?P<hole>\{\{(?P<root>[-+]?\s*(?:expected|inputs)\b)?(?!\s*[0-9])[^{}]*\}\})|(?P<edge>[\[\]])|.", re.DOTALL
)
_DASH_AT_END = re.compile(r"(?<!\\)(?:\\\\)*-\Z")


class Hole(NamedTuple):
    """*template* is the hole as written; *in_class*: its value stands for any one of its characters."""

    template: str
    in_class: bool


Parts = tuple[str | Hole, ...]
"""A pattern in order: what stands as it is written, and the holes."""


@lru_cache(256)
def parts_of(pattern: str) -> Parts:
    """Return what *pattern* is made of; itself alone where it has no hole.

    :raises PromptsteadError: a hole is no expression over the case, or it is an end of a range such as ``a-z``.
    """
    if "{{" not in pattern:
        return (pattern,)
    parts: list[str | Hole] = []
    plain, position, in_class = 0, 0, False
    while match := _PIECE.match(pattern, position):
        position = match.end()
        if match["hole"] and (match["root"] or not in_class):
            before = pattern[plain : match.start()]
            parts += [before, Hole(match["hole"], in_class)] if before else [Hole(match["hole"], in_class)]
            if in_class and (_DASH_AT_END.search(before) or pattern.startswith("-", position)):
                message = say("evaluators.hole-in-range", hole=match["hole"])
                raise PromptsteadError(message, hint=say("evaluators.escape-dash"))
            program_of(match["hole"])
            plain = position
        elif match["hole"]:
            position = match.start() + 1
        elif match["edge"]:
            in_class = match["edge"] == "["
    return (*parts, pattern[plain:]) if plain < len(pattern) else tuple(parts)


def filled(parts: Parts, values: Sequence[str]) -> str:
    """Return the pattern with a value in each hole.

    Outside a class a value is one unit: a quantifier behind it applies to all of it. No character of a value is
    special, and none joins with what stands before it.

    :param values: one for each hole, in order; none of them empty.
    """
    left = iter(values)
    return "".join(part if isinstance(part, str) else _literal(next(left), part.in_class) for part in parts)


def probe(pattern: str) -> str:
    """Return *pattern* with one letter in each hole: enough to see whether what stands around them is a pattern.

    :raises PromptsteadError: see :func:`parts_of`.
    """
    parts = parts_of(pattern)
    return filled(parts, ["a"] * sum(isinstance(part, Hole) for part in parts))


def _literal(value: str, in_class: bool) -> str:
    if in_class:
        return "".join(map(_escaped, value))
    return "(?:" + "".join(each if each.isalnum() else _escaped(each) for each in value) + ")"


def _escaped(character: str) -> str:
    return f"\\u{{{ord(character):x}}}"
