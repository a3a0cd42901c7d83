"""The cases expect a label that the prompt never lists.

**Why it matters.** The model cannot answer what it was never told. The cases with that label fail for ever, and look
like mistakes of the model. It happens to careful people: the prompt of a published benchmark listed 71 of its 77
labels.

**Example.** The text says `Answer with one of: card, loan, transfer` and a case expects `mortgage`.

**How to fix.** List the label in the text, or correct the case.

This rule is a heuristic: it speaks only when the prompt names at least three of the labels that the cases expect, and
at least half of them; upper case, `_` and `-` do not matter. Fields whose labels the output schema lists are left to
EXA501.

On the 21 valid prompts in real repositories that it was measured on, and on the 8 of this project, it reported
nothing; only 2 of these 29 have cases that it could speak about, so how often it is right is unknown.
"""

import re
from collections.abc import Iterator

from promptstead.lint.answers import choices, expected_labels
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Case, KeyPath, Problem
from promptstead.prompts.loaded import case_span
from promptstead.words.sentence import say

FEWEST = 3
"""Labels that the prompt has to name before its list counts as one."""


def check(context: Context) -> Iterator[Problem]:
    """Report each expected label that the text does not name, where it names most of the others."""
    prompt = context.prompt
    if not prompt.cases:
        return
    constrained = {choice.field for choice in choices(context)}
    text = ""
    for field, expected in expected_labels(context).items():
        labels: dict[str, tuple[Case, KeyPath, str]] = {}
        for case, key, label in expected:
            labels.setdefault(_spaced(label), (case, key, label))
        if field in constrained or len(labels) <= FEWEST:
            continue
        text = text or f" {' '.join(_spaced(wording.text) for wording in context.wordings())} "
        missing = [label for label in labels if f" {label} " not in text]
        if len(labels) - len(missing) < max(FEWEST, len(labels) / 2):
            continue
        for label in missing:
            case, key, written = labels[label]
            named = len(labels) - len(missing)
            message = say("rules.EXA505", case=case.id, label=written, named=named, labels=len(labels))
            span = case_span(context.loaded.documents, case, *key)
            yield Problem("EXA505", message, span, say("rules.EXA505-hint"), path=case.file)


def _spaced(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


RULE = Rule(
    "EXA505",
    "unlisted-label",
    "expected label that the prompt never lists",
    everywhere("warning"),
    check,
    heuristic=True,
)
