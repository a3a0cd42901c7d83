"""The filters of the language: one table of names and parameters. What each does is in ``docs/template.md``."""

from collections.abc import Callable
from typing import NamedTuple

from promptstead.words.sentence import Sentence, say

REQUIRED = object()


class Parameter(NamedTuple):
    """A parameter of a filter: its name, its default or ``REQUIRED``, and whether only a literal will do."""

    name: str
    default: object = REQUIRED
    literal: bool = False


FILTERS: dict[str, tuple[Parameter, ...]] = {
    "default": (Parameter("default_value", ""), Parameter("boolean", False)),
    "fence": (Parameter("name", literal=True),),
    "first": (),
    "indent": (Parameter("width", 4), Parameter("first", False), Parameter("blank", False)),
    "items": (),
    "join": (Parameter("d", ""),),
    "last": (),
    "length": (),
    "lower": (),
    "replace": (Parameter("old"), Parameter("new")),
    "tojson": (Parameter("indent", 0, literal=True),),
    "trim": (),
    "upper": (),
}

INSTEAD: dict[str, Callable[[], Sentence]] = {
    "capitalize": lambda: say("files.write-or-change-case"),
    "count": lambda: say("files.use-length"),
    "d": lambda: say("files.use-default"),
    "e": lambda: say("files.prompts-are-not-html"),
    "escape": lambda: say("files.prompts-are-not-html"),
    "int": lambda: say("files.declare-integer"),
    "float": lambda: say("files.declare-number"),
    "list": lambda: say("files.declare-list"),
    "map": lambda: say("files.use-for"),
    "round": lambda: say("files.round-before"),
    "safe": lambda: say("files.nothing-needs-safe"),
    "select": lambda: say("files.use-for-and-if"),
    "sort": lambda: say("files.sort-before"),
    "string": lambda: say("files.values-have-text"),
    "title": lambda: say("files.write-or-change-case"),
    "truncate": lambda: say("files.give-max-length"),
    "unique": lambda: say("files.pass-without-duplicates"),
}
"""What to do instead of a filter that Jinja2 has and this language has not."""
