"""What a template author reads when a template is wrong, and the bounds that a template keeps to."""

from typing import Protocol

from promptstead.errors import PromptsteadError
from promptstead.words.sentence import NOTHING_SAID, Sentence

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
        self,
        message: Sentence,
        *,
        start: int,
        end: int,
        hint: Sentence = NOTHING_SAID,
        source: str | None = None,
        location: str = "",
    ) -> None:
        super().__init__(message, hint=hint, location=location)
        self.message: Sentence = message
        self.hint: Sentence = hint
        self.start = start
        self.end = end
        self.source = source


class Place(Protocol):
    """What has a place in a template: a token, an expression, a piece."""

    @property
    def start(self) -> int:
        """Return the offset of its first character."""

    @property
    def end(self) -> int:
        """Return the offset behind its last."""


def error_at(place: Place, message: Sentence, hint: Sentence = NOTHING_SAID) -> TemplateError:
    """Return the error about what stands at *place*."""
    return TemplateError(message, start=place.start, end=place.end, hint=hint)
