"""The first of many names as a sentence lists them, in each language."""

from collections.abc import Callable, Sequence

from promptstead.words.sentence import say_in
from promptstead.words.template import Language


def some_names(language: Language, names: Sequence[str], most: int, shown: Callable[[str], str] = str) -> str:
    """Return the first *most* of *names*, each as *shown* gives it, and how many more there are."""
    listed = ", ".join(map(shown, names[:most]))
    more = len(names) - most
    return say_in(language, "listings.and-more", names=listed, n=more) if more > 0 else listed
