"""Untrusted text is put into a message with nothing around it.

**Why it matters.** The model cannot tell where your instructions end and a stranger's text begins. OWASP LLM01 (prompt
injection) asks to segregate external content.

**Example.**

```yaml
content: "Summarise this: {{ letter }}"
```

**How to fix.** Put it between delimiters that it cannot close: `{{ letter | fence("letter") }}`, and say that what
stands there is data. If your own systems write the value, declare `trust: trusted`. Numbers, dates, choices (`enum`)
and short codes (a whole pattern and `maxLength` up to 64) are not reported. In files of GitHub Models' format, which
can declare no trust, this is a note.
"""

from collections.abc import Iterator

from promptstead.lint.delimiters import Landing, fence_fix, landings
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Problem
from promptstead.words.sentence import say


def check(context: Context) -> Iterator[Problem]:
    """Report each place where untrusted text stands bare; in GitHub Models' format once for a message."""
    bare = [
        landing
        for landing in landings(context)
        if landing.delimiter == "none" and landing.role not in ("system", "developer")
    ]
    if context.prompt.dialect == "github-models":
        yield from _once_for_a_message(context, bare)
        return
    for landing in bare:
        name = landing.inputs[0]
        span, path = context.place(landing.part, landing.output.start, landing.output.end, landing.output.source)
        hint = say("rules.INJ201-hint", name=name)
        yield Problem("INJ201", say("rules.INJ201", name=name), span, hint, fence_fix(context, landing), path)


def _once_for_a_message(context: Context, bare: list[Landing]) -> Iterator[Problem]:
    for part in dict.fromkeys(landing.part for landing in bare):
        there = [landing for landing in bare if landing.part is part]
        names = list(dict.fromkeys(name for landing in there for name in landing.inputs))
        span, path = context.place(part, there[0].output.start, there[0].output.end, there[0].output.source)
        message = (
            say("rules.INJ201-message-several", names=names)
            if len(names) > 1
            else say("rules.INJ201-message", name=names[0])
        )
        yield Problem("INJ201", message, span, say("rules.INJ201-tags-hint", tag=names[0]), path=path, level="note")


RULE = Rule(
    "INJ201",
    "undelimited-input",
    "untrusted input outside a delimited block",
    everywhere("warning"),
    check,
    fix="review",
)
