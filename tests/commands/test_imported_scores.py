"""Published scores of another tool: the example of the documentation, through every command that judges answers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from promptstead.digests import inputs_digest
from promptstead.model import Case
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.recorded import at_home

PAGE = Path(__file__).parents[2] / "tooling" / "docs" / "recording.md"
PATH = "prompts/shop/reply.prompt.yml"
OUTPUTS = "prompts/shop/reply/outputs.yml"
PROMPT = """\
schema: promptstead/v1
title: Reply to a customer
inputs: {letter: {schema: {type: string, maxLength: 4000}, trust: untrusted, description: the letter}}
model: solver
messages:
  - role: user
    content: |
      Answer the letter.
      {{ letter | fence("letter") }}
"""


@pytest.fixture
def blocks() -> list[str]:
    """Return the YAML of the section: the file of answers, and what the prompt has."""
    section = PAGE.read_text(encoding="utf-8").partition("**Answers from elsewhere")[2]
    return re.findall(r"^```yaml\n(.*?)^```", section, re.MULTILINE | re.DOTALL)[:2]


def write_many(repository: ScratchRepository, evaluators: str, scores: dict[str, list[dict[str, float]]]) -> None:
    """Write a prompt with as many cases as there are scores; each model's answers carry its own."""
    repository.write("promptstead.toml", '[models]\nsolver = {provider = "fake", snapshot = "echo"}\n')
    rows = [{"id": f"c{number:03}", "inputs": {"letter": f"letter {number}"}} for number in range(40)]
    repository.write(PATH, PROMPT + evaluators + "datasets: [{path: rows.jsonl}]\n")
    repository.write("prompts/shop/reply/rows.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    lines = [
        {
            "case": row["id"],
            "model": model,
            "source": "imported",
            "inputs": inputs_digest(Case(str(row["id"]), {"letter": f"letter {number}"})),
            "samples": [{"output": "the same words", **({"scores": carried[number]} if carried[number] else {})}],
        }
        for model, carried in scores.items()
        for number, row in enumerate(rows)
    ]
    repository.write("prompts/shop/reply/outputs.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    repository.commit()


def test_the_example_is_read_and_judged(repository: ScratchRepository, blocks: list[str]) -> None:
    answers, evaluators = blocks
    repository.write("promptstead.toml", '[models]\nsolver = {provider = "fake", snapshot = "echo"}\n')
    repository.write(PATH, PROMPT + evaluators + "cases: [{id: late-parcel, inputs: {letter: Where is it?}}]\n")
    repository.write(OUTPUTS, answers)
    repository.commit()
    tied = at_home("accept", "--all", cwd=repository.root)
    assert tied.code == 0, tied
    checked = run("check", "--format", "json", cwd=repository.root)
    assert checked.code == 0, checked
    document = run("eval", "--format", "json", cwd=repository.root).json
    means = {
        (entry["model"], rate["evaluator"]): rate["mean"]
        for entry in document["results"]
        for rate in entry["evaluators"]
    }
    assert means == {
        ("system-a", "clarity"): 3.5,
        ("system-a", "errors"): 1,
        ("system-b", "clarity"): 4.25,
        ("system-b", "errors"): 0,
    }
    shown = run("outputs", "show", "shop/reply", "late-parcel", "--model", "system-a", cwd=repository.root)
    assert shown.out.splitlines()[1:] == ["Your parcel will come on Tuesday.", "carries clarity 3.5, errors 1"]
    listed = run("outputs", "show", "shop/reply", "late-parcel", "--format", "json", cwd=repository.root).json
    assert [each["samples"][0]["scores"]["errors"] for each in listed["outputs"]] == [1, 0]
    kept = yaml.safe_load((repository.root / OUTPUTS).read_text(encoding="utf-8"))["outputs"]
    assert [each["samples"] for each in kept] == [each["samples"] for each in yaml.safe_load(answers)["outputs"]]


@pytest.mark.parametrize(
    ("better", "gain", "verdict"),
    [
        ("higher", 0.5, "IMPROVEMENT"),
        ("higher", -0.5, "REGRESSION"),
        ("lower", 0.5, "REGRESSION"),
        ("lower", -0.5, "IMPROVEMENT"),
    ],
)
def test_two_runs_are_compared_case_by_case(
    repository: ScratchRepository, better: str, gain: float, verdict: str
) -> None:
    """The spread between cases is a hundred times the difference: only pairs show it."""
    evaluators = f"evaluators: {{points: {{type: value, score: points, better: {better}}}}}\n"
    evaluators += "gate: {primary: points, margin: 0.0001}\n"
    base: list[dict[str, float]] = [{"points": 50.0 * number} for number in range(40)]
    head: list[dict[str, float]] = [{"points": 50.0 * number + gain + 0.01 * (number % 3)} for number in range(40)]
    write_many(repository, evaluators, {"system-a": base, "system-b": head})
    for model in ("a", "b"):
        done = run("eval", "--model", f"system-{model}", "--run-file", f"out/{model}.run.jsonl", cwd=repository.root)
        assert done.code == 0, done
    text = (repository.root / "out" / "b.run.jsonl").read_text(encoding="utf-8")
    assert '"scores":{"points":' in text
    done = run("compare", "out/a.run.jsonl", "out/b.run.jsonl", "--format", "json", cwd=repository.root)
    (decision,) = done.json["prompts"][0]["comparisons"]
    assert decision["verdict"] == verdict, done.json
    assert decision["difference"] == pytest.approx(gain + 0.0098, abs=0.001)


def test_a_change_of_scores_alone_is_a_change_of_answers(repository: ScratchRepository) -> None:
    evaluators = "evaluators: {points: {type: value, score: points}}\ngate: {primary: points, margin: 0.01}\n"
    write_many(repository, evaluators, {"m": [{"points": 3.0 + number % 2} for number in range(40)]})
    repository.run("branch", "before")
    write_many(repository, evaluators, {"m": [{"points": 2.0 + number % 2} for number in range(40)]})
    (decision,) = run("compare", "before..HEAD", "--format", "json", cwd=repository.root).json["prompts"][0][
        "comparisons"
    ]
    assert (decision["verdict"], decision["difference"]) == ("REGRESSION", -1)
    reviewed = run("review", "before..HEAD", cwd=repository.root)
    assert reviewed.code == 1
    assert "**1 regression** in 1 changed prompt" in reviewed.out


def test_scores_go_outside_the_repository_with_their_answer(repository: ScratchRepository, tmp_path: Path) -> None:
    write_many(
        repository,
        "evaluators: {points: {type: value, score: points}}\n",
        {"m": [{"points": number} for number in range(40)]},
    )
    (store := tmp_path / "store").mkdir()
    repository.write("promptstead.toml", '[outputs]\nprivate = ["prompts/shop/*"]\n')
    repository.write(PATH, (repository.root / PATH).read_text(encoding="utf-8").replace("model: solver\n", ""))
    env = {"PROMPTSTEAD_STORE": str(store)}
    assert at_home("outputs", "move", cwd=repository.root, env=env).err == "40 answers moved\n"
    assert "points" not in (repository.root / "prompts/shop/reply/outputs.jsonl").read_text(encoding="utf-8")
    assert "points" not in run("lint", cwd=repository.root).out, "what is outside may well have the score"
    done = run("eval", "--format", "json", cwd=repository.root, env=env)
    assert done.json["results"][0]["evaluators"][0]["mean"] == 19.5, done


def test_an_answer_without_the_score_is_counted_as_unscored(repository: ScratchRepository) -> None:
    carried: list[dict[str, float]] = [*([{"points": 1.0}] * 38), {"point": 2.0}, {}]
    write_many(repository, "evaluators: {points: {type: value, score: points}}\n", {"m": carried})
    (entry,) = run("eval", "--format", "json", cwd=repository.root).json["results"]
    (rate,) = entry["evaluators"]
    assert (rate["mean"], rate["cases"], rate["unscored"]) == (1, 38, 2)
    done = run("check", cwd=repository.root)
    assert "the answer carries no score `points`; it carries `point`" in done.out


@pytest.mark.parametrize("source", ["live", "reference"])
def test_a_score_that_nobody_measured_is_no_evidence(
    repository: ScratchRepository, blocks: list[str], source: str
) -> None:
    answers, evaluators = blocks
    repository.write(PATH, PROMPT.replace("model: solver\n", "") + evaluators)
    forged: dict[str, Any] = yaml.safe_load(answers)
    forged["outputs"][0] |= {"source": source, "request": "sha256:" + "0" * 64}
    repository.write(OUTPUTS, json.dumps(forged))
    repository.commit()
    for command in ("lint", "check"):
        done = run(command, cwd=repository.root)
        assert done.code == 1, done
        assert "only an imported answer carries `scores`" in done.out
