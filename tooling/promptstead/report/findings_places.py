"""What the machine formats of findings share: places in the units that each counts columns in, and fingerprints."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from promptstead.documents.document import Document
from promptstead.documents.edits import edited, in_order
from promptstead.lint.finding import Finding
from promptstead.model import Span

Documents = Mapping[str, Document]
"""Path -> text of the files that findings are in. Where one is missing, columns stay in code points."""

Units = Callable[[str], int]


class Region(NamedTuple):
    """A stretch of a file: lines and columns from 1, the end exclusive, columns in whatever unit was asked for."""

    line: int
    column: int
    end_line: int
    end_column: int


class Replacement(NamedTuple):
    """A region and the text that takes its place."""

    region: Region
    text: str


def utf16(text: str) -> int:
    """Return the length of *text* in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def utf8(text: str) -> int:
    """Return the length of *text* in bytes of UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def region(finding: Finding, documents: Documents, units: Units) -> Region:
    """Return where *finding* is."""
    document = documents.get(finding.path)
    return Region(
        finding.line,
        _column(document, finding.line, finding.column, units),
        finding.end_line,
        _column(document, finding.end_line, finding.end_column, units),
    )


def replacements(finding: Finding, documents: Documents, units: Units) -> list[Replacement]:
    """Return the edits of the finding's fix, by place; none where it has no fix or its file is not at hand."""
    document = documents.get(finding.path)
    if finding.fix is None or document is None:
        return []
    return [Replacement(_span_region(document, span, units), text) for span, text in in_order(finding.fix.edits)]


def whole_replacement(finding: Finding, documents: Documents, units: Units) -> Replacement | None:
    """Return the finding's fix as one edit, which repeats the text between its parts; None as for *replacements*."""
    document = documents.get(finding.path)
    if finding.fix is None or document is None or not finding.fix.edits:
        return None
    edits = in_order(finding.fix.edits)
    whole = Span(edits[0][0].start, edits[-1][0].end)
    return Replacement(_span_region(document, whole, units), edited(document.text[: whole.end], edits)[whole.start :])


class Fingerprints(NamedTuple):
    """An identity of a finding that lines added above leave alone.

    *first* is made of the text of its message as it was first worded: the alerts of forges are known by it, so that it
    stays. *second* is made of what the message says.
    """

    first: str
    second: str


def fingerprints(findings: Iterable[Finding]) -> list[Fingerprints]:
    """Return the identities of each; findings that are equal in all but their place are numbered in their order."""
    seen: Counter[str] = Counter()

    def numbered(key: str) -> str:
        seen[key] += 1
        return f"{key}:{seen[key]}"

    return [Fingerprints(numbered(each.former_key), numbered(each.content_key)) for each in findings]


def _span_region(document: Document, span: Span, units: Units) -> Region:
    line, column = document.position(span.start)
    end_line, end_column = document.position(span.end)
    return Region(
        line, _column(document, line, column, units), end_line, _column(document, end_line, end_column, units)
    )


def _column(document: Document | None, line: int, column: int, units: Units) -> int:
    """Return the column after the text before *column*, in *units*."""
    if document is None or line > len(document.lines):
        return column
    start = document.lines[line - 1]
    return 1 + units(document.text[start : start + column - 1])
