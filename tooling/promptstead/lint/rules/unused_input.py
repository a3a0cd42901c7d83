"""An input is declared, and no message uses it.

**Why it matters.** Every caller has to give a value that the model never sees; often the sign of a typo in the text.

**Example.** `inputs: {branch: …}` with no `{{ branch }}` in any message.

**How to fix.** Use it, or remove it (a fix that needs a review). Removing an input breaks callers that give it, so it
is a breaking change of the contract.
"""

from collections.abc import Iterator

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Fix, Problem, Span
from promptstead.words.sentence import say


def check(context: Context) -> Iterator[Problem]:
    """Report each declared input that no template reads."""
    if context.prompt.dialect != "promptstead" or len(context.loaded.templates) < sum(1 for _ in context.parts()):
        return  # a template that could not be read may use it
    used = {use.path[0] for _, part in context.parts() for use in context.uses(part)}
    for name in context.prompt.inputs:
        if name not in used:
            span = context.document.key_span(("inputs", name))
            message = say("rules.TPL102", name=name)
            yield Problem("TPL102", message, span, say("rules.TPL102-hint"), _removal(context, name))


def _removal(context: Context, name: str) -> Fix | None:
    """Return the fix that removes the lines of the input; none for the only input, or one that shares its lines."""
    document = context.document
    key, value = document.key_span(("inputs", name)), document.span(("inputs", name))
    line, column = document.position(key.start)
    start = document.lines[line - 1]
    last = document.position(max(value.start, value.end - 1))[0]
    end = document.lines[last] if last < len(document.lines) else len(document.text)
    alone = not document.text[start : key.start].strip() and not document.text[value.end : end].strip()
    if len(context.prompt.inputs) == 1 or not alone or column == 1:
        return None
    return Fix(say("rules.TPL102-fix"), ((Span(start, end), ""),), safe=False)


RULE = Rule("TPL102", "unused-input", "input declared and never used", everywhere("warning"), check, fix="review")
