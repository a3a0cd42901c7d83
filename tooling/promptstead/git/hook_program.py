"""pre-commit, which installs the hooks of a clone."""

import os
import subprocess
import sys

from promptstead.errors import PromptsteadError, one_line
from promptstead.git.process import environment, program

NAME = "pre-commit"
CONFIG = ".pre-commit-config.yaml"


class HookProgram:
    """The pre-commit that lies beside the Python that runs us, or is the first on the ``PATH`` outside the tree *root*.

    :raises PromptsteadError: there is none.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        beside = os.path.join(os.path.dirname(sys.executable), NAME + (".exe" if sys.platform == "win32" else ""))
        self._program = beside if os.access(beside, os.X_OK) else program(root, NAME, "pip install pre-commit")

    def install(self) -> str:
        """Install the hooks that the configuration names into this clone, and return what pre-commit says.

        :raises PromptsteadError: it refuses.
        """
        return self._run("install")

    def uninstall(self) -> str:
        """Take the hooks of pre-commit out of this clone, and return what it says.

        :raises PromptsteadError: it refuses.
        """
        return self._run("uninstall")

    def _run(self, verb: str) -> str:
        variables = environment({"core.fsmonitor": "false", "safe.bareRepository": "explicit"})
        # the Git that pre-commit asks is ours, whatever comes first on the PATH
        variables["PATH"] = os.pathsep.join((os.path.dirname(program(self._root)), variables.get("PATH", "")))
        variables.pop("GIT_LITERAL_PATHSPECS", None)
        done = subprocess.run(
            [self._program, verb],
            cwd=self._root,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        said = done.stdout.decode("utf-8", "replace").strip()
        if done.returncode:
            raise PromptsteadError(f"pre-commit {verb}: {one_line(said) or 'it gave no reason'}")
        return said
