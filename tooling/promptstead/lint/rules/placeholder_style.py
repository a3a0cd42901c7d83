"""Placeholders in another style than the format's: they are sent to the model as they stand.

**Why it matters.** `{name}`, `${name}` and `{{{{name}}}}` come from other tools and from generators that escaped
braces once too often. In a file of GitHub Models' format, `{{ name }}` with white space is such a placeholder too:
that format replaces `{{name}}` only. Braces in code, and those of other languages such as `${{ … }}`, are left alone.

**Example.** `Dear {customer}` where `customer` is an input.

**How to fix.** Write `{{ name }}` (in GitHub Models' format `{{name}}`).
"""

import re
from collections.abc import Iterator

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.texts import has_other_braces, in_code, is_code_braces
from promptstead.model import Fix, Part, Problem
from promptstead.template.analysis import Text
from promptstead.words.sentence import say

_FOREIGN = re.compile(
    r"\$\{\s*(?P<dollar>[A-Za-z_][\w.]*)\s*\}"
    r"|(?<![{$])\{(?P<single>[A-Za-z_][\w.]*)\}(?!\})",
    re.ASCII,
)
_APART = re.compile(r"\{[ ]\{[ ]*(?P<name>[A-Za-z_][\w.]*)[ ]*\}[ ]\}", re.ASCII)
"""Braces that a formatter for code has put apart."""
_QUADRUPLE = re.compile(r"\{\{\{\{\s*([A-Za-z_][\w.]*)\s*\}\}\}\}", re.ASCII)
_SPACED = re.compile(r"\{\{(?:[ \t]+([\w.-]+)[ \t]*|([\w.-]+)[ \t]+)\}\}", re.ASCII)


def check(context: Context) -> Iterator[Problem]:
    """Report foreign placeholders; `{name}` and `${name}` only of inputs, since JSON and code are full of braces."""
    inputs = context.prompt.inputs
    github_models = context.prompt.dialect == "github-models"
    for _, part in context.parts():
        for match in _QUADRUPLE.finditer(part.template) if github_models else ():
            span, path = context.place(part, match.start(), match.end(), None)
            hint = say("rules.write", what=_right(match[1], github_models))
            yield Problem("TPL104", say("rules.TPL104-four", written=match[0]), span, hint, path=path)
        for piece in context.flow(part):
            if not isinstance(piece, Text):
                continue
            for match in _FOREIGN.finditer(piece.text):
                name = match["dollar"] or match["single"]
                other = "." in name and in_code(part.template, piece.start + match.start())
                if name.partition(".")[0] in inputs and not (github_models and other):
                    yield _problem(context, part, piece, match, _right(name, github_models))
            for match in _APART.finditer(piece.text):
                if match["name"].partition(".")[0] in inputs:
                    yield _problem(context, part, piece, match, _right(match["name"], github_models))
            for match in _SPACED.finditer(piece.text) if github_models else ():
                start, end = piece.start + match.start(), piece.start + match.end()
                if is_code_braces(part.template, start, end) or has_other_braces(part.template):
                    continue
                yield _problem(context, part, piece, match, _right(match[1] or match[2], github_models))


def _right(name: str, github_models: bool) -> str:
    return "{{" + name + "}}" if github_models else "{{ " + name + " }}"


def _problem(context: Context, part: Part, piece: Text, match: re.Match[str], right: str) -> Problem:
    span, path = context.place(part, piece.start + match.start(), piece.start + match.end(), piece.source)
    hint = say("rules.write", what=right)
    fix = Fix(hint, ((span, right),), safe=False)
    return Problem("TPL104", say("rules.TPL104", written=match[0]), span, hint, fix, path)


RULE = Rule(
    "TPL104", "placeholder-style", "placeholder in another tool's style", everywhere("warning"), check, fix="review"
)
