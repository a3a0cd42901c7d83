"""How long a backtracking engine may take over a regular expression, at most.

A bundle's patterns are run by whatever engine an application's language has; most of them backtrack. Authors are told
while they write, for texts of 10,000 characters or of ``maxLength``; the runtime asks for the text at hand. The bound
is the number of ways to try: each repetition of varying length multiplies it by that variation, a search without an
anchor by the length of the text. What would multiply within a repetition (``(a+)+``) has no bound worth naming, unless
each turn starts with a character that nothing else in it can take (``(-[a-z]+)*``), so that there is one way to split
the text. A repetition that ends the pattern is tried once: nothing after it can fail.
"""

from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

inf = float("inf")
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
UNLIMITED = 10_000
"""Length of text that is reckoned with where the schema has no ``maxLength``."""
MOST = 200_000_000
"""More ways to try are refused while writing: a few seconds in Python."""
MOST_AT_ONCE = 10_000_000_000
"""More ways to try on one text are not begun: a minute in Python, where the text is made for it."""


def too_slow(pattern: str, length: int) -> bool:
    """Tell whether *pattern* may keep an engine busy for more than a minute on a text of *length* characters.

    :param pattern: one that Python's ``re`` compiles.
    """
    return _rounded(pattern, length.bit_length()) > MOST_AT_ONCE and ways(pattern, length) > MOST_AT_ONCE


@lru_cache(256)
def _rounded(pattern: str, bits: int) -> float:
    """Return the bound for the longest text whose length has *bits*; one is worked out for many texts."""
    return ways(pattern, (1 << bits) - 1)


def ways(pattern: str, length: int) -> float:
    """Return an upper bound on the ways to match *pattern* against *length* characters.

    Infinity stands for too many, and for a pattern that is nested too deeply to be looked through.

    :param pattern: one that Python's ``re`` compiles.
    """
    import warnings
    from re import _parser as parser  # type: ignore[attr-defined]  # public as sre_parse until Python 3.13

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            items = list(parser.parse(pattern))
        return _search(items, length)
    except RecursionError:
        return inf


def _search(items: "list[Any]", length: int) -> float:
    anchored = bool(items) and str(items[0][0]) == "AT" and str(items[0][1]) in ("AT_BEGINNING", "AT_BEGINNING_STRING")
    repeats = items and str(items[-1][0]) in _REPEATS and _sequence(items[-1][1][2], length) <= 1
    last = min(max(1, int(items.pop()[1][0])), length) if repeats else 1
    return last * _sequence(items, length) * (1 if anchored else max(1, length))


def _sequence(items: "Any", length: int) -> float:
    product = 1.0
    for operator, argument in items:
        product *= _item(str(operator), argument, length)
    return product


def _item(operator: str, argument: "Any", length: int) -> float:
    if operator in _REPEATS:
        least, most, body = argument
        most = min(int(most), length)
        inside = _sequence(body, length)
        if inside > 1 and not _separated(list(body)):
            return inf if most > 2 else inside * inside
        return float(max(1, most - least + 1))
    if operator == "BRANCH":
        return float(sum(_sequence(branch, length) for branch in argument[1]))
    if operator == "SUBPATTERN":
        return _sequence(argument[-1], length)
    if operator in ("ASSERT", "ASSERT_NOT", "ATOMIC_GROUP"):
        return _sequence(argument[1] if operator != "ATOMIC_GROUP" else argument, length)
    return inf if operator in ("GROUPREF", "GROUPREF_EXISTS") else 1.0


def _separated(body: "list[Any]") -> bool:
    """Tell whether each turn of a repetition starts with one character that the rest of the turn cannot hold."""
    if len(body) == 1 and str(body[0][0]) == "SUBPATTERN":
        return _separated(list(body[0][1][-1]))
    if not body or str(body[0][0]) != "LITERAL":
        return False
    return all(not _takes(str(operator), argument, chr(body[0][1])) for operator, argument in body[1:])


def _takes(operator: str, argument: "Any", character: str) -> bool:
    """Tell whether an item of a pattern may take *character*; true where that is not certain."""
    if operator == "LITERAL":
        return chr(argument) == character
    if operator == "NOT_LITERAL":
        return chr(argument) != character
    if operator == "RANGE":
        return bool(argument[0] <= ord(character) <= argument[1])
    if operator == "CATEGORY":
        kind = str(argument).removeprefix("CATEGORY_")
        word = character.isalnum() or character == "_"
        holds = {"DIGIT": character.isdigit(), "SPACE": character.isspace(), "WORD": word}
        return not holds.get(kind[4:], False) if kind.startswith("NOT_") else holds.get(kind, True)
    if operator == "IN":
        negated = bool(argument) and str(argument[0][0]) == "NEGATE"
        return negated != any(_takes(str(inner), value, character) for inner, value in argument[negated:])
    if operator in ("MAX_REPEAT", "MIN_REPEAT"):
        return any(_takes(str(inner), value, character) for inner, value in argument[2])
    return True
