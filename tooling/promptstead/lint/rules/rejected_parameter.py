"""A parameter that the model rejects.

**Why it matters.** The provider answers with an error (`Unsupported parameter`, `temperature is deprecated for this
model`): every call fails. Reasoning models take no sampling parameters, some of them only with reasoning effort `none`,
and want `max_completion_tokens` in place of `max_tokens`.

**Example.** `model: {name: gpt-5-mini-2025-08-07, params: {temperature: 0}}`.

**How to fix.** Remove the parameter, or name another model. The fix renames `max_tokens`; it needs a review, because
reasoning counts towards the new cap. A parameter with its default value is accepted and not reported.

A parameter that the API of the model's provider does not have, such as `seed` in the Responses and the Messages API,
is reported of every model. So is what stands below `extra_body`, which is sent as it is written: a parameter that the
API knows by another name, and one that promptstead sets itself, such as `messages`, with which no request can be made
(always an error). Anthropic's API takes no sampling parameters at all from version 2026-10-21 on, not even
with their default values, and that is the version which Anthropic's own client sends. This is reported of the provider
`anthropic`, unless its `headers` name another `anthropic-version`.

It is an error where the configuration, or the name, tells the provider, else a warning. What each model rejects is in
a table with its sources: `promptstead rule --data`.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from promptstead.config.model_address import ANTHROPIC
from promptstead.lint.models import (
    ModelFacts,
    NamedModel,
    asked_through,
    default_value,
    model_facts,
    named_models,
    rejected_by_api,
)
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Fix, Json, Level, Problem
from promptstead.words.sentence import Sentence, say

_CAPS = {"max_tokens": "max_completion_tokens", "maxTokens": "maxCompletionTokens"}


def check(context: Context) -> Iterator[Problem]:
    """Report each parameter of a model that the table says it rejects."""
    for model in named_models(context):
        if not model.choice.params:
            continue
        facts = model_facts(model.choice)
        api = _api(context, model)
        extras = model.choice.params.get("extra_body")
        extras = extras if isinstance(extras, dict) else {}
        for key, value in model.choice.params.items():
            message = _rejection(key, facts, model) if facts is not None else None
            if message and not _is_default(key, value):
                yield _problem(context, model, (key,), message)
            elif key in api.never:
                yield _problem(context, model, (key,), say("rules.MOD703-api", api=api.name, parameter=key))
        if extras:
            yield from _in_extras(context, model, facts, api, extras)


def _in_extras(
    context: Context, model: NamedModel, facts: ModelFacts | None, api: "_Api", extras: dict[str, Json]
) -> Iterator[Problem]:
    from promptstead.runtime.apis.params import OWN_KEYS

    for key, value in extras.items():
        at = ("extra_body", key)
        message = _rejection(key, facts, model) if facts is not None else None
        if key in OWN_KEYS:
            own = _problem(context, model, at, say("rules.MOD703-own", parameter=key))
            yield own._replace(hint=say("rules.MOD703-own-hint"), level="error")
        elif message and not _is_default(key, value):
            yield _problem(context, model, at, message)
        elif key in (*api.never, *api.renamed):
            found = _problem(context, model, at, say("rules.MOD703-api", api=api.name, parameter=key))
            renamed = key in api.renamed
            yield found._replace(hint=say("rules.MOD703-renamed-hint")) if renamed else found


class _Api(NamedTuple):
    """An API through which a model is asked: what it takes of no model, and what it knows by another name."""

    name: str = ""
    never: Collection[str] = ()
    renamed: Collection[str] = ()


def _api(context: Context, model: NamedModel) -> _Api:
    if context.prompt.dialect != "promptstead":
        return _Api()
    provider, settings = asked_through(model.choice, context.config)
    if settings.api == "chat":
        return _Api()
    from promptstead.runtime.apis import anthropic_messages as messages  # few prompts are asked in their words
    from promptstead.runtime.apis import responses

    if settings.api == "responses":
        return _Api(responses.NAME, responses.MISSING, responses.RENAMED)
    own_version = "anthropic-version" in {header.lower() for header in settings.headers}
    newest = provider == ANTHROPIC and not own_version
    never = (*messages.MISSING, *(rejected_by_api("messages") if newest else ()))
    return _Api(messages.NAME, never, messages.RENAMED)


def _rejection(parameter: str, facts: ModelFacts, model: NamedModel) -> Sentence | None:
    name, params = model.choice.snapshot, model.choice.params
    if parameter in facts.rejects:
        return say("rules.MOD703", model=name, parameter=parameter)
    effort = str(params.get("reasoning_effort", facts.effort))
    if parameter in facts.rejects_with_effort and effort != "none":
        return say("rules.MOD703-effort", model=name, effort=effort, parameter=parameter)
    return None


def _is_default(parameter: str, value: object) -> bool:
    default = default_value(parameter)
    return default is not None and value == default


def _problem(context: Context, model: NamedModel, place: tuple[str, ...], message: Sentence) -> Problem:
    """Return the problem of a parameter that stands at *place* below the parameters of *model*."""
    document, (*above, parameter) = context.document, place
    spellings = [parameter, *(old for old in ("maxTokens", "topP") if _snake(old) == parameter)]
    home = (*model.params_at, *above)
    at = next((at for name in spellings if (at := (*home, name)) in document.keys), model.params_at)
    span = document.keys.get(at)
    hint, fix = say("rules.MOD703-hint"), None
    if span is not None and (new := _CAPS.get(str(at[-1]))) and (*home, new) not in document.keys:
        hint = say("rules.MOD703-fix", new=new)
        fix = Fix(hint, ((span, new),), safe=False)
    told = model.choice.provider or "/" in model.choice.snapshot
    level: Level = "error" if told else "warning"
    return Problem("MOD703", message, span or document.span(model.at), hint, fix, level=level)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


RULE = Rule(
    "MOD703", "rejected-parameter", "parameter that the model rejects", everywhere("warning"), check, fix="review"
)
