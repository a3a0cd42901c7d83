import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import environment, killed, run
from tests.conftest import ScratchRepository
from tests.json_lines import entries
from tests.recorded import PENDING, answer, at_home, pending, prompt_changed, write_recorded
from tests.samples import OUTPUTS, PATH, case_id

SLOW = [{"text": "good", "seconds": 0.05}]


def start(repository: ScratchRepository, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "promptstead", "record", *arguments],
        cwd=repository.root,
        env=environment(CI=""),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def lines_of(repository: ScratchRepository) -> int:
    file = repository.root / PENDING
    return max(0, file.read_bytes().count(b"\n") - 1) if file.exists() else 0  # the first says the version


def wait_for_lines(repository: ScratchRepository, count: int) -> None:
    deadline = time.monotonic() + 30
    while lines_of(repository) < count:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_only_what_is_missing_or_stale_is_asked(repository: ScratchRepository) -> None:
    write_recorded(repository)
    first = at_home("record", cwd=repository.root)
    assert first.code == 0, first.err
    assert first.out == f"{PENDING}: 3 answers recorded\n"
    assert "3 calls · tokens" not in first.err
    assert "next: promptstead accept" in first.err
    assert [(line["case"], line["model"], line["attempt"], line["output"]) for line in pending(repository)] == [
        (case_id(number), "fake/script", 1, "good") for number in range(3)
    ]
    again = at_home("record", cwd=repository.root)
    assert (again.code, again.out) == (0, "")
    assert "nothing to ask" in again.err

    assert at_home("accept", "--all", cwd=repository.root).code == 0
    assert not (repository.root / PENDING).exists()
    assert "nothing to ask" in at_home("record", cwd=repository.root).err
    assert not (repository.root / PENDING).exists()
    everything = at_home("record", "--all", "--case", "r001", cwd=repository.root)
    assert everything.out == f"{PENDING}: 1 answer recorded\n"
    assert [line["attempt"] for line in pending(repository)] == [2]

    prompt_changed(repository)
    stale = at_home("record", cwd=repository.root)
    assert stale.out == f"{PENDING}: 3 answers recorded\n"
    assert [line["attempt"] for line in pending(repository)] == [2, 1, 1, 1]


def test_samples_and_models(repository: ScratchRepository) -> None:
    write_recorded(repository, 2)
    assert at_home("record", "--samples", "3", "--case", "r000", cwd=repository.root).code == 0
    assert [line["attempt"] for line in pending(repository)] == [1, 2, 3]
    assert at_home("record", "--samples", "4", "--case", "r000", cwd=repository.root).out.endswith(
        "1 answer recorded\n"
    )
    both = at_home("record", "--model", "other", "--model", "scripted", cwd=repository.root)
    assert both.code == 0
    assert {(line["case"], line["model"]) for line in pending(repository)} == {
        (case, model) for case in ("r000", "r001") for model in ("fake/echo", "fake/script")
    }
    same = at_home("record", "--model", "fake/echo", cwd=repository.root)
    assert "nothing to ask" in same.err  # by its own name or by an alias: one request
    assert at_home("accept", "--all", "--even-failing", cwd=repository.root).code == 0
    listed = at_home("outputs", "list", "--format", "json", cwd=repository.root).json["outputs"]
    assert [(row["case"], row["model"], row["samples"], row["state"]) for row in listed] == [
        ("r000", "fake/echo", 1, "current"),
        ("r000", "fake/script", 4, "current"),
        ("r001", "fake/echo", 1, "current"),
        ("r001", "fake/script", 1, "current"),
    ]
    unknown = at_home("record", "--model", "unheard", cwd=repository.root)
    assert unknown.code == 2
    assert "there is no model `unheard`" in unknown.err


