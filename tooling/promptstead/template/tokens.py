"""The tokens of one tag, and what is said of one that does not belong where it stands."""

from collections.abc import Callable

from promptstead.template.errors import TemplateError, error_at
from promptstead.template.lexer import Token
from promptstead.words.sentence import NOTHING_SAID, Sentence, say

_OPERATORS_OUT: dict[str, Callable[[], Sentence]] = {
    **dict.fromkeys("+-*/%", lambda: say("files.compute-before")),
    "~": lambda: say("files.write-side-by-side"),
    "{": lambda: say("files.pass-maps-in"),
    "=": lambda: say("files.use-double-equals"),
}


class Tokens:
    """The tokens of one tag, read from left to right.

    :param tokens: they end with one of kind ``end``.
    """

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._position = 0

    @property
    def current(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._position]

    @property
    def previous(self) -> Token:
        """The token that was read last."""
        return self._tokens[self._position - 1]

    def advance(self) -> Token:
        """Return the current token and go to the next."""
        token = self.current
        if token.kind != "end":
            self._position += 1
        return token

    def at(self, *values: str) -> bool:
        """Tell whether the current token is one of these names or operators."""
        return self.current.kind in ("name", "operator") and self.current.value in values

    def skip(self, value: str) -> bool:
        """Go past the current token if it is this name or operator; tell whether it was."""
        found = self.at(value)
        if found:
            self.advance()
        return found

    def expect(self, value: str, where: Callable[[], Sentence]) -> None:
        """Go past this name or operator; *where* says where it is expected.

        :raises TemplateError: something else stands there.
        """
        if not self.skip(value):
            raise self.unexpected(say("files.expected", sign=value, where=where()))

    def expect_end(self) -> None:
        """Make sure that the tag is over.

        :raises TemplateError: something is left.
        """
        if self.current.kind != "end":
            raise self.unexpected()

    def unexpected(self, wanted: Sentence | None = None) -> TemplateError:
        """Return the error for the current token."""
        token = self.current
        if token.kind == "end":
            return error_at(token, wanted or say("files.no-expression"))
        hint = NOTHING_SAID
        if token.kind == "operator" and token.value in _OPERATORS_OUT:
            message, hint = say("files.not-in-templates", source=token.value), _OPERATORS_OUT[token.value]()
        elif token.value == "(":
            message, hint = say("files.no-calls"), say("files.pass-in-or-filter")
        elif token.kind == "name" and token.value == "if":
            message, hint = say("files.no-conditional-expression"), say("files.use-if-tags")
        elif token.value == ",":
            message, hint = say("files.no-tuples"), say("files.write-list")
        else:
            message = wanted or say("files.not-expected", source=token.value)
        return error_at(token, message, hint)
