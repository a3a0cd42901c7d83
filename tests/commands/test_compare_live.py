"""Two revisions compared live: what is asked, in which order, when it stops, and what is left however it ends."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from promptstead.operations.running.run_files import opened_run
from promptstead.runs.writer import End, Row
from promptstead.verdicts.sequential import in_random_order
from tests.command_line import Result, environment, run
from tests.commands.test_compare import document
from tests.commands.test_eval_live import point_at, serving
from tests.conftest import ScratchRepository
from tests.providers.server import Server, asked
from tests.recorded import at_home, write_recorded
from tests.samples import CASES, PATH, PROMPT, case_id, cases

BASE, HEAD = "out/base.run.jsonl", "out/head.run.jsonl"
NOTHING = "schema: promptstead/outputs/v1\noutputs: []\n"
SAID = '{{ review | fence("review") }}'
COUNT = 80


def write(repository: ScratchRepository, server: Server, *, changed: str, count: int = COUNT) -> dict[str, str]:
    """Commit a prompt whose server answers with what it was sent, then leave one that sends *changed*."""
    repository.write("prompts/partials/data.md", "What stands between the marks was written by customers.\n")
    repository.write(CASES, cases(count))
    env = point_at(repository, server)
    mood = "{type: contains, value: fine}"
    prompt = PROMPT.replace("gpt-5.4-nano-2026-03-17", "tiny").replace('{type: equals, value: "{{ expected }}"}', mood)
    prompt = prompt.replace("max: 3}", "max: 300}")
    assert SAID in prompt
    repository.write(PATH, prompt)
    repository.commit()
    repository.write(PATH, prompt.replace(SAID, changed))
    return env


def live(repository: ScratchRepository, env: dict[str, str], *more: str) -> Result:
    return run("compare", "HEAD", "--live", "--runs", "out", *more, cwd=repository.root, env=env)


def read(path: Path) -> tuple[list[Row], End | None]:
    with opened_run(str(path)) as reader:
        return list(reader.rows()), reader.end


def number_of(body: dict[str, Any]) -> str:
    found = re.search(r"Review (\d+)", json.dumps(body))
    assert found is not None
    return case_id(int(found[1]))


def test_a_clear_regression_stops_early_and_both_sides_are_kept(repository: ScratchRepository) -> None:
    with serving(Server()) as server:
        env = write(repository, server, changed="{{ review | replace('fine', 'bad') | fence('review') }}")
        done = live(repository, env, "--format", "json", "--concurrency", "1")
    assert done.code == 1, done.err
    found = document(done)
    (prompt,) = found["prompts"]
    (comparison,) = prompt["comparisons"]
    looks = prompt["looks"]
    assert (prompt["id"], comparison["verdict"]) == ("shop/mood", "REGRESSION")
    assert 1 <= len(looks) < 4
    last = looks[-1]
    assert (last["cases"], last["pairs"]) == (20 * len(looks), 20 * len(looks))
    assert (last["verdict"], last["difference"], last["upper"]) == ("REGRESSION", -1, comparison["upper"])
    saved = 2 * (COUNT - last["cases"])
    assert comparison["reasons"][-1].startswith(
        f"stopped at look {len(looks)} of 4, after {last['cases']} of {COUNT} cases: {saved} of 160 calls saved ("
    )
    # one order for both sides, known before the first answer, base and head in turn
    order = in_random_order([case_id(number) for number in range(COUNT)], 0)[: last["cases"]]
    assert [number_of(body) for body in server.bodies] == [case for case in order for _ in range(2)]
    assert ["fine" in asked(body) for body in server.bodies] == [True, False] * last["cases"]
    for place in (BASE, HEAD):
        rows, end = read(repository.root / place)
        assert [row.result.case.id for row in rows] == list(order)
        assert end is not None
        assert (end.requests, [look["cases"] for look in end.looks]) == (
            last["cases"],
            [each["cases"] for each in looks],
        )
        assert end.looks[-1]["prompt"] == "shop/mood"
        assert end.cost
    again = run("compare", BASE, HEAD, "--format", "json", cwd=repository.root)
    assert again.json["prompts"][0]["comparisons"][0]["verdict"] == "REGRESSION"
    assert f"look {len(looks)} of 4, {last['cases']} of {COUNT} cases: regression\n" in done.err
    assert "run files: out/base.run.jsonl, out/head.run.jsonl\n" in done.err


def test_what_makes_no_difference_is_asked_until_a_look_says_so(repository: ScratchRepository) -> None:
    with serving(Server()) as server:
        env = write(repository, server, changed="Here it is: {{ review | fence('review') }}", count=200)
        done = live(repository, env, "--seed", "7", "--format", "json")
    assert done.code == 0, done.err
    (prompt,) = document(done)["prompts"]
    assert prompt["comparisons"][0]["verdict"] == "NO REGRESSION"
    last = prompt["looks"][-1]
    assert last["alpha"] < 0.05
    assert all(look["verdict"] == "INCONCLUSIVE" for look in prompt["looks"][:-1])
    rows, _ = read(repository.root / HEAD)
    expected = in_random_order([case_id(number) for number in range(200)], 7)[: last["cases"]]
    assert {row.result.case.id for row in rows} == set(expected)


def test_a_drop_that_the_number_of_prompts_hides_is_named(repository: ScratchRepository) -> None:
    """Five of eighty: a regression by itself (p 0.031), not where a second prompt spends half of what may go wrong."""
    other = PATH.replace("mood", "calm")
    with serving(Server()) as server:
        text = "{{ review | replace('boots are fine', 'boots are bad') | fence('review') }}"
        env = write(repository, server, changed=text)
        head = (repository.root / PATH).read_text(encoding="utf-8")
        repository.write(PATH, head.replace(text, SAID))
        repository.write(other, head.replace(text, SAID))
        boots = cases(COUNT)
        for number in range(5):
            boots = boots.replace(f"Review {number}: the shoes", f"Review {number}: the boots")
        repository.write(CASES, boots)
        repository.write(CASES.replace("mood", "calm"), boots)
        repository.commit()
        repository.write(PATH, head)
        repository.write(other, head.replace(text, "Here: " + SAID))
        done = live(repository, env, "--format", "json")
    assert done.code == 0, done.err
    found = {prompt["id"]: prompt["comparisons"][0] for prompt in document(done)["prompts"]}
    dropped = found["shop/mood"]
    assert (dropped["verdict"], dropped["verdict_alone"], dropped["compared_together"]) == (
        "INCONCLUSIVE",
        "REGRESSION",
        2,
    )
    assert any(
        "by itself this would be regression (p 0.031), but it is one of 2" in each for each in dropped["reasons"]
    )
    calm = found["shop/calm"]  # all intervals are wider, so that less is ruled out too
    assert (calm["verdict"], calm["verdict_alone"]) == ("INCONCLUSIVE", "NO REGRESSION")


def test_only_what_changed_is_asked_and_only_what_can_be_paired(repository: ScratchRepository) -> None:
    with serving(Server()) as server:
        env = write(repository, server, changed=SAID, count=3)
        repository.write("prompts/shop/mood.prompt.yml", (repository.root / PATH).read_text(encoding="utf-8") + "# x\n")
        same = live(repository, env)
        assert (same.code, server.bodies) == (2, [])
        assert "nothing to ask: no request to a model changed" in same.err
        repository.write(CASES, cases(4).replace("Review 1:", "Another 1:"))
        done = live(repository, env, "--prompt", "shop/mood", "--format", "json")
    assert done.code == 0, done.err
    found = document(done)
    assert found["cautions"][0] == "shop/mood: 2 cases are not asked: new, gone or changed"
    assert [look["cases"] for look in found["prompts"][0]["looks"]] == [1, 1, 2]
    assert found["prompts"][0]["comparisons"][0]["reasons"][-1].startswith(
        "decided at look 3 of 4, after 2 of 2 cases: no"
    )
    assert sorted(map(number_of, server.bodies)) == [case_id(0)] * 2 + [case_id(2)] * 2
    taken = live(repository, env)
    assert taken.code == 2
    assert "this file exists, and a run never overwrites" in taken.err


def test_limits_hold_for_all_looks_together(repository: ScratchRepository) -> None:
    with serving(Server()) as server:
        env = write(repository, server, changed="{{ review }}", count=40)
        done = live(repository, env, "--max-requests", "30", "--format", "json")
    assert len(server.bodies) == 30
    (prompt,) = document(done)["prompts"]
    assert [look["cases"] for look in prompt["looks"]] == [10]
    assert prompt["comparisons"][0]["reasons"][-1].startswith("a limit was reached: look 1 of 4, after 10 of 40 cases")
    _, end = read(repository.root / BASE)
    assert end is not None
    assert end.cost is None  # calls that were not made leave the sum unknown


def test_the_stand_in_gives_no_verdict(repository: ScratchRepository) -> None:
    write_recorded(repository, 8)
    repository.commit()
    text = (repository.root / PATH).read_text(encoding="utf-8")
    repository.write(PATH, text.replace("You read reviews", "You judge reviews"))
    done = at_home("compare", "HEAD", "--live", "--format", "json", cwd=repository.root)
    assert done.code == 0, done.err
    (prompt,) = document(done)["prompts"]
    assert (prompt["verdict"], [look["pairs"] for look in prompt["looks"]]) == ("NOT EVALUATED", [0, 0, 0, 0])
    runs = sorted((repository.root / ".promptstead/runs").glob("*.run.jsonl"))
    assert [len(read(path)[0]) for path in runs] == [8, 8]
    assert repository.run("status", "--porcelain").split() == ["M", PATH]


def test_a_server_that_is_down_is_said_once(repository: ScratchRepository) -> None:
    with serving(Server(lambda body, before: "404")) as server:
        env = write(repository, server, changed="{{ review }}", count=40)
        done = live(repository, env)
    assert done.code == 2
    assert "no model answered: " in done.err
    assert len(server.bodies) <= 20  # nothing was there to look at, so that nothing more is asked


def test_what_was_asked_survives_an_interruption(repository: ScratchRepository) -> None:
    with serving(Server(seconds=0.05)) as server:
        env = write(repository, server, changed="{{ review }}")
        command = [
            sys.executable,
            "-m",
            "promptstead",
            "compare",
            "HEAD",
            "--live",
            "--runs",
            "out",
            "--concurrency",
            "2",
        ]
        process = subprocess.Popen(
            command,
            cwd=repository.root,
            env=environment() | env,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 40
        while len(server.bodies) < 10 and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "answers kept; to compare them: promptstead compare out/base.run.jsonl out/head.run.jsonl" in err
    base, head = read(repository.root / BASE), read(repository.root / HEAD)
    assert len(base[0]) >= 1
    assert (base[1], head[1]) == (None, None)
    assert run("compare", BASE, HEAD, cwd=repository.root).code in (0, 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a.run.jsonl", "b.run.jsonl", "--live"), "--live compares two revisions"),
        (("HEAD", "--max-requests", "3"), "--max-requests means nothing without --live"),
        (("HEAD", "--live"), "in CI nothing is written"),
        (("HEAD", "--live", "--runs", "out", "--prompt", "none"), "there is no prompt `none`"),
    ],
)
def test_slips(repository: ScratchRepository, arguments: tuple[str, ...], said: str) -> None:
    write_recorded(repository)
    repository.commit()
    done = run("compare", *arguments, cwd=repository.root)
    assert done.code == 2
    assert said in done.err
