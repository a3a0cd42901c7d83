"""Placeholders in another style than the format's: they are sent to the model as they stand.

**Why it matters.** `{name}`, `${name}` and `{{{{name}}}}` come from other tools and from generators that escaped
braces once too often. In a file of GitHub Models' format, `{{ name }}` with white space is such a placeholder too:
that format replaces `{{name}}` only.

**Example.** `Dear {customer}` where `customer` is an input.

**How to fix.** Write `{{ name }}` (in GitHub Models' format `{{name}}`).
"""

import re
from collections.abc import Iterator

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Fix, Part, Problem
from promptstead.template.analysis import Text

_FOREIGN = re.compile(
    r"\$\{\s*(?P<dollar>[A-Za-z_][\w.]*)\s*\}"
    r"|(?<![{$])\{(?P<single>[A-Za-z_][\w.]*)\}(?!\})",
    re.ASCII,
)
_QUADRUPLE = re.compile(r"\{\{\{\{\s*([A-Za-z_][\w.]*)\s*\}\}\}\}", re.ASCII)
_SPACED = re.compile(r"\{\{(?:[ \t]+([\w.-]+)[ \t]*|([\w.-]+)[ \t]+)\}\}", re.ASCII)


def check(context: Context) -> Iterator[Problem]:
    """Report foreign placeholders; `{name}` and `${name}` only of inputs, since JSON and code are full of braces."""
    inputs = context.prompt.inputs
    github_models = context.prompt.dialect == "github-models"
    for _, part in context.parts():
        for match in _QUADRUPLE.finditer(part.template) if github_models else ():
            span, path = context.place(part, match.start(), match.end(), None)
            message = f"`{match[0]}` keeps two of its four braces on each side when it is replaced"
            yield Problem("TPL104", message, span, f"write `{_right(match[1], github_models)}`", path=path)
        for piece in context.flow(part):
            if not isinstance(piece, Text):
                continue
            for match in _FOREIGN.finditer(piece.text):
                name = match["dollar"] or match["single"]
                if name.partition(".")[0] in inputs:
                    yield _problem(context, part, piece, match, _right(name, github_models))
            for match in _SPACED.finditer(piece.text) if github_models else ():
                yield _problem(context, part, piece, match, _right(match[1] or match[2], github_models))


def _right(name: str, github_models: bool) -> str:
    return "{{" + name + "}}" if github_models else "{{ " + name + " }}"


def _problem(context: Context, part: Part, piece: Text, match: re.Match[str], right: str) -> Problem:
    span, path = context.place(part, piece.start + match.start(), piece.start + match.end(), piece.source)
    return Problem(
        "TPL104",
        f"`{match[0]}` is not replaced: it is sent to the model as it stands",
        span,
        f"write `{right}`",
        Fix(f"write `{right}`", ((span, right),), safe=False),
        path,
    )


RULE = Rule(
    "TPL104", "placeholder-style", "placeholder in another tool's style", everywhere("warning"), check, fix="review"
)
