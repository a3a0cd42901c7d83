"""What is said about an extra that is missing works from wherever this copy was installed."""

import subprocess
import sys

import pytest
from packaging.requirements import Requirement

from promptstead import installation


@pytest.mark.parametrize("extra", ["anthropic", "live", "metrics", "pytest"])
def test_the_packages_of_an_extra_are_named(extra: str) -> None:
    packages = installation._packages(extra)
    assert packages
    assert all(Requirement(package).name != "promptstead" for package in packages)


def test_pip_understands_the_command() -> None:
    command = installation.command_to_add("pytest")
    done = subprocess.run(
        f"{command} --dry-run --no-index --quiet", shell=True, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")  # what it names is there already


@pytest.mark.parametrize(
    ("prefix", "start"),
    [
        ("/home/sam/.local/share/pipx/venvs/promptstead", "pipx inject promptstead "),
        ("/home/sam/.local/share/uv/tools/promptstead", "uv pip install --python "),
        ("/home/sam/shop/.venv", f"{sys.executable} -m pip install "),
    ],
)
def test_the_command_is_that_of_the_installer(prefix: str, start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", prefix)
    assert installation.command_to_add("live").startswith(start)
