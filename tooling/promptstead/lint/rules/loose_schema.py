"""The output schema leaves room that strict outputs do not allow, and the model supports strict outputs.

**Why it matters.** With strict outputs the provider guarantees that the answer follows the schema. OpenAI's API takes
a strict schema only when every object says `additionalProperties: false` and requires all its properties; it refuses
any other with an error on the first call, and without `strict` the schema is a wish
(https://platform.openai.com/docs/guides/structured-outputs, read on 2026-11-22).

**Example.**

```yaml
output:
  format: json
  schema: {type: object, properties: {category: {type: string}}}
```

**How to fix.** Say `additionalProperties: false` and list every property under `required` (a fix to review: callers
see fields that they may not expect; for a value that can be missing allow null, `type: [string, "null"]`). Where
loose answers are meant, say `strict: false` beside the schema, and this rule is silent.

Which models support strict outputs is in the dated table that `promptstead rule --data` shows. Others are not
reported.
"""

import json
from collections.abc import Iterator

from promptstead.lint.answers import Subschema, schema_span, subschemas
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Fix, Json, Problem, Prompt, Span
from promptstead.words.sentence import say

_UNCHECKED = {"not", "if", "then", "else", "contains", "propertyNames", "dependentSchemas", "patternProperties"}
"""Keywords that strict outputs refuse anyway; what stands below them is no object of the answer."""


def check(context: Context) -> Iterator[Problem]:
    """Report each object of the answer that is not closed."""
    prompt = context.prompt
    if prompt.output_schema is None or not prompt.model.name:
        return
    strict = _strict(prompt)
    if strict is False and prompt.dialect == "promptstead":
        return
    found = list(_loose(context))
    if not strict:
        message, hint = say("rules.OUT403-not-strict"), say("rules.OUT403-not-strict-hint")
        found.insert(0, Problem("OUT403", message, schema_span(context, ()), hint))
    if found and _supports_strict(prompt):
        yield from found


def _loose(context: Context) -> Iterator[Problem]:
    for inner in subschemas(context):
        if not _UNCHECKED.isdisjoint(inner.at):
            continue
        if inner.schema.get("type") != "object" and not isinstance(inner.schema.get("properties"), dict):
            continue
        open_ended = inner.schema.get("additionalProperties") is not False
        optional = [name for name in inner.properties if name not in inner.required]
        if open_ended or optional:
            yield _problem(context, inner, open_ended, optional)


def _problem(context: Context, inner: Subschema, open_ended: bool, optional: list[str]) -> Problem:
    what = say("rules.OUT403-field", field=inner.field) if inner.field else say("rules.OUT403-schema")
    hint = say("rules.OUT403-hint")
    if open_ended and optional:
        message = say("rules.OUT403-both", what=what, optional=optional)
        hint = say("rules.OUT403-both-hint")
    elif open_ended:
        message = say("rules.OUT403-open", what=what)
    else:
        message = say("rules.OUT403-optional", what=what, optional=optional)
    span = schema_span(context, inner.at)
    fix = _fix(context, inner, open_ended, optional) if context.prompt.dialect == "promptstead" else None
    first_line = context.document.text.find("\n", span.start, span.end)
    shown = span if first_line < 0 else Span(span.start, first_line)
    return Problem("OUT403", message, shown, hint, fix)


def _fix(context: Context, inner: Subschema, open_ended: bool, optional: list[str]) -> Fix:
    """Return the edits that close the object: values are replaced where their keys stand, new keys go first."""
    from promptstead.documents.emit import inline

    document, at = context.document, ("output", "schema", *inner.at)
    wanted: dict[str, str] = {"additionalProperties": "false"} if open_ended else {}
    if optional:
        names = [*inner.required, *optional]
        wanted["required"] = "[" + ", ".join(inline(name, "", "flow") for name in names) + "]"
    edits = [(document.span((*at, key)), text) for key, text in wanted.items() if key in inner.schema]
    new = [f"{key}: {text}" for key, text in wanted.items() if key not in inner.schema]
    if new:
        start = document.span(at).start
        if document.text[start] == "{":
            edits.append((Span(start + 1, start + 1), ", ".join(new) + (", " if inner.schema else "")))
        else:
            indent = " " * (document.position(start)[1] - 1)
            edits.append((Span(start, start), "".join(f"{line}\n{indent}" for line in new)))
    return Fix(say("rules.OUT403-fix"), tuple(edits), safe=False)


def _strict(prompt: Prompt) -> Json:
    """Return what the file says about strict; in promptstead's format it is the default."""
    if prompt.dialect == "promptstead":
        return prompt.data.get("output", {}).get("strict", True)
    return json.loads(prompt.data["jsonSchema"]).get("strict")


def _supports_strict(prompt: Prompt) -> bool:
    from promptstead.lint.models import model_facts  # the table of models is read only where a schema is loose

    facts = model_facts(prompt.model)
    return facts is not None and bool(facts.strict)


RULE = Rule(
    "OUT403",
    "loose-schema",
    "schema not strict for a model that supports strict outputs",
    everywhere("warning"),
    check,
    fix="review",
)
