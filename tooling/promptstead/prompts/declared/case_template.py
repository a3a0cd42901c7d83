"""Templates over a case, which options of evaluators are: ``{{ expected.category }}``, ``{{ inputs.name }}``."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from promptstead.errors import PromptsteadError
from promptstead.model import Json, KeyPath
from promptstead.words.sentence import say

if TYPE_CHECKING:
    from promptstead.template.compiler import Program

_MARKS = ("{{", "{%", "{#")

OPTIONS = {
    "canary": ("texts",),
    "contains": ("value", "any", "all"),
    "count": ("text",),
    "equals": ("value",),
    "html": ("elements",),
    "judge": ("inputs",),
    "json-path": ("equals", "in", "within"),
    "label": ("expected",),
    "language": ("is",),
    "no-personal-data": ("allow",),
    "no-secret": ("allow",),
    "number": ("equals",),
    "refusal": ("expect",),
    "similarity": ("to",),
    "table": ("columns",),
    "tool-calls": ("calls",),
    "xml": ("elements",),
}
"""Evaluator type -> its options that are templates over the case; ``regex`` has holes in a pattern instead."""

_OF_CASE = ("expected", "inputs")


def program_of(text: str, judge: bool = False) -> "Program":
    """Return the compiled template.

    :param judge: it is an input of a judge, which may read the answer too, as ``output``, and what was said before it
        in a conversation, as ``transcript``.
    :raises PromptsteadError: it is malformed, or uses another name than ``expected`` and ``inputs``.
    """
    from promptstead.template.analysis import paths
    from promptstead.template.compiler import compile_template
    from promptstead.template.parser import parse

    template = parse(text)
    program = compile_template(template)
    known = (*_OF_CASE, "output", "transcript") if judge else _OF_CASE
    unknown = next((use.path[0] for use in paths(template) if use.path[0] not in known), None)
    if unknown is not None and judge:
        message = say("evaluators.not-for-judges", name=unknown)
        raise PromptsteadError(message, hint=say("evaluators.use-for-judges"))
    if unknown is not None:
        message = say("evaluators.not-for-evaluators", name=unknown)
        raise PromptsteadError(message, hint=say("evaluators.use-for-evaluators"))
    return program


def is_template(text: str) -> bool:
    """Tell whether a text asks for anything, or is the same for every case."""
    return any(mark in text for mark in _MARKS)


def malformed(kind: str, options: Mapping[str, Json]) -> Iterator[tuple[KeyPath, PromptsteadError]]:
    """Yield the place and the error of each template in the options of an evaluator that is none over its case.

    :param kind: the evaluator's type.
    """
    for key in OPTIONS.get(kind, ()):
        yield from _malformed(options.get(key), (key,), kind == "judge")


def _malformed(value: Json, at: KeyPath, judge: bool) -> Iterator[tuple[KeyPath, PromptsteadError]]:
    if isinstance(value, str):
        try:
            if is_template(value):
                program_of(value, judge)
        except PromptsteadError as error:
            yield at, error
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _malformed(item, (*at, key), judge)
