"""A counterexample cannot be put before the evaluator that must catch it.

**Why it matters.** A counterexample is an answer that must fail. One that names a case or an evaluator that does not
exist, or edits a text that the reference answer does not hold, shows nothing, and looks as if it did.

**Example.** `caught_by: dead-lines`, where the evaluator is called `deadlines`; `set: {$.category: card}` where the
reference answer says `card` already.

**How to fix.** Correct the name, the place or the text. Where the case has no reference answer to edit, write one into
`outputs.yml`, or give the whole answer as `output`.

Whether the evaluator catches the counterexample is what `promptstead check` finds out. A reference answer that is stale
is left to TST604.
"""

from collections.abc import Iterator

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Problem


def check(context: Context) -> Iterator[Problem]:
    """Report what keeps each counterexample from being judged."""
    if not context.prompt.counterexamples:
        return
    from promptstead.outputs.counterexamples import Counterexamples  # most prompts need no evaluators to be linted

    yield from Counterexamples(context.loaded).problems()


RULE = Rule("EXA506", "broken-counterexample", "a counterexample that cannot be judged", everywhere("error"), check)
