"""The baseline: what was already wrong when a repository started with promptstead, so that it starts green.

Keyed on content (:attr:`Finding.content_key`), not on line numbers or wording: adding lines above an old finding
does not bring it back, nor does a better message; a second finding of the same kind on another line is new. The file
says in words what it allows, for whoever reads it; only its keys count. Files of format 1, whose keys are made of the
text of messages, are read as well.
"""

import json
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from promptstead.errors import PromptsteadError, one_line
from promptstead.format_version import refuse_too_new
from promptstead.lint.finding import Finding

DEFAULT_FILE = "promptstead-baseline.json"
FORMAT = "promptstead/baseline/v2"
FORMER_FORMAT = "promptstead/baseline/v1"
_KNOWN = (FORMAT, FORMER_FORMAT)
_MAX_MESSAGE = 500
"""Characters of a message that the file repeats."""


class Baseline(NamedTuple):
    """What is allowed: key -> how often. *is_former* where the keys are those of format 1."""

    allowed: Counter[str]
    is_former: bool = False

    def key(self, finding: Finding) -> str:
        """Return the key by which this baseline would know a finding."""
        return finding.former_key if self.is_former else finding.content_key


def dump_baseline(findings: Iterable[Finding]) -> str:
    """Return the text of a baseline that holds *findings*, one line each, so that it merges well."""
    counted: Counter[tuple[str, str, str]] = Counter()
    messages: dict[tuple[str, str, str], str] = {}
    for finding in findings:
        entry = finding.path, finding.code, finding.content_key
        counted[entry] += 1
        message = one_line(finding.message, _MAX_MESSAGE)
        messages[entry] = min(message, messages.get(entry, message))
    entries = [
        {
            "file": path,
            "code": code,
            "message": messages[path, code, key],
            "count": counted[path, code, key],
            "key": key,
        }
        for path, code, key in sorted(counted)
    ]
    lines = ",\n".join("    " + json.dumps(entry, ensure_ascii=False) for entry in entries)
    listed = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "format": "{FORMAT}",\n  "findings": {listed}\n}}\n'


def parse_baseline(raw: bytes, path: str) -> Baseline:
    """Return the baseline that a file of either format is.

    :raises PromptsteadError: the file is not a baseline, or needs a newer promptstead.
    """
    try:
        data = json.loads(raw)
        refuse_too_new(data, _KNOWN, path)
        if data["format"] not in _KNOWN:
            raise ValueError
        allowed = Counter({str(entry["key"]): int(entry.get("count", 1)) for entry in data["findings"]})
        return Baseline(allowed, data["format"] == FORMER_FORMAT)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise PromptsteadError(
            "this is not a baseline",
            hint="restore it, or remove it and run promptstead lint --write-baseline",
            location=path,
        ) from error


def divided(findings: Iterable[Finding], baseline: Baseline) -> tuple[list[Finding], list[Finding]]:
    """Return the findings that the baseline allows, each no more often than it says, and those that it does not."""
    left = Counter(baseline.allowed)
    allowed, others = [], []
    for finding in findings:
        key = baseline.key(finding)
        if left[key] > 0:
            left[key] -= 1
            allowed.append(finding)
        else:
            others.append(finding)
    return allowed, others
