"""The review on a terminal: plain lines, what must not fail, words and answers; nothing that a terminal obeys."""

import os
import pty
import subprocess
import sys

from tests.command_line import environment, run
from tests.conftest import ScratchRepository
from tests.samples import CASES, OUTPUTS, PATH, PROMPT, answered, cases, outputs, write_sample


def change(repository: ScratchRepository) -> None:
    """Commit a change after which one case that must pass does not, with an answer that a terminal would obey."""
    write_sample(repository, 60, recorded=outputs(answered(60)))
    repository.write(CASES, cases(60, must_pass=(0,)))
    repository.commit()
    repository.write(PATH, PROMPT.replace("one word", "a single word"))
    repository.write(OUTPUTS, outputs({**answered(60, wrong=8), 0: "\x1b[2Jbad\u202e"}))
    repository.commit()


def test_what_is_said(repository: ScratchRepository) -> None:
    change(repository)
    done = run("review", "HEAD~1..HEAD", "--format", "text", cwd=repository.root)
    assert done.code == 1
    lines = done.out.splitlines()
    assert lines[0].startswith("1 regression  ")
    row = next(line for line in lines if line.startswith("  fast@1: "))
    assert row.startswith("  fast@1: regression  8 broken, 0 fixed, 52 the same  100.00 → 86.67 % (-13.3 [-")
    assert any(line.startswith("    must not fail: r000 · must_pass: mood: expected good") for line in lines)
    assert "    Answer with [-one-]{+a single+} word: good, bad or unknown." in done.out
    assert "    … and 3 more that got worse (--format html shows them)" in lines
    assert "  rendered messages: 60 cases change alike, 0 stay the same" in lines
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out
    assert "        \\x1b[2Jbad\\u202e" in lines
    assert run("review", "HEAD..HEAD", "--format", "text", cwd=repository.root).out.startswith("No prompt changed  ")


def test_it_is_what_a_terminal_gets(repository: ScratchRepository) -> None:
    change(repository)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "promptstead", "review", "HEAD~1..HEAD"]
    process = subprocess.Popen(
        command, cwd=repository.root, env=environment(), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:
        pass  # the other end is closed
    os.close(ours)
    assert process.wait() == 1
    assert shown.startswith(b"\x1b[31m1 regression\x1b[0m  ")
    assert b"\x1b[2J" not in shown
