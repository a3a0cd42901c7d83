"""The change breaks callers: what they give no longer fits, or what they get back may be something they do not expect.

**Why it matters.** An application that loads the new version fails at the first call, or stores answers that it cannot
read. Such a change needs a major version, and callers who know of it.

**Example.** Compared with `main`: an input removed, a required one added, `maxLength` lowered, a new value in an output
`enum`.

**How to fix.** Keep the old contract (give a new input a `default`, leave the old output fields), or go on: the release
then counts it as a major change. No fix is offered.

It needs a revision to compare with: `promptstead check --stage review --base REVISION`; without the option the merge
base with the remote's default branch, or with `main`. The message names the commit. Without Git it is skipped, which
`check` says. A prompt that is new has no callers; one that was renamed is compared with the id among its `aliases`.
"""

from collections.abc import Iterator

from promptstead.lint.rule import Base, Context, Levels, Rule
from promptstead.model import KeyPath, Problem, Prompt, Span
from promptstead.words.sentence import say


def check(context: Context) -> Iterator[Problem]:
    """Report each reason for which callers of the base revision break."""
    if context.base is None:
        return
    old = _former(context.prompt, context.base)
    if old is None:
        return
    from promptstead.diff.contract import compare_contracts

    for reason in compare_contracts(old, context.prompt).reasons:
        if reason.consequence == "breaking":
            message = say("rules.VER902", reason=reason.text, base=context.base.label)
            yield Problem("VER902", message, _place(context, reason.at), say("rules.VER902-hint"))


def _former(prompt: Prompt, base: Base) -> Prompt | None:
    """Return the prompt as the base revision has it, under its id or a former one."""
    for name in (prompt.id, *(prompt.data.get("aliases") or ())):
        old = base.prompt(name)
        if old is not None:
            return old
    return None


def _place(context: Context, at: KeyPath) -> Span:
    """Return the nearest key on the way to *at* that the file has: what is gone has no place of its own."""
    keys = context.document.keys
    ways = [at[:length] for length in range(len(at), 0, -1)]
    return next((keys[way] for way in (*ways, ("messages",)) if way in keys), Span(0, 0))


LEVELS: Levels = {"review": "warning", "release": "warning"}
RULE = Rule("VER902", "broken-contract", "input or output contract broken against the base", LEVELS, check)
