"""The model's API cannot be asked for the output that the prompt declares.

**Why it matters.** Chat Completions and the Responses API are asked for JSON, with a schema or without, and the server
sees to it. Anthropic's Messages API enforces a schema and knows nothing else: where a prompt wants JSON without one, or
says `strict: false`, nothing goes along with the request, and only the words of the prompt ask for it. The same prompt
then answers in JSON with one model, and with a fence or a sentence around it with another
(https://platform.claude.com/docs/en/build-with-claude/structured-outputs, read on 2026-12-01).

**Example.** `model: anthropic/claude-haiku-4-5-20251001` and `output: {format: json}`.

**How to fix.** Declare the schema, without `strict: false`. Where the prompt describes the answer in its own words, and
an evaluator checks it, that may do.

Models are those of the prompt and of its environments. `strict: false` is a note, since it says so itself.
"""

from collections.abc import Iterator

from promptstead.config.model_address import address, settings_of
from promptstead.lint.models import NamedModel, named_models
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Problem
from promptstead.runtime.apis import anthropic_messages as messages
from promptstead.words.sentence import say


def check(context: Context) -> Iterator[Problem]:
    """Report an output that the API of one of the prompt's models is not asked for."""
    prompt = context.prompt
    output = prompt.data.get("output", {}) if prompt.dialect == "promptstead" else {}
    if not output or not any(_is_asked_for_messages(context, model) for model in named_models(context)):
        return
    keys, whole = context.document.keys, context.document.span(("output",))
    if "schema" not in output and output.get("format") == "json":
        span = keys.get(("output", "format"), whole)
        yield Problem("OUT405", say("rules.OUT405", api=messages.NAME), span, say("rules.OUT405-hint"))
    elif "schema" in output and output.get("strict") is False:
        message, hint = say("rules.OUT405-loose", api=messages.NAME), say("rules.OUT405-loose-hint")
        yield Problem("OUT405", message, keys.get(("output", "strict"), whole), hint, level="note")


def _is_asked_for_messages(context: Context, model: NamedModel) -> bool:
    providers = context.config.providers
    provider, _ = address(model.choice.snapshot, model.choice.provider, providers)
    return settings_of(provider, providers).api == "messages"


RULE = Rule(
    "OUT405", "unasked-format", "an output that the model's API cannot be asked for", everywhere("warning"), check
)
