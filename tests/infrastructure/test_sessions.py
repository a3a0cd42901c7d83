"""The sessions of `noxfile.py`: what a contributor and CI run."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SCRIPT = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


class Recorded:
    """Stands in for nox's session, and keeps what it is asked to run."""

    def __init__(self, *posargs: str) -> None:
        self.posargs = posargs
        self.commands: list[list[str]] = []

    def run(self, *command: str, **_: object) -> None:
        self.commands.append(list(command))

    def error(self, message: str) -> None:
        raise LookupError(message)


@pytest.fixture(scope="module")
def noxfile() -> Iterator[ModuleType]:
    spec = spec_from_file_location("noxfile", ROOT / "noxfile.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.environ["PATH"])  # the module sets it; put back afterwards
        spec.loader.exec_module(module)
        yield module


def commands(session: Any, *posargs: str) -> list[list[str]]:
    recorded = Recorded(*posargs)
    session(recorded)
    return recorded.commands


def test_the_session_of_tests_runs_the_readmes_command(noxfile: ModuleType) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = re.search(r"^\.venv/bin/(pytest\b[^#\n]*)", readme, re.MULTILINE)
    assert command
    assert commands(noxfile.tests) == [shlex.split(command[1])]
    assert commands(noxfile.tests, "tests/lint", "-x") == [["pytest", "tests/lint", "-x"]]


def test_lint_runs_what_is_named(noxfile: ModuleType) -> None:
    assert commands(noxfile.lint) == [list(command) for command in noxfile.LINT.values()]
    assert commands(noxfile.lint, "mypy") == [["mypy"]]
    with pytest.raises(LookupError, match="no check `mypi`; there are: ruff check"):
        commands(noxfile.lint, "mypi")


def test_the_hook_wraps_what_people_write_and_nothing_else() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (hook,) = (hook for repository in config["repos"] for hook in repository["hooks"] if hook["id"] == "markdown")
    pages = {
        str(path.relative_to(ROOT)): path for place in ("*.md", "tooling/docs/**/*.md") for path in ROOT.glob(place)
    }
    wrapped = {path for path in pages if re.search(hook["files"], path) and not re.search(hook["exclude"], path)}
    generated = {path for path, page in pages.items() if page.read_text(encoding="utf-8").startswith("<!-- Generated")}
    assert wrapped == pages.keys() - generated - {"README.md"}


def test_ci_runs_every_session_but_the_benchmarks_and_every_check(noxfile: ModuleType) -> None:
    called = re.findall(r"\bnox -s (\w+)", SCRIPT)
    listed = re.findall(r"^@nox\.session\ndef (\w+)", (ROOT / "noxfile.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(called) == sorted(set(listed) - {"bench"})
    loop = re.search(r'^for check in (.+); do\n    step "\$check"\n    nox -s lint -- "\$check"$', SCRIPT, re.MULTILINE)
    assert loop
    assert shlex.split(loop[1]) == list(noxfile.LINT)


def test_a_session_needs_no_environment_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nox", "-s", "tests", "--", "--version"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"pytest {pytest.__version__}" in done.stdout + done.stderr
    assert not (ROOT / ".nox" / "tests").exists()
