"""A YAML file in canonical form, as ``promptstead fmt`` writes it: same data, same comments, one layout.

Key order of the schema, two spaces a level, list items indented below their key, literal blocks for text of several
lines, quotes where they are needed. Lines are never wrapped and text is never changed: the result is read back and
compared, data and comments, before anybody gets to see it.
"""

import json
from collections.abc import Iterable, Iterator

from promptstead.documents.comments import Comment, Entry, attach, find_comments, value_at
from promptstead.documents.document import Document
from promptstead.documents.emit import Context, folded, inline, literal
from promptstead.documents.yaml_reader import misread, read
from promptstead.errors import PromptsteadError
from promptstead.model import Json, KeyPath
from promptstead.prompts.order import key_orders

_STEP = 2


def canonical(text: str, path: str) -> str:
    """Return the text of the YAML file *path* in canonical form; formatting that again changes nothing.

    :raises PromptsteadError: it is not valid YAML, has a key twice, or cannot be formatted without loss.
    """
    document = read(text.encode("utf-8", "surrogatepass"), path)
    if problem := misread(document):
        line, column = document.position(problem.span.start)
        raise PromptsteadError(problem.message, hint=problem.hint, location=f"{path}:{line}:{column}")
    if any(line.startswith("%") for line in document.text[: document.span(()).start].splitlines()):
        raise PromptsteadError("a `%` directive would be lost", hint="remove it", location=path)
    result = _Writer(document).write()
    if not _same(document, read(result.encode(), path)):
        raise PromptsteadError(
            "this file cannot be formatted without changing its meaning", hint="leave it as it is", location=path
        )
    return result


def _same(before: Document, after: Document) -> bool:
    if _canonical_json(before.data) != _canonical_json(after.data):
        return False
    return sorted(text for _, text in find_comments(before)) == sorted(text for _, text in find_comments(after))


def _canonical_json(data: Json) -> str:
    return json.dumps(data, sort_keys=True)


class _Writer:
    """Writes one document; *lines* grows from top to bottom."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.orders = key_orders(document.data)
        self.block: dict[KeyPath, bool] = {}
        self.remarks = attach(document, self._in_block)
        self.lines: list[str] = []
        self.after_kept = False
        """The last line belongs to a block that keeps the empty lines behind it: one more would become its text."""

    def write(self) -> str:
        self._comments(self.remarks.head, 0)
        if self.remarks.head and self.remarks.head_blank:
            self.lines.append("")
        if self.document.data:
            self._collection((), 0)
        else:
            self.lines.append("{}")
        self._comments(self.remarks.feet.get((), []), 0)
        return "\n".join(self.lines) + "\n"

    def _in_block(self, path: KeyPath) -> bool:
        """Return whether the collection at *path* is written in block style: not where it is a flow on one line."""
        if path not in self.block:
            self.block[path] = self._is_block(path)
        return self.block[path]

    def _is_block(self, path: KeyPath) -> bool:
        value = value_at(self.document, path)
        if not isinstance(value, dict | list) or not value:
            return False
        span = self.document.span(path)
        if not path or not self.document.text.startswith(("{", "["), span.start):
            return True
        lines = {self.document.position(offset)[0] for offset in (span.start, span.end)}
        return len(lines) > 1 and self._in_block(path[:-1])

    def _children(self, path: KeyPath) -> Iterator[Entry]:
        value = value_at(self.document, path)
        keys: Iterable[str | int] = range(len(value)) if isinstance(value, list) else self.orders.get(path, list(value))
        return (self.remarks.entries[(*path, key)] for key in keys)

    def _collection(self, path: KeyPath, indent: int) -> None:
        for index, entry in enumerate(self._children(path)):
            self._entry(entry, indent, first=index == 0)
        if path:
            self._comments(self.remarks.feet.get(path, []), indent)

    def _entry(self, entry: Entry, indent: int, *, first: bool) -> None:
        in_list = isinstance(entry.path[-1], int)
        block = self._in_block(entry.path)
        if in_list and block:
            self._hoist(entry)
        above = entry.above
        if first and above:
            above = [Comment(above[0].text, blank=False), *above[1:]]
        self._comments(above, indent)
        if entry.blank and (above or not first):
            self._blank()
        start = " " * indent + ("-" if in_list else self._key(entry.path) + ":")
        self.after_kept = False
        if not block:
            self._value(entry, start, indent)
        elif in_list:
            at = len(self.lines)
            self._collection(entry.path, indent + _STEP)
            self.lines[at] = start + self.lines[at][indent + 1 :]
        else:
            self.lines.append(_beside(start, entry.beside))
            self._collection(entry.path, indent + _STEP)

    def _hoist(self, entry: Entry) -> None:
        """Move what stands above the first line of an item's collection above the item: both share that line."""
        first = next(self._children(entry.path))
        if isinstance(first.path[-1], int) and self._in_block(first.path):
            self._hoist(first)
        entry.above = [*entry.above, *([Comment(entry.beside, blank=False)] if entry.beside else []), *first.above]
        entry.beside = ""
        first.above = []

    def _value(self, entry: Entry, start: str, indent: int) -> None:
        value = value_at(self.document, entry.path)
        source = self._source(entry.path)
        block = None
        if isinstance(value, str):
            block = folded(source, value) if source.startswith(">") else None
            if block is None and ("\n" in value or source.startswith(("|", ">"))):
                block = literal(value)
        if block is None:
            shown = self._inline(entry.path, "block")
            self.lines.append(_beside(f"{start} {shown}" if shown else start, entry.beside))
            return
        self.lines.append(_beside(f"{start} {block[0]}", entry.beside))
        margin = " " * (indent + _STEP)
        self.lines.extend(margin + line if line else "" for line in block[1:])
        self.after_kept = "+" in block[0]

    def _inline(self, path: KeyPath, context: Context) -> str:
        value = value_at(self.document, path)
        if isinstance(value, list):
            return "[" + ", ".join(self._inline((*path, index), "flow") for index in range(len(value))) + "]"
        if isinstance(value, dict):
            keys = self.orders.get(path, list(value))
            inner = ", ".join(f"{self._key((*path, key))}: {self._inline((*path, key), 'flow')}" for key in keys)
            return "{" + inner + "}"
        return inline(value, self._source(path), context)

    def _key(self, path: KeyPath) -> str:
        span = self.document.key_span(path)
        context: Context = "block" if self._in_block(path[:-1]) else "flow"
        return inline(path[-1], self.document.text[span.start : span.end], context)

    def _source(self, path: KeyPath) -> str:
        span = self.document.span(path)
        return self.document.text[span.start : span.end]

    def _comments(self, comments: list[Comment], indent: int) -> None:
        for comment in comments:
            if comment.blank:
                self._blank()
            self.lines.append(" " * indent + comment.text)
            self.after_kept = False

    def _blank(self) -> None:
        if self.lines and self.lines[-1] != "" and not self.after_kept:
            self.lines.append("")


def _beside(line: str, comment: str) -> str:
    return f"{line}  {comment}" if comment else line
