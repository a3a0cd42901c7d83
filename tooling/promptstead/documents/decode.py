"""From a scalar's text back to its source: where each decoded character stands in the file.

Follows YAML 1.2.2 chapters 7.3 (flow scalars, line folding) and 8.1 (block scalars) as libyaml implements them. The
value that libyaml gave is at hand, so that a decoding is accepted only when it agrees with it.
"""

import re
from typing import NamedTuple

from promptstead.model import Span

_BREAK = re.compile(r"\r\n?|\n")
_DOUBLE = re.compile(
    r"""\\(?:x(?P<x>[0-9A-Fa-f]{2})|u(?P<u>[0-9A-Fa-f]{4})|U(?P<U>[0-9A-Fa-f]{8})
    |(?P<joined>(?:\r\n?|\n)[ \t\r\n]*)|(?P<one>.))
    |(?P<fold>[ \t]*(?:\r\n?|\n)[ \t\r\n]*)""",
    re.VERBOSE,
)
_SINGLE = re.compile(r"(?P<quote>'')|(?P<fold>[ \t]*(?:\r\n?|\n)[ \t\r\n]*)")
_PLAIN = re.compile(r"(?P<fold>[ \t]*(?:\r\n?|\n)[ \t\r\n]*)")
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEADER = re.compile(r"[|>](?P<marks>[-+0-9]*)[^\r\n]*")
_BLANK_LINES = re.compile(r"(?:(?:\r\n?|\n)[ \t]*(?=[\r\n]|\Z))*(?:\r\n?|\n)?")


class Decoded(NamedTuple):
    """A scalar's text with the offset at which each of its characters starts in the file."""

    text: str
    offsets: list[int]
    """One more than *text* has characters: the last is where the source of the last character ends."""
    widths: dict[int, int]
    """Source length of those characters that do not take exactly one, by index."""

    def span(self, start: int, end: int) -> Span:
        """Return the span in the file of ``text[start:end]``; both are clipped to the text."""
        size = len(self.text)
        start = max(0, min(start, size))
        end = max(start, min(end, size))
        first = self.offsets[start]
        if end == start:
            return Span(first, first)
        return Span(first, self.offsets[end - 1] + self.widths.get(end - 1, 1))


