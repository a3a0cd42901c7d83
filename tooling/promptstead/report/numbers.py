"""Numbers, and how many there are of something, as a language writes them."""

from promptstead.words.tables import table
from promptstead.words.template import Language, fill


def number(value: float, language: Language, form: str) -> str:
    """Return a number in a *form* of Python's, such as ``,`` or ``.1f``, with the marks of *language*."""
    return fill(f"{{value:{form}}}", {"value": value}, language)


def counted(language: Language, word: str, count: int) -> str:
    """Return how many there are of what one of the fixed words of a report says: ``2 errors``, ``3 cas``.

    :raises LookupError: the word is in no table of counts.
    """
    return fill(table("counts", language)[word], {"n": count}, language)
