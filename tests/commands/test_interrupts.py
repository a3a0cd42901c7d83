"""Ctrl-C and a request to end: one line, no traceback, nobody left behind, from the first line of ours to the last."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.attacks.kills import obeys, session
from tests.command_line import TIMEOUT, environment
from tests.conftest import ScratchRepository
from tests.samples import write_sample

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")

ENDS = {signal.SIGINT: (130, -2), signal.SIGTERM: (143, -15)}
SAYS = {signal.SIGINT: "promptstead: interrupted\n", signal.SIGTERM: "promptstead: terminated\n"}


def start(
    repository: ScratchRepository, *command: str, more: str = "", obeying: bool = True
) -> "subprocess.Popen[str]":
    """Start a command whose program may do *more* first; return it once it obeys signals, where it is to."""
    program = f"{more}\nfrom promptstead.__main__ import main\nmain()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *command],
        cwd=repository.root,
        env=environment(CI=""),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while obeying and process.poll() is None and not obeys(process.pid):
        time.sleep(0.001)
    return process


@pytest.mark.parametrize("sent", ENDS)
def test_at_any_moment_it_is_one_line(repository: ScratchRepository, sent: signal.Signals) -> None:
    write_sample(repository)
    chance = random.Random(sent)
    ended = 0
    for _ in range(8):
        process = start(repository, "check")
        time.sleep(chance.uniform(0, 0.25))
        process.send_signal(sent)
        _, err = process.communicate(timeout=TIMEOUT)
        assert process.returncode in (*ENDS[sent], 0)
        assert "Traceback" not in err
        if process.returncode == ENDS[sent][0]:
            assert err.endswith(SAYS[sent])
            assert err.count("promptstead: ") == 1
            ended += 1
    assert ended


IMPORTING = """
import sys, importlib.abc, time
class Slow(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "{name}":
            open("importing", "w").close()
            time.sleep(30)
sys.meta_path.insert(0, Slow())
"""


@pytest.mark.parametrize("name", ["click", "promptstead.commands.check", "jsonschema_rs", "decimal"])
def test_while_something_is_imported(repository: ScratchRepository, name: str) -> None:
    write_sample(repository)
    process = start(repository, "check", more=IMPORTING.format(name=name))
    wait_for(repository.root / "importing", process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, err) == (130, "promptstead: interrupted\n")


def test_what_is_ignored_stays_so(repository: ScratchRepository) -> None:
    write_sample(repository)
    ignoring = "import signal\nfor each in (signal.SIGINT, signal.SIGTERM): signal.signal(each, signal.SIG_IGN)\n"
    slow = IMPORTING.format(name="click").replace("sleep(30)", "sleep(0.5)")
    process = start(repository, "check", more=ignoring + slow, obeying=False)
    wait_for(repository.root / "importing", process)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0, err


WRITING = """
import os, time
replace = os.replace
def slow(source, target):
    open("writing", "w").close()
    time.sleep(30)
os.replace = slow
"""


@pytest.mark.parametrize("sent", ENDS)
def test_no_temporary_file_is_left(repository: ScratchRepository, sent: signal.Signals) -> None:
    write_sample(repository)
    process = start(repository, "check", "-o", "report.txt", more=WRITING)
    wait_for(repository.root / "writing", process)
    assert list(repository.root.glob(".promptstead-*"))
    process.send_signal(sent)
    _, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, err) == (ENDS[sent][0], SAYS[sent])
    assert not list(repository.root.glob(".promptstead-*"))
    assert not (repository.root / "report.txt").exists()


POOL = """
import sys
from itertools import count
from promptstead.executors.process_pool import ProcessPool
from promptstead.operations.running.replayed_cases import replayed
from promptstead.config.settings import Config
from promptstead.outputs.index import open_recorded
from promptstead.prompts.library import Library
from promptstead.storage.working_tree import WorkingTree
from promptstead import interrupts

def cases():
    case = loaded.prompt.cases[0]
    for number in count():
        if number == 2600:
            open("judging", "w").close()
        yield case._replace(id=f"c{number}")

if __name__ == "__main__":
    interrupts.obey()
    tree = WorkingTree(".")
    loaded = Library(tree, Config()).load("prompts/shop/mood.prompt.yml")
    with open_recorded(tree, loaded) as recorded:
        for result in replayed(loaded, cases(), recorded, ProcessPool(2)):
            pass
"""


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_processes_that_judge_answers_end_with_the_first(
    repository: ScratchRepository, tmp_path: Path, sent: signal.Signals
) -> None:
    write_sample(repository)
    program = tmp_path / "pool.py"
    program.write_text(POOL, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(program)],
        cwd=repository.root,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for(repository.root / "judging", process)
    assert len(session(process.pid)) > 2
    os.killpg(process.pid, sent) if sent == signal.SIGINT else process.send_signal(sent)  # Ctrl-C goes to all
    _, err = process.communicate(timeout=TIMEOUT)
    assert err == SAYS.get(sent, "")
    deadline = time.monotonic() + TIMEOUT
    while left := session(process.pid):
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


HANGING = """
from promptstead.python_processes.functions import PythonChecks
run = PythonChecks(["time:*"], "/nowhere")("time:sleep")
run(0, 60)
open("asking", "w").close()
run(3600, 3600)
"""


def test_a_function_that_hangs_ends_with_who_asked(repository: ScratchRepository) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING], cwd=repository.root, env=environment(), stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    wait_for(repository.root / "asking", process)
    assert len(session(process.pid)) == 2
    process.kill()
    process.communicate(timeout=TIMEOUT)
    deadline = time.monotonic() + TIMEOUT
    while left := session(process.pid):
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


def wait_for(path: Path, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + TIMEOUT
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)
