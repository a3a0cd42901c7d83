"""Findings as a Code Quality report of GitLab: the properties that GitLab reads, and no others."""

from collections.abc import Callable, Sequence

from promptstead.errors import one_line
from promptstead.escapes import json_text
from promptstead.lint.diagnostic import Diagnostic
from promptstead.model import Json
from promptstead.report.findings_places import Documents, fingerprints

_SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}


def render(diagnostics: Sequence[Diagnostic], documents: Callable[[], Documents]) -> str:
    """Return the findings as the text of a file; what *documents* would read is not needed."""
    return json_text(code_quality(diagnostics))


def code_quality(diagnostics: Sequence[Diagnostic]) -> Json:
    """Return the report: a list with one object for each diagnostic.

    No two share a fingerprint, as GitLab would show one of them. It takes one only: the one that it has had.
    """
    return [
        {
            "description": _description(diagnostic),
            "check_name": diagnostic.code,
            "fingerprint": prints.first,
            "severity": _SEVERITIES[diagnostic.level],
            "location": {"path": diagnostic.path, "lines": {"begin": diagnostic.line}},
        }
        for diagnostic, prints in zip(diagnostics, fingerprints(diagnostics), strict=True)
    ]


def _description(diagnostic: Diagnostic) -> str:
    hint = f" ({diagnostic.hint})" if diagnostic.hint else ""
    return one_line(f"{diagnostic.code} {diagnostic.message}{hint}")
