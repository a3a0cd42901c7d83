"""libyaml's complaints in plain words, with what to do; and the block scalar that under-indented text has ended."""

import re
from collections.abc import Callable

from yaml.error import MarkedYAMLError, YAMLError

from promptstead.conflict_markers import is_marker
from promptstead.documents.source_lines import line_of, line_text, quoted
from promptstead.model import Problem, Span
from promptstead.words.sentence import Sentence, say

_FILLED_LINE = re.compile(r"^[ \t]*[^ \t\r\n][^\r\n]*", re.MULTILINE)
_TEMPLATE = re.compile(r"(?:[:-][ \t]+|^[ \t]*)(\{[{%#][^\r\n]*)")


def explain(error: YAMLError, text: str, lines: list[int], block: Span | None) -> Problem:
    """Return what libyaml (or PyYAML's own parser) found wrong as one problem.

    :param block: the block scalar that was read last, where nothing but ends of collections came after it.
    """
    if not isinstance(error, MarkedYAMLError) or (error.problem_mark is None and error.context_mark is None):
        return Problem("SCH001", say("files.not-yaml"), Span(0, 0))
    mark = error.problem_mark or error.context_mark
    place = _Place(text, lines, min(mark.index if mark else 0, len(text)), error)
    if marker := _marker(place):
        return Problem("SCH001", say("files.conflict-marker"), marker, say("files.resolve-conflict"))
    if block is not None and (problem := _ended_block(place, block)):
        return problem
    if template := _TEMPLATE.search(place.line_text()):
        start = place.line_start() + template.start(1)
        hint = say("files.quote-whole-value")
        return Problem("SCH001", say("files.starts-with-brace"), Span(start, start + 2), hint)
    from promptstead.documents.yaml_slips import slip_of  # few files need it

    if slip := slip_of(place.text, place.lines, place.at, place.opened, place.problem):
        return slip
    message, hint = _words(place)
    return Problem("SCH001", message, place.span(), hint)


def _marker(place: "_Place") -> Span | None:
    """Return the marker of a merge conflict on the line where the parser stopped, or the one before it."""
    start = place.line_start()
    for at in (start, place.text.rfind("\n", 0, max(start - 1, 0)) + 1):
        line = line_text(place.text, at)
        if is_marker(line):
            return Span(at, at + len(line))
    return None


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
    from promptstead.documents.yaml_slips import misplaced_item

    if item := misplaced_item(text, lines, block.start, ending.start()):
        return item
    line = line_of(lines, ending.start())
    block_start = quoted(header.strip())
    message = (
        say("files.indented-less", at_line=line, line=first_line, start=block_start, indent=indent)
        if filled
        else say("files.not-indented", at_line=line, line=first_line, start=block_start, indent=indent)
    )
    return Problem("SCH005", message, Span(ending.start(), ending.end()))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


_Words = tuple[Sentence, Sentence]
"""A message and its hint."""


def _words(place: _Place) -> _Words:
    words = _PROBLEMS.get(place.problem)
    if words is None:
        return say("files.no-yaml-because", why=place.problem or place.context), say("files.quote-value-if-text")
    return words(place)


def _missing_colon(place: _Place) -> _Words:
    return say("files.no-key-value", line_text=quoted(place.line_text())), say("files.add-colon")


def _bad_start(place: _Place) -> _Words:
    if place.character() == "\t":
        return _tab(place)
    return say("files.bad-start", character=place.character()), say("files.quote-value")


def _second_colon(place: _Place) -> _Words:
    return say("files.second-colon"), say("files.quote-or-block")


def _misplaced_key(place: _Place) -> _Words:
    before = place.text[place.line_start() : place.at]
    if before.strip(" -"):
        source = quoted(place.text[place.at : place.line_end()])
        return say("files.behind-value", source=source), say("files.one-value")
    if place.character() == ":":
        return say("files.no-key"), say("files.write-key-or-quote")
    message = say("files.key-not-lined-up", line_text=quoted(place.line_text()), line=place.opened_line)
    return message, say("files.same-indentation")


