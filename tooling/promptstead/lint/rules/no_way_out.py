"""The answer is a choice among labels, and none of them says "I cannot tell".

**Why it matters.** A model that has to choose will choose: for an empty message, a text in another language or a case
that nobody thought of, it returns one of the labels with confidence, and no evaluator can see it. A label for such
cases makes them visible and lets a person take over.

**Example.** `category: {enum: [card, loan, transfer]}`.

**How to fix.** Add a label such as `unknown` (a fix to review: callers must expect it) and say when to use it, allow
null, or say in the text what to do when the input does not tell.

This rule is a heuristic. It looks at choices in the output schema; it is silent where the schema allows null or
leaves a field out, where any label of any choice means unknown, other, not or incomplete, and where the text says
what to do when something is missing, unclear or not known (English and French).

On the 21 valid prompts in real repositories that it was measured on, it reported 1 finding (a failure category
without "other"), and that was right; 2 of these prompts have an output schema. On the 8 prompts of this project, and
on 191 earlier versions of the real ones, it reported nothing.
"""

import re
from collections.abc import Iterator
from functools import cache

from promptstead.lint.answers import Choice, Subschema, choices, schema_span, subschemas
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Fix, Problem, Span
from promptstead.words.sentence import say


def check(context: Context) -> Iterator[Problem]:
    """Report the first choice of a prompt that has no way out anywhere."""
    closed = choices(context)
    if not closed:
        return
    if any(_escape_label().search(_spaced(label)) for choice in closed for label in choice.labels):
        return
    if any(_may_miss(inner) for inner in subschemas(context)):
        return
    if any(_escape_text().search(wording.lower) for wording in context.wordings()):
        return
    choice = closed[0]
    fix = _fix(context, choice) if context.prompt.dialect == "promptstead" else None
    span = schema_span(context, (*choice.at, "enum"))
    message = say("rules.OUT404-field", field=choice.field) if choice.field else say("rules.OUT404")
    yield Problem("OUT404", message, span, say("rules.OUT404-hint"), fix)


def _may_miss(inner: Subschema) -> bool:
    types, values = inner.schema.get("type"), inner.schema.get("enum")
    if types == "null" or (isinstance(types, list) and "null" in types):
        return True
    if isinstance(values, list) and (None in values or "" in values):
        return True
    return not set(inner.properties) <= set(inner.required)


def _fix(context: Context, choice: Choice) -> Fix:
    """Add ``unknown`` after the last label, in the language of the prompt."""
    label = "inconnu" if context.prompt.language.startswith("fr") else "unknown"
    at = ("output", "schema", *choice.at, "enum")
    description = say("rules.OUT404-fix", label=label)
    last = context.document.span((*at, len(choice.labels) - 1))
    if context.document.text[context.document.span(at).start] == "[":
        return Fix(description, ((Span(last.end, last.end), f", {label}"),), safe=False)
    indent = " " * (context.document.position(context.document.span(at).start)[1] - 1)
    return Fix(description, ((Span(last.end, last.end), f"\n{indent}- {label}"),), safe=False)


def _spaced(label: str) -> str:
    return re.sub(r"[_\W]+", " ", label).strip().lower()


@cache
def _escape_label() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:unknown|unclear|others?|none|n a|na|not|insufficient|undetermined|indeterminate|unsure|uncertain|"
        r"inconclusive|unable|cannot|invalid|incomplete|missing|refus\w*|declin\w*|error|out of|unsupported|"
        r"unspecified|neutral|mixed|maybe|ambiguous|needs?|pending|review|general|misc\w*|"
        r"autres?|inconnue?s?|aucune?s?|ind[eé]termin\w*|incertaine?s?|insuffisante?s?|incompl\w*|manquante?s?|"
        r"illisible|impossible|hors|sans|non \w+|neutre|compl[eé]ter|v[eé]rifier|erreur|inexploitable|ambigue?s?|"
        r"divers)\b"
    )


@cache
def _escape_text() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:unknown|unclear|unsure|not sure|uncertain|insufficient|not enough|too little|cannot (?:be )?(?:tell|"
        r"told|determine\w*|"
        r"answer\w*|decide\w*|say|find)|can['’]t|unable to|do(?:es)? not (?:know|say|tell|contain|apply)|"
        r"don['’]t know|doesn['’]t|"
        r"not (?:applicable|available|specified|provided|known|found|given)|n/a|if (?:none|nothing|no |you are not|"
        r"it is not|there (?:is|are) no)|"
        r"in doubt|otherwise|refuse|decline|empty (?:list|string|array|object)|"
        r"inconnue?s?|incertaine?s?|insuffisante?s?|pas assez|ne (?:peut|peux|pouvez|sait|sais|savez|permet|"
        r"contient|dit)|si (?:rien|aucune?)|s['’]il n['’]y a|"
        r"en cas de doute|sinon|refuse[rz]|liste vide|cha[iî]ne vide|non (?:applicable|disponible|précisée?))"
    )


RULE = Rule(
    "OUT404",
    "no-way-out",
    'no way to say "unknown" or to refuse',
    everywhere("warning"),
    check,
    fix="review",
    heuristic=True,
)
