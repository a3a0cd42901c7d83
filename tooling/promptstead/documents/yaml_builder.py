"""libyaml's events -> plain data with spans, in one pass over a stack: nothing recurses on the input.

YAML 1.2 meaning; what a prompt file must not have (anchors, aliases, tags, merge keys, several documents, keys that are
not text) is refused in words of its own.
"""

import re
from functools import lru_cache
from itertools import islice
from string import ascii_letters
from typing import Any

from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from promptstead.documents.scalars import SPECIAL_START, NotJson, misreading, resolve
from promptstead.documents.source_lines import line_of, quoted
from promptstead.documents.standins import StandIns
from promptstead.documents.yaml_syntax import explain
from promptstead.model import CoreCode, Fix, Json, KeyPath, Problem, Span
from promptstead.words.sentence import Sentence, say

try:
    from yaml._yaml import CParser as EventParser
except ImportError:  # a PyYAML without libyaml: the same events, slower
    from promptstead.documents.pure_parser import PureParser as EventParser  # type: ignore[assignment]

MAX_DEPTH = 64
_BLOCKS = frozenset("|>")
_NEVER_SPECIAL = frozenset(ascii_letters) - SPECIAL_START
"""Letters with which a text starts that is text to every tool."""
_BRACKET = re.compile(r"[\[{]")
MAX_NODES = 200_000
MAX_PROBLEMS = 100
_PROPERTY = re.compile(r"[&!]\S*")


class _Frame:
    """A collection that is still open, and the key in it that waits for its value."""

    __slots__ = ("data", "end", "former", "key", "key_span", "path", "start")

    def __init__(self, data: Json, path: KeyPath, start: int) -> None:
        self.data = data
        self.path = path
        self.start = start
        self.end = start
        self.key: str | None = None
        self.key_span = Span(start, start)
        self.former: tuple[int, Json] | None = None
        """Where *key* is there already: the offset of the first one, and its value."""

    def wants_key(self) -> bool:
        return self.key is None and isinstance(self.data, dict)

    def child_path(self) -> KeyPath:
        return (*self.path, len(self.data) if self.key is None else self.key)


class _Stop(Exception):
    """Nothing sensible can be read after the problem just reported."""


