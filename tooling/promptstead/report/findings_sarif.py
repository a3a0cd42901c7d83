"""Findings as SARIF 2.1.0 (OASIS), for code scanning and editors.

Findings that the baseline or a comment allows are left out rather than listed as ``suppressions``: GitHub's code
scanning does not read that property and would open an alert for each.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from promptstead import __version__
from promptstead.errors import one_line
from promptstead.escapes import json_text
from promptstead.lint.finding import Finding
from promptstead.lint.rule import Rule
from promptstead.lint.rule_table import all_rules, page, rule
from promptstead.model import NOTHING, Json
from promptstead.report.findings_places import (
    Documents,
    Fingerprints,
    Region,
    fingerprints,
    region,
    replacements,
    utf16,
)

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LINK = re.compile(r"(\\*)\]\(")
_ROOT = "%SRCROOT%"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def render(
    findings: Sequence[Finding], documents: Callable[[], Documents], brought: Mapping[str, Rule] = NOTHING
) -> str:
    """Return the findings as the text of a file; *documents* reads the files that they are in."""
    return json_text(sarif(findings, documents(), brought))


def sarif(findings: Sequence[Finding], documents: Documents, brought: Mapping[str, Rule] = NOTHING) -> Json:
    """Return the findings as one SARIF log with one run; columns count UTF-16 code units.

    :param brought: the rules of packages, by code.
    """
    found = {finding.code for finding in findings}
    codes = [code for code in all_rules(brought) if code in found]
    rules = [_rule(brought.get(code) or rule(code)) for code in codes]
    run = {
        "tool": {"driver": {"name": "promptstead", "version": __version__, "rules": rules}},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "defaultEncoding": "utf-8",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "columnKind": "utf16CodeUnits",
        "results": [
            _result(finding, codes.index(finding.code), prints, documents)
            for finding, prints in zip(findings, fingerprints(findings), strict=True)
        ],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(found: Rule) -> Json:
    text = (found.page or page(found.code)).strip()
    return {
        "id": found.code,
        "name": found.name,
        "shortDescription": {"text": found.summary},
        "fullDescription": {"text": " ".join(text.partition("\n\n")[0].split())},
        "defaultConfiguration": {"level": next(iter(found.levels.values()))},
        "help": {"text": text, "markdown": text},
    }


def _result(finding: Finding, rule_index: int, prints: Fingerprints, documents: Documents) -> Json:
    text = f"{finding.message}. {_sentence(finding.hint)}" if finding.hint else finding.message
    result: dict[str, Json] = {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": finding.level,
        "message": {"text": _message(text)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(finding.path),
                    "region": _region(region(finding, documents, utf16)),
                }
            }
        ],
        "partialFingerprints": {"promptstead/v1": prints.first, "promptstead/v2": prints.second},
    }
    edits = [
        {"deletedRegion": _region(edit.region), "insertedContent": {"text": edit.text}}
        for edit in replacements(finding, documents, utf16)
    ]
    if finding.fix and edits:
        review = "" if finding.fix.safe else " (review it: the meaning may change)"
        change = {"artifactLocation": _artifact(finding.path), "replacements": edits}
        description = {"text": _message(finding.fix.description + review)}
        result["fixes"] = [{"description": description, "artifactChanges": [change]}]
    return result


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _message(text: str) -> str:
    """Return *text* as a plain text message: braces doubled (§3.11.5), nothing that reads as a link (§3.11.6)."""
    return _LINK.sub(r"\1\1\\](", one_line(text, 2_000).replace("{", "{{").replace("}", "}}"))


def _artifact(path: str) -> Json:
    encoded = path.encode("utf-8", "surrogateescape")
    uri = "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in encoded)
    return {"uri": uri, "uriBaseId": _ROOT}


def _region(place: Region) -> Json:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
