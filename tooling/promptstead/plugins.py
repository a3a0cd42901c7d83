"""What packages bring, as the rooms see it that use it; :mod:`promptstead.python_processes.plugin_host` runs it."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from promptstead.model import Case, Json


class Plugin(NamedTuple):
    """An evaluator, a rule or a format of an installed package.

    *about* is what its author says of it, *ask* gives what it says of a payload within so many seconds, and raises
    PromptsteadError where it fails, takes too long or says too much.
    """

    name: str
    package: str
    version: str
    about: Mapping[str, Json]
    ask: Callable[[Json, float], Json]

    @property
    def origin(self) -> str:
        """Return package and version as messages name them."""
        return f"{self.package} {self.version}"


class Plugins(Protocol):
    """What installed packages bring, as far as the base allows them; every method may raise PromptsteadError."""

    def evaluator(self, name: str) -> Plugin:
        """Return the evaluator ``vendor/name``.

        :raises PromptsteadError: no package brings it, none that is allowed, or two that are.
        """

    def format(self, name: str) -> Plugin:
        """Return the format ``vendor/name``; the same errors."""

    def rules(self, packages: Sequence[str]) -> Sequence[Plugin]:
        """Return the rules of those *packages* that are allowed, by code.

        :raises PromptsteadError: one is not installed, or two of them use the same codes, or ours.
        """

    def refused(self, packages: Sequence[str]) -> list[str]:
        """Return those of *packages* that are not allowed."""

    def identity(self) -> str:
        """Return what changes when an allowed package does: its version, or a file of it."""


def case_data(case: Case) -> dict[str, Json]:
    """Return a case as rules and evaluators of packages are given it."""
    return {
        "id": case.id,
        "inputs": dict(case.inputs),
        "expected": case.expected,
        "has_expected": case.has_expected,
        "tags": list(case.tags),
    }


def is_plugged(name: str) -> bool:
    """Tell whether an evaluator's type, or a format, is one that a package brings: ``vendor/name``."""
    return "/" in name
