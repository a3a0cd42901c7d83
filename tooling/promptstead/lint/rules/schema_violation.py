"""The file does not follow the schema of the version that it declares, or is not YAML at all.

**Why it matters.** A file that is wrong in one place is often read as something else: a list where a text was meant, a
number where an application expects a word. Nothing that follows can be trusted.

**Example.**

```yaml
governance:
  risk: low        # must be one of minimal, limited, high, prohibited
```

A file that belongs to the prompt and cannot be used is reported here too: a dataset, or an image that is larger than
what can be sent, or is not what its name says.

**How to fix.** Do what the message says; an editor that knows the schema shows the same as you type. What has one
likely meaning (a misspelt choice, a number where text is expected, `schema` left out) has a fix to review. Every key is
described in `schemas/prompt.schema.json`.
"""

from promptstead.lint.rule import Rule, everywhere, found_while_reading

RULE = Rule(
    "SCH001",
    "schema-violation",
    "invalid against the schema that it declares",
    everywhere("error"),
    found_while_reading,
    fix="review",
)
