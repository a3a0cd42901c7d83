"""A long document stands after the question in the same message.

**Why it matters.** Anthropic's advice for long context: put documents of some 20,000 tokens and more near the top,
above the question and the instructions; answers improved by up to 30 % in its tests.

**Example.** `Which clauses are unusual? {{ contract | fence("contract") }}` where `contract` may be 200,000
characters long.

**How to fix.** Put the document first and the question last. No fix is offered: moving text changes what the model
reads.

This rule is a heuristic: a document is an input that may have 80,000 characters or more by its `maxLength`, or has in
a case or example; the question is the text before it, if there are 40 characters of it and fewer after.
On the 21 valid prompts in real repositories, 191 edited versions of them and our own 8 it reported nothing, since none
of them takes a document of that length. How often it is right is therefore unknown.
"""

from collections.abc import Iterator

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.sizes import known_values
from promptstead.model import Input, Part, Problem
from promptstead.template.analysis import Output, Text
from promptstead.words.sentence import say

LONG = 80_000
"""Characters of some 20,000 tokens."""
QUESTION = 40


def check(context: Context) -> Iterator[Problem]:
    """Report each long document of a user message that has the question before it and nothing after."""
    long = {name for name, spec in context.prompt.inputs.items() if _is_long(context, spec)}
    if not long:
        return
    for role, part in context.parts():
        if role == "user" and part.type == "text":
            yield from _check_part(context, part, long)


def _check_part(context: Context, part: Part, long: set[str]) -> Iterator[Problem]:
    pieces = context.flow(part)
    lengths = [len(" ".join(piece.text.split())) if isinstance(piece, Text) else 0 for piece in pieces]
    for index, piece in enumerate(pieces):
        if not isinstance(piece, Output) or not piece.roots & long:
            continue
        if sum(lengths[:index]) >= QUESTION > sum(lengths[index:]):
            span, path = context.place(part, piece.start, piece.end, piece.source)
            name = min(piece.roots & long)
            yield Problem("TOK803", say("rules.TOK803", name=name), span, say("rules.TOK803-hint"), path=path)


def _is_long(context: Context, spec: Input) -> bool:
    if spec.schema.get("maxLength", 0) >= LONG:
        return True
    return any(isinstance(value, str) and len(value) >= LONG for value in known_values(context, spec))


RULE = Rule(
    "TOK803",
    "document-after-question",
    "long document after the question",
    everywhere("note"),
    check,
    heuristic=True,
)
