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


def check(context: Context) -> Iterator[Problem]:
    """Report each delimiter around untrusted text that does not hold."""
    github_models = context.prompt.dialect == "github-models"
    for landing in landings(context):
        if landing.delimiter not in ("open", "closable") or landing.role in ("system", "developer"):
            continue
        name = landing.inputs[0]
        span, path = context.place(landing.part, landing.output.start, landing.output.end, landing.output.source)
        if landing.delimiter == "open":
            message = f"the delimiter {landing.mark} around untrusted input `{name}` is never closed"
            yield Problem("INJ203", message, span, f"close {landing.mark} after the value", path=path)
        else:
            message = f"untrusted input `{name}` can close its own delimiter {landing.mark}"
            hint = (
                "strip the delimiter from the value before the call"
                if github_models
                else f'write {{{{ {name} | fence("{name}") }}}} instead'
            )
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
