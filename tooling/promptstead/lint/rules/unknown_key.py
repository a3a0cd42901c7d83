"""The file has a key that the format does not know.

**Why it matters.** Most tools ignore it in silence: a gate written `margn:` never holds anything back.

**Example.**

```yaml
gate: {primary: category, margn: 0.02}   # did you mean `margin`?
```

**How to fix.** Correct the key. Data of your own goes under a key that starts with `x-`.
"""

from promptstead.lint.rule import Rule, everywhere, found_while_reading

RULE = Rule(
    "SCH002",
    "unknown-key",
    "unknown key, with the nearest known one",
    everywhere("error"),
    found_while_reading,
    fix="review",
)
