"""The tokens of one tag, and what is said of one that does not belong where it stands."""

from promptstead.template.errors import TemplateError, error_at
from promptstead.template.lexer import Token

_OPERATORS_OUT = {
    "+": "compute before the value is passed in",
    "-": "compute before the value is passed in",
    "*": "compute before the value is passed in",
    "/": "compute before the value is passed in",
    "%": "compute before the value is passed in",
    "~": "write the values one after the other: `{{ a }}{{ b }}`",
    "{": "pass maps in as inputs",
    "=": "use `==` to compare",
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

    def expect(self, value: str, why: str) -> None:
        """Go past this name or operator.

        :raises TemplateError: something else stands there.
        """
        if not self.skip(value):
            raise self.unexpected(f"`{value}` expected {why}")

    def expect_end(self) -> None:
        """Make sure that the tag is over.

        :raises TemplateError: something is left.
        """
        if self.current.kind != "end":
            raise self.unexpected()

    def unexpected(self, wanted: str = "") -> TemplateError:
        """Return the error for the current token."""
        token = self.current
        if token.kind == "end":
            return error_at(token, wanted or "an expression is missing")
        hint = ""
        if token.kind == "operator" and token.value in _OPERATORS_OUT:
            message, hint = f"`{token.value}` is not part of promptstead templates", _OPERATORS_OUT[token.value]
        elif token.value == "(":
            message, hint = (
                "calls are not part of promptstead templates",
                "pass the value in as an input, or use a filter",
            )
        elif token.kind == "name" and token.value == "if":
            message, hint = (
                "`… if … else …` is not part of promptstead templates",
                "use `{% if … %}…{% else %}…{% endif %}`",
            )
        elif token.value == ",":
            message, hint = (
                "a comma makes a tuple, which is not part of promptstead templates",
                "write a list: `[a, b]`",
            )
        else:
            message = wanted or f"`{token.value}` was not expected here"
        return error_at(token, message, hint)
