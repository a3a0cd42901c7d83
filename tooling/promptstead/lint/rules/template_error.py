"""A template is not in the language, or writes an attachment as text.

**Why it matters.** The prompt cannot be rendered at all.

**Example.** `{{ name | uper }}` (unknown filter), `{% if a %}` without `{% endif %}`, `{% include "../secrets.md" %}`;
or `See {{ scan }}`, where the input `scan` is an image.

**How to fix.** Correct it where the message points. The language is described in `tooling/docs/template.md`. An
attachment stands alone in a part of its kind: `image: "{{ scan }}"`.
"""

from promptstead.lint.rule import Rule, everywhere, found_while_reading

RULE = Rule(
    "TPL106",
    "template-error",
    "syntax error, unknown filter or missing include",
    everywhere("error"),
    found_while_reading,
)
