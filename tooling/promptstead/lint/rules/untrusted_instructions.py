"""Untrusted text is put into a system or developer message.

**Why it matters.** These are the messages that a model obeys. What a customer, a candidate or a document supplies must
not stand among your instructions, fenced or not.

**Example.** A system message with `The customer's name is {{ name }}.`

**How to fix.** Move the value to a user message, inside `fence`; an image or a file as it is. If your own systems write
it, declare `trust: trusted`. In files of GitHub Models' format, which can declare no trust, this is a warning.
"""

from collections.abc import Iterator

from promptstead.lint.delimiters import landings
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Level, Problem
from promptstead.template.analysis import Output
from promptstead.words.sentence import say


def check(context: Context) -> Iterator[Problem]:
    """Report each place in a system or developer message where untrusted text comes out."""
    level: Level | None = "warning" if context.prompt.dialect == "github-models" else None
    reported: set[tuple[object, str]] = set()
    for landing in landings(context):
        if landing.role in ("system", "developer"):
            if level and (landing.part.at, landing.inputs[0]) in reported:
                continue
            reported.add((landing.part.at, landing.inputs[0]))
            span, path = context.place(landing.part, landing.output.start, landing.output.end, landing.output.source)
            message = say("rules.INJ202", name=landing.inputs[0], role=landing.role)
            yield Problem("INJ202", message, span, say("rules.INJ202-hint"), path=path, level=level)
    yield from _attached(context)


def _attached(context: Context) -> Iterator[Problem]:
    """Report each image and file in a system or developer message that an untrusted input decides on."""
    for role, part in context.parts():
        if part.type == "text" or role not in ("system", "developer"):
            continue
        for piece in context.flow(part):
            for name in sorted(piece.roots) if isinstance(piece, Output) else ():
                declared = context.declared(name)
                if declared is not None and declared.trust == "untrusted":
                    span, path = context.place(part, piece.start, piece.end, piece.source)
                    message = say("rules.INJ202", name=name, role=role)
                    yield Problem("INJ202", message, span, say("rules.INJ202-hint"), path=path)


RULE = Rule(
    "INJ202", "untrusted-instructions", "untrusted input in a system or developer message", everywhere("error"), check
)
