"""What a contributor runs, by name: ``nox -l`` lists it, ``nox`` alone runs the tests and the checks of the code.

Nothing is built or installed: every session runs in the environment that nox is in (``pip install -e '.[dev]'``).
CI calls the same sessions from ``.ci/run``.
"""

import os
import sys
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["tests", "lint"]

# `.venv/bin/nox` works in a shell that has not activated the environment.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

LINT = {
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy",),
    "import contracts": ("lint-imports", "--no-cache", "--no-logo"),
    "markdown": ("pre-commit", "run", "markdown", "--all-files"),  # wraps what is not wrapped, and fails then
    "change log": ("towncrier", "build", "--draft", "--version", "next"),
}


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests on every core, or what the arguments say: ``nox -s tests -- tests/lint/test_rules.py -k SEC``."""
    session.run("pytest", *(session.posargs or ("-n", "auto")))


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the tests and report which branches they leave out, or what the arguments say; half as long again."""
    session.run("pytest", "--cov", "--cov-report=term", *(session.posargs or ("-n", "auto")))


@nox.session
def lint(session: nox.Session) -> None:
    """Check the code without running it: all checks, or those named, as in ``nox -s lint -- mypy``."""
    unknown = [name for name in session.posargs if name not in LINT]
    if unknown:
        session.error(f"no check `{unknown[0]}`; there are: {', '.join(LINT)}")
    for name in session.posargs or LINT:
        session.run(*LINT[name])


@nox.session
def generate(session: nox.Session) -> None:
    """Write what is generated, the README's output included; ``nox -s generate -- --check`` only says what is stale."""
    session.run("python", "tooling/generate.py", *session.posargs)
    session.run("python", "tooling/readme.py", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation into ``build/docs``, or where the argument says; a link that leads nowhere fails."""
    target = session.posargs[0] if session.posargs else "build/docs"
    command = ("sphinx-build", "--builder", "html", "--fail-on-warning", "--quiet", "--fresh-env")
    with tempfile.TemporaryDirectory() as cache:
        session.run(*command, "--conf-dir", "tooling/docs", "--doctree-dir", cache, ".", target)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure against named peers: every benchmark, or those named, as in ``nox -s bench -- lint-one``."""
    session.run("python", "tests/benchmarks/run.py", *session.posargs)
