"""A list at the top of a YAML file that a person owns: an entry comes or goes, and every other byte stays.

ruamel.yaml says where the list ends, how it is indented, and whether the text with the entry reads as the old data and
the entry; the text itself is cut and joined here. Its round trip would write the whole file in one layout of its own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from promptstead.documents.emit import inline
from promptstead.errors import PromptsteadError, one_line
from promptstead.model import Json

MAX_LENGTH = 256 * 1024
MAX_DEPTH = 200
"""Most brackets that may be open: the time that ruamel.yaml takes grows with the square of that."""
_MARK = "\ufeff"
_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")

_Event = tuple[str, Json, Json, Json]


class Layout(NamedTuple):
    """How a list of mappings is indented: the column of its dashes and the distance from there to the keys.

    *inner_offset* and *inner_gap* are the same of a list within an entry, the first from the column of its key.
    """

    dash: int = 2
    gap: int = 2
    inner_offset: int = 2
    inner_gap: int = 2


class OwnedList:
    """The block list under the key *key* of the mapping that a YAML text is.

    :param path: the file, for errors.
    :raises PromptsteadError: the text is no YAML of one mapping with such a list, or too large or nested too deeply.
    """

    def __init__(self, text: str, key: str, path: str) -> None:
        self.text = text
        self._path = path
        if len(text) > MAX_LENGTH:
            raise self._refusal(f"the file has more than {MAX_LENGTH:,} characters")
        if _open_brackets(text) > MAX_DEPTH:
            raise self._refusal("the file is nested too deeply")
        self._newline = next((found[0] for found in _BREAK.finditer(text)), "\n")
        self._start = len(_MARK) if text.startswith(_MARK) else 0
        try:
            self._events = _parsed(text[self._start :], path)
            self._first, self._last = self._bounds(key)
            self.entries: list[Json] = _read(text[self._start :], "load", path)[key]
        except RecursionError as error:
            raise self._refusal("the file is nested too deeply") from error
        self._starts = list(self._entry_starts())
        self.layout = self._layout()

    def with_entry(self, entry: Mapping[str, Json]) -> str:
        """Return the text with one more entry, after the last one and the comments that belong to it.

        :raises PromptsteadError: the text with it would not read as what was there and the entry.
        """
        at = self._end_of_last()
        lines = rendered(entry, self.layout)
        if len(self._starts) > 1 and self._blank_above(self._starts[-1]):
            lines.insert(0, "")
        found = _BREAK.match(self.text, at)
        newline = found[0] if found else self._newline  # of the line above, where a file has several kinds
        result = self.text[:at] + newline + newline.join(lines) + self.text[at:]
        own = _values(_parsed("\n".join(rendered(entry, Layout(0))), self._path))[3:-3]
        expected = _values(self._events)
        expected[self._last : self._last] = own
        try:
            same = _values(_parsed(result[self._start :], self._path)) == expected
        except (PromptsteadError, RecursionError):
            same = False
        if not same:
            raise self._refusal("an entry cannot be added without changing what is there")
        return result

    def lines_of(self, index: int, count: int) -> list[str]:
        """Return the first *count* lines of an entry, from its dash on, without their ends."""
        return _BREAK.split(self.text[self._line_start(self._starts[index]) :])[:count]

    def with_lines(self, index: int, count: int, lines: Sequence[str]) -> str:
        """Return the text with *lines* in place of the first *count* lines of an entry."""
        start = self._line_start(self._starts[index])
        breaks = list(islice(_BREAK.finditer(self.text, start), count))
        end = breaks[-1].start() if len(breaks) == count else len(self.text)
        newline = breaks[0][0] if breaks else self._newline
        return self.text[:start] + newline.join(lines) + self.text[end:]

    def without_lines(self, index: int, count: int) -> Iterator[str]:
        """Yield the text without the first *count* lines of an entry; also without the blank line above it."""
        start = self._line_start(self._starts[index])
        end = start
        for _ in range(count):
            found = _BREAK.search(self.text, end)
            end = found.end() if found else len(self.text)
        before, after = self.text[:start], self.text[end:]
        if not after and not _BREAK.search(self.text[end - 1 :]):  # the file ends without a line break, as it did
            before = _without_break(before)
        yield before + after
        if self._blank_above(self._starts[index]):
            shorter = _without_break(before)
            yield shorter + after if after or before == self.text[:start] else _without_break(shorter)

    def _refusal(self, message: str) -> PromptsteadError:
        return PromptsteadError(message, location=self._path)

    def _bounds(self, key: str) -> tuple[int, int]:
        """Return which event starts the list and which ends it."""
        events = self._events
        if _kind(events[2] if len(events) > 2 else None) != "MappingStart" or events[2].flow_style:
            raise self._refusal("the file is not a mapping in block style")
        depth, name, is_key = 0, "", True
        for number in range(3, len(events)):
            kind = _kind(events[number])
            if depth == 0:
                if kind == "MappingEnd":
                    break
                if not is_key and name == key:
                    if kind != "SequenceStart" or events[number].flow_style:
                        raise self._refusal(f"`{key}` is not a list in block style")
                    return number, self._closing(number)
                name = getattr(events[number], "value", "") if is_key else name
            depth += kind.endswith("Start")
            depth -= kind.endswith("End")
            is_key = not is_key if depth == 0 else is_key
        raise self._refusal(f"there is no list `{key}`")

    def _closing(self, number: int) -> int:
        depth = 0
        for closing in range(number, len(self._events)):
            kind = _kind(self._events[closing])
            depth += kind.endswith("Start")
            depth -= kind.endswith("End")
            if not depth:
                return closing
        raise self._refusal("the file ends in the middle of the list")

    def _entry_starts(self) -> Iterator[int]:
        """Yield the offset of each entry's dash."""
        depth = 0
        for event in self._events[self._first + 1 : self._last]:
            kind = _kind(event)
            if depth == 0:
                yield self._dash(event)
            depth += kind.endswith("Start")
            depth -= kind.endswith("End")

    def _dash(self, item: Any) -> int:
        """Return the offset of the dash of an item of a block list."""
        return self.text.rindex("-", 0, item.start_mark.index + self._start)

    def _column(self, offset: int) -> int:
        return offset - self._line_start(offset)

    def _layout(self) -> Layout:
        """Return the layout of the last entry that shows it; a list within an entry is indented as the outer one is."""
        dash = self._column(self._starts[0])
        gap, offset, inner_gap, depth = 2, dash, 0, 0
        for number in range(self._first + 1, self._last):
            event, child = self._events[number], self._events[number + 1]
            kind = _kind(event)
            shown = kind.endswith("Start") and not event.flow_style
            if depth == 0 and shown and not event.anchor:
                gap = max(2, event.start_mark.column - dash)
            if depth == 1 and shown and kind == "SequenceStart":
                column = self._column(self._dash(child))
                offset = max(0, column - dash - gap)
                if _kind(child) == "MappingStart" and not child.flow_style and not child.anchor:
                    inner_gap = max(2, child.start_mark.column - column)
            depth += kind.endswith("Start")
            depth -= kind.endswith("End")
        return Layout(dash, gap, offset, inner_gap or gap)

    def _end_of_last(self) -> int:
        """Return where the last line of the list ends, with the comments in it; the line break comes after."""
        number = self._last
        while _kind(self._events[number]).endswith("End") and not _has_width(self._events[number]):
            number -= 1
        end = self._events[number].end_mark.index + self._start
        end = self._line_end(len(self.text[:end].rstrip()))
        at = end
        while found := _BREAK.match(self.text, at):
            at = self._line_end(found.end())
            line = self.text[found.end() : at]
            column = len(line) - len(line.lstrip(" "))
            if line.strip() and not (line[column] == "#" and column >= max(1, self.layout.dash)):
                break
            end = at if line.strip() else end
        return end

    def _blank_above(self, offset: int) -> bool:
        """Tell whether a blank line stands above the line of *offset*, and above the comments that lie in between."""
        lines = _BREAK.split(self.text[: self._line_start(offset)])[:-1]
        while lines and lines[-1].lstrip().startswith("#"):
            lines.pop()
        return bool(lines) and not lines[-1].strip()

    def _line_start(self, offset: int) -> int:
        return max((found.end() for found in _BREAK.finditer(self.text, 0, offset)), default=0)

    def _line_end(self, offset: int) -> int:
        found = _BREAK.search(self.text, offset)
        return found.start() if found else len(self.text)


