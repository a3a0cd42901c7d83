"""Which places of an answer and of its case a check reads, as far as its options say."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from promptstead.errors import PromptsteadError
from promptstead.model import EvaluatorSpec, Json, KeyPath
from promptstead.prompts.declared.json_path import keys

WHOLE_ANSWER = frozenset(("count", "equals", "length", "number", "readability", "similarity", "value"))
"""Types that measure or compare all of an answer, where they are not sent to a place inside it."""
_ANY_ITEM = re.compile(r"\[(?:\*|-?\d*:-?\d*(?::-?\d*)?)\]")
_NAME = re.compile(r"[^\W\d]\w*")
_TEMPLATE = re.compile(r"\{[{%#]")


class Query(NamedTuple):
    """A path that is more than names and indices: the *names* in it, and whether it takes in whatever there is."""

    names: frozenset[str]
    everything: bool


def read_of_answer(spec: EvaluatorSpec) -> KeyPath | Query | None:
    """Return the way to what a check reads of a JSON answer, ``()`` for all of it.

    None for one that looks for something wherever it stands, and for a judge, whose path leads into its own answer.
    """
    path = spec.options.get("path")
    if spec.type == "judge":
        return None
    if isinstance(path, str):
        way = keys(_ANY_ITEM.sub("[0]", path))
        if way is not None:
            return tuple(way)
        return Query(frozenset(_NAME.findall(path)), ".." in path or ".*" in path)
    return () if spec.type in WHOLE_ANSWER else None


def read_of_case(value: Json) -> Iterator[KeyPath]:
    """Yield the ways that the templates in an option read, each from ``expected`` or ``inputs`` on."""
    if isinstance(value, dict):
        for each in value.values():
            yield from read_of_case(each)
    elif isinstance(value, list):
        for each in value:
            yield from read_of_case(each)
    elif isinstance(value, str) and _TEMPLATE.search(value):
        from promptstead.template.analysis import paths
        from promptstead.template.parser import parse

        try:
            uses = list(paths(parse(value)))
        except PromptsteadError:
            return  # whoever prepares the check says why
        yield from (use.path for use in uses if use.path[0] in ("expected", "inputs"))
