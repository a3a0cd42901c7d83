"""A template is not in the language: a syntax error, an unknown filter, an include that cannot be followed.

**Why it matters.** The prompt cannot be rendered at all.

**Example.** `{{ name | uper }}` (unknown filter), `{% if a %}` without `{% endif %}`, `{% include "../secrets.md" %}`.

**How to fix.** Correct it where the message points. The language is described in `tooling/docs/template.md`.
"""

from promptstead.lint.rule import Rule, everywhere, found_while_reading

RULE = Rule(
    "TPL106",
    "template-error",
    "syntax error, unknown filter or missing include",
    everywhere("error"),
    found_while_reading,
)
