"""Regular expressions and paths in prompt files: each must compile, and mean the same to whoever evaluates it."""

from collections.abc import Iterator
from typing import Any

from promptstead.documents.document import Document
from promptstead.documents.yaml_syntax import quoted
from promptstead.model import Json, KeyPath, Problem
from promptstead.prompts.declared.json_path import complaint
from promptstead.runtime.backtracking import MOST, UNLIMITED, ways
from promptstead.runtime.inputs import unsupported

_PATH_HINT = "write a JSONPath query as RFC 9535 has it, such as `$.summary` or `$.items[*].name`"
_HINT = "write it as in a JSON Schema"
_SHARED_HINT = (
    r"leave out `\A`, `\Z`, `\p`, possessive `++` and all groups but `(…)`, `(?:…)`, `(?=…)`, `(?!…)`, `(?<=…)`"
)
_SLOW_HINT = "set `maxLength`, anchor it with `^`, and repeat single characters or classes, not groups"


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
                what = "malformed" if malformed else "not read alike by all languages"
                message = f"the pattern {quoted(pattern)} is {what}"
                yield Problem("SCH001", message, document.span(at), _HINT if malformed else _SHARED_HINT)


def _slow(document: Document, schema: Any, at: KeyPath) -> Iterator[Problem]:
    """Yield the patterns of a schema, at any depth, that some text would keep an engine busy with for ever."""
    if not isinstance(schema, dict):
        return
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and _compiles(pattern) and not unsupported({"pattern": pattern}):
        length = schema.get("maxLength", UNLIMITED)
        if ways(pattern, min(length, UNLIMITED)) > MOST:
            message = f"the pattern {quoted(pattern)} may take for ever on some texts"
            yield Problem("SCH001", message, document.span((*at, "pattern")), _SLOW_HINT)
    for key in ("items", "additionalProperties"):
        yield from _slow(document, schema.get(key), (*at, key))
    for name, inner in schema.get("properties", {}).items():
        yield from _slow(document, inner, (*at, "properties", name))


def _evaluators(document: Document, evaluators: dict[str, Any], at: KeyPath) -> Iterator[Problem]:
    for name, spec in evaluators.items():
        if isinstance(spec, dict) and spec.get("type") == "regex" and not _compiles(spec["pattern"]):
            message = f"the pattern {quoted(spec['pattern'])} is malformed or too large"
            yield Problem("SCH001", message, document.span((*at, name, "pattern")), _HINT)
        path = spec.get("path") if isinstance(spec, dict) else None
        if isinstance(path, str) and (wrong := complaint(path)):
            yield Problem("SCH001", wrong, document.span((*at, name, "path")), _PATH_HINT)


def _compiles(pattern: Json) -> bool:
    import jsonschema_rs

    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True
