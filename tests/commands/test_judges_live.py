"""Judges of a live run: asked within its limits, kept in its file, and never asked twice."""

import json
import random
from typing import Any

import pytest

from tests.command_line import killed_in_turn, run
from tests.commands.test_eval import read_back
from tests.commands.test_eval_live import LIVE, RESUME, RUN, lines_of, point_at, serving
from tests.commands.test_judges import CHECK, JUDGE, TONE, said, write_judged
from tests.conftest import ScratchRepository
from tests.providers.server import Server, asked
from tests.recorded import answer, at_home
from tests.samples import PATH

GOOD = {"text": "good"}
QUICK: list[dict[str, Any]] = [{**said(5), "seconds": 0.02}, {"text": "good", "seconds": 0.02}]


def judgements(repository: ScratchRepository) -> list[dict[str, Any]]:
    return [line["judgement"] for line in lines_of(repository) if "judgement" in line]


def tones(repository: ScratchRepository, path: str = RUN) -> list[tuple[object, str]]:
    """Return what the check says of each first answer."""
    results = read_back(repository.root / path)[1]
    return [(result.samples[0]["tone"].value, result.samples[0]["tone"].reason) for result in results if result.samples]


def test_a_server_is_asked_to_judge(repository: ScratchRepository) -> None:
    write_judged(repository, count=4)

    def say(body: dict[str, Any]) -> str:
        return json.dumps({"score": 5, "why": "kind"}) if "<answer" in asked(body) else "good"

    with serving(Server(seconds=0.02, say=say)) as server:
        env = {**point_at(repository, server), "CI": ""}
        text = (repository.root / PATH).read_text(encoding="utf-8")
        repository.write(PATH, text.replace("gate:", f"{CHECK}gate:"))
        repository.write(JUDGE, TONE.replace("model: scripted", "model: tiny"))
        limits = ("--samples", "2", "--concurrency", "3")
        done = run(*LIVE, *limits, "--format", "json", "shop/mood", cwd=repository.root, env=env)
        assert done.code == 0, done.err
        asked_for = len(server.bodies)
        assert server.most <= 3
        run(*RESUME, "--quiet", cwd=repository.root, env=env)
        run("eval", "--rescore", RUN, "--run-file", "again.run.jsonl", "--quiet", cwd=repository.root, env=env)
        compared = run("compare", RUN, "again.run.jsonl", "--format", "json", cwd=repository.root, env=env)
        assert len(server.bodies) == asked_for == 8 + 4  # both samples of a case are the same text
    assert done.json["results"][0]["cases"] == {"pass": 4, "fail": 0, "measured": 0, "unscored": 0, "not_evaluated": 0}
    assert tones(repository) == tones(repository, "again.run.jsonl")
    assert tones(repository) == [(True, "the judge gives 5, at least 4 is asked: kind")] * 4
    assert compared.code == 0, compared.err
    kept = judgements(repository)
    assert [(each["prompt"], each["said"]["judge"]) for each in kept] == [("shop/mood", "judges/tone")] * 4
    end = lines_of(repository)[-1]["end"]
    used = done.json["results"][0]["used"]
    assert end["requests"] == 12
    assert end["input"] == used["input"] + sum(each["usage"]["input"] for each in kept)
    assert end["cost"] == pytest.approx(used["cost"] + sum(each["cost"] for each in kept))
    assert "answer" not in {key for line in lines_of(repository) for key in line}


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ({"contains": "<answer", "text": "", "finish_reason": "length"}, "cut off before its end (length)"),
        ({"contains": "<answer", "text": "I would say four."}, "the judge's answer is not JSON"),
        ({"contains": "<answer", "text": '{"score": 9, "why": "x"}'}, "not what its schema asks"),
    ],
)
def test_a_judge_without_a_judgement_leaves_the_case_unscored(
    repository: ScratchRepository, script: dict[str, Any], why: str
) -> None:
    write_judged(repository, script)
    done = at_home(*LIVE, "--format", "json", "shop/mood", cwd=repository.root)
    assert done.code == 0, done.err
    assert done.json["results"][0]["cases"]["unscored"] == 1
    ((value, reason),) = tones(repository)
    assert (value, why in reason) == (None, True)
    answer(repository, [said(5), GOOD])
    again = at_home(*RESUME, cwd=repository.root)
    assert "call ·" not in again.err  # it has answered: it is not asked until it says something else
    at_home("eval", "--rescore", RUN, "--run-file", "again.run.jsonl", "--quiet", cwd=repository.root)
    assert tones(repository, "again.run.jsonl") == tones(repository)


def test_a_judge_that_fails_is_asked_again_when_the_run_goes_on(repository: ScratchRepository) -> None:
    write_judged(repository, {"contains": "<answer", "failure": "refused"}, count=2)
    done = at_home(*LIVE, "--format", "json", "shop/mood", cwd=repository.root)
    assert done.json["results"][0]["cases"]["unscored"] == 2
    assert {reason for _, reason in tones(repository)} == {
        "the judge judges/tone gave no judgement: the script fails: refused"
    }
    assert "2 calls gave no answer (2 × judge judges/tone: the script fails: refused)" in done.err
    assert judgements(repository) == []
    answer(repository, [said(2, "curt"), {"failure": "refused"}])
    again = at_home(*RESUME, "--format", "json", cwd=repository.root)
    assert "2 calls · " in again.err
    assert again.json["results"][0]["cases"] == {"pass": 0, "fail": 2, "measured": 0, "unscored": 0, "not_evaluated": 0}
    assert len(lines_of(repository)) == 1 + 2 + 2 + 1