def _misplaced_item(place: _Place) -> _Words:
    message = say("files.item-not-lined-up", line_text=quoted(place.line_text()), line=place.opened_line)
    return message, say("files.start-items")


def _unclosed_list(place: _Place) -> _Words:
    return say("files.list-not-closed", line=place.opened_line), say("files.close-list")


def _unclosed_mapping(place: _Place) -> _Words:
    return say("files.mapping-not-closed", line=place.opened_line), say("files.close-mapping")


def _unclosed_quote(place: _Place) -> _Words:
    return say("files.quote-not-closed", line=place.opened_line), say("files.close-it")


def _bad_escape(place: _Place) -> _Words:
    start = place.text.rfind("\\", 0, place.at + 1)
    return say("files.no-escape", source=quoted(place.text[start : max(start + 2, place.at)])), say(
        "files.two-backslashes"
    )


def _tab(_: _Place) -> _Words:
    return say("files.tab"), say("files.use-spaces")


def _item_behind_key(_: _Place) -> _Words:
    return say("files.item-behind-key"), say("files.item-on-own-line")


def _question_mark(_: _Place) -> _Words:
    return say("files.question-mark"), say("files.quote-the-text")


def _missing_value(_: _Place) -> _Words:
    return say("files.no-value-here"), say("files.write-it-or-quote")


def _header(_: _Place) -> _Words:
    return say("files.text-behind-block"), say("files.text-on-next-line")


def _indicator(_: _Place) -> _Words:
    return say("files.indentation-indicator"), say("files.leave-out")


def _name(_: _Place) -> _Words:
    return say("files.starts-as-alias"), say("files.quote-value")


def _tag(_: _Place) -> _Words:
    return say("files.starts-as-tag"), say("files.quote-value")


def _behind_document(_: _Place) -> _Words:
    return say("files.behind-document"), say("files.indent-or-remove")


def _directive(_: _Place) -> _Words:
    return say("files.directive"), say("files.remove-it")


_NOTICED_LATE = {
    "could not find expected ':'",
    "found unexpected end of stream",
    "found unexpected document indicator",
    "while scanning a directive",
    "while scanning an alias",
    "while scanning an anchor",
}
_PROBLEMS: dict[str, Callable[[_Place], _Words]] = {
    "could not find expected ':'": _missing_colon,
    "found character that cannot start any token": _bad_start,
    "mapping values are not allowed in this context": _second_colon,
    "did not find expected key": _misplaced_key,
    "did not find expected '-' indicator": _misplaced_item,
    "did not find expected ',' or ']'": _unclosed_list,
    "did not find expected ',' or '}'": _unclosed_mapping,
    "found unexpected end of stream": _unclosed_quote,
    "found unexpected document indicator": _unclosed_quote,
    "found unknown escape character": _bad_escape,
    "did not find expected hexdecimal number": _bad_escape,
    "found invalid Unicode character escape code": _bad_escape,
    "found a tab character where an indentation space is expected": _tab,
    "found a tab character that violates indentation": _tab,
    "block sequence entries are not allowed in this context": _item_behind_key,
    "mapping keys are not allowed in this context": _question_mark,
    "did not find expected node content": _missing_value,
    "did not find expected comment or line break": _header,
    "found an indentation indicator equal to 0": _indicator,
    "did not find expected alphabetic or numeric character": _name,
    "did not find expected whitespace or line break": _tag,
    "did not find expected tag URI": _tag,
    "did not find expected '!'": _tag,
    "did not find URI escaped octet": _tag,
    "found undefined tag handle": _tag,
    "did not find expected <document start>": _behind_document,
    "found unknown directive name": _directive,
    "found incompatible YAML document": _directive,
    "found duplicate %YAML directive": _directive,
    "did not find expected whitespace": _directive,
    "could not find expected directive name": _directive,
    "found unexpected non-alphabetical character": _directive,
    "did not find expected version number": _directive,
    "did not find expected digit or '.' character": _directive,
}
