"""Labels among the few-shot examples are unbalanced, or come in an order that leans to one of them.

**Why it matters.** A model answers the label that it saw most, and the one that it saw last, more often than it
should: with the examples all negative but one, or with the positive ones at the end, the accuracy of the same prompt
moves by tens of points (Zhao et al. 2021, "Calibrate Before Use"; Lu et al. 2022, "Fantastically Ordered Prompts").

**Example.** Five examples with the outputs `card`, `card`, `card`, `card`, `loan`.

**How to fix.** Show each label about as often as the others, and mix them. Where one label is really that frequent,
say so in the text instead.

Looked at are four examples or more, of `examples` or of assistant messages, whose answers are short texts or JSON
with short texts, when at least one label comes twice. Reported is a label with more than half of the examples and at
least twice its even share, and examples sorted by label, so that the last two or more have one label.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby

from promptstead.lint.answers import is_label
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Json, Problem, Span
from promptstead.words.sentence import Sentence, say

FEWEST = 4
"""Fewer examples say little about balance."""
_Shot = tuple[Span, Json]


def check(context: Context) -> Iterator[Problem]:
    """Report each field of the answers whose labels are unbalanced or sorted."""
    shots = list(_shots(context))
    if len(shots) < FEWEST:
        return
    answers = [(span, output if isinstance(output, dict) else {"": output}) for span, output in shots]
    for field in dict.fromkeys(field for _, answer in answers for field in answer):
        labels = [answer.get(field) for _, answer in answers]
        if not all(isinstance(label, str) and is_label(label) for label in labels):
            continue
        message = _biased(field, [str(label) for label in labels])
        if message:
            yield Problem("EXA503", message, answers[0][0], say("rules.EXA503-hint"))


def _biased(field: str, labels: list[str]) -> Sentence | None:
    """Return what is wrong with the labels of *field* (empty: the whole answer), or None."""
    counts = Counter(labels)
    label, most = counts.most_common(1)[0]
    if most < 2 or len(counts) < 2:  # every label another, or one for all: no choice that could be biased
        return None
    if 2 * most > len(labels) and most * len(counts) >= 2 * len(labels):
        if field:
            return say("rules.EXA503-field-unbalanced", field=field, most=most, examples=len(labels), label=label)
        return say("rules.EXA503-unbalanced", most=most, examples=len(labels), label=label)
    runs = [(key, len(list(run))) for key, run in groupby(labels)]
    if len(runs) == len(counts) and runs[-1][1] > 1:
        label, last = runs[-1]
        if field:
            return say("rules.EXA503-field-sorted", field=field, label=label, last=last)
        return say("rules.EXA503-sorted", label=label, last=last)
    return None


def _shots(context: Context) -> Iterator[_Shot]:
    for example in context.prompt.examples:
        yield context.document.span((*example.at, "output")), _answer(example.output)
    if not context.prompt.examples:
        for role, part in context.parts():
            if role == "assistant" and part.type == "text":
                yield context.document.span(part.at), _answer(part.template.strip())


def _answer(output: Json) -> Json:
    if isinstance(output, str) and output.lstrip().startswith("{"):
        try:
            parsed: Mapping[str, Json] = json.loads(output)
        except (ValueError, RecursionError):
            return output
        return parsed
    return output


RULE = Rule(
    "EXA503",
    "biased-examples",
    "labels unbalanced or in biased order among examples",
    everywhere("warning"),
    check,
)