def test_what_must_not_pass_for_an_answer_is_listed_and_counted(repository: ScratchRepository) -> None:
    script: list[dict[str, Any]] = [
        {"contains": "Review 0", "text": "goo", "finish_reason": "length"},
        {"contains": "Review 1", "failure": "refused"},
        {"contains": "Review 2", "text": "", "finish_reason": "content_filter"},
        {"contains": "Review 3", "text": "", "tool_calls": [{"id": "1"}]},
        {"text": "good"},
    ]
    write_recorded(repository, 5, script=script)
    done = at_home("record", cwd=repository.root)
    assert done.code == 1
    assert done.out == f"{PENDING}: 1 answer recorded\n"
    for case, why in (
        ("r000", "cut off before its end (length)"),
        ("r001", "the script fails: refused"),
        ("r002", "stopped by the server's content filter"),
        ("r003", "it calls something that is not a function"),
    ):
        assert f"not recorded: shop/mood {case} (fake/script): {why}\n" in done.err
    answer(repository, [{"text": "good"}])
    assert at_home("record", cwd=repository.root).code == 0
    attempts = {line["case"]: line["attempt"] for line in pending(repository) if "output" in line}
    assert attempts == {"r000": 2, "r001": 1, "r002": 2, "r003": 2, "r004": 1}


def test_nothing_is_written_in_ci_but_where_it_says(repository: ScratchRepository, tmp_path: Path) -> None:
    write_recorded(repository)
    refused = run("record", cwd=repository.root)
    assert refused.code == 2
    assert refused.err == (
        "promptstead: in CI nothing is written into the repository "
        "(record with --to FOLDER, and keep the folder as an artifact)\n"
    )
    artifact = tmp_path / "artifact"
    assert run("record", "--to", artifact, cwd=repository.root).code == 0
    assert not (repository.root / PENDING).exists()

    taken = at_home("record", "--from", artifact, cwd=repository.root)
    assert (taken.code, taken.out) == (0, f"{PENDING}: 3 answers taken\n")
    again = at_home("record", "--from", artifact / PENDING, cwd=repository.root)
    assert again.out == f"{PENDING}: 0 answers taken, 3 there already\n"
    assert len(pending(repository)) == 3
    assert "nothing to ask" in at_home("record", cwd=repository.root).err

    prompt_changed(repository)
    late = at_home("record", "--from", artifact, cwd=repository.root)
    assert (late.code, late.out) == (0, "")
    assert late.err == "3 answers left out: no prompt makes their request any more\n"


LINE = {"case": "r000", "model": "fake/script", "request": "sha256:" + "0" * 64, "attempt": 1, "output": "x"}


@pytest.mark.parametrize(
    "line",
    [
        "not JSON",
        "[" * 100_000,
        json.dumps(LINE | {"case": "../../etc"}),
        json.dumps(LINE | {"attempt": 0}),
        json.dumps(LINE | {"attempt": 10**30}),
        json.dumps(LINE | {"attempt": True}),
        json.dumps(LINE | {"output": 1}),
        json.dumps(LINE | {"output": "\ud800"}),
        json.dumps(LINE | {"why": "both"}),
        json.dumps(LINE | {"golden": {"by": "me"}}),
        json.dumps({key: value for key, value in LINE.items() if key != "request"}),
    ],
)
def test_foreign_answers_are_read_with_suspicion(repository: ScratchRepository, tmp_path: Path, line: str) -> None:
    write_recorded(repository)
    foreign = tmp_path / "foreign.jsonl"
    foreign.write_text(json.dumps(LINE) + "\n" + line + "\n", encoding="utf-8")
    done = at_home("record", "--from", foreign, cwd=repository.root)
    assert done.code == 2
    assert done.err == f"promptstead: {foreign}:2: this line is not a pending answer (remove it)\n"
    assert not (repository.root / PENDING).exists()


def test_foreign_answers_that_are_not_there(repository: ScratchRepository, tmp_path: Path) -> None:
    write_recorded(repository)
    (tmp_path / "empty").mkdir()
    assert (
        "there is no `outputs.new.jsonl` here"
        in at_home("record", "--from", tmp_path / "empty", cwd=repository.root).err
    )
    missing = at_home("record", "--from", tmp_path / "missing", cwd=repository.root)
    assert missing.code == 2
    assert "cannot read the answers: No such file" in missing.err
    assert at_home("record", "--from", "/dev/zero", cwd=repository.root).code == 2


