"""What every command has in common: help, mistakes on the command line, and a reader who leaves."""

import subprocess
import sys

import pytest

from promptstead.cli import COMMANDS
from tests.command_line import environment, run
from tests.conftest import ScratchRepository


def test_help_lists_every_command(repository: ScratchRepository) -> None:
    shown = run("--help", cwd=repository.root)
    assert shown.code == 0
    listed = [line.split()[0] for line in shown.out.partition("Commands:\n")[2].splitlines() if line[2:3].strip()]
    assert listed == list(COMMANDS)
    for arguments in ([], ["bundle"]):
        nothing = run(*arguments, cwd=repository.root)
        assert (nothing.code, nothing.out) == (2, "")
        assert nothing.err.startswith("Usage: promptstead")
        assert "\\n" not in nothing.err


@pytest.mark.parametrize("verb", COMMANDS)
def test_each_command_explains_itself(verb: str, repository: ScratchRepository) -> None:
    shown = run(verb, "--help", cwd=repository.root)
    assert shown.code == 0
    assert shown.out.startswith(f"Usage: promptstead {verb} ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["chek"], "there is no command `chek` (did you mean `check`?)"),
        (["check", "--stage", "relase"], "'relase' is not one of 'edit', 'review', 'release'"),
        (["check", "--fromat", "json"], "--fromat"),
        (["render"], "Missing argument 'PROMPT'"),
        (["review"], "give either two revisions, BASE..HEAD"),
    ],
)
def test_a_mistake_is_one_line(arguments: list[str], says: str, repository: ScratchRepository) -> None:
    done = run(*arguments, cwd=repository.root)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert done.err.startswith("promptstead: ")
    assert says in done.err


IGNORED: list[tuple[list[str], str]] = [
    (["eval", "--seed", "7"], "--seed means nothing without --sample (add --sample N)"),
    (["eval", "--format", "json", "--lang", "fr"], "--lang means nothing with --format json"),
    (["eval", "--quiet", "--format", "json"], "--format means nothing with --quiet"),
    (["eval", "--quiet", "--output", "x.html"], "--output means nothing with --quiet"),
    (
        ["eval", "merge", "a.run.jsonl", "--run-file", "b", "--quiet", "--lang", "fr"],
        "--lang means nothing with --quiet",
    ),
    (["lint", "--format", "sarif", "--lang", "en"], "--lang means nothing with --format sarif"),
    (["audit", "--sheet", "--lang", "fr"], "--lang means nothing with --sheet"),
    (["review", "HEAD", "--format", "json", "--lang", "fr"], "--lang means nothing with --format json"),
    (["review", "HEAD", "--post", "github", "--format", "md"], "--format means nothing with --post"),
    (["review", "HEAD", "--post", "github", "--dry-run", "--request", "3"], "--request means nothing with --dry-run"),
    (["review", "HEAD", "--post", "gitlab", "--bot", "x"], "--bot means nothing with --post gitlab"),
    (["compare", "HEAD", "--seed", "0", "--max-cost", "1"], "--seed, --max-cost mean nothing without --live"),
    (["lint", "--diff", "--output", "x"], "--output means nothing with --diff"),
    (["lint", "--write-baseline", "--format", "json"], "--format means nothing with --write-baseline"),
    (["record", "--from", "x", "--samples", "1"], "--samples means nothing with --from"),
    (["record", "--no-judges", "--judge-samples", "2"], "--judge-samples means nothing with --no-judges"),
    (["accept", "--even-failing"], "--even-failing means nothing without --all"),
    (["accept", "--all", "--reject", "--why", "x"], "--why means nothing with --reject"),
    (["audit", "--sheet", "--format", "json"], "--format means nothing with --sheet"),
    (["power", "--rate", "0.9", "--correlation", "0.5"], "--correlation means nothing without --cluster-size"),
    (["bundle", "build", "--working-tree", "--at", "HEAD"], "--at means nothing with --working-tree"),
]


@pytest.mark.parametrize(("arguments", "says"), IGNORED)
def test_an_option_that_would_be_ignored_is_refused(
    arguments: list[str], says: str, repository: ScratchRepository
) -> None:
    done = run(*arguments, cwd=repository.root, env={"CI": ""})
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"promptstead: {says}")
    assert done.err.count("\n") == 1


def test_a_reader_who_leaves_early_is_no_error(repository: ScratchRepository) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "promptstead", "rule", "--format", "json"],
        cwd=repository.root,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0
