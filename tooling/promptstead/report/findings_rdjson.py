"""Findings in the Reviewdog Diagnostic Format (``rdjson``), as ``reviewdog.proto`` defines it."""

from collections.abc import Callable, Sequence

from promptstead.errors import one_line
from promptstead.escapes import json_text
from promptstead.lint.finding import Finding
from promptstead.model import Json
from promptstead.report.findings_places import Documents, Region, region, utf8, whole_replacement
from promptstead.report.markup import prose

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}


def render(findings: Sequence[Finding], documents: Callable[[], Documents]) -> str:
    """Return the findings as the text of a file; *documents* reads the files that they are in."""
    return json_text(rdjson(findings, documents()))


def rdjson(findings: Sequence[Finding], documents: Documents) -> Json:
    """Return the findings as one DiagnosticResult; columns count bytes of UTF-8.

    reviewdog puts a message into a comment as Markdown, so that nothing in one may be more than words and code.

    A fix becomes one suggestion, whatever the number of its edits: reviewdog takes several as alternatives.
    """
    return {
        "source": {"name": "promptstead"},
        "diagnostics": [_finding(finding, documents) for finding in findings],
    }


def _finding(finding: Finding, documents: Documents) -> Json:
    hint = f"\nhelp: {prose(one_line(finding.hint))}" if finding.hint else ""
    found: dict[str, Json] = {
        "message": prose(one_line(finding.message)) + hint,
        "location": {"path": finding.path, "range": _range(region(finding, documents, utf8))},
        "severity": _SEVERITIES[finding.level],
        "code": {"value": finding.code},
    }
    suggestion = whole_replacement(finding, documents, utf8)
    if suggestion is not None:
        found["suggestions"] = [{"range": _range(suggestion.region), "text": suggestion.text}]
    return found


def _range(place: Region) -> Json:
    return {
        "start": {"line": place.line, "column": place.column},
        "end": {"line": place.end_line, "column": place.end_column},
    }
