"""What a template author reads when a template is wrong, and the bounds that a template keeps to."""

from typing import TYPE_CHECKING

from promptstead.errors import PromptsteadError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_TEXT = 1 << 20
MAX_BLOCKS = 64
MAX_NESTING = 64
MAX_INCLUDES = 16


class TemplateError(PromptsteadError):
    """A template is not in the language, or an include cannot be followed.

    :ivar start: where it is wrong, as an offset in code points into the text of the template or partial.
    :ivar end: the offset after the last character concerned.
    :ivar source: the partial's name as included, or None for the template itself.
    """

    def __init__(
        self, message: str, *, start: int, end: int, hint: str = "", source: str | None = None, location: str = ""
    ) -> None:
        super().__init__(message, hint=hint, location=location)
        self.start = start
        self.end = end
        self.source = source


def nearest(name: str, known: "Iterable[str]") -> str:
    """Return the hint "did you mean …" for a misspelt *name*, or nothing when no known name is near."""
    from difflib import get_close_matches

    found = get_close_matches(name, list(known), n=1)
    return f"did you mean `{found[0]}`?" if found else ""