class _Output:
    """Collects decoded characters with their offsets."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.offsets: list[int] = []
        self.widths: dict[int, int] = {}

    def copy(self, text: str, start: int) -> None:
        self.parts.append(text)
        self.offsets.extend(range(start, start + len(text)))

    def put(self, character: str, start: int, width: int) -> None:
        if width != 1:
            self.widths[len(self.offsets)] = width
        self.parts.append(character)
        self.offsets.append(start)

    def breaks(self, matches: list[re.Match[str]]) -> None:
        for match in matches:
            self.put("\n", match.start(), match.end() - match.start())

    def done(self, end: int) -> Decoded:
        return Decoded("".join(self.parts), [*self.offsets, end], self.widths)


def decode(text: str, span: Span, value: str) -> Decoded | None:
    """Return the characters of the scalar at *span* of *text* with their offsets.

    :param value: the scalar's value, which the result must equal.
    :returns: None where the two disagree (which no known input does).
    """
    style = text[span.start : span.start + 1]
    if style in {"|", ">"}:
        return _block(text, span, value)
    decoded = double_quoted(text, span) if style == '"' else _flow(text, span, style)
    return decoded if decoded.text == value else None


def double_quoted(text: str, span: Span) -> Decoded:
    """Return the double-quoted scalar at *span*; a pair of surrogate escapes is one character, a lone one U+FFFD."""
    output = _Output()
    position, end = span.start + 1, span.end - 1
    while match := _DOUBLE.search(text, position, end):
        output.copy(text[position : match.start()], position)
        position = match.end()
        code = match["x"] or match["u"] or match["U"]
        if code:
            number = int(code, 16)
            if 0xD800 <= number < 0xDC00 and (low := _low_surrogate(text, position, end)):
                number = 0x10000 + ((number - 0xD800) << 10) + low - 0xDC00
                position += len("\\uDC00")
            character = "\ufffd" if 0xD800 <= number < 0xE000 or number > 0x10FFFF else chr(number)
            output.put(character, match.start(), position - match.start())
        elif match["one"]:
            output.put(_ESCAPES.get(match["one"], match["one"]), match.start(), 2)
        elif match["joined"]:
            output.breaks(list(_BREAK.finditer(text, match.start(), position))[1:])
        else:
            _fold(output, text, match)
    output.copy(text[position:end], position)
    return output.done(end)


def _low_surrogate(text: str, position: int, end: int) -> int:
    match = _DOUBLE.match(text, position, end)
    number = int(match["u"], 16) if match and match["u"] else 0
    return number if 0xDC00 <= number < 0xE000 else 0


def _flow(text: str, span: Span, style: str) -> Decoded:
    output = _Output()
    quoted = style == "'"
    pattern = _SINGLE if quoted else _PLAIN
    position, end = (span.start + 1, span.end - 1) if quoted else (span.start, span.end)
    while match := pattern.search(text, position, end):
        output.copy(text[position : match.start()], position)
        position = match.end()
        if match["fold"]:
            _fold(output, text, match)
        else:
            output.put("'", match.start(), 2)
    output.copy(text[position:end], position)
    return output.done(end)


def _fold(output: _Output, text: str, match: re.Match[str]) -> None:
    """Add what a run of white space with line breaks stands for: one break is a space, more are one fewer breaks."""
    breaks = list(_BREAK.finditer(text, match.start(), match.end()))
    if len(breaks) == 1:
        output.put(" ", match.start(), match.end() - match.start())
    else:
        output.breaks(breaks[1:])


def _block(text: str, span: Span, value: str) -> Decoded | None:
    header = _HEADER.match(text, span.start)
    if header is None:
        return None
    blank = _BLANK_LINES.match(text, span.end)
    end = blank.end() if blank else span.end
    first = _BREAK.match(text, header.end())
    lines = _lines(text, first.end(), end) if first else []
    filled = [line for line in lines if text[line[0] : line[1]].strip(" ")]
    widest = _indent(text, filled[0]) if filled else max((_indent(text, line) for line in lines), default=0)
    keep = "+" in header["marks"]
    strip = "-" in header["marks"]
    for indent in range(widest, -1, -1):
        decoded = _block_at(text, lines, indent, text[span.start] == ">").done(end)
        size = len(decoded.text)
        body = len(decoded.text.rstrip("\n"))
        wanted = size if keep else body if strip or not body else min(size, body + 1)
        if decoded.text[:wanted] == value:
            return Decoded(value, decoded.offsets[: wanted + 1], decoded.widths)
    return None


def _lines(text: str, start: int, end: int) -> list[tuple[int, int, int]]:
    """Return (start, end, start of the next) of each line between two offsets."""
    lines = []
    while start < end:
        match = _BREAK.search(text, start, end)
        stop, after = (match.start(), match.end()) if match else (end, end)
        lines.append((start, stop, after))
        start = after
    return lines


def _indent(text: str, line: tuple[int, int, int]) -> int:
    source = text[line[0] : line[1]]
    return len(source) - len(source.lstrip(" "))


def _block_at(text: str, lines: list[tuple[int, int, int]], indent: int, folded: bool) -> _Output:
    """Decode block lines whose content starts at column *indent*, line breaks at the end kept."""
    output = _Output()
    pending: list[tuple[int, int]] = []
    spaced = True
    for start, stop, after in lines:
        content = start + indent
        if content < stop:
            now_spaced = text[content] in " \t"
            _join(output, pending, folded and not spaced and not now_spaced)
            output.copy(text[content:stop], content)
            spaced, pending = now_spaced, []
        if after > stop:
            pending.append((stop, after))
    _join(output, pending, fold=False)
    return output


def _join(output: _Output, breaks: list[tuple[int, int]], fold: bool) -> None:
    if fold and len(breaks) == 1:
        output.put(" ", breaks[0][0], breaks[0][1] - breaks[0][0])
        return
    for start, after in breaks[1:] if fold else breaks:
        output.put("\n", start, after - start)
