"""The models that a prompt names, and what the table of models knows of each."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from promptstead.config.model_address import address, settings_of
from promptstead.config.settings import Config, ProviderSettings
from promptstead.lint.facts import load_facts
from promptstead.lint.rule import Context
from promptstead.model import Json, KeyPath, ModelChoice
from promptstead.prompts.prompt import choose_model


class NamedModel(NamedTuple):
    """A model as a prompt names it. *at* leads to the name, *params_at* to the parameters."""

    choice: ModelChoice
    at: KeyPath
    params_at: KeyPath


def asked_through(choice: ModelChoice, config: Config) -> tuple[str, ProviderSettings]:
    """Return the provider at which a model is asked, and its settings."""
    provider, _ = address(choice.snapshot, choice.provider, config.providers)
    return provider, settings_of(provider, config.providers)


class ModelFacts(NamedTuple):
    """What is known of a model.

    :ivar provider: whose model it is.
    :ivar moving: the name stands for the snapshot that is current at the provider.
    :ivar shutdown: ISO date of the announced shutdown; empty where none is announced.
    :ivar replacement: what the provider recommends instead.
    :ivar window: size of the context in tokens; None where unknown.
    :ivar strict: whether the provider enforces a JSON Schema; None where unknown.
    :ivar rejects: parameters that it refuses unless they have their default value.
    :ivar effort: the reasoning effort where the request names none; empty where unknown.
    :ivar rejects_with_effort: parameters that it refuses unless the reasoning effort is ``none``.
    """

    provider: str
    moving: bool
    shutdown: str = ""
    replacement: str = ""
    window: int | None = None
    strict: bool | None = None
    rejects: tuple[str, ...] = ()
    effort: str = ""
    rejects_with_effort: tuple[str, ...] = ()


def named_models(context: Context) -> Iterator[NamedModel]:
    """Yield the prompt's model and those of its environments; nothing for a prompt that names none.

    An environment's model has the prompt's parameters where it gives none of its own.
    """
    prompt = context.prompt
    if not prompt.model.name:
        return
    if prompt.dialect == "github-models":
        yield NamedModel(prompt.model, ("model",), ("modelParameters",))
        return
    yield _named(prompt.model, prompt.data["model"], ("model",))
    for name, entry in prompt.data.get("environments", {}).items():
        choice = choose_model(entry["model"], context.config)
        choice = choice._replace(params={**prompt.model.params, **choice.params})
        yield _named(choice, entry["model"], ("environments", name, "model"))


def _named(choice: ModelChoice, entry: Json, at: KeyPath) -> NamedModel:
    return NamedModel(choice, (*at, "name") if isinstance(entry, dict) else at, (*at, "params"))


def model_facts(choice: ModelChoice) -> ModelFacts | None:
    """Return what is known of a model, or None.

    The provider is the configuration's, else the one before a slash in the name (``openai/gpt-4o``). Others than those
    of the table serve models under conditions and dates of their own, so nothing is known there.
    """
    publisher, slash, name = choice.snapshot.rpartition("/")
    provider = choice.provider.lower() or publisher.lower()
    if slash and publisher.lower() != provider:
        return None
    return _facts(provider, name)


def is_dated(name: str) -> bool:
    """Tell whether a model's name holds the date, or the four digits, of one snapshot."""
    return re.search(r"[-@_:](?:20\d\d-?\d\d-?\d\d|\d{4})(?:$|[-:])", name) is not None


@cache
def _families() -> Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]]:
    """Return (provider or nothing, name) -> whose model that is, and the row of the table that names it."""
    found: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
    for provider, families in load_facts("models")["providers"].items():
        for family in families:
            for name in family["names"]:
                found[provider, name] = found["", name] = provider, family
    return found


@cache
def _facts(provider: str, name: str) -> ModelFacts | None:
    if (provider, name) not in _families():
        return None
    owner, family = _families()[provider, name]
    names: list[str] = family["names"]
    dated = [other for other in names if other.startswith(f"{name}-") and is_dated(other)]
    moving = name.endswith("-latest") or (bool(dated) and not is_dated(name))
    rest: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in family.items() if key != "names"
    }
    return ModelFacts(owner, moving, **rest)


def default_value(parameter: str) -> Any:
    """Return the value of a parameter that changes nothing and that every model takes, or None."""
    return load_facts("models")["defaults"].get(parameter)


def rejected_by_api(api: str) -> tuple[str, ...]:
    """Return the parameters that the newest version of an API rejects of every model, with whatever value."""
    return tuple(load_facts("models")["apis"].get(api, {}).get("rejects", ()))
