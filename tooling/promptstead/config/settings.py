"""What a repository can set, with the defaults; :mod:`promptstead.config.file` reads it."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from promptstead.model import NOTHING, Level

LEVELS: tuple[Level, ...] = ("error", "warning", "note")
RISKS = ("minimal", "limited", "high", "prohibited")
"""The risk classes of the AI Act, as ``governance.risk`` names them."""


BASE_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#@]*)?")
"""The address of a server: no user, no key and no query in it."""


class Root(NamedTuple):
    """A folder of prompts; ids below it start with *namespace* where there is one."""

    path: str
    namespace: str = ""


class ModelAlias(NamedTuple):
    """What an alias stands for: the provider's name and its dated snapshot; prices are for a million tokens."""

    provider: str
    snapshot: str
    price_input: float | None = None
    price_output: float | None = None
    price_cached: float | None = None
    """Of input that a provider reads from its cache."""
    price_cache_write: float | None = None
    """Of input that it writes there."""


class ProviderSettings(NamedTuple):
    """How a server is reached. It names where keys are, and never holds one."""

    base_url: str = ""
    api: Literal["chat", "responses", "messages"] = "chat"
    """Chat Completions, Responses, or Anthropic's Messages."""
    key_env: str = ""
    """Environment variable that holds the key."""
    key_command: tuple[str, ...] = ()
    """Command, run without a shell, that prints a token; before a model is called and at no other time."""
    headers: Mapping[str, str] = NOTHING
    """Header -> environment variable that holds its value."""
    timeout: float = 300.0
    """Seconds in which one call has to be over."""
    ca_file: str = ""
    """Certificates (PEM) to trust besides the system's: below the repository, or absolute."""
    script: str = ""
    """What the fake provider answers: a file below the repository."""
    output_cap: Literal["", "max_tokens"] = ""
    """The name by which the server knows the cap on an answer, whatever the prompt calls it; empty: as it stands."""
    json_schema: Literal["json_schema", "json_object"] = "json_schema"
    """The kind of `response_format` by which the server takes an output schema."""


class Extends(NamedTuple):
    """The policy that the settings extend: a file of the repository, whose bytes have that digest."""

    path: str
    sha256: str
    source: str = ""
    """Where the file comes from, and at which *revision*: for people, and never fetched."""
    revision: str = ""


class Config(NamedTuple):
    """All settings, with their defaults; *file* is where they come from (empty: no file)."""

    roots: tuple[Root, ...] = (Root("prompts"),)
    default_roots: bool = True
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    """Rules that no setting of the repository switches off, by code or prefix: those that its policy selects."""
    per_file_ignores: Mapping[str, tuple[str, ...]] = NOTHING
    levels: Mapping[str, Level] = NOTHING
    """Code -> the level that its findings have here, at every stage at which the rule speaks."""
    fail_on: Literal["error", "warning"] = "error"
    inconclusive: Literal["warn", "fail"] = "warn"
    not_evaluated: Literal["warn", "fail"] = "warn"
    """What a changed prompt means of which no model's answers can be compared."""
    margins: Mapping[str, float] = MappingProxyType({"default": 1.0})
    """Risk class -> the greatest margin that the gate of a prompt may have; ``default`` for those not named."""
    comparable_floor: float = 0.5
    """Share of the base's judged cases that must be comparable, or there is no pass."""
    min_cases: Mapping[str, int] = MappingProxyType({"default": 5})
    """Risk class -> fewest cases of a prompt; ``default`` for those that are not named."""
    python_evaluators: tuple[str, ...] = ()
    """Functions that evaluators may run, ``package.module:function``, ``*`` for any part; the base revision decides."""
    plugins: tuple[str, ...] = ()
    """Packages that may bring evaluators, rules and formats, ``*`` for any part; the base revision decides."""
    max_input_tokens: int = 0
    """Budget of tokens for the messages of one call; 0 for none."""
    baseline: str = ""
    models: Mapping[str, ModelAlias] = NOTHING
    providers: Mapping[str, ProviderSettings] = NOTHING
    private: tuple[str, ...] = ()
    """Patterns of the prompt files whose answers are kept outside the repository."""
    store: str = ""
    """The folder that they are kept in: absolute, or below the home (``~/``). The environment may name another."""
    file: str = ""

    @property
    def places(self) -> tuple[tuple[Root, ...], bool, tuple[str, ...]]:
        """Return what says where prompts lie; equal where the same files are prompts."""
        return self.roots, self.default_roots, self.exclude
