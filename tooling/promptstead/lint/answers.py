"""What the output schema lets an answer be: its objects with their fields, and the choices among labels."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from promptstead.lint.rule import Context
from promptstead.model import Case, Json, KeyPath, Span

MAX_SCHEMAS = 2_000
"""Most subschemas that are looked at; no output schema that a provider takes has as many."""
_SINGLE = ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_MAPS = ("properties", "$defs", "definitions", "patternProperties", "dependentSchemas")


class Subschema(NamedTuple):
    """A schema inside the output schema, the way to it, and the field that it describes (empty at the top)."""

    at: KeyPath
    field: str
    schema: Mapping[str, Any]


class Choice(NamedTuple):
    """A field that takes one of several texts."""

    at: KeyPath
    field: str
    labels: tuple[str, ...]


def subschemas(schema: Mapping[str, Any]) -> Iterator[Subschema]:
    """Yield *schema* and the schemas in it, outermost first."""
    waiting = [Subschema((), "", schema)]
    for _ in range(MAX_SCHEMAS):
        if not waiting:
            return
        current = waiting.pop()
        yield current
        waiting.extend(reversed(list(_inside(current))))


def _inside(outer: Subschema) -> Iterator[Subschema]:
    for keyword in _MAPS:
        entries = outer.schema.get(keyword)
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            if isinstance(entry, dict):
                yield Subschema((*outer.at, keyword, name), name if keyword == "properties" else outer.field, entry)
    for keyword in _LISTS:
        entries = outer.schema.get(keyword)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                yield Subschema((*outer.at, keyword, index), outer.field, entry)
    for keyword in _SINGLE:
        if isinstance(outer.schema.get(keyword), dict):
            yield Subschema((*outer.at, keyword), outer.field, outer.schema[keyword])


def choices(schema: Mapping[str, Any]) -> list[Choice]:
    """Return the choices among two or more texts."""
    found = []
    for inner in subschemas(schema):
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


def expected_labels(context: Context) -> dict[str, list[tuple[Case, KeyPath, str]]]:
    """Return field -> the cases that expect a short text there, the key and that text; empty: the whole answer."""
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
