"""Comments of a YAML file, and the key or list item that each belongs to, so that it can move along.

A comment on a line of its own belongs to what follows it; one that stands deeper than what follows closes the
collection above it (its *foot*). A comment at the end of a line belongs to the key or item of that line.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from promptstead.documents.document import Document
from promptstead.model import Json, KeyPath

_COMMENT = re.compile(r"#[^\r\n]*")
_HEADER_COMMENT = re.compile(r"[|>][-+0-9]*[ \t]+(#[^\r\n]*)")


@dataclass(slots=True)
class Comment:
    """A comment with its ``#``; *blank*: an empty line stands above it."""

    text: str
    blank: bool


@dataclass(slots=True)
class Entry:
    """A key or list item of a collection written in block style, with the comments that belong to it."""

    path: KeyPath
    start: int
    """Where its key, or an item's value, starts."""
    content: int
    """Where its value starts if that is a scalar; *start* otherwise."""
    blank: bool
    """An empty line stands above it."""
    above: list[Comment] = field(default_factory=list)
    beside: str = ""


@dataclass(slots=True)
class Remarks:
    """All comments of a file by what they belong to."""

    entries: dict[KeyPath, Entry]
    feet: dict[KeyPath, list[Comment]]
    head: list[Comment]
    """Those about the file itself, at its top."""
    head_blank: bool = False
    """An empty line ends the head."""


def find_comments(document: Document) -> list[tuple[int, str]]:
    """Return the offset and the text of every comment: whatever starts with ``#`` outside the scalars."""
    text = document.text
    scalars = [span for span in document.keys.values() if span.end > span.start]
    for path, span in document.values.items():
        if span.end > span.start and not _is_collection(document, path):
            scalars.append(span)
    scalars.sort(key=lambda span: span.start)
    found: list[tuple[int, str]] = []
    position = 0
    for span in scalars:
        found.extend((match.start(), match[0].rstrip()) for match in _COMMENT.finditer(text, position, span.start))
        if match := _HEADER_COMMENT.match(text, span.start, span.end):
            found.append((match.start(1), match[1].rstrip()))
        position = max(position, span.end)
    found.extend((match.start(), match[0].rstrip()) for match in _COMMENT.finditer(text, position))
    return found


def value_at(document: Document, path: KeyPath) -> Json:
    """Return the value at a path that exists."""
    value = document.data
    for key in path:
        value = value[key]
    return value


def _is_collection(document: Document, path: KeyPath) -> bool:
    return isinstance(value_at(document, path), dict | list)


def attach(document: Document, in_block: Callable[[KeyPath], bool]) -> Remarks:
    """Return every comment of *document* with what it belongs to.

    :param in_block: whether the collection at a path is going to be written in block style.
    """
    entries = _entries(document, in_block)
    remarks = Remarks({entry.path: entry for entry in entries}, {}, [])
    by_content = sorted(entries, key=lambda entry: (entry.content, len(entry.path)))
    contents = [entry.content for entry in by_content]
    starts = [entry.start for entry in entries]
    for offset, text in find_comments(document):
        line, column = document.position(offset)
        before = document.line_text(line)[: column - 1]
        if before.strip(" \t-"):
            index = bisect_right(starts, offset) - 1
            owner = entries[max(index, 0)]
            if owner.beside:
                owner.above.append(Comment(text, blank=False))
            else:
                owner.beside = text
            continue
        comment = Comment(text, _blank_above(document, line))
        index = bisect_left(contents, offset)
        following = by_content[index] if index < len(by_content) else None
        previous = bisect_left(starts, offset) - 1
        closed = None
        if previous >= 0 and not before.strip():
            closed = _closed(document, in_block, entries[previous].path, following, column)
        if closed is not None:
            remarks.feet.setdefault(closed, []).append(comment)
        elif following is not None:
            following.above.append(comment)
    if entries:
        _split_head(remarks, by_content[0])
    return remarks


def _entries(document: Document, in_block: Callable[[KeyPath], bool]) -> list[Entry]:
    entries = []
    for path, span in document.values.items():
        if not path or not in_block(path[:-1]):
            continue
        start = document.key_span(path).start
        content = start if _is_collection(document, path) else span.start
        entries.append(Entry(path, start, content, _blank_above(document, document.position(start)[0])))
    entries.sort(key=lambda entry: (entry.start, len(entry.path)))
    return entries


def _blank_above(document: Document, line: int) -> bool:
    return line > 1 and not document.line_text(line - 1).strip()


def _closed(
    document: Document, in_block: Callable[[KeyPath], bool], last: KeyPath, following: Entry | None, column: int
) -> KeyPath | None:
    """Return the collection that a comment at *column* closes, of those that end between *last* and *following*."""
    next_container = following.path[:-1] if following else ()
    if following and column <= _column(document, next_container):
        return None
    for length in range(len(last), -1, -1):
        container = last[:length]
        if following and next_container[:length] == container:
            return None
        if in_block(container) and _column(document, container) <= column:
            return container
    return () if following is None else None


def _column(document: Document, container: KeyPath) -> int:
    return document.position(document.span(container).start)[1]


def _split_head(remarks: Remarks, first: Entry) -> None:
    """Take the comments about the file from those above its first key: all, or all before the last empty line."""
    comments = first.above
    if not comments:
        return
    cut = len(comments)
    if not first.blank:
        cut = next((index for index in range(len(comments) - 1, 0, -1) if comments[index].blank), cut)
    remarks.head_blank = first.blank if cut == len(comments) else comments[cut].blank
    remarks.head = comments[:cut]
    first.above = comments[cut:]
