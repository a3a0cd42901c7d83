"""Evaluating live: what is asked, what is kept however the process ends, and how a run is gone on with."""

import asyncio
import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import environment, killed_in_turn, run
from tests.commands.test_eval import read_back
from tests.conftest import ScratchRepository
from tests.providers.server import KEY, Server
from tests.recorded import PENDING, SETTINGS, answer, at_home, pending, prompt_changed, write_recorded
from tests.samples import CASES, OUTPUTS, PATH, PROMPT, case_id, write_sample

RUN = "live.run.jsonl"
SLOW = [{"text": "good", "seconds": 0.05}]
LIVE = ("eval", "--live", "--run-file", RUN)
RESUME = ("eval", "--live", "--resume", RUN)


def lines_of(repository: ScratchRepository) -> list[dict[str, Any]]:
    raw = (repository.root / RUN).read_bytes()
    return [json.loads(line) for line in raw[: raw.rfind(b"\n") + 1].splitlines()]


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Serve on a thread of its own while the command runs in a process of its own."""
    ready, done = threading.Event(), threading.Event()

    async def serve() -> None:
        async with server.serve():
            ready.set()
            while not done.is_set():
                await asyncio.sleep(0.01)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(30)
        yield server
    finally:
        done.set()
        thread.join()


def point_at(repository: ScratchRepository, server: Server) -> dict[str, str]:
    """Let the sample prompt's model be the server's, and return the environment that has its key."""
    model = '[models.tiny]\nprovider = "loop"\nsnapshot = "tiny-1"\nprice_input = 2\nprice_output = 8\n'
    provider = f'[providers.loop]\nbase_url = "{server.base_url}"\nkey_env = "LOOP_KEY"\n'
    repository.write("promptstead.toml", model + provider)
    repository.write(PATH, PROMPT.replace("gpt-5.4-nano-2026-03-17", "tiny"))
    return {"LOOP_KEY": KEY}


def test_a_server_is_asked_and_what_it_says_is_judged(repository: ScratchRepository) -> None:
    write_sample(repository, 4, recorded="schema: promptstead/outputs/v1\noutputs: []\n")
    with serving(Server(seconds=0.02)) as server:
        env = point_at(repository, server)
        repository.commit()
        replay = run("eval", "--format", "json", cwd=repository.root, env=env).json
        assert server.bodies == []  # nothing is called without --live
        assert replay["results"][0]["cases"]["not_evaluated"] == 4
        done = run(*LIVE, "--samples", "2", "--format", "json", cwd=repository.root, env=env)
    assert done.code == 1, done.err  # `short` is a hard check, and the server is wordy
    assert len(server.bodies) == 8
    (entry,) = done.json["results"]
    assert (entry["model"], entry["sources"]) == ("tiny@tiny-1", ["live"])
    assert entry["cases"] == {"pass": 0, "fail": 4, "measured": 0, "unscored": 0, "not_evaluated": 0}
    used = entry["used"]
    assert (used["samples"], used["uncounted"], used["unpriced"], used["untimed"]) == (8, 0, 0, 0)
    assert used["cost"] == pytest.approx((2 * used["input"] + 8 * used["output"]) / 1e6)
    assert 0.02 <= used["median_seconds"] <= used["p90_seconds"] < 30
    header, results = read_back(repository.root / RUN)
    assert (header.mode, header.samples, header.dirty) == ("live", 2, False)
    assert all(result.output and len(result.output.samples) == 2 for result in results)
    assert all(
        sample.seconds and sample.cost for result in results if result.output for sample in result.output.samples
    )
    end = lines_of(repository)[-1]["end"]
    assert end == {
        "rows": 4,
        "requests": 8,
        "input": used["input"],
        "output": used["output"],
        "cost": used["cost"],
        "looks": [],
    }
    assert "answer" not in {key for line in lines_of(repository) for key in line}
    assert (repository.root / OUTPUTS).read_text() == "schema: promptstead/outputs/v1\noutputs: []\n"
    assert not (repository.root / PENDING).exists()


def test_what_fails_is_not_evaluated_with_its_reason(repository: ScratchRepository) -> None:
    script: list[dict[str, Any]] = [
        {"contains": "Review 0", "text": "goo", "finish_reason": "length"},
        {"contains": "Review 1", "failure": "refused"},
        {"contains": "Review 2", "text": "", "finish_reason": "content_filter"},
        {"text": "good"},
    ]
    write_recorded(repository, 5, script=script)
    done = at_home(*LIVE, "--format", "json", cwd=repository.root)
    assert done.code == 2, done.err
    (entry,) = done.json["results"]
    assert entry["cases"] == {"pass": 2, "fail": 0, "measured": 0, "unscored": 0, "not_evaluated": 3}
    assert {each["reason"]["text"] for each in entry["not_evaluated"]} == {
        "cut off before its end (length)",
        "the script fails: refused",
        "stopped by the server's content filter",
    }
    go_on = f"to resume: promptstead {' '.join(RESUME)}\n"
    assert f"incomplete: 1 call gave no answer (the script fails: refused); {go_on}" in done.err
    answer(repository, [{"text": "good"}])
    again = at_home(*RESUME, "--format", "json", cwd=repository.root)
    assert again.json["results"][0]["cases"] == {"pass": 3, "fail": 0, "measured": 0, "unscored": 0, "not_evaluated": 2}
    assert again.code == 0
    assert "1 call · " in again.err  # answers that were cut off are answers: they are not asked for again
    assert len(read_back(repository.root / RUN)[1]) == 5


def test_a_server_that_answers_nothing(repository: ScratchRepository) -> None:
    write_recorded(repository, 2, script=[{"failure": "refused"}])
    done = at_home(*LIVE, cwd=repository.root)
    assert done.code == 2
    assert "2 not evaluated" in done.out
    assert "incomplete: 2 calls gave no answer (2 × the script fails: refused)" in done.err


def test_cases_that_cannot_be_asked_make_a_run_incomplete(repository: ScratchRepository) -> None:
    write_recorded(repository, 3)
    cases = (repository.root / CASES).read_text(encoding="utf-8")
    repository.write(CASES, cases.replace("review: ", "revue: ", 1))
    done = at_home(*LIVE, "--format", "json", cwd=repository.root)
    assert done.code == 2
    assert done.json["results"][0]["cases"] == {"pass": 2, "fail": 0, "measured": 0, "unscored": 0, "not_evaluated": 1}
    assert "incomplete: 1 case could not be asked (the prompt cannot be rendered: " in done.err


def test_limits_hold_and_the_rest_can_be_asked(repository: ScratchRepository) -> None:
    write_recorded(repository, 6)
    done = at_home(*LIVE, "--max-requests", "4", "--format", "json", cwd=repository.root)
    assert done.code == 2
    assert "incomplete: 2 calls gave no answer (2 × not called: the limit of 4 requests is reached" in done.err
    assert done.json["results"][0]["cases"] == {"pass": 4, "fail": 0, "measured": 0, "unscored": 0, "not_evaluated": 2}
    assert "the limit of 4 requests is reached" in done.json["results"][0]["not_evaluated"][0]["reason"]["text"]
    rest = at_home(*RESUME, "--max-requests", "4", "--format", "json", cwd=repository.root)
    assert rest.code == 0
    assert rest.json["results"][0]["cases"]["pass"] == 6
    assert lines_of(repository)[-1]["end"]["requests"] == 6
    nothing = at_home(*RESUME, cwd=repository.root)
    assert nothing.code == 0
    assert "call ·" not in nothing.err
    assert len(read_back(repository.root / RUN)[1]) == 6


def test_a_matrix_of_models(repository: ScratchRepository) -> None:
    write_recorded(repository, 3)
    done = at_home(*LIVE, "--model", "scripted", "--model", "other", "--format", "json", cwd=repository.root)
    assert [(entry["model"], entry["cases"]["pass"]) for entry in done.json["results"]] == [
        ("fake/echo", 0),
        ("fake/script", 3),
    ]
    assert read_back(repository.root / RUN)[0].selection == {"models": ["scripted", "other"]}


@pytest.mark.parametrize("samples", [1, 3])
def test_killed_at_any_moment_nothing_is_lost_or_asked_twice(repository: ScratchRepository, samples: int) -> None:
    chance = random.Random(samples)
    cases = 240 // samples
    write_recorded(repository, cases, script=SLOW)
    few = ("--concurrency", "4")
    commands = [(*LIVE, "--samples", str(samples), *few), *[(*RESUME, *few)] * 6]
    known = killed_in_turn(commands, cwd=repository.root, count=lambda: answers(repository), chance=chance)
    assert known < cases * samples
    rest = at_home(*RESUME, "--format", "json", cwd=repository.root)
    assert rest.code == 0, rest.err
    assert f"{cases * samples - known} calls · " in rest.err
    _, results = read_back(repository.root / RUN)
    assert sorted(result.case.id for result in results) == [case_id(number) for number in range(cases)]
    assert all(result.output and len(result.output.samples) == samples for result in results)
    assert rest.json["results"][0]["cases"]["pass"] == cases
    assert lines_of(repository)[-1]["end"]["requests"] == cases * samples


def answers(repository: ScratchRepository) -> int:
    """Return how many answers the whole lines of the run file hold, each counted once."""
    if not (repository.root / RUN).exists():
        return 0
    held: dict[tuple[str, str], int] = {}
    for line in lines_of(repository):
        if "answer" in line:
            key = line["answer"]["case"], line["answer"]["model"]
            held[key] = held.get(key, 0) + 1
        elif "case" in line:
            held[line["case"], line["model"]] = len(line.get("samples", ()))
    return sum(held.values())


def test_interrupted_it_says_how_to_go_on(repository: ScratchRepository) -> None:
    write_recorded(repository, 400, script=SLOW)
    asking = subprocess.Popen(
        [sys.executable, "-m", "promptstead", *LIVE, "--concurrency", "2"],
        cwd=repository.root,
        env=environment(CI=""),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 40
    while answers(repository) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    asking.send_signal(signal.SIGINT)
    _, err = asking.communicate(timeout=30)
    assert asking.returncode == 130, err
    kept = answers(repository)
    assert f"stopped: {kept} answers kept in {RUN}; to resume: promptstead eval --live --resume" in err
    assert "Traceback" not in err


def test_an_empty_file_is_what_a_killed_run_left(repository: ScratchRepository) -> None:
    write_recorded(repository, 3)
    (repository.root / RUN).touch()
    assert at_home(*LIVE, cwd=repository.root).code == 0
    assert answers(repository) == 3


def test_what_a_run_cannot_be_gone_on_with(repository: ScratchRepository) -> None:
    write_recorded(repository, 3)
    assert at_home(*LIVE, "--max-requests", "1", cwd=repository.root).code == 2
    before = (repository.root / RUN).read_bytes()
    again = at_home(*LIVE, cwd=repository.root)
    assert again.code == 2
    assert f"{RUN}: this file exists, and a run never overwrites" in again.err
    assert f"or resume it: promptstead {' '.join(RESUME)})" in again.err
    alone = at_home("eval", "--resume", RUN, cwd=repository.root)
    assert (alone.code, "add --live" in alone.err) == (2, True)
    selected = at_home(*RESUME, "--samples", "2", cwd=repository.root)
    assert (selected.code, "takes the selection from its run" in selected.err) == (2, True)
    repository.write("promptstead.toml", SETTINGS.replace('"script"\nprice', '"script-2"\nprice'))
    snapshot = at_home(*RESUME, cwd=repository.root)
    assert snapshot.code == 2
    repository.write("promptstead.toml", SETTINGS)
    prompt_changed(repository)
    changed = at_home(*RESUME, cwd=repository.root)
    assert changed.code == 2
    assert "`shop/mood` changed since this run started (behaviour)" in changed.err
    assert (repository.root / RUN).read_bytes() == before
    assert pending(repository) == []
    replayed = at_home("eval", "--run-file", "replay.run.jsonl", cwd=repository.root)
    assert replayed.code == 0
    refused = at_home("eval", "--live", "--resume", "replay.run.jsonl", cwd=repository.root)
    assert (refused.code, "this run asked no model" in refused.err) == (2, True)


def test_where_nothing_may_be_called_or_written(repository: ScratchRepository, tmp_path: Path) -> None:
    write_recorded(repository, 2)
    limits = at_home("eval", "--max-cost", "1", cwd=repository.root)
    assert (limits.code, "add --live to ask the models" in limits.err) == (2, True)
    in_ci = run("eval", "--live", cwd=repository.root)
    assert (in_ci.code, "name the run file: --run-file FILE" in in_ci.err) == (2, True)
    assert run("eval", "--live", "--run-file", tmp_path / "ci" / RUN, cwd=repository.root).code == 0
    assert len(read_back(tmp_path / "ci" / RUN)[1]) == 2
    at_home("eval", "--live", cwd=repository.root)
    (made,) = (repository.root / ".promptstead/runs").glob("*.run.jsonl")
    assert len(read_back(made)[1]) == 2


def test_the_cost_is_that_of_an_invoice(repository: ScratchRepository) -> None:
    """The invoice is made here by the vendor's own rule, cached tokens at a tenth; reasoning is part of the output."""
    usage = {
        "prompt_tokens": 2000,
        "completion_tokens": 100,
        "prompt_tokens_details": {"cached_tokens": 1536},
        "completion_tokens_details": {"reasoning_tokens": 64},
    }
    write_sample(repository, 3)
    with serving(Server(usage=usage)) as server:
        environment = point_at(repository, server)
        settings = (repository.root / "promptstead.toml").read_text()
        repository.write("promptstead.toml", settings.replace("price_output", "price_cached = 0.2\nprice_output"))
        done = at_home(*LIVE, "--max-cost", "1", cwd=repository.root, env=environment)
    invoice = 3 * ((2000 - 1536) * 2 + 1536 * 0.2 + 100 * 8) / 1_000_000
    assert lines_of(repository)[-1]["end"]["cost"] == pytest.approx(invoice, rel=0.05)
    assert "6,000 tokens in (4,608 cached), 300 out (192 reasoning)" in done.err
    rows = [line for line in lines_of(repository) if "outcome" in line or isinstance(line.get("samples"), list)]
    assert len(rows) == 3
    counted = {"input": 2000, "output": 100, "cached": 1536, "reasoning": 64}
    assert all(row["samples"][0]["usage"] == counted for row in rows)
