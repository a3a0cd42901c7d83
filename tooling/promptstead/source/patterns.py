"""Regular expressions in prompt files: each must compile, and mean the same to whoever evaluates it."""

from collections.abc import Iterator
from typing import Any

from promptstead.model import Json, KeyPath, Problem
from promptstead.runtime.inputs import unsupported
from promptstead.source.document import Document
from promptstead.source.syntax import quoted

_HINT = "write it as in a JSON Schema"
_SHARED_HINT = r"use what all languages read alike: no `\A`, `\Z`, `\p`, no groups but `(?:…)`, `(?=…)`, `(?!…)`, no possessive `++`"


def pattern_problems(document: Document) -> list[Problem]:
    """Return one problem for each malformed pattern of a document that its schema accepts: of evaluators, and of inputs' schemas."""
    data = document.data
    problems = [
        *_inputs(document, data.get("inputs", {})),
        *_evaluators(document, data.get("evaluators", {}), ("evaluators",)),
    ]
    for index, case in enumerate(data.get("cases", [])):
        problems.extend(_evaluators(document, case.get("evaluators", {}), ("cases", index, "evaluators")))
    return problems


def _inputs(document: Document, inputs: dict[str, Any]) -> Iterator[Problem]:
    for name, spec in inputs.items():
        for path in unsupported(spec.get("schema", {})):
            if path and path[-1] == "pattern":
                pattern = spec["schema"]
                for key in path:
                    pattern = pattern[key]
                at = ("inputs", name, "schema", *path)
                malformed = not _compiles(pattern)
                message = f"the pattern {quoted(pattern)} is {'malformed' if malformed else 'not read alike by all languages'}"
                yield Problem("SCH001", message, document.span(at), _HINT if malformed else _SHARED_HINT)


def _evaluators(document: Document, evaluators: dict[str, Any], at: KeyPath) -> Iterator[Problem]:
    for name, spec in evaluators.items():
        if isinstance(spec, dict) and spec.get("type") == "regex" and not _compiles(spec["pattern"]):
            message = f"the pattern {quoted(spec['pattern'])} is malformed or too large"
            yield Problem("SCH001", message, document.span((*at, name, "pattern")), _HINT)


def _compiles(pattern: Json) -> bool:
    import jsonschema_rs

    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True
