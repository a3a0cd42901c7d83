"""Who answers for the prompt, its risk class or its legal basis is a gap that nobody has filled in yet.

**Why it matters.** `promptstead new` knows neither your teams nor your law. It marks what only you can say with `TODO`;
an owner or a legal basis that a tool invented looks decided, and nobody asks again.

**Example.**

```yaml
owners: ["TODO: who answers for it, such as @org/team"]
governance:
  risk: TODO
  legal_basis: "TODO: such as GDPR art. 6(1)(f)"
```

**How to fix.** Put the answer there instead of the mark, or remove the key where it is not needed. The file is valid
with a gap, and nothing else has to change.

It looks at `owners` and `governance`, each value that begins with `TODO`, `TBD`, `À COMPLÉTER` or the like, and at
owners that are an example, such as `@your-team`. It is a warning while you write and in a review, so that the first
`check` passes and lists them, and an error for a release. No fix is offered: the words are yours.
"""

from collections.abc import Iterator

from promptstead.lint.rule import Context, Levels, Rule
from promptstead.model import Problem
from promptstead.prompts.gaps import gaps
from promptstead.words.sentence import say


def check(context: Context) -> Iterator[Problem]:
    """Report each gap in owners and governance."""
    if context.prompt.dialect != "promptstead":
        return
    for at in gaps(context.prompt.data):
        where = ".".join(part for part in at if isinstance(part, str))
        yield Problem("GOV955", say("rules.GOV955", where=where), context.document.span(at), say("rules.GOV955-hint"))


LEVELS: Levels = {"edit": "warning", "review": "warning", "release": "error"}
RULE = Rule("GOV955", "unfilled-gap", "an owner, a risk class or a basis that is still to be filled in", LEVELS, check)
