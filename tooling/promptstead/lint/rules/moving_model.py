"""The model's name does not stand for one dated snapshot.

**Why it matters.** The provider moves such a name to another snapshot without a commit: answers and scores change, the
recorded outputs no longer say what users get, and no review ever saw the difference.

**Example.** `model: gpt-4o`, `model: mistral-large-latest`, or an alias that the configuration does not have.

**How to fix.** Name the snapshot (`gpt-5.4-mini-2026-03-17`), or an alias that the configuration resolves to one. A
model that comes without dates (open weights) gets an alias too: `[models.local]` with `provider` and `snapshot`.

Names are looked up in a table of models; in a promptstead file a name that is neither in it, nor an alias, nor dated is
reported as well, and one that is nearly an alias as an error: no provider has such a model. In GitHub Models' format,
whose names are without dates, it is a note.
"""

from collections.abc import Iterator

from promptstead.did_you_mean import nearest
from promptstead.lint.models import NamedModel, is_dated, model_facts, named_models
from promptstead.lint.rule import Context, Levels, Rule
from promptstead.model import Level, Problem
from promptstead.words.sentence import Sentence, say


def check(context: Context) -> Iterator[Problem]:
    """Report each model whose name may mean another snapshot tomorrow."""
    for model in named_models(context):
        found = _finding(context, model)
        if found:
            message, hint = found
            level: Level | None = "note" if context.prompt.dialect == "github-models" else None
            if hint.code == "rules.MOD702-unknown-near-hint":
                level = "error"  # an alias misspelt names no model that anybody can be asked for
            yield Problem("MOD702", message, context.document.span(model.at), hint, level=level)


def _finding(context: Context, model: NamedModel) -> tuple[Sentence, Sentence] | None:
    choice = model.choice
    facts = model_facts(choice)
    if (facts is not None and facts.moving) or choice.snapshot.endswith("-latest"):
        if choice.provider:
            message = say("rules.MOD702-alias", alias=choice.name, snapshot=choice.snapshot)
            return message, say("rules.MOD702-alias-hint", file=context.config.file)
        return say("rules.MOD702-moving", model=choice.name), say("rules.MOD702-moving-hint")
    if facts is not None or choice.provider or context.prompt.dialect == "github-models" or is_dated(choice.name):
        return None
    near = nearest(choice.name, context.config.models)
    hint = say("rules.MOD702-unknown-near-hint", near=near) if near else say("rules.MOD702-unknown-hint")
    return say("rules.MOD702-unknown", model=choice.name), hint


LEVELS: Levels = {"edit": "note", "review": "warning", "release": "warning"}
RULE = Rule("MOD702", "moving-model", "model that is not one dated snapshot", LEVELS, check)
