"""A block of text ends too early, because a line in it is indented less than the block.

**Why it matters.** This is how hand-edited and generated prompt files break most often (4 of the 16 in one real
repository). The reader stops at that line and what it reports is far from the cause.

**Example.**

```yaml
messages:
  - role: system
    content: |
      The workflow has ended.
{findings}                      # ends the block
```

**How to fix.** Indent the line that the message names as far as the block.
"""

from promptstead.lint.rule import Rule, everywhere, found_while_reading

RULE = Rule(
    "SCH005",
    "broken-block",
    "a block of text ended by an under-indented line",
    everywhere("error"),
    found_while_reading,
)