class Builder:
    """Builds one document's data; :meth:`build` is called once.

    :param text: the file's text without byte-order mark and control characters.
    :param lines: the offset at which each line starts.
    """

    def __init__(self, text: str, lines: list[int]) -> None:
        self.text = text
        self.lines = lines
        self.data: Json = None
        self.values: dict[KeyPath, Span] = {}
        self.keys: dict[KeyPath, Span] = {}
        self.problems: list[Problem] = []
        self._stack: list[_Frame] = []
        self._stand_ins = StandIns(text)
        self._restores = self._stand_ins.shadow != text
        self._block: Span | None = None
        """The block scalar just read, as long as nothing but ends of collections follows it."""

    def build(self) -> "Builder":
        """Read the text and fill *data*, *values*, *keys* and *problems*; *data* is None after an error."""
        try:
            self._read()
            self._check_root()
        except _Stop:
            pass
        except YAMLError as error:
            self.problems.append(self._too_deep(error) or explain(error, self.text, self.lines, self._block))
        self.problems.extend(self._stand_ins.problems())
        if any(problem.code != "SCH003" for problem in self.problems):
            self.data = None
        return self

    def _read(self) -> None:
        parser: Any = EventParser(self._stand_ins.shadow)
        opened = nodes = 0
        try:
            while True:
                event = parser.get_event()
                kind = event.__class__
                if kind is ScalarEvent:
                    nodes += 1
                    self._scalar(event)
                elif kind is MappingEndEvent or kind is SequenceEndEvent:
                    self._close(event)
                elif kind is MappingStartEvent or kind is SequenceStartEvent:
                    nodes += 1
                    self._open(event, {} if kind is MappingStartEvent else [])
                elif kind is AliasEvent:
                    self._alias(event)
                elif kind is DocumentStartEvent:
                    opened += 1
                    if opened > 1:
                        self._stop(say("files.second-document"), _span(event), say("files.one-document"))
                elif kind is StreamEndEvent:
                    return
                if nodes > MAX_NODES:
                    message = say("files.too-many-values", most=MAX_NODES)
                    self._stop(message, _span(event), say("files.move-data"))
        finally:
            parser.dispose()

    def _check_root(self) -> None:
        root = self.values.get((), Span(0, 0))
        if self.data is None and root.start == root.end:
            self._add("SCH001", say("files.empty-file"), Span(0, 0), say("files.start-with-schema"))
        elif not isinstance(self.data, dict):
            message = say("files.holds-list" if isinstance(self.data, list) else "files.holds-value")
            self._add("SCH001", message, root, say("files.start-with-schema"))

    def _add(self, code: CoreCode, message: Sentence, span: Span, hint: Sentence, fix: Fix | None = None) -> None:
        if len(self.problems) == MAX_PROBLEMS:
            self._stop(say("files.too-many-problems", most=MAX_PROBLEMS), span, say("files.fix-those-above"))
        self.problems.append(Problem(code, message, span, hint, fix))

    def _stop(self, message: Sentence, span: Span, hint: Sentence) -> None:
        self.problems.append(Problem("SCH001", message, span, hint))
        raise _Stop

    def _too_deep(self, error: YAMLError) -> Problem | None:
        """Return the problem of brackets so deep that libyaml, which reads ahead, refuses them before we could."""
        if "nesting depth" not in str(error):
            return None
        start = self._stack[-1].start + 1 if self._stack else 0
        brackets = (match.start() for match in _BRACKET.finditer(self.text, start))
        at = next(islice(brackets, MAX_DEPTH - len(self._stack), None), start)
        return Problem("SCH001", say("files.too-deep", most=MAX_DEPTH), Span(at, at), say("files.flatten"))

    def _place(self, value: Json, span: Span) -> None:
        """Put a finished value where the innermost open collection, or the document, waits for it."""
        if not self._stack:
            self.data = value
            self.values[()] = span
            return
        frame = self._stack[-1]
        frame.end = span.end
        key = frame.key
        if key is None:
            self.values[*frame.path, len(frame.data)] = span
            frame.data.append(value)
            return
        self.values[*frame.path, key] = span
        if frame.former is not None:
            self._duplicate(frame, frame.former, value, span)
        frame.data[key] = value
        frame.key = frame.former = None

    def _open(self, event: Any, data: Json) -> None:
        self._block = None
        if event.anchor or event.tag:
            self._refuse_properties(event)
        start = event.start_mark.index
        if not self._stack:
            self._stack.append(_Frame(data, (), start))
            return
        frame = self._stack[-1]
        if len(self._stack) == MAX_DEPTH:
            self._stop(say("files.too-deep", most=MAX_DEPTH), _span(event), say("files.flatten"))
        if frame.wants_key():
            brace = start - 1 if self.text.startswith("{", start - 1) else start
            if self.text.startswith("{{", brace):
                hint = say("files.quote-whole-value")
                self._stop(say("files.starts-with-braces"), Span(brace, brace + 2), hint)
            self._stop(say("files.key-is-collection"), _span(event), say("files.quote-bracket-key"))
        self._stack.append(_Frame(data, frame.child_path(), start))

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        # A block collection's end mark stands at the next token, after comments; a flow collection's after its bracket.
        in_flow = event.end_mark.index > event.start_mark.index
        self._place(frame.data, Span(frame.start, event.end_mark.index if in_flow else frame.end))

    def _alias(self, event: Any) -> None:
        self._block = None
        span = _span(event)
        hint = say("files.write-value-again")
        message = say("files.alias", source=quoted(self.text[span.start : span.end]))
        if not self._stack or self._stack[-1].wants_key():
            self._stop(message, span, hint)
        self._add("SCH001", message, span, hint)
        self._place(None, span)

    def _refuse_properties(self, event: Any) -> None:
        match = _PROPERTY.match(self.text, event.start_mark.index)
        span = Span(match.start(), match.end()) if match else _span(event)
        is_anchor = self.text.startswith("&", span.start)
        source = quoted(self.text[span.start : span.end])
        message = say("files.anchor" if is_anchor else "files.tag", source=source)
        self._add("SCH001", message, span, say("files.remove-property"))

    def _scalar(self, event: Any) -> None:
        if event.anchor or event.tag:
            self._refuse_properties(event)
        text: str = event.value
        style = event.style
        span = Span(event.start_mark.index, event.end_mark.index)
        self._block = None
        if style in _BLOCKS:
            span = self._block = self._without_blank_end(span)
        if self._restores:
            text = self._stand_ins.restore(text, span)
        if self._stack and self._stack[-1].wants_key():
            self._key(self._stack[-1], text, span, not style)
        else:
            self._place(text if style else self._plain_value(text, span), span)

    def _without_blank_end(self, span: Span) -> Span:
        """Return the span of a block scalar up to the end of its last line that is not blank."""
        filled = span.start + len(self.text[span.start : span.end].rstrip(" \t\r\n"))
        ends = [end for end in (self.text.find("\n", filled), self.text.find("\r", filled)) if end >= 0]
        return Span(span.start, min(ends, default=len(self.text)))

    def _key(self, frame: _Frame, key: str, span: Span, plain: bool) -> None:
        if plain and not _is_harmless(key):
            self._check_plain_key(key, span)
        frame.end = span.end
        frame.key = key
        frame.key_span = span
        path = (*frame.path, key)
        if key in frame.data:
            frame.former = (self.keys[path].start, frame.data[key])
        self.keys[path] = span

    def _check_plain_key(self, key: str, span: Span) -> None:
        if key == "<<":
            self._add("SCH001", say("files.merge-key"), span, say("files.write-keys-out"))
        elif not key:
            self._add("SCH001", say("files.no-key"), span, say("files.write-key-or-quote"))
        elif _is_text(key):
            self._check_misreading(key, key, span)
        else:
            fix = Fix(say("files.quote"), ((span, f'"{key}"'),), safe=False)
            self._add("SCH001", say("files.key-not-text", key=quoted(key)), span, say("files.quote"), fix)

    def _plain_value(self, text: str, span: Span) -> Json:
        if text and text[0] in _NEVER_SPECIAL:
            return text
        try:
            value = resolve(text)
        except NotJson as error:
            fix = Fix(say("files.quote"), ((span, f'"{text}"'),), safe=False)
            source = quoted(text)
            message = say("files.number-too-large" if error.too_large else "files.no-json-number", source=source)
            self._add("SCH001", message, span, say("files.quote-text"), fix)
            return None
        self._check_misreading(text, value, span)
        return value

    def _check_misreading(self, text: str, value: Json, span: Span) -> None:
        misread = misreading(text, value)
        if misread:
            message = say("files.misread", source=quoted(text), here=misread.here, there=misread.there)
            hint = say("files.write", what=misread.instead)
            fix = Fix(hint, ((span, misread.instead),), safe=misread.certain)
            if not misread.certain:
                hint = say("files.write-or-quote", what=misread.instead, text=text)
            self._add("SCH003", message, span, hint, fix)

    def _duplicate(self, frame: _Frame, former: tuple[int, Json], value: Json, span: Span) -> None:
        key, at = frame.key or "", frame.key_span
        first, first_value = former
        message = say("files.key-twice", key=quoted(key), line=line_of(self.lines, first))
        fix = None
        if repr(first_value) == repr(value) and (lines := self._own_lines(Span(at.start, span.end))):
            fix = Fix(say("files.remove-second"), ((lines, ""),), safe=True)
        in_item = bool(frame.path) and isinstance(frame.path[-1], int)
        hint = say("files.remove-one-or-new-item" if in_item else "files.remove-one-key")
        self._add("SCH003", message, at, hint, fix)

    def _own_lines(self, span: Span) -> Span | None:
        """Return the whole lines that *span* takes, where nothing else stands in them, not even a comment."""
        first, last = line_of(self.lines, span.start), line_of(self.lines, span.end)
        start = self.lines[first - 1]
        end = self.lines[last] if last < len(self.lines) else len(self.text)
        around = self.text[start : span.start] + self.text[span.end : end]
        return Span(start, end) if not around.strip() and "#" not in self.text[start:end] else None


@lru_cache(maxsize=4096)
def _is_harmless(key: str) -> bool:
    """Tell whether nothing can be said against a plain key; the same few hundred stand in every file."""
    return bool(key) and key != "<<" and _is_text(key) and misreading(key, key) is None


def _is_text(plain: str) -> bool:
    try:
        return isinstance(resolve(plain), str)
    except NotJson:
        return False


def _span(event: Any) -> Span:
    return Span(event.start_mark.index, event.end_mark.index)
