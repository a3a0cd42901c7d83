"""Real throwaway Git repositories for the tests, cut off from the configuration of whoever runs them."""

import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.made_prompts import make_output, make_prompt

__all__ = ["make_output", "make_prompt"]  # fixtures

settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
"""The same examples in every run; `pytest --hypothesis-profile=search` looks for new ones."""

FIRST_COMMIT = 1_767_225_600  # 2026-01-01T00:00:00Z; each commit is a minute after the one before

# A job that a shell started in the background ignores Ctrl-C, and so would every command that the tests interrupt.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(slots=True)
class ScratchRepository:
    """A Git repository in a temporary folder; commits have a fixed author and fixed dates, so that their ids repeat."""

    root: Path
    commits: int = 0

    def run(self, *arguments: str) -> str:
        """Run git with *arguments* in the repository and return what it printed, stripped."""
        stamp = f"{FIRST_COMMIT + 60 * self.commits} +0000"
        environment = os.environ | {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=environment, capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            raise AssertionError(f"git {' '.join(arguments)}: {done.stderr}")
        return done.stdout.strip()

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file below the root, with the folders that it needs, and return where it is."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def commit(self, message: str = "change") -> str:
        """Commit everything in the working tree, also when nothing changed, and return the commit's full id."""
        self.run("add", "--all")
        self.run("commit", "--quiet", "--allow-empty", "--message", message)
        self.commits += 1
        return self.run("rev-parse", "HEAD")


def make_repository(root: Path) -> ScratchRepository:
    """Start an empty repository, branch ``main``, in the folder *root*, which is made where it does not exist."""
    root.mkdir(parents=True, exist_ok=True)
    repository = ScratchRepository(root)
    repository.run("init", "--quiet", "--initial-branch=main")
    return repository


@pytest.fixture(autouse=True)
def no_git_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave Git nothing but the repository at hand: no configuration, no hook's environment, one author."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Test Author")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "author@example.org")


@pytest.fixture
def repository(tmp_path: Path) -> ScratchRepository:
    """Return an empty repository in ``tmp_path / "repository"``."""
    return make_repository(tmp_path / "repository")


@pytest.fixture
def new_repository(tmp_path: Path) -> Callable[[str], ScratchRepository]:
    """Return a maker of further empty repositories: ``new_repository("other")``."""
    return lambda name: make_repository(tmp_path / name)
