"""Lines of a text, and pieces of it as messages show them."""

import re
from bisect import bisect_right

_LINE_END = re.compile(r"[\r\n]|\Z")


def quoted(text: str, limit: int = 40) -> str:
    """Return *text* between backticks, on one line and cut to *limit* characters."""
    line = " ".join(text.split())
    return f"`{line if len(line) <= limit else line[: limit - 1] + '…'}`"


def line_of(lines: list[int], offset: int) -> int:
    """Return the line of an offset, from 1; *lines* are the offsets at which lines start."""
    return bisect_right(lines, offset)


def line_text(text: str, start: int) -> str:
    """Return the line that starts at *start*, without its line break."""
    match = _LINE_END.search(text, start)
    return text[start : match.start()] if match else text[start:]
