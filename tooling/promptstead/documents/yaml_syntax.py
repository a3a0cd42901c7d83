"""libyaml's complaints in plain words, with what to do; and the block scalar that under-indented text has ended."""

import re
from bisect import bisect_right
from collections.abc import Callable

from yaml.error import MarkedYAMLError, YAMLError

from promptstead.model import Problem, Span

_LINE_END = re.compile(r"[\r\n]|\Z")
_FILLED_LINE = re.compile(r"^[ \t]*[^ \t\r\n][^\r\n]*", re.MULTILINE)
_TEMPLATE = re.compile(r"(?:[:-][ \t]+|^[ \t]*)(\{[{%#][^\r\n]*)")


def quoted(text: str, limit: int = 40) -> str:
    """Return *text* between backticks, on one line and cut to *limit* characters."""
    line = " ".join(text.split())
    return f"`{line if len(line) <= limit else line[: limit - 1] + '…'}`"


def line_of(lines: list[int], offset: int) -> int:
    """Return the line of an offset, from 1; *lines* are the offsets at which lines start."""
    return bisect_right(lines, offset)


def explain(error: YAMLError, text: str, lines: list[int], block: Span | None) -> Problem:
    """Return what libyaml (or PyYAML's own parser) found wrong as one problem.

    :param block: the block scalar that was read last, where nothing but ends of collections came after it.
    """
    if not isinstance(error, MarkedYAMLError) or (error.problem_mark is None and error.context_mark is None):
        return Problem("SCH001", "this is not YAML", Span(0, 0))
    mark = error.problem_mark or error.context_mark
    place = _Place(text, lines, min(mark.index if mark else 0, len(text)), error)
    if block is not None and (problem := _ended_block(place, block)):
        return problem
    if template := _TEMPLATE.search(place.line_text()):
        start = place.line_start() + template.start(1)
        hint = "put the whole value in quotes, or in a block (`|`)"
        return Problem("SCH001", "a value that starts with `{` is a mapping to YAML", Span(start, start + 2), hint)
    message, hint = _words(place)
    return Problem("SCH001", message, place.span(), hint)


class _Place:
    """Where and with what words the parser stopped."""

    def __init__(self, text: str, lines: list[int], at: int, error: MarkedYAMLError) -> None:
        self.text = text
        self.lines = lines
        self.problem = error.problem or ""
        self.context = error.context or ""
        self.opened = min(error.context_mark.index, len(text)) if error.context_mark else at
        self.at = self._visible(at)
        self.opened_line = line_of(lines, self.opened)

    def _visible(self, at: int) -> int:
        # libyaml notices these some lines later; where they begin is what one has to look at.
        late = self.problem in _NOTICED_LATE or self.context in _NOTICED_LATE
        return self.opened if late else at

    def span(self) -> Span:
        return Span(self.at, min(self.at + 1, len(self.text)))

    def line_start(self) -> int:
        return self.lines[line_of(self.lines, self.at) - 1]

    def line_end(self) -> int:
        return self.line_start() + len(self.line_text())

    def line_text(self) -> str:
        return line_text(self.text, self.line_start())

    def character(self) -> str:
        return self.text[self.at : self.at + 1]


def line_text(text: str, start: int) -> str:
    """Return the line that starts at *start*, without its line break."""
    match = _LINE_END.search(text, start)
    return text[start : match.start()] if match else text[start:]


def _ended_block(place: _Place, block: Span) -> Problem | None:
    """Return the problem of text that stands less indented than the block scalar it belongs to."""
    text, lines = place.text, place.lines
    first_line = line_of(lines, block.start)
    ending = _FILLED_LINE.search(text, block.end)
    if ending is None:
        return None
    header = line_text(text, lines[first_line - 1])
    filled = _FILLED_LINE.search(text, block.start + len(line_text(text, block.start)), block.end)
    indent = _indent(filled[0]) if filled else _indent(header.replace("- ", "  ")) + 2
    found = _indent(ending[0])
    if found >= indent:
        return None
    line = line_of(lines, ending.start())
    start = f"the block that starts at line {first_line} ({quoted(header.strip())})"
    if filled:
        message = f"line {line} is indented less than {start}, so the block ends here; indent it by {indent} spaces"
    else:
        message = f"line {line} is not indented, so {start} is empty; indent it by {indent} spaces"
    return Problem("SCH005", message, Span(ending.start(), ending.end()))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _words(place: _Place) -> tuple[str, str]:
    words = _PROBLEMS.get(place.problem)
    if words is None:
        return f"this is not YAML: {place.problem or place.context}", "put the value in quotes if it is text"
    return words(place)


def _missing_colon(place: _Place) -> tuple[str, str]:
    message = f"{quoted(place.line_text())} is no `key: value`"
    return message, "add the colon, or indent the line if it belongs to the text above"


def _bad_start(place: _Place) -> tuple[str, str]:
    if place.character() == "\t":
        return "a tab cannot indent in YAML", "use spaces"
    return f"a value cannot start with `{place.character()}`", "put the value in quotes"