def test_limits_hold_and_name_what_was_not_asked(repository: ScratchRepository) -> None:
    write_recorded(repository, 5)
    done = at_home("record", "--max-requests", "2", "--concurrency", "1", cwd=repository.root)
    assert done.code == 1
    assert len(pending(repository)) == 2
    assert done.err.count("not called: the limit of 2 requests is reached") == 3
    assert "5 calls to make, at most 2 of them now\n" in done.err
    assert "2 calls · tokens 6" not in done.err
    assert "· cost 0." in done.err


def test_what_cannot_be_asked(repository: ScratchRepository) -> None:
    write_recorded(repository)
    wrong = at_home("record", "--case", "r00", cwd=repository.root)
    assert wrong.code == 2
    assert "there is no case `r00` (did you mean `r00" in wrong.err
    repository.write(OUTPUTS, "outputs: {}\n")
    assert (
        "these are not recorded answers: `schema: promptstead/outputs/v1` is missing"
        in at_home("record", cwd=repository.root).err
    )
    repository.write(PATH, "title: [\n")
    assert "this prompt is not valid" in at_home("record", cwd=repository.root).err


def test_killed_at_any_moment_nothing_is_lost_or_asked_twice(repository: ScratchRepository) -> None:
    chance = random.Random(7)
    count = 120
    write_recorded(repository, count, script=SLOW)
    known = 0
    for _ in range(10):
        killed(
            "record",
            "--concurrency",
            "4",
            cwd=repository.root,
            count=lambda: lines_of(repository),
            more_than=known,
            linger=chance.uniform(0, 0.08),
        )
        raw = (repository.root / PENDING).read_bytes()
        whole = entries(raw[: raw.rfind(b"\n") + 1].decode())
        assert len({line["case"] for line in whole}) == len(whole) > known
        known = len(whole)
    assert known < count
    rest = at_home("record", cwd=repository.root)
    assert rest.code == 0, rest.err
    assert rest.out == f"{PENDING}: {count - known} answers recorded\n"
    assert sorted(line["case"] for line in pending(repository)) == [case_id(number) for number in range(count)]
    assert {line["attempt"] for line in pending(repository)} == {1}


def test_interrupted_it_keeps_what_is_done_and_says_how_to_go_on(repository: ScratchRepository) -> None:
    write_recorded(repository, 60, script=SLOW)
    recording = start(repository, "--concurrency", "2")
    wait_for_lines(repository, 3)
    recording.send_signal(signal.SIGINT)
    _, err = recording.communicate(timeout=30)
    assert recording.returncode == 130, err
    kept = len(pending(repository))
    assert 3 <= kept < 60
    assert f"stopped: {kept} answers kept; run the same command again to ask for the rest" in err
    assert "Traceback" not in err


def test_two_at_once_do_not_damage_each_other(repository: ScratchRepository) -> None:
    write_recorded(repository, 40, script=SLOW)
    recording = start(repository, "--concurrency", "2")
    wait_for_lines(repository, 1)
    recording.send_signal(signal.SIGSTOP)  # it keeps its lock, however slow this machine is
    second = at_home("record", cwd=repository.root)
    accepting = at_home("accept", "--all", cwd=repository.root)
    recording.send_signal(signal.SIGCONT)
    _, err = recording.communicate(timeout=30)
    for refused in (second, accepting):
        assert refused.code == 2
        assert (
            "another promptstead is writing the answers of this prompt (try again when it has finished)" in refused.err
        )
    assert recording.returncode == 0, err
    assert len(pending(repository)) == 40


