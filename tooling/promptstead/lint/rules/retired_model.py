"""The model is shut down, or will be.

**Why it matters.** From its shutdown on a model answers every request with an error; a recommended replacement answers
otherwise, so a change needs time to be evaluated. OpenAI ended the GPT-4, GPT-3.5 and o1 generation on 2026-10-23, and
ends GPT-5, its mini and nano on 2026-12-11.

**Example.** `model: {name: gpt-5-mini-2025-08-07}` after 2026-12-11.

**How to fix.** Name another model, in the prompt or, for an alias, in the configuration; record the outputs again and
compare. The fix writes the replacement that the provider recommends; it needs a review, since the answers change and
the new model may reject a parameter.

It is an error once the model is gone at the provider that the configuration or the name tells; a warning when that is
not told, or from 90 days before the shutdown on; a note earlier. Providers that are not in the table serve models by
calendars of their own and are not reported. `promptstead rule --data` shows the table's sources and its age.
"""

from collections.abc import Iterator

from promptstead.lint.facts import days_between
from promptstead.lint.models import ModelFacts, NamedModel, model_facts, named_models
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Fix, Level, Problem
from promptstead.words.sentence import Sentence, say

SOON = 90
"""Days before a shutdown from which it is a warning."""


def check(context: Context) -> Iterator[Problem]:
    """Report each model whose shutdown is announced."""
    for model in named_models(context):
        facts = model_facts(model.choice)
        if facts is not None and facts.shutdown:
            yield _problem(context, model, facts)


def _problem(context: Context, model: NamedModel, facts: ModelFacts) -> Problem:
    name = model.choice.snapshot
    left = days_between(context.today, facts.shutdown)
    told = model.choice.provider or "/" in name
    level: Level = "note" if left > SOON else "error" if left <= 0 and told else "warning"
    span = context.document.span(model.at)
    message, hint = _said(context, model, facts, left <= 0)
    return Problem("MOD701", message, span, hint, _fix(context, model, facts), level=level)


def _said(context: Context, model: NamedModel, facts: ModelFacts, gone: bool) -> tuple[Sentence, Sentence]:
    """Return the message and the hint."""
    name, alias, date, new = model.choice.snapshot, model.choice.name, facts.shutdown, facts.replacement
    if alias == name:
        message = say("rules.MOD701-gone" if gone else "rules.MOD701-ending", model=name, date=date)
        return message, say("rules.MOD701-new-hint", new=new) if new else say("rules.MOD701-hint")
    message = say(
        "rules.MOD701-alias-gone" if gone else "rules.MOD701-alias-ending", model=name, alias=alias, date=date
    )
    file = context.config.file
    if new:
        return message, say("rules.MOD701-alias-new-hint", new=new, file=file)
    return message, say("rules.MOD701-alias-hint", file=file)


def _fix(context: Context, model: NamedModel, facts: ModelFacts) -> Fix | None:
    """Return the fix where the prompt file itself spells the name."""
    name = model.choice.name
    if not facts.replacement or name != model.choice.snapshot:
        return None
    start = name.rfind("/") + 1
    span = context.document.locate(model.at, start, len(name))
    if context.document.text[span.start : span.end] != name[start:]:
        return None
    return Fix(say("rules.MOD701-fix", new=facts.replacement), ((span, facts.replacement),), safe=False)


RULE = Rule("MOD701", "retired-model", "model shut down, or about to be", everywhere("warning"), check, fix="review")
