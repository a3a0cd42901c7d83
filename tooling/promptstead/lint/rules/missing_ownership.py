"""Nobody answers for the prompt, or nobody said what it is for and what it does badly.

**Why it matters.** A prompt outlives whoever wrote it. Without an owner no one approves a change or answers an
incident; without a purpose and limits a reviewer cannot tell a regression from a feature, and others use it for what it
was never tested for (NIST AI RMF, Govern 2.1 and Map 1.1).

**Example.** A file without `owners`, or with a `governance` that has no `purpose` or no `limits`.

**How to fix.** Add `owners: ["@team/name"]` and, under `governance`, `purpose` and `limits`. No fix is offered: the
words are yours.

It is silent while you write, a warning in a review and an error in a release. GitHub Models' format has no place for
these and is not reported.
"""

from collections.abc import Iterator

from promptstead.lint.rule import Context, Levels, Rule
from promptstead.model import Problem
from promptstead.words.sentence import say


def check(context: Context) -> Iterator[Problem]:
    """Report what is missing of owner, purpose and limits, in one finding."""
    if context.prompt.dialect == "github-models":
        return
    data = context.prompt.data
    governance = data.get("governance", {})
    missing = [] if data.get("owners") else ["owners"]
    missing += [f"governance.{key}" for key in ("purpose", "limits") if not governance.get(key)]
    if missing:
        keys = context.document.keys
        span = keys.get(("governance",)) or keys[("title",)]
        yield Problem("GOV951", say("rules.GOV951", missing=missing), span, say("rules.GOV951-hint"))


LEVELS: Levels = {"review": "warning", "release": "error"}
RULE = Rule("GOV951", "missing-ownership", "no owner, purpose or limits", LEVELS, check)
