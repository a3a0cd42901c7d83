"""The change breaks callers and does not say so by the next `contract`, or `contract` says what is not so.

**Why it matters.** An application that loads the new version fails at the first call, or stores answers that it cannot
read. `contract` is the number that applications pin (1 where the file has none), so that a break reaches none of them
unasked.

**Example.** Compared with `main`: an input removed, a required one added, `maxLength` lowered, a new value in an output
`enum`, while `contract` stays as it was. Or `contract` goes from 1 to 3, or from 2 back to 1.

**How to fix.** Keep the old contract (give a new input a `default`, leave the old output fields), or declare the break:
`contract: 2` where the base has 1 or none. It rises by one at a time, however much breaks at once, and never falls:
taking a break back is one more. Where it rises and nothing breaks, a note says so; keep it if something changes that no
schema shows, such as what a value means. GitHub Models' format has no `contract`: give the new version a file of its
own, or write the file in promptstead/v1. No fix is offered.

It needs a revision to compare with: `promptstead review` has one; `promptstead check --stage review --base REVISION`
takes one, without the option the merge base with the remote's default branch, or with `main`. The message names the
commit. Without Git it is skipped, which `check` says. A prompt that is new has no callers; one that was renamed is
compared with the id among its `aliases`. What a declared change is compared on: `tooling/docs/contracts.md`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from promptstead.lint.rule import Base, Context, Levels, Rule
from promptstead.model import KeyPath, Problem, Prompt, Span
from promptstead.words.sentence import Sentence, say

if TYPE_CHECKING:
    from promptstead.diff.contract import Contract

_NUMBER: KeyPath = ("contract",)


def check(context: Context) -> Iterator[Problem]:
    """Report each undeclared reason for which callers of the base revision break, and a number that cannot be right."""
    if context.base is None:
        return
    old = _former(context.prompt, context.base)
    if old is None:
        return
    from promptstead.diff.contract import compare_contracts

    contract = compare_contracts(old, context.prompt)
    base = context.base.label
    if contract.new == contract.old:
        hint = _declare(context.prompt, contract.old + 1)
        for reason in contract.breaks:
            message = say("rules.VER902", reason=reason.text, base=base)
            if contract.old > 1:
                message = say("rules.VER902-again", reason=reason.text, old=contract.old, base=base)
            yield Problem("VER902", message, _place(context, reason.at), hint)
    elif not contract.declared:
        yield _wrong_number(context, contract, base)


def _declare(prompt: Prompt, number: int) -> Sentence:
    if prompt.dialect == "github-models":
        return say("rules.VER902-format-hint", number=number)
    return say("rules.VER902-hint", number=number)


def _wrong_number(context: Context, contract: "Contract", base: str) -> Problem:
    """Return what is wrong with a number that is neither the former one nor declares a break."""
    old, new, span = contract.old, contract.new, _place(context, _NUMBER)
    right = old + 1 if contract.breaks else old
    if new < old:
        message = say("rules.VER902-falls", old=old, new=new, base=base)
        if context.prompt.dialect == "github-models":
            return Problem("VER902", message, span, say("rules.VER902-without-number-hint"))
        hint = say("rules.VER902-back-hint" if contract.breaks else "rules.VER902-number-hint", number=right)
        return Problem("VER902", message, span, hint)
    if new > old + 1:
        message = say("rules.VER902-skips", old=old, new=new, base=base)
        return Problem("VER902", message, span, say("rules.VER902-number-hint", number=right))
    message = say("rules.VER902-idle", old=old, new=new, base=base)
    return Problem("VER902", message, span, say("rules.VER902-idle-hint", number=old), level="note")


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


LEVELS: Levels = {"review": "error", "release": "error"}
RULE = Rule("VER902", "broken-contract", "contract broken undeclared, or numbered wrongly", LEVELS, check)
