"""A value that changes with every call stands ahead of long fixed text.

**Why it matters.** Providers cache the beginning of a request that is the same as before, from 1,024 tokens on, and
charge a fraction for it; the first character that differs ends the match. One date at the top makes the whole prompt
new each time.

**Example.** A system message that starts with `Today is {{ today }}.`, with two pages of rules after it.

**How to fix.** Move the value behind the fixed text, best into the user message. No fix is offered: moving text changes
what the model reads.

This rule is a heuristic: it takes four bytes for a token, and any input for one that changes but choices (`enum`),
constants and booleans. It reports a value with less than 1,024 tokens of fixed text before it where all fixed text
together is longer than that, and at least half of it comes after.
On the 21 valid prompts in real repositories, 191 edited versions of them and our own 8 it reported nothing: most are
shorter than what is cached. How often it is right is therefore unknown.
"""

from collections.abc import Iterator

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Part, Problem
from promptstead.template.analysis import Output, Text
from promptstead.words.sentence import say


def check(context: Context) -> Iterator[Problem]:
    """Report the first changing value, if the fixed text around it would be cached without it."""
    before = total = 0
    first: tuple[Part, Output] | None = None
    for _, part in context.parts():
        for piece in context.flow(part) if part.type == "text" else ():
            if isinstance(piece, Text):
                total += len(piece.text)
            elif first is None and any(_changes(context, name) for name in piece.roots):
                first, before = (part, piece), total
    if first is None or total - before < total / 2:
        return
    from promptstead.runtime.apis.anthropic_messages import CACHED  # the same boundary as where requests are marked

    if before >= CACHED or total < CACHED:
        return
    part, output = first
    span, path = context.place(part, output.start, output.end, output.source)
    message = say("rules.TOK802", tokens=(total - before) // 4)
    yield Problem("TOK802", message, span, say("rules.TOK802-hint"), path=path)


def _changes(context: Context, name: str) -> bool:
    spec = context.declared(name)
    return spec is not None and not spec.schema.keys() & {"enum", "const"} and spec.schema.get("type") != "boolean"


RULE = Rule(
    "TOK802", "uncached-prefix", "changing value ahead of the fixed text", everywhere("note"), check, heuristic=True
)
