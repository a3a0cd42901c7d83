"""A template reads a path that the input's schema does not have.

**Why it matters.** The value is missing in every real call, so that rendering fails, or a branch is silently never
taken.

**Example.** `{{ customer.nme }}` where the schema of `customer` has `name`.

**How to fix.** Correct the path, or add the key to the input's schema.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from promptstead.did_you_mean import nearest
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Fix, Part, Problem
from promptstead.template.analysis import ITEM, PathUse
from promptstead.words.sentence import Sentence, say


def check(context: Context) -> Iterator[Problem]:
    """Follow each path through its input's schema as far as that says what there is."""
    for _, part in context.parts():
        for use in context.uses(part):
            declared = context.declared(str(use.path[0]))
            if declared is None:
                continue
            wrong = _first_wrong(declared.schema, use.path)
            if wrong is not None:
                position, message, hint = wrong
                span, path = context.place(part, use.start, use.end, use.source)
                yield Problem("TPL107", message, span, hint, _rename(context, part, use, position), path)


def _rename(context: Context, part: Part, use: PathUse, position: int) -> Fix | None:
    """Return the fix that writes the nearest known key, where the wrong one stands once in the path as written."""
    key = use.path[position + 1]
    declared = context.declared(str(use.path[0]))
    near = _nearest(declared.schema, use.path[1:], position) if declared else None
    text = context.text(part, use.source)[use.start : use.end]
    if not isinstance(key, str) or not near or text.count(key) != 1:
        return None
    start = use.start + text.index(key)
    span, _ = context.place(part, start, start + len(key), use.source)
    return Fix(say("rules.write", what=near), ((span, near),), safe=False)


def _nearest(schema: Mapping[str, Any], keys: tuple[str | int, ...], position: int) -> str:
    for key in keys[:position]:
        inner = (
            schema.get("items", {}) if key == ITEM or isinstance(key, int) else schema.get("properties", {}).get(key)
        )
        schema = inner if isinstance(inner, Mapping) else {}
    return nearest(str(keys[position]), schema.get("properties", {}))


def _first_wrong(schema: Mapping[str, Any], path: tuple[str | int, ...]) -> tuple[int, Sentence, Sentence] | None:
    """Return which of the keys behind the input's name is wrong, the message and the hint."""
    for position, key in enumerate(path[1:]):
        shown = ".".join(str(each) for each in path[: position + 2])
        types = schema.get("type")
        allowed = set([types] if isinstance(types, str) else types or ()) - {"null"}
        if key == ITEM or isinstance(key, int):
            if allowed and not allowed & {"array", "object"}:
                message = say("rules.TPL107-no-list", path=shown, types=sorted(allowed))
                return position, message, say("rules.TPL107-hint")
            schema = schema.get("items", {}) if "object" not in allowed else _any_value(schema)
            continue
        if allowed and "object" not in allowed:
            return position, say("rules.TPL107-no-keys", path=shown, types=sorted(allowed)), say("rules.TPL107-hint")
        properties = schema.get("properties", {})
        if key in properties:
            schema = properties[key]
        elif isinstance(schema.get("additionalProperties"), dict):
            schema = schema["additionalProperties"]
        elif properties or schema.get("additionalProperties") is False:
            return position, say("rules.TPL107", path=shown, key=key), _known(key, properties)
        else:
            return None
    return None


def _any_value(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    values = schema.get("additionalProperties")
    return values if isinstance(values, dict) else {}


def _known(key: str, properties: Mapping[str, Any]) -> Sentence:
    near = nearest(key, properties)
    if near:
        return say("rules.did-you-mean", near=near)
    return (
        say("rules.TPL107-known-hint", known=list(properties)[:10])
        if properties
        else say("rules.TPL107-nothing-known-hint")
    )


RULE = Rule(
    "TPL107", "unknown-path", "path that the input's schema does not have", everywhere("error"), check, fix="review"
)
