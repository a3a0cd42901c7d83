r"""Files as their values say them: the escapes of quoted values resolved, with the way back to the place in the file.

What looks for something in a file reads this and not the file's own text, in which ``"\nAKIA…"`` has an ``n`` before
the key, and ``\U0001F469`` stands for the one half of an emoji.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from promptstead.documents.document import Document
from promptstead.escapes import JSON_ESCAPE, unescaped
from promptstead.model import Json, KeyPath, Span

_CELL = re.compile(r'"(?:[^"]|"")*"|,')


class Reading(NamedTuple):
    """A stretch of a file with the escapes in it resolved; keys, comments and all other values are as written.

    ``place(start, end)`` is where ``text[start:end]`` stands in the file. What is as long there is written as it reads.
    """

    text: str
    place: Callable[[int, int], Span]


def readings(document: Document, within: Span | None = None) -> Iterator[Reading]:
    """Yield a document in stretches of whole lines, escapes resolved: of YAML, JSON and JSONL; of CSV the cells apart.

    :param within: the part of a YAML document that is read; a file of lines is read whole.
    :raises PromptsteadError: a file of lines is another one now.
    """
    for offset, text in document.pieces():
        if document.values:
            start, end = within or (0, len(text))
            yield _yaml(document, start, end)
        elif document.path.endswith(".csv"):
            cells = _CELL.sub(lambda match: "\n" if match[0] == "," else match[0], text)
            yield Reading(cells, partial(_shifted, offset))
        elif "\\" in text and document.path.endswith(".jsonl"):
            yield Reading(unescaped(text), _JsonPlaces(offset, text).place)
        else:
            yield Reading(text, partial(_shifted, offset))


def _shifted(offset: int, start: int, end: int) -> Span:
    return Span(offset + start, offset + end)


def _yaml(document: Document, start: int, end: int) -> Reading:
    text = document.text
    places = _YamlPlaces(document)
    parts: list[str] = []
    position = start
    if text.find("\\", start, end) >= 0:
        for path, span in document.values.items():
            if span.start < position or span.end > end or not text.startswith('"', span.start):
                continue
            if text.find("\\", span.start, span.end) < 0 or not isinstance(value := _value(document.data, path), str):
                continue
            parts += [places.add(text[position : span.start + 1], position), places.add(value, span.start + 1, path)]
            position = span.end - 1
    if not parts:
        return Reading(text if end - start == len(text) else text[start:end], partial(_shifted, start))
    parts.append(places.add(text[position:end], position))
    return Reading("".join(parts), places.place)


def _value(data: Json, path: KeyPath) -> Json:
    """Return what a path leads to; None where a key that stands twice leads elsewhere."""
    try:
        for key in path:
            data = data[key]
    except (LookupError, TypeError):
        return None
    return data


class _YamlPlaces:
    """Where the parts of a reading come from: stretches of the file as they stand, and values of quoted scalars."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._starts: list[int] = []
        self._sources: list[tuple[int, KeyPath | None]] = []
        self._length = 0

    def add(self, part: str, source: int, path: KeyPath | None = None) -> str:
        """Put *part* behind the others and return it."""
        self._starts.append(self._length)
        self._sources.append((source, path))
        self._length += len(part)
        return part

    def place(self, start: int, end: int) -> Span:
        """Return where the characters between two offsets of the reading stand in the file."""
        first = self._one(start)
        return Span(first.start, self._one(end - 1).end) if end > start else Span(first.start, first.start)

    def _one(self, offset: int) -> Span:
        index = max(0, bisect_right(self._starts, offset) - 1)
        source, path = self._sources[index]
        offset -= self._starts[index]
        if path is None:
            return Span(source + offset, source + offset + 1)
        return self._document.locate(path, offset, offset + 1)


class _JsonPlaces:
    """Where the characters of lines of JSON stand whose escapes are resolved; counted when something was found."""

    def __init__(self, offset: int, text: str) -> None:
        self._offset = offset
        self._text = text
        self._read: array[int] | None = None
        self._written: array[int] = array("Q")

    def place(self, start: int, end: int) -> Span:
        """Return where the characters between two offsets of the reading stand in the file."""
        first = self._one(start)
        return Span(first.start, self._one(end - 1).end) if end > start else Span(first.start, first.start)

    def _one(self, offset: int) -> Span:
        if self._read is None:
            self._read = array("Q")
            gone = 0
            for match in JSON_ESCAPE.finditer(self._text):
                self._read.append(match.start() - gone)
                self._written.append(match.start())
                gone += match.end() - match.start() - 1
        index = bisect_right(self._read, offset) - 1
        if index < 0:
            return Span(self._offset + offset, self._offset + offset + 1)
        written = self._written[index]
        escape = JSON_ESCAPE.match(self._text, written)
        width = escape.end() - written if escape else 1
        start = written if offset == self._read[index] else written + width + offset - self._read[index] - 1
        size = width if offset == self._read[index] else 1
        return Span(self._offset + start, self._offset + start + size)
