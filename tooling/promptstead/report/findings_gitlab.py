"""Findings as a Code Quality report of GitLab: the properties that GitLab reads, and no others."""

from collections.abc import Callable, Sequence

from promptstead.errors import one_line
from promptstead.escapes import json_text
from promptstead.lint.finding import Finding
from promptstead.model import Json
from promptstead.report.findings_places import Documents, fingerprints

_SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}


def render(findings: Sequence[Finding], documents: Callable[[], Documents]) -> str:
    """Return the findings as the text of a file; what *documents* would read is not needed."""
    return json_text(code_quality(findings))


def code_quality(findings: Sequence[Finding]) -> Json:
    """Return the report: a list with one object for each finding.

    No two share a fingerprint, as GitLab would show one of them. It takes one only: the one that it has had.
    """
    return [
        {
            "description": _description(finding),
            "check_name": finding.code,
            "fingerprint": prints.first,
            "severity": _SEVERITIES[finding.level],
            "location": {"path": finding.path, "lines": {"begin": finding.line}},
        }
        for finding, prints in zip(findings, fingerprints(findings), strict=True)
    ]


def _description(finding: Finding) -> str:
    hint = f" ({finding.hint})" if finding.hint else ""
    return one_line(f"{finding.code} {finding.message}{hint}")
