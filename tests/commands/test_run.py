import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command_line import environment, run
from tests.conftest import ScratchRepository
from tests.recorded import PENDING, answer, write_recorded
from tests.samples import PATH


def test_the_answer_goes_to_stdout_and_what_it_used_to_stderr(repository: ScratchRepository) -> None:
    write_recorded(repository, script=[{"text": "line one\nline two", "usage": {"input": 400, "output": 21}}])
    done = run("run", "shop/mood", "--case", "r001", cwd=repository.root)
    assert (done.code, done.out) == (0, "line one\nline two\n")
    assert done.err.startswith("fake/script · tokens 400 in, 21 out · cost 0.4210 · ")
    assert not (repository.root / PENDING).exists()


def test_inputs_and_model_can_be_given(repository: ScratchRepository) -> None:
    write_recorded(repository)
    done = run("run", "shop/mood", "--input", "review=Nice.", "--model", "other", cwd=repository.root)
    assert "<review>\nNice.\n</review>" in done.out
    assert done.err.startswith("fake/echo · ")
    assert "cost unknown" in done.err
    example = run("run", "shop/mood", "--model", "fake/echo", cwd=repository.root)
    assert "Nice shoes." in example.out


def test_json_has_the_answer_exactly(repository: ScratchRepository) -> None:
    write_recorded(repository, script=[{"text": "  a\n", "usage": {}}])
    document = run("run", "shop/mood", "--case", "r000", "--format", "json", cwd=repository.root).json
    assert document["format"] == "promptstead/call/v1"
    assert document["output"] == "  a\n"
    assert set(document["usage"].values()) == {None}
    assert document["cost"] is None
    assert document["model"] == "fake/script"


def test_an_answer_that_was_cut_off_and_a_call_that_fails(repository: ScratchRepository) -> None:
    write_recorded(repository, script=[{"text": "goo", "finish_reason": "length"}])
    cut = run("run", "shop/mood", cwd=repository.root)
    assert (cut.code, cut.out) == (1, "goo\n")
    assert "this answer is not usable: cut off before its end (length)" in cut.err
    answer(repository, [{"failure": "refused"}])
    failed = run("run", "shop/mood", cwd=repository.root)
    assert (failed.code, failed.out) == (2, "")
    assert failed.err == "promptstead: the script fails: refused\n"
    assert run("run", "shop/mood", "--case", "all", cwd=repository.root).code == 2
    unknown = run("run", "shop/mood", "--model", "nowhere/model", cwd=repository.root)
    assert unknown.code == 2
    assert "there is no provider `nowhere`" in unknown.err


def test_what_may_pass_is_tried_again(repository: ScratchRepository) -> None:
    kinds = ("rate-limit", "server", "connection", "timeout")
    passing = [{"failure": kind, "times": 1, "retry_after": 0.01} for kind in kinds]
    write_recorded(repository, script=[*passing, {"text": "good"}])
    for form in ("text", "json"):
        done = run("run", "shop/mood", "--format", form, cwd=repository.root)
        assert done.code == 0
        assert done.err.count("retrying in 0.0 s\n") == len(kinds)
    assert done.json["output"] == "good"
    answer(repository, [{"failure": "rate-limit", "retry_after": 121}])
    far = run("run", "shop/mood", cwd=repository.root)
    assert (far.code, far.err) == (2, "promptstead: the script fails: rate-limit\n")


def test_a_model_that_nobody_knows_is_not_called(repository: ScratchRepository) -> None:
    write_recorded(repository)
    text = (repository.root / PATH).read_text()
    for name, hint in (("scriptd", "did you mean `scripted`? declare it"), ("gpt-99", "declare it")):
        repository.write(PATH, text.replace("model: scripted", f"model: {name}"))
        for command in (("run", "shop/mood"), ("record",), ("eval", "--live", "--run-file", "nobody.run.jsonl")):
            done = run(*command, cwd=repository.root, env={"CI": ""})
            assert done.code == 2
            assert done.err == (
                f"promptstead: {PATH}: model `{name}` is neither an alias of the configuration nor a known "
                f"model ({hint} under [models], with provider and snapshot)\n"
            )
    assert not (repository.root / "nobody.run.jsonl").exists()
    for name in ("gpt-4o", "openai/gpt-4o", "gpt-99-2030-01-01", "ft:gpt-4o-mini-2024-07-18:us::x"):
        repository.write(PATH, text.replace("model: scripted", f"model: {name}"))
        assert "`OPENAI_API_KEY`" in run("run", "shop/mood", cwd=repository.root).err
    repository.write(PATH, text.replace("model: scripted", "model: local-thing"))
    elsewhere = run("run", "shop/mood", cwd=repository.root, env={"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"})
    assert "`OPENAI_API_KEY`" in elsewhere.err


def waits_for_events(process: int) -> bool:
    """Tell whether a process has an event loop."""
    for link in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since it was listed
            if "eventpoll" in os.readlink(link):
                return True
    return False


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what a process waits for is seen in /proc only")
def test_it_can_be_interrupted(repository: ScratchRepository) -> None:
    write_recorded(repository, script=[{"text": "good", "seconds": 60}])
    running = subprocess.Popen(
        [sys.executable, "-m", "promptstead", "run", "shop/mood"],
        cwd=repository.root,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while not waits_for_events(running.pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.2)  # from the event loop's birth to the call
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Traceback" not in err
