"""A user of an environment, in a repository."""

from typing import Any

from tests.command_line import Result, run
from tests.conftest import ScratchRepository
from tests.extensions.installed import Environment

ALLOWED = '[policy]\nplugins = ["acme-checks"]\n'


class User:
    """Whoever works in *repository* with the commands of *environment*."""

    def __init__(self, repository: ScratchRepository, environment: Environment) -> None:
        self.repository, self.environment = repository, environment

    def run(self, *arguments: str, **env: str) -> Result:
        return run(*arguments, cwd=self.repository.root, python=self.environment.python, env=env)

    def findings(self, *arguments: str) -> list[dict[str, Any]]:
        """Return what lint finds."""
        found: list[dict[str, Any]] = self.run("lint", "--format", "json", *arguments).json["findings"]
        return found
