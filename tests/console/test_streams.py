"""Output that cannot be written, a reader who leaves, streams that are closed: the exit code says what was found."""

import json
import os
import subprocess
import sys
import time

import pytest

from tests.command_line import TIMEOUT, environment
from tests.conftest import ScratchRepository
from tests.samples import CASES, answered, cases, outputs, write_sample

pytestmark = pytest.mark.skipif(os.name != "posix", reason="redirections of a POSIX shell")

LOST = "promptstead: the result could not be written to stdout: "


@pytest.fixture
def failing(repository: ScratchRepository) -> ScratchRepository:
    """Return a repository in which `check` exits 1."""
    write_sample(repository, recorded=outputs(answered(3, wrong=1)))
    repository.write(CASES, cases(3, must_pass=(0,)))
    repository.commit()
    return repository


def shell(repository: ScratchRepository, arguments: str, redirections: str) -> "subprocess.CompletedProcess[str]":
    """Run a command with its streams as a shell makes them; the code is that of the command, not of its reader."""
    return subprocess.run(
        ["bash", "-c", f'"$0" -m promptstead {arguments} {redirections}; exit "${{PIPESTATUS[0]}}"', sys.executable],
        cwd=repository.root,
        env=environment(CI=""),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        "--help",
        "--version",
        "check --format json",
        "rule",
        "render shop/mood --case all",
        "outputs list",
        "diff HEAD --format json",
        "review HEAD --format md",
        "eval --format json",
    ],
)
def test_a_full_disk_is_no_result(failing: ScratchRepository, arguments: str) -> None:
    done = shell(failing, arguments, ">/dev/full")
    assert done.returncode == 2
    assert done.stderr.endswith(f"{LOST}No space left on device\n")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("redirections", "code", "says"),
    [
        (">&-", 2, f"{LOST}Bad file descriptor\n"),
        (">/dev/full 2>/dev/full", 2, ""),
        (">&- 2>&- <&-", 2, ""),
        ("2>&- >/dev/null", 1, ""),
        ("2>/dev/full >/dev/null", 1, ""),
        ("| true", 1, ""),
        ("2>/dev/full | true", 1, ""),
        ("<&- >/dev/null", 1, ""),
        (">&- -o report.txt", 1, ""),
    ],
)
def test_the_exit_code_is_what_was_found(failing: ScratchRepository, redirections: str, code: int, says: str) -> None:
    done = shell(failing, "check", redirections)
    assert done.returncode == code
    assert done.stderr.endswith(says)
    assert "Traceback" not in done.stderr
    assert "a bug" not in done.stderr


def test_a_mistake_goes_to_stderr_alone(failing: ScratchRepository) -> None:
    done = shell(failing, "nonsense", "2>&-")
    assert (done.returncode, done.stdout) == (2, "")


def test_a_closed_stdin_is_an_empty_one(failing: ScratchRepository) -> None:
    done = shell(failing, "accept", "<&-")
    assert (done.returncode, done.stderr) == (0, "0 answers accepted\n")


def test_what_was_closed_is_no_file_of_the_command(failing: ScratchRepository) -> None:
    """A file that is opened would get the number of a stream that is closed, and what is said would go into it."""
    done = shell(failing, "check -o report.json --format json", ">&- 2>&-")
    assert done.returncode == 1
    assert json.loads((failing.root / "report.json").read_text())["stage"] == "edit"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no small pipes")
def test_a_slow_reader_of_a_stream_that_does_not_block(failing: ScratchRepository) -> None:
    import fcntl
    import termios

    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    holds = fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    process = subprocess.Popen(
        [sys.executable, "-m", "promptstead", "rule", "--format", "json"],
        cwd=failing.root,
        env=environment(),
        stdout=writing,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    deadline = time.monotonic() + TIMEOUT
    while int.from_bytes(fcntl.ioctl(reading, termios.FIONREAD, bytes(4)), sys.byteorder) < holds:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with os.fdopen(reading, "rb") as pipe:
        found = pipe.read()
    assert process.wait(TIMEOUT) == 0
    assert len(found) > holds
    assert len(json.loads(found)) >= 50


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_stdout_has_names(failing: ScratchRepository, name: str) -> None:
    named = shell(failing, f"check --format json -o {name}", "")
    assert named.stdout == shell(failing, "check --format json", "").stdout
    assert named.returncode == 1
    into_file = shell(failing, f"check -o {name}", ">>log.txt")
    assert into_file.returncode == 1
    assert "FAIL r000" in (failing.root / "log.txt").read_text()
    assert not (failing.root / "-").exists()


def test_a_live_run_needs_a_file(failing: ScratchRepository) -> None:
    done = shell(failing, "eval --live --run-file -", "")
    assert done.returncode == 2
    assert "-: a live run needs a file, so that it can be resumed (name a file with --run-file)" in done.stderr


def test_a_folder_that_is_gone(failing: ScratchRepository) -> None:
    script = 'mkdir gone; cd gone; rmdir ../gone; exec "$0" -P -m promptstead check'
    done = subprocess.run(
        ["bash", "-c", script, sys.executable],
        cwd=failing.root, env=environment(), capture_output=True, text=True, timeout=TIMEOUT, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "promptstead: the current folder no longer exists (change to one that does)\n"
