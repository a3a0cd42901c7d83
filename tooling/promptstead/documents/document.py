"""A YAML file as read: its data, and where everything in it stands."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from promptstead.model import Json, KeyPath, Problem, Span

if TYPE_CHECKING:
    from promptstead.documents.decode import Decoded

_LINE_BREAK = re.compile(r"\r\n?|\n")


def line_starts(text: str) -> list[int]:
    """Return the offset at which each line of *text* starts; CR, LF and CRLF end a line, nothing else does."""
    return [0, *(match.end() for match in _LINE_BREAK.finditer(text))]


class Document:
    """A YAML file: text, data, and the place of every value and key. Nothing of it changes once it is made.

    *data* is None where the file could not be read; *problems* then says why. Offsets count code points of *text*,
    which is the file's content without its byte-order mark. *keys* holds the span of the key that leads to each path;
    list items have none. *lines* holds the offset at which each line starts.
    """

    __slots__ = ("_decoded", "data", "keys", "lines", "path", "problems", "text", "values")

    def __init__(
        self,
        path: str,
        text: str,
        data: Json,
        values: Mapping[KeyPath, Span],
        keys: Mapping[KeyPath, Span],
        problems: Iterable[Problem] = (),
        lines: Sequence[int] | None = None,
    ) -> None:
        self.path = path
        self.text = text
        self.data = data
        self.values = values
        self.keys = keys
        self.problems = tuple(problems)
        self.lines: Sequence[int] = line_starts(text) if lines is None else lines
        self._decoded: dict[KeyPath, Decoded | None] = {}

    def with_problems(self, problems: Iterable[Problem]) -> "Document":
        """Return the same document with other problems."""
        return Document(self.path, self.text, self.data, self.values, self.keys, problems, self.lines)

    def pieces(self) -> Iterator[tuple[int, str]]:
        """Yield the text in pieces of whole lines, each with the offset of its first character."""
        if self.text:
            yield 0, self.text

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset, both from 1; columns count code points."""
        line = bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1

    def line_text(self, line: int) -> str:
        """Return the text of a line, counted from 1, without its line break; empty where there is no such line."""
        if not 1 <= line <= len(self.lines):
            return ""
        end = self.lines[line] if line < len(self.lines) else len(self.text)
        return self.text[self.lines[line - 1] : end].rstrip("\r\n")

    def line_span(self, line: int) -> Span:
        """Return the span of a line, counted from 1, without its line break; it is empty behind the last line."""
        start = self.lines[min(line, len(self.lines)) - 1]
        return Span(start, start + len(self.line_text(line)))

    def span(self, path: KeyPath) -> Span:
        """Return the span of the value at *path*, or of its nearest ancestor that exists."""
        for length in range(len(path), 0, -1):
            span = self.values.get(path[:length])
            if span is not None:
                return span
        return self.values.get((), Span(0, 0))

    def key_span(self, path: KeyPath) -> Span:
        """Return the span of the key that leads to *path*; of the value where no key does."""
        return self.keys.get(path) or self.span(path)

    def locate(self, path: KeyPath, start: int, end: int) -> Span:
        """Return where ``value[start:end]`` of the text at *path* stands in the file.

        Exact to the character in every scalar style. Where the value at *path* is no text, the span of the value.
        """
        if path not in self._decoded:
            self._decoded[path] = self._decode(path)
        decoded = self._decoded[path]
        if decoded is None:
            return self.span(path)
        return decoded.span(start, end)

    def _decode(self, path: KeyPath) -> "Decoded | None":
        value = self.data
        try:
            for key in path:
                value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
        from promptstead.documents.decode import decode  # only a finding needs it

        span = self.values.get(path)
        return decode(self.text, span, value) if span is not None and isinstance(value, str) else None


def text_document(path: str, text: str, problems: tuple[Problem, ...] = ()) -> Document:
    """Return the document of a file that is not YAML (a partial, a dataset): text with lines, no data."""
    return Document(path, text, None, {}, {}, problems)
