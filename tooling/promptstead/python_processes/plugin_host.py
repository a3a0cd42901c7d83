"""Evaluators, rules and formats of installed packages, found by their entry points and run in a process of their own.

Only what the base allows is imported; until something of a package is asked for, not even a list is made.
"""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cached_property, partial
from typing import NamedTuple

from promptstead.errors import PromptsteadError, one_line
from promptstead.model import Json
from promptstead.plugins import Plugin
from promptstead.python_processes.line_process import START, LineProcess

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "plugin_program.py")
MAX_LINE = 32 * 1024 * 1024
"""Bytes of the longest line: a text of 16 MiB as JSON."""
CODE = re.compile(r"([A-Z]{4,12})[0-9]{3}")
"""The code of a rule that a package brings; prefixes of three letters are ours."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,38}/[a-z0-9][a-z0-9-]{0,63}")
_ONE = {"evaluators": "evaluator", "rules": "rule", "formats": "format"}


class Entry(NamedTuple):
    """An entry point of an installed package."""

    group: str
    name: str
    package: str
    version: str


class PluginHost:
    """The :class:`promptstead.plugins.Plugins` of packages that *allowed* names, ``*`` for any part of a name.

    :param root: the tree under review, from which nothing is imported.
    :param ours: the prefixes of our own rules' codes.
    """

    def __init__(self, allowed: Iterable[str], root: str, ours: Iterable[str] = ()) -> None:
        self._allowed = tuple(map(normal, allowed))
        self._ours = tuple(ours)
        self._process = LineProcess((PROGRAM, root), "plug-ins", MAX_LINE)
        self._plugins: dict[Entry, Plugin] = {}

    def evaluator(self, name: str) -> Plugin:
        """Return the evaluator ``vendor/name``; see :class:`promptstead.plugins.Plugins` for all methods."""
        return self._named("evaluators", name)

    def format(self, name: str) -> Plugin:
        """Return the format ``vendor/name``."""
        return self._named("formats", name)

    def rules(self, packages: Sequence[str]) -> list[Plugin]:
        """Return the rules of those *packages* that are allowed."""
        wanted = [each for each in map(normal, packages) if self._allows(each)]
        if not wanted:
            return []
        there = {entry.package for entry in self._entries}
        if missing := [each for each in wanted if "*" not in each and each not in there]:
            raise PromptsteadError(
                f"the settings name the package `{missing[0]}`, which is not installed here",
                hint=f"install it: pip install {missing[0]}; or take it out of [policy] plugins",
            )
        entries = [
            entry
            for entry in self._entries
            if entry.group == "rules" and self._allows(entry.package) and _any(entry.package, wanted)
        ]
        self._refuse_codes(entries)
        return [self._plugin(entry) for entry in entries]

    def refused(self, packages: Sequence[str]) -> list[str]:
        """Return those of *packages* that are not allowed."""
        return [each for each in packages if not self._allows(normal(each))]

    def identity(self) -> str:
        """Return what changes when an allowed package does."""
        packages = sorted({entry.package for entry in self._entries if self._allows(entry.package)})
        return repr([(each, self._process.ask({"do": "stamp", "package": each}, START, each)) for each in packages])

    def close(self) -> None:
        """End the process."""
        self._process.stop()

    @cached_property
    def _entries(self) -> list[Entry]:
        return [Entry(*entry) for entry in self._process.start()["entries"]]

    def _allows(self, package: str) -> bool:
        return _any(package, self._allowed)

    def _named(self, group: str, name: str) -> Plugin:
        one = f"the {_ONE[group]} `{name}`"
        if not NAME.fullmatch(name):
            raise PromptsteadError(
                f"`{name}` is not the name of a {_ONE[group]} from a package", hint="write vendor/name"
            )
        if not self._allowed:
            raise PromptsteadError(
                f"{one} comes from a package, and the base allows none",
                hint='allow it in the configuration: [policy] plugins = ["name-of-the-package"]',
            )
        found = [entry for entry in self._entries if (entry.group, entry.name) == (group, name)]
        allowed = [entry for entry in found if self._allows(entry.package)]
        if not found:
            raise PromptsteadError(f"no installed package brings {one}", hint="install the package that does")
        if not allowed:
            raise PromptsteadError(
                f"{one} is of the package {found[0].package}, which the base does not allow",
                hint=f'allow it in the configuration: [policy] plugins = ["{found[0].package}"]',
            )
        if len(allowed) > 1:
            raise _two(one, allowed[0], allowed[1])
        return self._plugin(allowed[0])

    def _plugin(self, entry: Entry) -> Plugin:
        if entry not in self._plugins:
            ask = self._asker(entry)
            try:
                about = ask({"do": "describe"}, START)
            except PromptsteadError as error:
                raise PromptsteadError(f"{error.message} ({entry.package} {entry.version})", hint=error.hint) from None
            self._plugins[entry] = Plugin(entry.name, entry.package, entry.version, about, ask)
        return self._plugins[entry]

    def _asker(self, entry: Entry) -> Callable[[Json, float], Json]:
        return partial(_ask, self._process, entry)

    def _refuse_codes(self, entries: Sequence[Entry]) -> None:
        """Refuse codes that are none, and prefixes that somebody else has.

        :raises PromptsteadError: there is one.
        """
        owners: dict[str, Entry] = {}
        for entry in entries:
            match = CODE.fullmatch(entry.name)
            if match is None:
                raise PromptsteadError(
                    f"the package {entry.package} calls a rule `{one_line(entry.name, 40)}`",
                    hint="a code is four or more capitals of its own and three digits",
                )
            prefix = match[1]
            if ours := next((each for each in self._ours if prefix.startswith(each)), ""):
                raise PromptsteadError(
                    f"the code `{entry.name}` of the package {entry.package} begins like promptstead's own `{ours}`",
                    hint="ask its author for another prefix",
                )
            for other, owner in owners.items():
                if owner.package != entry.package and (prefix.startswith(other) or other.startswith(prefix)):
                    raise _two(f"rules with the prefix `{min(prefix, other, key=len)}`", owner, entry)
            owners[prefix] = entry


def _ask(process: LineProcess, entry: Entry, payload: Json, timeout: float) -> Json:
    named = {"group": entry.group, "name": entry.name, "package": entry.package}
    return process.ask({**payload, **named}, timeout, entry.name)


def _two(what: str, one: Entry, other: Entry) -> PromptsteadError:
    return PromptsteadError(
        f"two packages bring {what}: {one.package} and {other.package}", hint="allow one of them: [policy] plugins"
    )


def _any(package: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(package, pattern) for pattern in patterns)


def normal(package: str) -> str:
    """Return the name of a package as PyPA's specification normalises it."""
    return re.sub(r"[-_.]+", "-", package).lower()
