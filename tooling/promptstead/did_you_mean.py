"""The hint for a misspelt word: the nearest of those that there are."""

TYPE_CHECKING = False  # what type checkers take for true; importing typing would cost an application 4 ms
if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, words: "Iterable[str]") -> str:
    """Return the one of *words* that is most like *word*, or nothing where none is near."""
    from difflib import get_close_matches  # slow to load, and most runs misspell nothing

    return next(iter(get_close_matches(word, list(words), 1)), "")


def did_you_mean(word: str, words: "Iterable[str]", otherwise: str = "") -> str:
    """Return the hint that names the one of *words* that *word* was meant to be, or *otherwise*."""
    near = nearest(word, words)
    return f"did you mean `{near}`?" if near else otherwise
