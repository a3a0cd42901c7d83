"""The workspace around the current folder, or around the first argument that is a path."""

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from operator import attrgetter
from string import digits
from typing import TYPE_CHECKING, Any

from promptstead.model import Json
from promptstead.operations.workspace.workspace import Workspace, workspace_at
from promptstead.plugins import Plugin, Plugins
from promptstead.storage.working_tree import find_root

if TYPE_CHECKING:
    from promptstead.storage.answer_store import AnswerStore


def open_workspace(arguments: Sequence[str] = ()) -> Workspace:
    """Return the repository of the first argument that is a path, or of the current folder.

    :raises PromptsteadError: the configuration is wrong.
    """
    start = next((argument for argument in arguments if os.path.exists(argument)), os.curdir)
    workspace = workspace_at(find_root(start))
    workspace.library.python = _python(workspace)
    workspace.library.stored = _Stored(workspace)
    workspace.library.plugins = _Plugins(workspace)
    return workspace


def _python(workspace: Workspace) -> Callable[[str], Callable[[Json, float], Json]]:
    """Return what runs Python functions that judge answers; which may run is read when the first is asked for."""

    def function(name: str) -> Callable[[Json, float], Json]:
        if not checks:
            from promptstead.operations.workspace.trusted_settings import trusted_config, whole_tree
            from promptstead.python_processes.functions import PythonChecks

            trusted = trusted_config(workspace)
            checks.append(PythonChecks(trusted.python_evaluators if trusted else (), whole_tree(workspace)))
        return checks[0](name)

    checks: list[Callable[[str], Callable[[Json, float], Json]]] = []
    return function


class _Plugins:
    """What packages bring; which the base allows is read when something of one is asked for."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @cached_property
    def _host(self) -> Plugins:
        from promptstead.lint.rule_table import TABLE
        from promptstead.operations.workspace.trusted_settings import trusted_config, whole_tree
        from promptstead.python_processes.plugin_host import PluginHost

        trusted = trusted_config(self._workspace)
        ours = {code.rstrip(digits) for code in TABLE}
        return PluginHost(trusted.plugins if trusted else (), whole_tree(self._workspace), sorted(ours))

    def evaluator(self, name: str) -> Plugin:
        return self._host.evaluator(name)

    def format(self, name: str) -> Plugin:
        return self._host.format(name)

    def rules(self, packages: Sequence[str]) -> Sequence[Plugin]:
        return self._host.rules(packages)

    def refused(self, packages: Sequence[str]) -> list[str]:
        return self._host.refused(packages)

    def identity(self) -> str:
        return self._host.identity()


class _Stored:
    """Reads answers outside the repository; where they are is found out for the first, or for another process."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def __call__(self, digest: str) -> bytes | None:
        return self._store().read(digest)

    def __reduce__(self) -> tuple[Any, ...]:
        return attrgetter("read"), (self._store(),)

    def _store(self) -> "AnswerStore":
        # not needed where every answer is in the repository
        from promptstead.operations.workspace.trusted_settings import answer_store

        return answer_store(self._workspace)
