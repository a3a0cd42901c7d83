"""What the literals of a template mean: texts with their escapes, and integers."""

import re

from promptstead.template.errors import TemplateError, error_at
from promptstead.template.lexer import Token
from promptstead.words.sentence import say

MAX_SAFE_INTEGER = 2**53 - 1
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\r\n|.))|(?P<line>\r\n|\r)", re.DOTALL
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"', "\n": "", "\r": "", "\r\n": ""}


def integer(token: Token) -> int:
    """Return the number of an integer, which JSON readers of any language can hold."""
    if token.value.startswith("0") and token.value.strip("0"):
        raise error_at(token, say("files.integer-starts-with-0"))
    if len(token.value) > 16 or int(token.value) > MAX_SAFE_INTEGER:
        raise error_at(token, say("files.integer-too-large", most=MAX_SAFE_INTEGER))
    return int(token.value)


def literal_text(token: Token) -> str:
    """Return what a text literal means; line ends in it are LF."""

    def replace(match: re.Match[str]) -> str:
        if match["line"]:
            return "\n"
        code = match[1] or match[2] or match[3]
        if code is None and match[4] in _ESCAPES:
            return _ESCAPES[match[4]]
        point = int(code or "110000", 16)
        if point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF:
            return chr(point)
        start = token.start + 1 + match.start()
        raise TemplateError(
            say("files.not-an-escape", source=match[0]),
            start=start,
            end=start + len(match[0]),
            hint=say("files.write-backslash"),
        )

    return _ESCAPE.sub(replace, token.value[1:-1])
