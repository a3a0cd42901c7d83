"""A provider by its name in the configuration."""

import os
from collections.abc import Callable, Mapping

from promptstead.config.model_address import FAKE, OPENAI
from promptstead.config.settings import BASE_URL, Config, ProviderSettings
from promptstead.errors import PromptsteadError
from promptstead.providers import fake
from promptstead.providers.keys import Keys
from promptstead.providers.provider import Provider

OPENAI_URL = "https://api.openai.com/v1"
MAX_AUTHORITIES = 4 * 1024 * 1024

Read = Callable[[str], bytes | None]
"""Path below the repository -> its bytes, None where there is no such file."""


def open_provider(name: str, config: Config, read: Read, environment: Mapping[str, str] = os.environ) -> Provider:
    """Return the provider *name*. A provider of OpenAI's API is to be opened inside the event loop that uses it.

    ``fake`` and ``openai`` need no configuration; ``openai`` then has its key in ``OPENAI_API_KEY``, and
    ``OPENAI_BASE_URL`` leads it elsewhere.

    :param read: reads the files that the configuration names.
    :raises PromptsteadError: no such provider, a key that is not set, a file that is missing, or no extra `live`.
    """
    settings = config.providers.get(name)
    if name == FAKE:
        return _fake(settings or ProviderSettings(), read)
    if settings is None and name != OPENAI:
        raise PromptsteadError(
            f"there is no provider `{name}`", hint=f"add [providers.{name}] with `base_url` to the configuration"
        )
    settings = settings or ProviderSettings()
    if name == OPENAI:
        settings = _openai(settings, environment)
    if not settings.base_url:
        raise PromptsteadError(f"provider `{name}` has no `base_url`", hint="add it to the configuration")
    from promptstead.providers.openai_server import OpenAIProvider

    authorities = _authorities(name, settings.ca_file, read)
    return OpenAIProvider(name, settings, Keys(name, settings, environment), authorities)


def _openai(settings: ProviderSettings, environment: Mapping[str, str]) -> ProviderSettings:
    if not settings.base_url:
        base_url = environment.get("OPENAI_BASE_URL", "").rstrip("/") or OPENAI_URL
        if not BASE_URL.fullmatch(base_url):
            raise PromptsteadError(
                "`OPENAI_BASE_URL` must be an address such as https://host/v1, without user or query"
            )
        settings = settings._replace(base_url=base_url)
    if not settings.key_env and not settings.key_command:
        settings = settings._replace(key_env="OPENAI_API_KEY")
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
