"""The baseline: what was already wrong when a repository started with promptstead, so that it starts green.

Keyed on content (:attr:`Diagnostic.content_key`), not on line numbers: adding lines above an old finding does not
bring it back, and a second finding of the same kind on another line is new.
"""

import json
from collections import Counter
from collections.abc import Iterable

from promptstead.errors import PromptsteadError
from promptstead.lint.diagnostic import Diagnostic

DEFAULT_FILE = "promptstead-baseline.json"
_FORMAT = "promptstead/baseline/v1"


def dump_baseline(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the text of a baseline that holds *diagnostics*, one line each, so that it merges well."""
    counted = Counter((diagnostic.path, diagnostic.code, diagnostic.content_key) for diagnostic in diagnostics)
    entries = [
        {"file": path, "code": code, "key": key, "count": counted[path, code, key]}
        for path, code, key in sorted(counted)
    ]
    lines = ",\n".join("    " + json.dumps(entry, ensure_ascii=False) for entry in entries)
    findings = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "format": "{_FORMAT}",\n  "findings": {findings}\n}}\n'


def parse_baseline(raw: bytes, path: str) -> Counter[str]:
    """Return content key -> how often it is allowed.

    :raises PromptsteadError: the file is not a baseline.
    """
    try:
        data = json.loads(raw)
        if data["format"] != _FORMAT:
            raise ValueError
        return Counter({str(entry["key"]): int(entry.get("count", 1)) for entry in data["findings"]})
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise PromptsteadError(
            "this is not a baseline",
            hint="restore it, or remove it and write it anew: promptstead lint --write-baseline",
            location=path,
        ) from error


def remaining(diagnostics: Iterable[Diagnostic], allowed: Counter[str]) -> list[Diagnostic]:
    """Return the diagnostics that the baseline does not allow; *allowed* is used up on the way."""
    kept = []
    for diagnostic in diagnostics:
        if allowed[diagnostic.content_key] > 0:
            allowed[diagnostic.content_key] -= 1
        else:
            kept.append(diagnostic)
    return kept