def _second_colon(place: _Place) -> tuple[str, str]:
    return "a second `: ` stands in this line", "put the value in quotes, or start it on the next line after `|`"


def _misplaced_key(place: _Place) -> tuple[str, str]:
    before = place.text[place.line_start() : place.at]
    if before.strip(" -"):
        return f"{quoted(place.text[place.at : place.line_end()])} stands behind the end of the value", _ONE_VALUE
    if place.character() == ":":
        return "a key is missing before `:`", "write the key, or put the text in quotes"
    message = f"{quoted(place.line_text())} does not line up with the keys that start in line {place.opened_line}"
    return message, "give it the same indentation as its neighbours"


def _misplaced_item(place: _Place) -> tuple[str, str]:
    message = f"{quoted(place.line_text())} does not line up with the list that starts in line {place.opened_line}"
    return message, "start each item with `- ` at the same indentation"


def _unclosed(bracket: str, name: str) -> Callable[[_Place], tuple[str, str]]:
    def words(place: _Place) -> tuple[str, str]:
        hint = f"close it with `{bracket}`; put text that starts with `{'[' if bracket == ']' else '{'}` in quotes"
        return f"the {name} that starts in line {place.opened_line} is not closed, or lacks a comma", hint

    return words


def _unclosed_quote(place: _Place) -> tuple[str, str]:
    return f"the quote opened in line {place.opened_line} is never closed", "close it"


def _bad_escape(place: _Place) -> tuple[str, str]:
    start = place.text.rfind("\\", 0, place.at + 1)
    return (
        f"{quoted(place.text[start : max(start + 2, place.at)])} is no escape in double quotes",
        "write two backslashes, or use single quotes",
    )


def _fixed(message: str, hint: str) -> Callable[[_Place], tuple[str, str]]:
    return lambda place: (message, hint)


_ONE_VALUE = "put the whole value in one pair of quotes, or in a block (`|`)"
_NOTICED_LATE = {
    "could not find expected ':'",
    "found unexpected end of stream",
    "found unexpected document indicator",
    "while scanning a directive",
    "while scanning an alias",
    "while scanning an anchor",
}
_NAME = _fixed("`*` and `&` at the start of a value mean an alias or an anchor to YAML", "put the value in quotes")
_TAG = _fixed("`!` at the start of a value means a tag to YAML", "put the value in quotes")
_DIRECTIVE = _fixed("a line that starts with `%` is a directive to YAML", "remove it")
_HEADER = _fixed("text cannot stand behind `|` or `>`", "start the block's text on the next line")

_PROBLEMS: dict[str, Callable[[_Place], tuple[str, str]]] = {
    "could not find expected ':'": _missing_colon,
    "found character that cannot start any token": _bad_start,
    "mapping values are not allowed in this context": _second_colon,
    "did not find expected key": _misplaced_key,
    "did not find expected '-' indicator": _misplaced_item,
    "did not find expected ',' or ']'": _unclosed("]", "list"),
    "did not find expected ',' or '}'": _unclosed("}", "mapping"),
    "found unexpected end of stream": _unclosed_quote,
    "found unexpected document indicator": _unclosed_quote,
    "found unknown escape character": _bad_escape,
    "did not find expected hexdecimal number": _bad_escape,
    "found invalid Unicode character escape code": _bad_escape,
    "found a tab character where an indentation space is expected": _fixed("a tab cannot indent in YAML", "use spaces"),
    "found a tab character that violates indentation": _fixed("a tab cannot indent in YAML", "use spaces"),
    "block sequence entries are not allowed in this context": _fixed(
        "a list item cannot start behind a key on the same line", "start `- ` on a line of its own"
    ),
    "mapping keys are not allowed in this context": _fixed("`? ` cannot start a key here", "put the text in quotes"),
    "did not find expected node content": _fixed("a value is missing here", "write it, or put the text in quotes"),
    "did not find expected comment or line break": _HEADER,
    "found an indentation indicator equal to 0": _fixed("the indentation after `|` or `>` is 1 to 9", "leave it out"),
    "did not find expected alphabetic or numeric character": _NAME,
    "did not find expected whitespace or line break": _TAG,
    "did not find expected tag URI": _TAG,
    "did not find expected '!'": _TAG,
    "did not find URI escaped octet": _TAG,
    "found undefined tag handle": _TAG,
    "did not find expected <document start>": _fixed(
        "text stands behind the end of the document", "indent it, or remove what ends the document above"
    ),
    "found unknown directive name": _DIRECTIVE,
    "found incompatible YAML document": _DIRECTIVE,
    "found duplicate %YAML directive": _DIRECTIVE,
    "did not find expected whitespace": _DIRECTIVE,
    "could not find expected directive name": _DIRECTIVE,
    "found unexpected non-alphabetical character": _DIRECTIVE,
    "did not find expected version number": _DIRECTIVE,
    "did not find expected digit or '.' character": _DIRECTIVE,
}
