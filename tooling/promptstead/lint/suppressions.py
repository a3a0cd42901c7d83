"""Findings that a comment in the file allows, with a reason.

``# promptstead: ignore[INJ201] the partner strips tags`` beside a key, or on a line of its own above it, allows that
rule's findings in the whole value of the key; ``ignore-file[...]`` in the whole file. Several codes are separated by
commas. In a partial the same stands in ``{# … #}`` and counts for its line, or alone on a line for the next one.
"""

import re
from collections.abc import Iterator

from promptstead.documents.document import Document
from promptstead.lint.finding import Finding
from promptstead.model import Span

MARK = "promptstead:"
NOT_ALLOWED = frozenset({"SCH001", "SCH005", "TPL101", "TPL106"})
"""What keeps a prompt from being read or rendered: no comment makes that good."""
_DIRECTIVE = r"promptstead:[ \t]*ignore(?P<file>-file)?[ \t]*\[(?P<codes>[^\]\n]*)\][ \t]*(?P<reason>[^\n]*?)[ \t]*"


class Suppression:
    """One comment: the codes that it allows, why, and the lines (from 1, both inclusive) that it counts for."""

    def __init__(self, codes: tuple[str, ...], reason: str, span: Span, lines: tuple[int, int]) -> None:
        self.codes = codes
        self.reason = reason
        self.span = span
        self.lines = lines
        self.used: set[str] = set()

    def allows(self, finding: Finding) -> bool:
        """Tell whether *finding*, which is in this comment's file, is allowed, and remember that it was needed."""
        first, last = self.lines
        allowed = finding.code in self.codes and finding.code not in NOT_ALLOWED and first <= finding.line <= last
        if allowed:
            self.used.add(finding.code)
        return allowed


def find_suppressions(document: Document) -> list[Suppression]:
    """Return the suppressions of a file, in the order of its text."""
    is_yaml = document.path.endswith((".yml", ".yaml"))
    if MARK not in document.text or (is_yaml and document.data is None):
        return []  # a file that cannot be read says nothing about itself
    found = _in_yaml(document) if is_yaml else _in_template(document)
    return [_suppression(document, match, span, is_yaml) for match, span in found]


def _in_yaml(document: Document) -> Iterator[tuple[re.Match[str], Span]]:
    from promptstead.documents.comments import find_comments

    for offset, comment in find_comments(document):
        match = re.fullmatch(rf"#+[ \t]*{_DIRECTIVE}", comment)
        if match:
            yield match, Span(offset, offset + len(comment))


def _in_template(document: Document) -> Iterator[tuple[re.Match[str], Span]]:
    for match in re.finditer(rf"\{{#-?[ \t]*{_DIRECTIVE}-?#\}}", document.text):
        yield match, Span(*match.span())


def _suppression(document: Document, match: re.Match[str], span: Span, is_yaml: bool) -> Suppression:
    codes = tuple(code.strip().upper() for code in match["codes"].split(",") if code.strip())
    line = document.position(span.start)[0]
    if match["file"]:
        lines = (1, len(document.lines))
    else:
        alone = not document.text[document.lines[line - 1] : span.start].strip()
        start = _next_line(document, line) if alone else line
        lines = (start, _last_line(document, start) if is_yaml else start)
    return Suppression(codes, match["reason"], span, lines)


def _next_line(document: Document, line: int) -> int:
    """Return the line that a comment alone on *line* is about: the next that is no comment and not blank."""
    for number in range(line + 1, len(document.lines) + 1):
        text = document.line_text(number).strip()
        if text and not text.startswith("#"):
            return number
    return line


def _last_line(document: Document, line: int) -> int:
    """Return the last line of what starts on *line*."""
    last = line
    for path, value in document.values.items():
        start = document.key_span(path).start if path in document.keys else value.start
        if path and document.position(start)[0] == line:
            last = max(last, document.position(max(value.start, value.end - 1))[0])
    return last
