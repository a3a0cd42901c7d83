"""What a command prints is never a command to the log of a CI job; data stays exact in files and in JSON."""

import io
import subprocess
import sys

import pytest

from promptstead.console.output import colour, echo
from tests.command_line import environment, run
from tests.conftest import ScratchRepository
from tests.recorded import write_recorded
from tests.samples import DATA, PARTIAL, PROMPT, outputs, write_sample

EVIL = "::stop-commands::x\n \t::add-mask::y\nz ##[error]z ##vso[task.complete]\r::error::z\x1b[2J\u2028 C::D ## a\n"
SHOWN = (
    "\\x3a:stop-commands::x\n \t\\x3a:add-mask::y\nz \\x23#[error]z \\x23#vso[task.complete]\\r::error::z"
    "\\x1b[2J\\u2028 C::D ## a\n"
)
GITHUB = {"GITHUB_ACTIONS": "true"}


def write_evil_name(repository: ScratchRepository) -> None:
    repository.write(PARTIAL, DATA)
    repository.write("prompts/::error::x ##[add-mask]y.prompt.yml", PROMPT + "unknown:   1\n")


@pytest.mark.parametrize("arguments", [("lint",), ("diff", "HEAD"), ("review", "HEAD")])
def test_a_name_is_no_command(repository: ScratchRepository, arguments: tuple[str, ...]) -> None:
    repository.commit()
    write_evil_name(repository)
    done = run(*arguments, cwd=repository.root)
    lines = [line.lstrip() for line in (done.out + done.err).splitlines()]
    assert any("error" in line and "add-mask" in line for line in lines), done
    assert not [line for line in lines if line.startswith("::") or "##[" in line]


def test_nor_is_a_message_about_it(repository: ScratchRepository) -> None:
    done = run("render", "##[error]x", cwd=repository.root)
    assert done.err.startswith("promptstead: there is no prompt and no file `\\x23#[error]x`")


def test_annotations_are_commands_all_the_same(repository: ScratchRepository) -> None:
    write_evil_name(repository)
    done = run("lint", "--format", "github", cwd=repository.root)
    assert done.out.startswith("::error file=prompts/%3A%3Aerror%3A%3Ax ##[add-mask]y.prompt.yml,line=")


def test_an_answer_is_exact_but_in_the_log_of_a_job(repository: ScratchRepository) -> None:
    write_sample(repository, 1, recorded=outputs({0: EVIL}))
    command = ("outputs", "show", "shop/mood", "r000")
    head = "--- shop/mood · fast@1 · imported, current\n"
    assert run(*command, cwd=repository.root).out == f"{head}{EVIL}\n"
    assert run(*command, cwd=repository.root, env=GITHUB).out == f"{head}{SHOWN}\n"
    document = run(*command, "--format", "json", cwd=repository.root, env=GITHUB)
    assert document.json["outputs"][0]["samples"][0]["output"] == EVIL
    assert "##[" not in document.out
    assert "\u2028" not in document.out


def test_a_file_gets_the_answer_as_it_is(repository: ScratchRepository) -> None:
    write_sample(repository, 1, recorded=outputs({0: EVIL}))
    target = repository.root / "answer.txt"
    with target.open("wb") as file:
        command = [sys.executable, "-m", "promptstead", "outputs", "show", "shop/mood", "r000"]
        subprocess.run(command, cwd=repository.root, env=environment(**GITHUB), stdout=file, check=True, timeout=60)
    assert target.read_bytes().decode().endswith(f"\n{EVIL}\n")


def test_an_answer_that_comes_in_pieces_is_no_command(repository: ScratchRepository) -> None:
    write_recorded(repository, script=[{"text": EVIL}])
    assert run("run", "shop/mood", "--case", "r001", cwd=repository.root).out == EVIL
    assert run("run", "shop/mood", "--case", "r001", cwd=repository.root, env=GITHUB).out == SHOWN


def test_nothing_but_our_colours_reaches_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    echo(colour()("red\x1b[2J", "red") + "\x1b]8;;https://x.example\x07link\r\x0b\u202e")
    assert terminal.getvalue() == ("\x1b[31mred\\x1b[2J\x1b[0m\\x1b]8;;https://x.example\\x07link\\r\\x0b\\u202e\n")
