"""The model's API cannot be asked for the output that the prompt declares.

**Why it matters.** Chat Completions and the Responses API are asked for JSON, with a schema or without, and the server
sees to it. Anthropic's Messages API enforces a schema and knows nothing else: where a prompt wants JSON without one, or
says `strict: false`, nothing goes along with the request, and only the words of the prompt ask for it. The same prompt
then answers in JSON with one model, and with a fence or a sentence around it with another. A schema that it enforces
has to keep to what it knows: it refuses bounds on numbers, texts and lists, and objects that are not closed, with an
error on the first call (https://platform.claude.com/docs/en/build-with-claude/structured-outputs, read on 2026-12-01,
and what Anthropic's client takes out of the schemas of types).

**Example.** `model: anthropic/claude-haiku-4-5-20251001` and `output: {format: json}`.

**How to fix.** Declare the schema, without `strict: false`, and leave out of it what the API refuses. Where the prompt
describes the answer in its own words, and an evaluator judges it, `strict: false` may do.

Models are those of the prompt and of its environments. `strict: false` is a note, since it says so itself.
"""

from collections.abc import Iterator

from promptstead.lint.answers import schema_span, subschemas
from promptstead.lint.models import asked_through, named_models
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Problem
from promptstead.words.sentence import say

REFUSED = frozenset({
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "maxItems",
})  # fmt: skip
"""Keywords that the API does not take in a schema; of ``minItems`` it takes 0 and 1."""


def check(context: Context) -> Iterator[Problem]:
    """Report an output that the API of one of the prompt's models is not asked for."""
    prompt = context.prompt
    output = prompt.data.get("output", {}) if prompt.dialect == "promptstead" else {}
    if not output or not any(
        asked_through(model.choice, context.config)[1].api == "messages" for model in named_models(context)
    ):
        return
    from promptstead.runtime.apis.anthropic_messages import NAME  # few prompts are asked in its words

    keys, whole = context.document.keys, context.document.span(("output",))
    if "schema" not in output and output.get("format") == "json":
        span = keys.get(("output", "format"), whole)
        yield Problem("OUT405", say("rules.OUT405", api=NAME), span, say("rules.OUT405-hint"))
    elif "schema" in output and output.get("strict") is False:
        message, hint = say("rules.OUT405-loose", api=NAME), say("rules.OUT405-loose-hint")
        yield Problem("OUT405", message, keys.get(("output", "strict"), whole), hint, level="note")
    else:
        yield from _refused(context, NAME)


def _refused(context: Context, api: str) -> Iterator[Problem]:
    hint = say("rules.OUT405-refused-hint")
    for inner in subschemas(context):
        for keyword in inner.schema:
            if keyword in REFUSED or (keyword == "minItems" and inner.schema[keyword] not in (0, 1)):
                message = say("rules.OUT405-refused", api=api, keyword=keyword)
                yield Problem("OUT405", message, schema_span(context, (*inner.at, keyword), key=True), hint)
        if inner.schema.get("type") == "object" and inner.schema.get("additionalProperties") is not False:
            at = (*inner.at, "type")
            message = say("rules.OUT405-open", api=api)
            yield Problem("OUT405", message, schema_span(context, at, key=True), say("rules.OUT405-open-hint"))


RULE = Rule(
    "OUT405", "unasked-format", "an output that the model's API cannot be asked for", everywhere("warning"), check
)
