"""What the output schema lets an answer be: its objects with their fields, and the choices among labels."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from promptstead.lint.rule import Context
from promptstead.model import Case, Json, KeyPath, Span

MAX_SCHEMAS = 2_000
"""Most subschemas that are looked at; no output schema that a provider takes has as many."""
_SINGLE = frozenset(("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"))
_LISTS = frozenset(("anyOf", "oneOf", "allOf", "prefixItems"))
_MAPS = frozenset(("properties", "$defs", "definitions", "patternProperties", "dependentSchemas"))


class Subschema(NamedTuple):
    """A schema inside the output schema, the way to it, and the field that it describes (empty at the top).

    A keyword of *schema* may have any value: that it is malformed is one rule's to say, and no other's to trip over.
    """

    at: KeyPath
    field: str
    schema: Mapping[str, Any]

    @property
    def properties(self) -> Mapping[str, Any]:
        """The fields that the schema lists; none where ``properties`` is no map."""
        found = self.schema.get("properties")
        return found if isinstance(found, dict) else {}

    @property
    def required(self) -> list[str]:
        """The fields that it requires; none where ``required`` is no list."""
        found = self.schema.get("required")
        return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


class Choice(NamedTuple):
    """A field that takes one of several texts."""

    at: KeyPath
    field: str
    labels: tuple[str, ...]


def subschemas(context: Context) -> Sequence[Subschema]:
    """Return the output schema and the schemas in it, outermost first; none where there is no output schema."""
    return context.shared(_subschemas)


def _subschemas(context: Context) -> list[Subschema]:
    schema = context.prompt.output_schema
    waiting = [] if schema is None else [Subschema((), "", schema)]
    found: list[Subschema] = []
    while waiting and len(found) < MAX_SCHEMAS:
        found.append(waiting.pop())
        waiting.extend(reversed(list(_inside(found[-1]))))
    return found


def _inside(outer: Subschema) -> Iterator[Subschema]:
    for keyword, value in outer.schema.items():
        if isinstance(value, dict):
            if keyword in _SINGLE:
                yield Subschema((*outer.at, keyword), outer.field, value)
            elif keyword in _MAPS:
                for name, entry in value.items():
                    if isinstance(entry, dict):
                        field = name if keyword == "properties" else outer.field
                        yield Subschema((*outer.at, keyword, name), field, entry)
        elif isinstance(value, list) and keyword in _LISTS:
            for index, entry in enumerate(value):
                if isinstance(entry, dict):
                    yield Subschema((*outer.at, keyword, index), outer.field, entry)


def choices(context: Context) -> Sequence[Choice]:
    """Return the choices among two or more texts that the output schema has."""
    return context.shared(_choices)


def _choices(context: Context) -> list[Choice]:
    found = []
    for inner in subschemas(context):
        values = inner.schema.get("enum")
        labels = tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()
        if len(labels) > 1:
            found.append(Choice(inner.at, inner.field, labels))
    return found


def schema_span(context: Context, at: KeyPath, *, key: bool = False) -> Span:
    """Return where the value at *at* of the output schema stands, or its key.

    In GitHub Models' format, where the schema is a text, that text.
    """
    if context.prompt.dialect == "github-models":
        return context.document.span(("jsonSchema",))
    path = ("output", "schema", *at)
    return context.document.key_span(path) if key else context.document.span(path)


def expected_labels(context: Context) -> Mapping[str, list[tuple[Case, KeyPath, str]]]:
    """Return field -> the cases that expect a short text there, the key and that text; empty: the whole answer."""
    return context.shared(_expected_labels)


def _expected_labels(context: Context) -> dict[str, list[tuple[Case, KeyPath, str]]]:
    found: dict[str, list[tuple[Case, KeyPath, str]]] = {}
    for case in context.prompt.cases:
        values: Mapping[str, Json] = case.expected if isinstance(case.expected, dict) else {"": case.expected}
        for field, value in values.items():
            if isinstance(value, str) and is_label(value):
                found.setdefault(field, []).append((case, ("expected", field) if field else ("expected",), value))
    return found


def is_label(text: str) -> bool:
    """Tell whether *text* can be a label: short, and no sentence."""
    return 0 < len(text) <= 40 and len(text.split()) <= 4 and "\n" not in text and text[-1:] not in ".!?"
