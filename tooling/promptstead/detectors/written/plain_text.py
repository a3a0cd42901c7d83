"""A text as its statements are looked for: one kind of space, apostrophe and minus, ASCII digits, no bold."""

import re
import unicodedata
from functools import cache

PARAGRAPH = "\x1e"
"""What stands between paragraphs: nothing is read across it."""

_SPACES = "\u00a0\u2007\u2008\u2009\u200a\u202f\t\v\f"
_NOTHING = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"
_APOSTROPHES = "\u2019\u02bc\u2018\u00b4`"
_HYPHENS = "\u2010\u2011\u2212"
_DASHES = "\u2012\u2013\u2014"
_BREAKS = re.compile(r" *\n[ \n]*")
_ALL_SPACE = re.compile(r"\s+")
_MARKS = re.compile("[«»“”„\"'*]")
_SPACE_BEFORE = re.compile(" (?=[.,;:!?%)])")


@cache
def _table() -> dict[int, str]:
    table = {ord(sign): " " for sign in _SPACES}
    table |= {ord(sign): "" for sign in _NOTHING}
    table |= {ord(sign): "'" for sign in _APOSTROPHES}
    table |= {ord(sign): "-" for sign in _HYPHENS}
    table |= {ord(sign): "\u2013" for sign in _DASHES}
    table |= {0x2044: "/", ord(PARAGRAPH): " "}
    for code in range(0x80, 0x20000):
        digit = unicodedata.decimal(chr(code), None)
        if digit is not None:
            table[code] = str(digit)
    return table


def plain(text: str) -> str:
    """Return *text* in one spelling of spaces, hyphens, apostrophes and digits; a blank line is :data:`PARAGRAPH`."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_table())
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("**", "").replace("__", "")
    while "  " in text:
        text = text.replace("  ", " ")
    return _BREAKS.sub(lambda found: PARAGRAPH if found[0].count("\n") > 1 else "\n", text)


def wording(text: str) -> str:
    """Return *text* as quotations are compared.

    That is without case, quotation marks, apostrophes, emphasis and the space before punctuation; white space is one
    space, and a dash a hyphen.
    """
    text = _MARKS.sub("", plain(text)).replace("_", " ").replace("\u2026", "...").replace("\u2013", "-")
    return _SPACE_BEFORE.sub("", _ALL_SPACE.sub(" ", text.replace(PARAGRAPH, " ").casefold()))
