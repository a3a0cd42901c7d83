"""The filters of the language: one table of names and parameters. What each does is in ``docs/template.md``."""

from typing import NamedTuple

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

INSTEAD = {
    "capitalize": "write the text as you want it, or use `upper` or `lower`",
    "count": "use `length`",
    "d": "use `default`",
    "e": "prompts are not HTML; use `fence` around what is not trusted",
    "escape": "prompts are not HTML; use `fence` around what is not trusted",
    "int": "declare the input as an integer",
    "float": "declare the input as a number",
    "list": "declare the input as a list",
    "map": "use `{% for item in … %}`",
    "round": "round the number before it is passed in",
    "safe": "nothing is escaped, so nothing needs `safe`",
    "select": "use `{% for item in … %}` and `{% if … %}`",
    "sort": "sort the list before it is passed in",
    "string": "every value has a text already",
    "title": "write the text as you want it, or use `upper` or `lower`",
    "truncate": "give the input a `maxLength`",
    "unique": "pass a list without duplicates",
}
"""What to do instead of a filter that Jinja2 has and this language has not."""
