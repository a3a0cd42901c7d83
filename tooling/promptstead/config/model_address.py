"""Which provider a model is asked at, by what name, and in the words of which API."""

from collections.abc import Mapping
from typing import Any, Literal

from promptstead.config.settings import ProviderSettings

FAKE = "fake"
"""Its answers are no model's: what it answered says so by its name."""
OPENAI = "openai"
ANTHROPIC = "anthropic"
BUILT_IN = (FAKE, OPENAI, ANTHROPIC)
"""Providers that need no configuration."""


def address(name: str, provider: str, providers: Mapping[str, ProviderSettings]) -> tuple[str, str]:
    """Return provider and model, by the name that the server knows, of a model as a prompt names it.

    ``provider/model`` names both (``fake/echo``) where there is such a provider; every other name is OpenAI's.

    :param provider: what the configuration says of an alias; empty for a name that is none.
    """
    if provider:
        return provider, name
    first, slash, rest = name.partition("/")
    if slash and (first in BUILT_IN or first in providers):
        return first, rest
    return OPENAI, name


def asked_at(model: Mapping[str, Any]) -> tuple[str, str]:
    """Return provider and model of a compiled prompt's ``model``, which has a provider where its file says one."""
    return model["provider"] or OPENAI, model["name"]


def settings_of(provider: str, providers: Mapping[str, ProviderSettings]) -> ProviderSettings:
    """Return the settings of a provider, what is built in where the configuration has none."""
    return providers.get(provider) or ProviderSettings(api=usual_api(provider))


def usual_api(provider: str) -> Literal["chat", "messages"]:
    """Return the API of a provider whose settings do not say it."""
    return "messages" if provider == ANTHROPIC else "chat"


def api_words(provider: str, providers: Mapping[str, ProviderSettings]) -> dict[str, str]:
    """Return what a compiled model says of its provider's API: ``api``, ``output_cap``, ``json_schema``.

    What is as Chat Completions has it is left out, so that the digests of prompts do not depend on it.
    """
    settings, usual = settings_of(provider, providers), ProviderSettings()
    names = ("api", "output_cap", "json_schema")
    return {name: getattr(settings, name) for name in names if getattr(settings, name) != getattr(usual, name)}
