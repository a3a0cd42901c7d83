"""A case that has all its scores and labels, and nothing that passes or fails, is *measured*, in every form alike."""

import csv
import io
from xml.etree import ElementTree

import pytest

from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import PATH, PROMPT, outputs, write_sample

SCORE = 'closeness: {type: similarity, to: "{{ expected }}"}'
LABEL = "tone: {type: label, labels: [good, bad]}"


@pytest.fixture
def scored(repository: ScratchRepository) -> ScratchRepository:
    """Return a repository with three cases, of which two are answered and none is judged by an assertion."""
    write_sample(repository, 3, recorded=outputs({0: "good", 1: "bad"}))
    head, _, _ = PROMPT.partition("evaluators:")
    repository.write(PATH, f"{head}evaluators:\n  {SCORE}\n  {LABEL}\n")
    repository.commit()
    return repository


def test_the_text_says_it(scored: ScratchRepository) -> None:
    for command in (("eval",), ("check", "--no-lint"), ("check", "--no-lint", "--verbose")):
        done = run(*command, cwd=scored.root)
        assert done.code == 0, done
        assert "2 with scores or labels only, 1 not evaluated" in done.out, command
        assert "unscored" not in done.out + done.err
    french = run("eval", "--lang", "fr", cwd=scored.root).out
    assert "2 avec seulement des scores ou des libellés, 1 non évalué" in french


def test_json_says_it(scored: ScratchRepository) -> None:
    (entry,) = run("eval", "--format", "json", cwd=scored.root).json["results"]
    assert entry["cases"] == {"pass": 0, "fail": 0, "measured": 2, "unscored": 0, "not_evaluated": 1}
    assert (entry["case_passes"]["cases"], entry["case_passes"]["unscored"]) == (0, 0)
    assert entry["unscored"] == []
    (prompt,) = run("check", "--format", "json", cwd=scored.root).json["prompts"]
    assert prompt["counts"] == {"pass": 0, "fail": 0, "measured": 2, "unscored": 0, "not evaluated": 1}
    assert [case["state"] for case in prompt["cases"]] == ["measured", "measured", "not evaluated"]
    assert {rate["unscored"] for rates in prompt["rates"].values() for rate in rates} == {0}


def test_csv_and_junit_say_it(scored: ScratchRepository) -> None:
    lines = list(csv.DictReader(io.StringIO(run("eval", "--format", "csv", cwd=scored.root).out)))
    assert [(line["state"], line["passes"]) for line in lines] == [
        ("measured", ""),
        ("measured", ""),
        ("not evaluated", ""),
    ]
    (suite,) = ElementTree.fromstring(run("eval", "--format", "junit", cwd=scored.root).out)
    assert [case[0].get("message") for case in suite][:2] == [
        "scores or labels only: closeness 1, tone good",
        "scores or labels only: closeness 0.25, tone bad",
    ]


def test_a_run_file_says_it_when_it_is_shown_again(scored: ScratchRepository) -> None:
    run("eval", "--quiet", "--run-file", "x.run.jsonl", cwd=scored.root)
    (entry,) = run("eval", "show", "x.run.jsonl", "--format", "json", cwd=scored.root).json["results"]
    assert (entry["cases"]["measured"], entry["cases"]["unscored"]) == (2, 0)
    again = run("eval", "--failed", "x.run.jsonl", "--format", "json", cwd=scored.root).json
    assert again["results"][0]["cases"]["measured"] == 0  # nothing of theirs failed
