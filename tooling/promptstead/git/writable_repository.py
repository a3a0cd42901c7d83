"""A Git repository that is written to, through GitPython.

What GitPython's ``repo.git.*`` runs is Git itself, so that references and objects of any format can be written; its own
layer of objects and its index are not used, as they know no SHA-256 and run hooks. Git gets the environment and the
options of our other processes (:mod:`promptstead.git.process`), so that nothing of the repository runs.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise

from promptstead.git.process import OPTIONS, environment, program, refusal


class WritableRepository:
    """The Git repository whose working tree is *root*, as :class:`promptstead.git.repository.Repository` found it.

    While Git runs, the environment of this process is Git's: no other thread may look at it.

    :raises PromptsteadError: Git is not installed.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        executable = program(root)
        with _environment_of_git(GIT_PYTHON_GIT_EXECUTABLE=executable):  # which GitPython starts as it is imported
            import git

            if executable != git.Git.GIT_PYTHON_GIT_EXECUTABLE:
                git.refresh(executable)
            self._git = git.Git(root)
        settings = [value for option, value in pairwise(OPTIONS) if option == "-c"]
        self._git.set_persistent_git_options(no_pager=True, c=settings)

    def settings(self, names: Iterable[str]) -> dict[str, str]:
        """Return those settings of this clone that are there: name -> value, the last where one is there twice."""
        found = {}
        for name in names:
            status, out, _ = self._run("config", "--local", "--get", name)
            if not status:
                found[name] = out
        return found

    def set_settings(self, values: Mapping[str, str]) -> None:
        """Write settings of this clone, name -> value; a value that is there is replaced.

        :raises PromptsteadError: Git cannot write them, or gives back something else; what was there is put back.
        """
        before = self.settings(values)
        try:
            for name, value in values.items():
                self._ask("config", "--local", "--replace-all", name, value)
            if self.settings(values) != values:
                raise refusal("the settings are not there after they were written", self.root)
        except BaseException:
            for name in values:
                put_back = ("--replace-all", name, before[name]) if name in before else ("--unset-all", name)
                self._run("config", "--local", *put_back)
            raise

    def unset_settings(self, names: Iterable[str]) -> None:
        """Take settings of this clone away.

        :raises PromptsteadError: Git cannot.
        """
        for name in names:
            self._ask("config", "--local", "--unset-all", name)

    def hooks_path(self) -> str:
        """Return where the settings of the clone, the user or the machine say that hooks are; empty where none does."""
        _, out, _ = self._run("config", "--null", "--show-scope", "--get-all", "core.hooksPath")
        fields = out.split("\0")
        told = [value for scope, value in zip(fields[::2], fields[1::2], strict=False) if scope != "command"]
        return told[-1] if told else ""

    def _ask(self, command: str, *arguments: str) -> str:
        status, out, complaint = self._run(command, *arguments)
        if status:
            raise refusal(complaint, self.root)
        return out

    def _run(self, command: str, *arguments: str) -> tuple[int, str, str]:
        """Return the exit code of a Git command, what it printed, and what it complained of."""
        with _environment_of_git():
            status, out, complaint = getattr(self._git, command)(
                *arguments, with_exceptions=False, with_extended_output=True
            )
        return status, out, complaint


@contextmanager
def _environment_of_git(**more: str) -> Iterator[None]:
    """Let this process have the environment of Git: GitPython hands on all that is there, and can leave nothing out."""
    before = dict(os.environ)
    _become(environment() | more)
    try:
        yield
    finally:
        _become(before)


def _become(variables: Mapping[str, str]) -> None:
    for name in os.environ.keys() - variables.keys():
        del os.environ[name]
    os.environ.update(variables)
