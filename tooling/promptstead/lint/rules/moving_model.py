"""The model's name does not stand for one dated snapshot.

**Why it matters.** The provider moves such a name to another snapshot without a commit: answers and scores change, the
recorded outputs no longer say what users get, and no review ever saw the difference.

**Example.** `model: gpt-4o`, `model: mistral-large-latest`, or an alias that the configuration does not have.

**How to fix.** Name the snapshot (`gpt-5.4-mini-2026-03-17`), or an alias that the configuration resolves to one. A
model that comes without dates (open weights) gets an alias too: `[models.local]` with `provider` and `snapshot`.

Names are looked up in a table of models; in a promptstead file a name that is neither in it, nor an alias, nor dated is
reported as well. In GitHub Models' format, whose names are without dates, it is a note.
"""

from collections.abc import Iterator

from promptstead.did_you_mean import did_you_mean
from promptstead.lint.models import NamedModel, is_dated, model_facts, named_models
from promptstead.lint.rule import Context, Levels, Rule
from promptstead.model import Level, Problem


def check(context: Context) -> Iterator[Problem]:
    """Report each model whose name may mean another snapshot tomorrow."""
    for model in named_models(context):
        message, hint = _finding(context, model)
        if message:
            level: Level | None = "note" if context.prompt.dialect == "github-models" else None
            yield Problem("MOD702", message, context.document.span(model.at), hint, level=level)


def _finding(context: Context, model: NamedModel) -> tuple[str, str]:
    choice = model.choice
    facts = model_facts(choice)
    if (facts is not None and facts.moving) or choice.snapshot.endswith("-latest"):
        if choice.provider:
            hint = f"name a dated snapshot for the alias in {context.config.file}"
            return f"alias `{choice.name}` stands for `{choice.snapshot}`, which the provider moves", hint
        hint = "name a dated snapshot, or an alias of the configuration"
        return f"`{choice.name}` is whatever snapshot the provider means today", hint
    if facts is not None or choice.provider or context.prompt.dialect == "github-models" or is_dated(choice.name):
        return "", ""
    near = did_you_mean(choice.name, context.config.models)
    hint = f"declare it in the configuration, with provider and snapshot{near and f'; {near}'}"
    return f"model `{choice.name}` is neither an alias of the configuration nor a dated snapshot", hint


LEVELS: Levels = {"edit": "note", "review": "warning", "release": "warning"}
RULE = Rule("MOD702", "moving-model", "model that is not one dated snapshot", LEVELS, check)
