"""A comment that allows a finding, and there is none; or that gives no reason.

**Why it matters.** An exception that nobody needs any more hides the next finding. One without a reason cannot be
judged a year later.

**Example.** `# promptstead: ignore[INJ201]` beside a value that is fenced by now.

**How to fix.** Remove the comment (a safe fix), or write the reason after the bracket. Comments in partials, which
several prompts share, are only asked for their reason.
"""

from promptstead.lint.rule import Rule, everywhere, found_while_reading

RULE = Rule(
    "SUP991",
    "stale-suppression",
    "suppression that suppresses nothing, or gives no reason",
    everywhere("warning"),
    found_while_reading,
    fix="safe",
)
