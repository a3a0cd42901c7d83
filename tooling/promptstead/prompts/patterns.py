"""Regular expressions and paths in prompt files: each must compile, and mean the same to whoever evaluates it."""

from collections.abc import Iterator
from typing import Any

from promptstead.documents.document import Document
from promptstead.documents.yaml_syntax import quoted
from promptstead.model import Json, KeyPath, Problem
from promptstead.prompts.declared.json_path import complaint
from promptstead.runtime.backtracking import MOST, UNLIMITED, ways
from promptstead.runtime.inputs import unsupported
from promptstead.words.sentence import say


def pattern_problems(document: Document, kind: str) -> list[Problem]:
    """Return one problem for each malformed pattern or path of a valid document, in evaluators and inputs' schemas.

    :param kind: ``prompt``, ``cases`` or ``evaluators``. What a file of that kind does not have may be anything.
    """
    data = document.data
    problems: list[Problem] = []
    if kind == "prompt":
        problems.extend(_inputs(document, data.get("inputs", {})))
    if kind != "cases":
        problems.extend(_evaluators(document, data.get("evaluators", {}), ("evaluators",)))
    if kind != "evaluators":
        for index, case in enumerate(data.get("cases", [])):
            problems.extend(_evaluators(document, case.get("evaluators", {}), ("cases", index, "evaluators")))
    return problems


def _inputs(document: Document, inputs: dict[str, Any]) -> Iterator[Problem]:
    for name, spec in inputs.items():
        yield from _slow(document, spec.get("schema", {}), ("inputs", name, "schema"))
        for path in unsupported(spec.get("schema", {})):
            if path and path[-1] == "pattern":
                pattern = spec["schema"]
                for key in path:
                    pattern = pattern[key]
                at = ("inputs", name, "schema", *path)
                malformed = not _compiles(pattern)
                message = (
                    say("files.malformed-pattern", pattern=quoted(pattern))
                    if malformed
                    else say("files.unshared-pattern", pattern=quoted(pattern))
                )
                hint = say("files.write-pattern" if malformed else "files.shared-patterns")
                yield Problem("SCH001", message, document.span(at), hint)


def _slow(document: Document, schema: Any, at: KeyPath) -> Iterator[Problem]:
    """Yield the patterns of a schema, at any depth, that some text would keep an engine busy with for ever."""
    if not isinstance(schema, dict):
        return
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and _compiles(pattern) and not unsupported({"pattern": pattern}):
        length = schema.get("maxLength", UNLIMITED)
        if ways(pattern, min(length, UNLIMITED)) > MOST:
            message = say("files.slow-pattern", pattern=quoted(pattern))
            yield Problem("SCH001", message, document.span((*at, "pattern")), say("files.bound-pattern"))
    for key in ("items", "additionalProperties"):
        yield from _slow(document, schema.get(key), (*at, key))
    for name, inner in schema.get("properties", {}).items():
        yield from _slow(document, inner, (*at, "properties", name))


def _evaluators(document: Document, evaluators: dict[str, Any], at: KeyPath) -> Iterator[Problem]:
    for name, spec in evaluators.items():
        if isinstance(spec, dict) and spec.get("type") == "regex" and not _compiles(spec["pattern"]):
            message = say("files.malformed-or-large-pattern", pattern=quoted(spec["pattern"]))
            yield Problem("SCH001", message, document.span((*at, name, "pattern")), say("files.write-pattern"))
        path = spec.get("path") if isinstance(spec, dict) else None
        if isinstance(path, str) and (wrong := complaint(path)):
            yield Problem("SCH001", wrong, document.span((*at, name, "path")), say("files.write-json-path"))


def _compiles(pattern: Json) -> bool:
    import jsonschema_rs

    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True
