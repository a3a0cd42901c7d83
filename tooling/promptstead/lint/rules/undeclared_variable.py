"""A template uses a variable that `inputs` does not declare.

**Why it matters.** Callers cannot know that they must give it; rendering fails, or with `is defined` a branch is
silently never taken.

**Example.** `{{ complant }}` where the input is called `complaint`.

**How to fix.** Correct the name, or declare the input with its schema and its trust.
"""

from collections.abc import Iterator

from promptstead.did_you_mean import nearest
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Fix, Problem
from promptstead.words.sentence import say


def check(context: Context) -> Iterator[Problem]:
    """Report each use of a name that is no input."""
    if context.prompt.dialect != "promptstead":
        return
    known = context.prompt.inputs
    for _, part in context.parts():
        for use in context.uses(part):
            name = str(use.path[0])
            if name not in known:
                near = nearest(name, known)
                hint = say("rules.did-you-mean", near=near) if near else say("rules.TPL101-hint")
                span, path = context.place(part, use.start, use.end, use.source)
                fix = None
                if near:
                    written, _ = context.place(part, use.start, use.start + len(name), use.source)
                    fix = Fix(say("rules.write", what=near), ((written, near),), safe=False)
                yield Problem("TPL101", say("rules.TPL101", name=name), span, hint, fix, path)


RULE = Rule("TPL101", "undeclared-variable", "variable used and not declared", everywhere("error"), check, fix="review")
