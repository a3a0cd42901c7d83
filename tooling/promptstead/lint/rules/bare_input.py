"""An input does not say of what type it is, what it means, whether it is trusted, or what a value looks like.

**Why it matters.** Inputs are the contract with whoever calls the prompt. The schema lets the application refuse a
wrong value before it costs a call; the description and the example tell the caller what to give; `trust` decides
whether the value may stand among your instructions, and the default, `untrusted`, should be a decision and no
oversight.

**Example.**

```yaml
inputs:
  letter: {}
```

**How to fix.** Complete it; what is missing is named:

```yaml
inputs:
  letter:
    schema: {type: string, maxLength: 8000}
    trust: untrusted
    description: the letter as received
    example: I was charged twice…
```

An input that is an image or a file says so by `attachment` in place of a schema. A default, a choice (`enum`, `const`)
or the schema's `examples` do for an example; a choice does for a type. Nobody is blocked while editing: the finding is
a note until the review. Files of GitHub Models' format cannot declare inputs and are left alone.
"""

from collections.abc import Iterator, Mapping

from promptstead.lint.rule import Context, Levels, Rule
from promptstead.model import Input, Json, Problem
from promptstead.words.sentence import say

_TYPES = ("type", "enum", "const", "anyOf", "oneOf", "allOf")
_VALUES = ("enum", "const", "examples")


def check(context: Context) -> Iterator[Problem]:
    """Report each declared input once, with all that it lacks."""
    if context.prompt.dialect != "promptstead":
        return
    written = context.prompt.data.get("inputs", {})
    for name, spec in context.prompt.inputs.items():
        missing = list(_missing(spec, written.get(name) or {}))
        if missing:
            span = context.document.key_span(("inputs", name))
            message = say("rules.TPL103", name=name, missing=missing)
            yield Problem("TPL103", message, span, say("rules.TPL103-hint"))


def _missing(spec: Input, written: Mapping[str, Json]) -> Iterator[str]:
    schema = written.get("schema") or {}
    if not spec.attachment and not any(key in schema for key in _TYPES):
        yield "type"
    if not (spec.description or schema.get("description")):
        yield "description"
    if not (spec.has_example or spec.has_default or any(key in schema for key in _VALUES)):
        yield "example"
    if "trust" not in written:
        yield "trust"


LEVELS: Levels = {"edit": "note", "review": "warning", "release": "warning"}
RULE = Rule("TPL103", "bare-input", "input without type, description, example or trust", LEVELS, check)
