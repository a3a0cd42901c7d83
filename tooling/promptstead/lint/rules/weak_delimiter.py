"""The delimiter around untrusted text is left open, or is one that the text can close.

**Why it matters.** A text that contains `</letter>` or three backticks ends the block itself, and what follows reads
like your instructions.

**Example.**

```yaml
content: |
  <letter>
  {{ letter }}
  </letter>
```

**How to fix.** `{{ letter | fence("letter") }}` writes the same tags, and takes another name whenever the text
contains them. In files of GitHub Models' format, which has no `fence`, this is a note.
"""

from collections.abc import Iterator

from promptstead.lint.delimiters import fence_fix, landings
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Problem
from promptstead.words.sentence import say


def check(context: Context) -> Iterator[Problem]:
    """Report each delimiter around untrusted text that does not hold."""
    github_models = context.prompt.dialect == "github-models"
    for landing in landings(context):
        if landing.delimiter not in ("open", "closable") or landing.role in ("system", "developer"):
            continue
        name = landing.inputs[0]
        span, path = context.place(landing.part, landing.output.start, landing.output.end, landing.output.source)
        if landing.delimiter == "open":
            message = say("rules.INJ203-open", mark=landing.mark, name=name)
            yield Problem("INJ203", message, span, say("rules.INJ203-open-hint", mark=landing.mark), path=path)
        else:
            message = say("rules.INJ203-closable", name=name, mark=landing.mark)
            hint = say("rules.INJ203-strip-hint") if github_models else say("rules.INJ203-closable-hint", name=name)
            fix = None if github_models else fence_fix(context, landing)
            yield Problem("INJ203", message, span, hint, fix, path, "note" if github_models else None)


RULE = Rule(
    "INJ203",
    "weak-delimiter",
    "delimiter left open, or one that the value can close",
    everywhere("warning"),
    check,
    fix="review",
)
