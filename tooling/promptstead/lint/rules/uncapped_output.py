"""Nothing caps the tokens of an answer.

**Why it matters.** A loop, an attack or a model in a talkative mood then answers until its own limit, 128,000 tokens
for many: the caller waits for minutes and pays for all of it. OWASP LLM10 (unbounded consumption) asks for limits.

**Example.** `model: {name: balanced}` without `params`.

**How to fix.** Set `max_completion_tokens` (in GitHub Models' format `maxCompletionTokens`), with room to spare: an
answer that meets the cap breaks off. With a reasoning model the reasoning counts, too. No fix is offered, since only
you know how long an answer may be.

In GitHub Models' format, which often leaves the cap to the tool that runs the file, it is a note. A prompt that names
no model is not reported.
"""

from collections.abc import Iterator

from promptstead.lint.models import named_models
from promptstead.lint.rule import Context, Levels, Rule
from promptstead.model import Level, Problem
from promptstead.words.sentence import say

_CAPS = frozenset({"max_completion_tokens", "max_tokens", "max_output_tokens"})


def check(context: Context) -> Iterator[Problem]:
    """Report each model that is called without a cap."""
    github_models = context.prompt.dialect == "github-models"
    for model in named_models(context):
        params = model.choice.params
        if _CAPS & params.keys() or _CAPS & (params.get("extra_body") or {}).keys():
            continue
        cap = "maxCompletionTokens" if github_models else "max_completion_tokens"
        span = context.document.span(model.at)
        level: Level | None = "note" if github_models else None
        yield Problem("MOD704", say("rules.MOD704"), span, say("rules.MOD704-hint", cap=cap), level=level)


LEVELS: Levels = {"edit": "note", "review": "warning", "release": "warning"}
RULE = Rule("MOD704", "uncapped-output", "no cap on the tokens of an answer", LEVELS, check)
