"""The fixed text of messages as prose: what rules about words and sentences read."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from promptstead.model import Part, Span
from promptstead.prompts.loaded import Loaded
from promptstead.template.analysis import Output, Text
from promptstead.template.nodes import For, If, Include, Node, Template
from promptstead.template.nodes import Text as TextNode

VALUE = "\ufffc"
"""The character that stands where a message writes a value."""
_EDGES = " \t\r\n" + VALUE


class Wording:
    """The text of one message part, partials included, with :data:`VALUE` for each value.

    *lower* is the same in lower case, character by character.
    """

    __slots__ = ("_conditional", "_loaded", "_offsets", "_pieces", "lower", "part", "role", "text")

    def __init__(self, role: str, part: Part, flow: tuple[Text | Output, ...], loaded: Loaded) -> None:
        self.role = role
        self.part = part
        self._loaded = loaded
        self._pieces = flow
        self._offsets: list[int] = []
        self._conditional: set[tuple[int, str | None]] | None = None
        length = 0
        texts = []
        for piece in flow:
            self._offsets.append(length)
            texts.append(piece.text if isinstance(piece, Text) else VALUE)
            length += len(texts[-1])
        self.text = "".join(texts)
        lower = self.text.lower()
        self.lower = lower if len(lower) == length else "".join(_lowered(text) for text in self.text)

    def always(self, start: int) -> bool:
        """Tell whether what stands at *start* is in every rendering, and in no branch of a test."""
        if self._conditional is None:
            template = self._loaded.templates.get(self.part.at)
            self._conditional = set(_conditional(template, False)) if template is not None else set()
        piece = self._pieces[self._index(start)]
        return (piece.start, piece.source) not in self._conditional

    def _index(self, start: int) -> int:
        return bisect_right(self._offsets, start) - 1

    def place(self, start: int, end: int) -> tuple[Span, str]:
        """Return where ``text[start:end]`` stands, as far as that is one file, and which where it is a partial."""
        index = self._index(start)
        piece = self._pieces[index]
        first = piece.start + (start - self._offsets[index] if isinstance(piece, Text) else 0)
        last = piece.end
        for offset, other in zip(self._offsets[index:], self._pieces[index:], strict=True):
            if offset >= end:
                break
            if other.source == piece.source and other.start >= piece.start:
                last = min(other.end, other.start + end - offset) if isinstance(other, Text) else other.end
        if piece.source is None:
            return self._loaded.document.locate(self.part.at, first, last), ""
        return Span(first, last), self._loaded.partial_paths.get(piece.source, piece.source)


class Sentence(NamedTuple):
    """A sentence or list item: ``text[start:end]`` of its wording."""

    wording: Wording
    start: int
    end: int

    @property
    def text(self) -> str:
        """Return the sentence as written."""
        return self.wording.text[self.start : self.end]

    @property
    def lower(self) -> str:
        """Return the sentence in lower case."""
        return self.wording.lower[self.start : self.end]


def sentences(wording: Wording) -> Iterator[Sentence]:
    """Yield the sentences of a text: cut at `.!?;`, at a colon that ends a line, blank lines, headings and list items.

    Code blocks are left out.
    """
    for start, end in _blocks(wording.text):
        position = start
        for match in _patterns()["end"].finditer(wording.text, start, end):
            yield from _sentence(wording, position, match.end())
            position = match.end()
        yield from _sentence(wording, position, end)


def blocks(wording: Wording) -> Iterator[Sentence]:
    """Yield each paragraph, heading and list item of a text, whole; code blocks are left out."""
    for start, end in _blocks(wording.text):
        yield from _sentence(wording, start, end)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each paragraph, heading and list item starts and ends, list markers left out."""
    start: int | None = None
    position = 0
    in_code = False
    for line in text.split("\n"):
        bare = line.strip()
        marker = _patterns()["marker"].match(line)
        fence = bare.startswith(("```", "~~~"))
        if start is not None and (not bare or marker or fence):
            yield start, position
            start = None
        in_code ^= fence
        if bare and not fence and not in_code:
            start = position + (marker.end() if marker else 0) if start is None else start
            if bare[0] == "#" or bare[-1] == ":":
                yield start, position + len(line)
                start = None
        position += len(line) + 1
    if start is not None:
        yield start, len(text)


def _sentence(wording: Wording, start: int, end: int) -> Iterator[Sentence]:
    piece = wording.text[start:end]
    start += len(piece) - len(piece.lstrip(_EDGES))
    end -= len(piece) - len(piece.rstrip(_EDGES))
    if start < end:
        yield Sentence(wording, start, end)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {"end": re.compile(r"[.!?;](?=\s)"), "marker": re.compile(r"[ \t]*(?:[-*#>•]+|\d+[.)])(?:[ \t]+|$)")}


def _lowered(character: str) -> str:
    low = character.lower()
    return low if len(low) == 1 else character  # a few capitals have two small characters


def _conditional(template: Template, inside: bool) -> Iterator[tuple[int, str | None]]:
    """Yield start and source of each fixed text that stands in a branch."""

    def walk(nodes: Iterable[Node], inside: bool) -> Iterator[tuple[int, str | None]]:
        for node in nodes:
            if isinstance(node, TextNode):
                if inside:
                    yield node.start, template.source
            elif isinstance(node, If):
                for _, body in node.branches:
                    yield from walk(body, True)
                yield from walk(node.otherwise, True)
            elif isinstance(node, For):
                yield from walk(node.body, inside)
                yield from walk(node.otherwise, True)
            elif isinstance(node, Include) and node.template is not None:
                yield from _conditional(node.template, inside)

    yield from walk(template.body, inside)
