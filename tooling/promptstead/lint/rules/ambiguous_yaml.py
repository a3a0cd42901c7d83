"""A key stands twice, or a value is read one way by YAML 1.2 and another way by YAML 1.1 tools.

**Why it matters.** Of two equal keys one wins, and which depends on the tool. And `no`, `010` or `12:30:45` without
quotes are text or decimal numbers here and in YAML 1.2, but `false`, 8 and 45045 for the many tools that still read
YAML 1.1.

**Example.**

```yaml
inputs: {country: no}      # write "no"
```

**How to fix.** Remove one of the two keys; put the value in quotes. Quoting is a safe fix, as is removing a key that
repeats the same value.
"""

from promptstead.lint.rule import Rule, everywhere, found_while_reading

RULE = Rule(
    "SCH003",
    "ambiguous-yaml",
    "duplicate key, or a scalar that YAML 1.1 reads otherwise",
    everywhere("error"),
    found_while_reading,
    fix="safe",
)
