"""A provider by its name in the configuration."""

import os
from collections.abc import Callable, Mapping

from promptstead.config.model_address import ANTHROPIC, FAKE, OPENAI, settings_of
from promptstead.config.settings import BASE_URL, Config, ProviderSettings
from promptstead.errors import PromptsteadError
from promptstead.providers import fake
from promptstead.providers.keys import Keys
from promptstead.providers.provider import Provider

VENDORS = {OPENAI: "https://api.openai.com/v1", ANTHROPIC: "https://api.anthropic.com"}
"""Providers that need no configuration -> where they are, as their clients write it."""
MAX_AUTHORITIES = 4 * 1024 * 1024

Read = Callable[[str], bytes | None]
"""Path below the repository -> its bytes, None where there is no such file."""


def open_provider(name: str, config: Config, read: Read, environment: Mapping[str, str] = os.environ) -> Provider:
    """Return the provider *name*. One of a server is to be opened inside the event loop that uses it.

    ``fake``, ``openai`` and ``anthropic`` need no configuration; the two vendors then have their keys in
    ``OPENAI_API_KEY`` and ``ANTHROPIC_API_KEY``, and ``OPENAI_BASE_URL`` and ``ANTHROPIC_BASE_URL`` lead elsewhere.

    :param read: reads the files that the configuration names.
    :raises PromptsteadError: no such provider, a key that is not set, a file that is missing, or no extra for it.
    """
    settings = settings_of(name, config.providers)
    if name == FAKE:
        return _fake(settings, read)
    if name not in config.providers and name not in VENDORS:
        raise PromptsteadError(
            f"there is no provider `{name}`", hint=f"add [providers.{name}] with `base_url` to the configuration"
        )
    if name in VENDORS:
        settings = _vendor(name, settings, environment)
    if not settings.base_url:
        raise PromptsteadError(f"provider `{name}` has no `base_url`", hint="add it to the configuration")
    if settings.api == "messages" and settings.base_url.endswith("/v1"):
        raise PromptsteadError(
            f"the `base_url` of `{name}` stands without `/v1`, which is part of the Messages API's own path",
            hint='leave it out; for a server in the form of OpenAI\'s, set `api = "chat"`',
        )
    from promptstead.providers.server_provider import ServerProvider

    authorities = _authorities(name, settings.ca_file, read)
    return ServerProvider(name, settings, Keys(name, settings, environment), authorities)


def _vendor(name: str, settings: ProviderSettings, environment: Mapping[str, str]) -> ProviderSettings:
    prefix = name.upper()
    if not settings.base_url:
        base_url = environment.get(f"{prefix}_BASE_URL", "").rstrip("/") or VENDORS[name]
        if not BASE_URL.fullmatch(base_url):
            raise PromptsteadError(
                f"`{prefix}_BASE_URL` must be an address such as {VENDORS[name]}, without user or query"
            )
        settings = settings._replace(base_url=base_url)
    if not settings.key_env and not settings.key_command:
        settings = settings._replace(key_env=f"{prefix}_API_KEY")
    return settings


def _fake(settings: ProviderSettings, read: Read) -> Provider:
    if not settings.script:
        return fake.FakeProvider()
    raw = read(settings.script)
    if raw is None:
        raise PromptsteadError("the script of the fake provider is missing", location=settings.script)
    return fake.FakeProvider(fake.read_script(raw, settings.script))


def _authorities(name: str, path: str, read: Read) -> str:
    if not path:
        return ""
    try:
        if path.startswith("/"):
            with open(path, "rb") as file:
                raw: bytes | None = file.read(MAX_AUTHORITIES)
        else:
            raw = read(path)
    except OSError:
        raw = None
    if raw is None:
        raise PromptsteadError(f"the `ca_file` of `{name}` cannot be read", hint=f"check `{path}`")
    return raw.decode("utf-8", "replace")