def rendered(entry: Mapping[str, Json], layout: Layout) -> list[str]:
    """Return an entry as lines of block style; its values are scalars, or lists of mappings of scalars."""
    lines: list[str] = []
    column = layout.dash + layout.gap
    for key, value in entry.items():
        start = " " * column if lines else " " * layout.dash + "-" + " " * (layout.gap - 1)
        if isinstance(value, list):
            lines.append(f"{start}{key}:")
            inner = Layout(column + layout.inner_offset, layout.inner_gap)
            lines += [line for each in value for line in rendered(each, inner)]
        else:
            source = "" if isinstance(value, str) else str(value)
            lines.append(f"{start}{key}: {inline(value, source, 'block')}")
    return lines


def _parsed(text: str, path: str) -> list[Any]:
    return list(_read(text, "parse", path))


def _read(text: str, how: str, path: str) -> Any:
    """Return what ruamel.yaml makes of a text; it follows YAML 1.2, and loads nothing but plain data.

    :param how: ``parse`` gives events, ``load`` data.
    :raises PromptsteadError: it is no YAML, is more than one document, or has a key twice.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    reader = YAML(typ="safe", pure=True)
    try:
        found = getattr(reader, how)(text)
        return list(found) if how == "parse" else found
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        location = f"{path}:{mark.line + 1}" if mark else path
        raise PromptsteadError(f"this is not YAML: {one_line(str(error.problem), 200)}", location=location) from error
    except (YAMLError, ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise PromptsteadError(f"this is not YAML: {one_line(str(error), 200)}", location=path) from error


def _open_brackets(text: str) -> int:
    """Return how many brackets are open at most; those in text count too, where they come in pairs."""
    most = depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth += 1 if bracket in "[{" else -1
        most = max(most, depth)
    return most


def _values(events: list[Any]) -> list[_Event]:
    """Return what events say, apart from where they stand and how they are written."""
    names = ("value", "tag", "anchor")
    return [(_kind(event), *(_plain(getattr(event, name, None)) for name in names)) for event in events]


def _plain(value: Any) -> Json:
    return value if value is None else str(value)


def _kind(event: Any) -> str:
    return type(event).__name__.removesuffix("Event")


def _has_width(event: Any) -> bool:
    return bool(event.end_mark.index > event.start_mark.index)


def _without_break(text: str) -> str:
    found = list(_BREAK.finditer(text, max(0, len(text) - 2)))
    return text[: found[-1].start()] if found and found[-1].end() == len(text) else text
