"""What a schema validator found, as problems: one mistake, one problem.

The validator gives the path, the keyword and the place in the schema; the words come from there
(:mod:`promptstead.prompts.mismatch`).
"""

from collections.abc import Iterable
from typing import Any

from promptstead.documents.document import Document
from promptstead.documents.source_lines import quoted
from promptstead.model import Fix, KeyPath, Problem
from promptstead.prompts.mismatch import QUOTED, SHOWN, Mismatch, explained, nearest_key, place_of
from promptstead.words.sentence import Sentence, say

_MOST_KEYS = 200
"""Most unknown keys of one object that are explained; finding what each could mean takes its time."""


def explain_errors(document: Document, schema: dict[str, Any], errors: Iterable[Any]) -> list[Problem]:
    """Return the validator's errors about *document* as problems, in the order of the text.

    :param errors: of jsonschema_rs, with ``kind``, ``instance_path``, ``schema_path`` and ``instance``.
    """
    found = [_read_error(schema, error) for error in errors]
    wrong_type = {error.path for error in found if error.keyword == "type"}
    found = [error for error in found if error.keyword == "type" or error.path not in wrong_type]
    renamed: dict[KeyPath, set[str]] = {}
    problems: list[Problem] = []
    for error in found:
        if error.keyword == "additionalProperties":
            for key in error.details["unexpected"][:_MOST_KEYS]:
                problem, meant = _unknown_key(document, schema, error, key)
                problems.append(problem)
                renamed.setdefault(error.path, set()).add(meant)
    missing_choice = {error.path for error in found if error.keyword in {"oneOf", "anyOf"}}
    for error in found:
        if error.keyword == "additionalProperties":
            continue
        if _wanted(error) & renamed.get(error.path, set()):
            continue  # the key is there, only misspelt
        if error.keyword == "dependentRequired" and error.path in missing_choice:
            continue
        problems.append(explained(document, error))
    unique = {(problem.code, problem.span, problem.message): problem for problem in problems}
    return sorted(unique.values(), key=lambda problem: (problem.span.start, problem.span.end))


def _read_error(schema: dict[str, Any], error: Any) -> Mismatch:
    part: Any = schema
    steps = list(error.schema_path)
    keyword = error.kind.name
    if keyword == "propertyNames":
        steps = steps[: steps.index("propertyNames") + 1]
    if keyword == "required" and steps[-1] == "dependentRequired":
        keyword = "dependentRequired"
    for step in steps[:-1]:
        part = part[step]
    details = error.kind.as_dict()
    if "dependentSchemas" in steps[:-1]:
        details["beside"] = steps[steps.index("dependentSchemas") + 1]
    return Mismatch(keyword, tuple(error.instance_path), part, details, error.instance)


def _wanted(error: Mismatch) -> set[str]:
    """Return the keys whose absence the error is about."""
    if error.keyword in {"required", "dependentRequired"}:
        return {error.details["property"]}
    if error.keyword in {"oneOf", "anyOf"}:
        return {key for choice in error.schema[error.keyword] for key in choice.get("required", ())}
    return set()


def _unknown_key(document: Document, root: dict[str, Any], error: Mismatch, key: str) -> tuple[Problem, str]:
    """Return the problem of an unknown key, and the known key that was meant, if any."""
    path = (*error.path, key)
    span = document.key_span(path)
    if (before := key.partition(":")[0]) != key and before in error.schema.get("properties", {}):
        message = say("files.no-space-after-colon", key=before)
        return Problem("SCH002", message, span, say("files.space-after-colon")), before
    known = [name for name in error.schema.get("properties", {}) if name not in error.value]
    meant = nearest_key(key, known)
    if meant:
        fix = Fix(say("files.rename", name=meant), ((span, meant),), safe=False)
        message = say("files.misspelt-key", key=quoted(key), near=meant)
        return Problem("SCH002", message, span, fix=fix), meant
    home = _home(root, error, key)
    if there := nearest_key(key, error.schema.get("properties", {})):
        line = document.position(document.key_span((*error.path, there)).start)[0]
        hint = say("files.there-already", key=there, line=line)
    elif home is not None:
        hint = home
    elif "^x-" in error.schema.get("patternProperties", {}):
        hint = say("files.own-data", key=key) if len(key) <= QUOTED else say("files.remove-key")
    else:
        hint = say("files.allowed", keys=", ".join(known[:SHOWN])) if known else say("files.remove-key")
    return Problem("SCH002", say("files.unknown-key", key=quoted(key), where=place_of(error.path)), span, hint), ""


def _home(root: dict[str, Any], error: Mismatch, key: str) -> Sentence | None:
    """Return the hint where a misplaced key belongs: in a part of this object, or at the top of the file."""
    for name, part in error.schema.get("properties", {}).items():
        reference = part.get("$ref", "").removeprefix("#/$defs/")
        if key in (root["$defs"].get(reference, {}) if reference else part).get("properties", {}):
            return say("files.belongs-in", name=name)
    return say("files.belongs-at-top") if error.path and key in root["properties"] else None