def test_limits_hold_for_answers_and_judgements_together(repository: ScratchRepository) -> None:
    write_judged(repository, said(5), count=4)
    limits = ("--max-requests", "5", "--concurrency", "1")
    done = at_home(*LIVE, *limits, "--format", "json", "shop/mood", cwd=repository.root)
    assert lines_of(repository)[-1]["end"]["requests"] == 5
    # a judge comes before the next answer, so that what was paid for is judged
    assert done.json["results"][0]["cases"] == {"pass": 2, "fail": 0, "measured": 0, "unscored": 1, "not_evaluated": 1}
    assert "the limit of 5 requests is reached" in "".join(reason for _, reason in tones(repository))
    rest = at_home(*RESUME, "--format", "json", cwd=repository.root)
    assert rest.json["results"][0]["cases"]["pass"] == 4
    assert lines_of(repository)[-1]["end"]["requests"] == 8


def test_what_is_recorded_is_not_asked_again(repository: ScratchRepository) -> None:
    write_judged(repository, said(5))
    at_home("record", "shop/mood", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    answer(repository, [{"contains": "<answer", "failure": "refused"}, GOOD])
    at_home(*LIVE, "--quiet", "shop/mood", cwd=repository.root)
    assert lines_of(repository)[-1]["end"]["requests"] == 1
    assert tones(repository)[0][0] is True


def test_the_judgements_of_a_run_can_be_recorded(repository: ScratchRepository) -> None:
    write_judged(repository, said(5), count=2)
    at_home(*LIVE, "--quiet", "shop/mood", cwd=repository.root)
    taken = at_home("record", "--from", RUN, cwd=repository.root)
    assert "2 judgements taken" in taken.out
    assert "2 answers accepted · 2 judgements kept" in at_home("accept", "--all", cwd=repository.root).err
    assert "tone 100.00 % (2 of 2" in run("check", "--verbose", "shop/mood", cwd=repository.root).out
    assert "judgement" not in at_home("record", "--from", RUN, cwd=repository.root).out


def test_a_run_is_scored_again_by_the_judge_that_there_is(repository: ScratchRepository) -> None:
    """A judge that was changed has said nothing yet; shards keep what their judges said."""
    write_judged(repository, said(5), count=4)
    repository.write(".gitignore", "*.run.jsonl\n")
    repository.commit()
    for number in ("1", "2"):
        shard = ("--shard", f"{number}/2", "--run-file", f"{number}.run.jsonl")
        done = at_home("eval", "--live", *shard, "--quiet", "shop/mood", cwd=repository.root)
        assert done.code == 0, done.err
    merged = at_home("eval", "merge", "1.run.jsonl", "2.run.jsonl", "--run-file", RUN, "--quiet", cwd=repository.root)
    assert merged.code == 0, merged.err
    assert len(judgements(repository)) == 4
    at_home("eval", "--rescore", RUN, "--run-file", "again.run.jsonl", "--quiet", cwd=repository.root)
    assert [value for value, _ in tones(repository, "again.run.jsonl")] == [True] * 4
    repository.write(JUDGE, TONE.replace("from 1 to 5", "between 1 and 5"))
    at_home("eval", "--rescore", RUN, "--run-file", "other.run.jsonl", "--quiet", cwd=repository.root)
    assert {reason for _, reason in tones(repository, "other.run.jsonl")} == {
        "this answer is not judged yet: run promptstead record, then accept"
    }
    then, now = (read_back(repository.root / path)[0].prompts[0].evaluators for path in (RUN, "other.run.jsonl"))
    assert [spec.name for spec, other in zip(then, now, strict=True) if spec != other] == ["tone"]


@pytest.mark.parametrize("samples", [1, 2])
def test_killed_at_any_moment_no_judgement_is_lost(repository: ScratchRepository, samples: int) -> None:
    chance = random.Random(samples)
    cases = 80 // samples
    write_judged(repository, *QUICK, count=cases)
    few = ("--concurrency", "3")
    commands = [(*LIVE, "--samples", str(samples), "shop/mood", *few), *[(*RESUME, *few)] * 4]
    known = killed_in_turn(commands, cwd=repository.root, count=lambda: held(repository), chance=chance)
    assert known < cases
    rest = at_home(*RESUME, "--format", "json", cwd=repository.root)
    assert rest.code == 0, rest.err
    assert rest.json["results"][0]["cases"]["pass"] == cases
    requests = [each["said"]["request"] for each in judgements(repository)]
    assert len(requests) == len(set(requests)) == cases
    assert lines_of(repository)[-1]["end"]["requests"] == cases * samples + cases


def held(repository: ScratchRepository) -> int:
    """Return how many judgements are on disk."""
    return len(judgements(repository)) if (repository.root / RUN).exists() else 0
