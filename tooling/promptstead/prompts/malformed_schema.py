"""A JSON Schema that is none: each mistake at its place in the file, in the words of any other file's mistakes."""

from collections.abc import Mapping
from functools import cache
from itertools import islice
from typing import Any

from promptstead.documents.document import Document
from promptstead.errors import PromptsteadError
from promptstead.model import KeyPath, Problem
from promptstead.prompts.mismatch import Mismatch, explained
from promptstead.prompts.value_schema import validator_class
from promptstead.words.sentence import say

MOST = 20
"""Most mistakes of one schema that are explained."""
_TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"]


def malformed_schema(document: Document, at: KeyPath, schema: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with the JSON Schema at *at* of *document*, by its draft; nothing for a draft not known."""
    try:
        draft = validator_class(schema)
    except PromptsteadError:
        return []
    meta = _meta(draft)
    if meta.is_valid(schema):
        return []
    errors = islice(meta.iter_errors(schema), 1_000)
    problems = [_explained(document, _mismatch(at, error)) for error in errors]
    unique = {(problem.span, problem.message): problem for problem in problems}
    return sorted(unique.values(), key=lambda problem: problem.span)[:MOST]


def _explained(document: Document, error: Mismatch) -> Problem:
    problem = explained(document, error)
    if error.path[-1] == "required" and isinstance(error.value, bool):
        return problem._replace(hint=say("files.required-is-list"))
    if error.value in _TYPES and error.keyword == "type":
        return problem._replace(hint=say("files.write-type", name=str(error.path[-1]), type=error.value))
    return problem


def _mismatch(at: KeyPath, error: Any) -> Mismatch:
    path = (*at, *error.instance_path)
    value = error.instance
    if error.kind.name == "anyOf" and path[-1] == "type":
        if isinstance(value, str):
            return Mismatch("enum", path, {}, {"options": _TYPES}, value)
        wrong = [index for index, each in enumerate(value) if each not in _TYPES] if isinstance(value, list) else []
        if wrong:
            return Mismatch("enum", (*path, wrong[0]), {}, {"options": _TYPES}, value[wrong[0]])
        return Mismatch("type", path, {}, {"types": ["string", "array"]}, value)
    return Mismatch(error.kind.name, path, {}, error.kind.as_dict(), value)


@cache
def _meta(draft: Any) -> Any:
    return draft({"$ref": _ADDRESSES[draft.__name__]})


_ADDRESSES = {
    "Draft4Validator": "http://json-schema.org/draft-04/schema#",
    "Draft6Validator": "http://json-schema.org/draft-06/schema#",
    "Draft7Validator": "http://json-schema.org/draft-07/schema#",
    "Draft201909Validator": "https://json-schema.org/draft/2019-09/schema",
    "Draft202012Validator": "https://json-schema.org/draft/2020-12/schema",
}
