"""The one exception that reaches a user, and the exit codes.

Every failure that a user can mend is a :class:`PromptsteadError`; the command line prints it as one line and exits 2.
Anything else that escapes is a bug in promptstead and exits 3. Imports nothing, so that the runtime can use it too.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OK = 0
FINDINGS = 1
UNUSABLE = 2
BUG = 3
INTERRUPTED = 130
APART = "\u202f"
"""The space between the thousands of a French number: no control character, though Python calls it not printable."""


class PromptsteadError(Exception):
    """What went wrong, where, and what to do about it.

    :param message: one sentence without a full stop: what is wrong.
    :param hint: what to do about it, one short sentence or none.
    :param location: ``file``, ``file:line`` or ``file:line:column``, or none.
    """

    def __init__(self, message: str, *, hint: str = "", location: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.location = location

    def __str__(self) -> str:
        """Return the whole of it as one line: ``location: message (hint)``, control characters made visible."""
        line = f"{self.location}: {self.message}" if self.location else self.message
        return one_line(f"{line} ({self.hint})" if self.hint else line)


class UnavailableError(PromptsteadError):
    """What is needed is not at hand (a clone that lacks it): nothing can be concluded from its absence."""


def some_of(words: "Sequence[str]", most: int, shown: "Callable[[str], str]" = str) -> str:
    """Return the first *most* of *words* as a sentence lists them, each as *shown* gives it, and how many more."""
    more = f" and {len(words) - most:,} more" if len(words) > most else ""
    return ", ".join(map(shown, words[:most])) + more


def one_line(text: str, limit: int = 600) -> str:
    """Return *text* as one printable line of at most *limit* characters; what a terminal would obey is escaped."""
    if not text.isprintable():
        text = "".join(
            character if character.isprintable() or character == APART else ascii(character)[1:-1] for character in text
        )
    return text if len(text) <= limit else text[: limit - 1] + "…"
