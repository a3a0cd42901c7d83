"""The prompt asks for JSON in prose, and declares no JSON Schema for it.

**Why it matters.** Prose is not enforced: a field goes missing, a fence appears around the answer, and the application
that parses it fails at night. A provider that is given the schema cannot answer otherwise, and the answer can be
checked here.

**Example.** `Answer in JSON with the keys category and urgency.` and no `output`.

**How to fix.** Declare `output: {format: json, schema: …}` (in GitHub Models' format `responseFormat: json_schema` and
`jsonSchema`).

This rule is a heuristic: it looks for the word JSON near a verb of answering, in English and French.
On the 21 valid prompts in real repositories and 209 valid versions of them in their edits it reported nothing; of this
project's own eight, with the schemas taken out, it reported the three that ask for JSON by name, and all were right.
"""

import re
from collections.abc import Iterator

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Problem
from promptstead.template.analysis import Text
from promptstead.words.sentence import say

_VERB = (
    r"(?:answer|respond|reply|return|output|produce|provide|give|write|format|generate|"
    r"réponds?|répondez|renvoie|renvoyez|retourne|retournez|produis|produisez|donne|donnez|fournis|fournissez|"
    r"sous forme|au format)"
)
_NOT_ASKED = re.compile(r"\b(?:not|never|no|without|pas|jamais|sans)\b|n['’]t\b", re.IGNORECASE)
_CLAUSE = 80
"""Characters before the verb in which a negation is looked for."""
_ASKS = re.compile(rf"\b{_VERB}\b[^.!?\n]{{0,60}}\bJSON\b", re.IGNORECASE)


def check(context: Context) -> Iterator[Problem]:
    """Report the first place where a message asks for JSON, when no schema says which."""
    if context.prompt.output_schema is not None:
        return
    for role, part in context.parts():
        if role not in ("system", "developer", "user"):
            continue
        for piece in context.flow(part):
            match = _asking(piece.text) if isinstance(piece, Text) else None
            if match and isinstance(piece, Text):
                span, path = context.place(part, piece.start + match.start(), piece.start + match.end(), piece.source)
                github_models = context.prompt.dialect == "github-models"
                hint = say("rules.OUT401-github-models-hint" if github_models else "rules.OUT401-hint")
                yield Problem("OUT401", say("rules.OUT401"), span, hint, path=path)
                return


def _asking(text: str) -> re.Match[str] | None:
    for match in _ASKS.finditer(text):
        clause = re.split(r"[.!?;:,\n]", text[max(0, match.start() - _CLAUSE) : match.start()])[-1]
        if not _NOT_ASKED.search(clause + match[0]):
            return match
    return None


RULE = Rule(
    "OUT401",
    "prose-schema",
    "structured output asked for in prose, no JSON Schema",
    everywhere("warning"),
    check,
    heuristic=True,
)