def test_a_full_disk_leaves_whole_lines(repository: ScratchRepository) -> None:
    write_recorded(repository, 30)
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 2; exec "$@"', "-", sys.executable, "-m", "promptstead", "record"],
        cwd=repository.root,
        env=environment(CI="", PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert f"promptstead: {PENDING}: cannot write the answers: File too large" in done.stderr
    assert 0 < len(pending(repository)) < 30
    assert at_home("record", cwd=repository.root).code == 0
    assert len(pending(repository)) == 30


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_tree_that_cannot_be_written(repository: ScratchRepository) -> None:
    write_recorded(repository)
    folder = (repository.root / PENDING).parent
    folder.chmod(0o500)
    done = at_home("record", cwd=repository.root)
    folder.chmod(0o700)
    assert done.code == 2
    assert f"{PENDING}: cannot write the answers: Permission denied" in done.err


def test_a_wall_clock_that_goes_backwards_changes_nothing(repository: ScratchRepository, tmp_path: Path) -> None:
    write_recorded(repository, 10, script=[{"failure": "server", "times": 3, "retry_after": 0.01}, {"text": "good"}])
    (tmp_path / "sitecustomize.py").write_text(
        "import itertools, time\nback = itertools.count(time.time(), -3600)\ntime.time = lambda: next(back)\n"
    )
    done = at_home("record", cwd=repository.root, env={"PYTHONPATH": str(tmp_path)})
    assert (done.code, done.out) == (0, f"{PENDING}: 10 answers recorded\n")
    accepted = at_home("accept", "--all", cwd=repository.root, env={"PYTHONPATH": str(tmp_path)})
    assert accepted.err == "10 answers accepted\n"


def test_a_link_out_of_the_repository_is_refused(repository: ScratchRepository, tmp_path: Path) -> None:
    write_recorded(repository)
    outside = tmp_path / "outside.jsonl"
    outside.write_text("")
    (repository.root / PENDING).symlink_to(outside)
    done = at_home("record", cwd=repository.root)
    assert done.code == 2
    assert "this link leads out of the repository" in done.err
    assert outside.read_text() == ""


TOOLS = """\
tools:
  - name: get_weather
    description: The weather of a city, now.
    parameters: {type: object, properties: {city: {type: string}}, required: [city], additionalProperties: false}
evaluators:
"""


def a_call(name: str, arguments: str) -> dict[str, Any]:
    return {"id": f"call_{name}", "type": "function", "function": {"name": name, "arguments": arguments}}


def test_an_answer_that_calls_a_tool_of_the_prompt_is_an_answer(repository: ScratchRepository) -> None:
    lyon = a_call("get_weather", '{"city": "Lyon"}')
    write_recorded(
        repository,
        3,
        script=[
            {"contains": "Review 0", "text": "", "finish_reason": "tool_calls", "tool_calls": [lyon, lyon]},
            {"contains": "Review 1", "text": "", "finish_reason": "tool_calls", "tool_calls": [a_call("other", "{}")]},
            {"text": "good"},
        ],
    )
    without = at_home("record", cwd=repository.root)
    assert "r000 (fake/script): it calls `get_weather`, and the prompt has no tools\n" in without.err
    (repository.root / PENDING).unlink()
    text = (repository.root / PATH).read_text()
    repository.write(PATH, text.replace("evaluators:\n", TOOLS))
    done = at_home("record", cwd=repository.root)
    assert done.code == 1
    assert "r001 (fake/script): it calls `other`, which is not a tool of the prompt\n" in done.err
    (line,) = (line for line in pending(repository) if line["case"] == "r000")
    assert line["output"] == ""
    assert line["tool_calls"] == [{"name": "get_weather", "arguments": '{"city": "Lyon"}'}] * 2

    assert at_home("accept", "--all", cwd=repository.root).code == 0
    recorded = (repository.root / OUTPUTS).read_text()
    call = """\
          - name: get_weather
            arguments: |-
              {"city": "Lyon"}
"""
    assert f'      - output: ""\n        tool_calls:\n{call}{call}        finish_reason: tool_calls\n' in recorded
    assert "call_" not in recorded
    read = at_home("outputs", "show", "shop/mood", "r000", cwd=repository.root).out
    assert read.splitlines()[1:] == ['→ get_weather({"city": "Lyon"})'] * 2
    shown = at_home("outputs", "show", "shop/mood", "r000", "--format", "json", cwd=repository.root).json
    assert shown["outputs"][0]["samples"][0]["tool_calls"] == line["tool_calls"]
    checked = run("check", "--verbose", cwd=repository.root)
    assert "1 pass, 1 fail, 1 not evaluated" in checked.out
    asked = at_home("run", "shop/mood", "--case", "r000", cwd=repository.root)
    assert (asked.code, asked.out) == (0, '→ get_weather({"city": "Lyon"})\n' * 2)
