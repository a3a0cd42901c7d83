"""``promptstead audit``: judges against people and against themselves."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from tests.command_line import run
from tests.commands.test_judges import said, write_judged
from tests.conftest import ScratchRepository
from tests.json_lines import entries
from tests.recorded import at_home

LABELS = "prompts/shop/mood/labels.jsonl"


def test_from_a_sheet_to_kappa(repository: ScratchRepository) -> None:
    """Three answers that differ, a judge that is generous to one of them, and a person who fills the sheet in."""
    write_judged(repository, {**said(2), "times": 2}, said(5), count=3)
    script = json.loads((repository.root / "script.json").read_text())
    answers = [{"contains": f"Review {number}", "text": word} for number, word in enumerate(("bad", "good", "unknown"))]
    repository.write("script.json", json.dumps([*script[:-1], *answers]))
    at_home("record", "--concurrency", "1", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    before = run("audit", "shop/mood", cwd=repository.root)
    assert "judged: 3 of 3 answers" in before.out
    assert "audit --sheet >> labels.jsonl adds lines" in before.out
    assert "record --judge-samples 2" in before.out
    sheet = entries(run("audit", "--sheet", cwd=repository.root).out)
    assert sorted(line["output"] for line in sheet) == ["bad", "good", "unknown"]
    for line in sheet:
        line |= {"label": 2 if line["output"] == "bad" else 5, "by": "Ana"}
    repository.write(LABELS, "".join(json.dumps(line) + "\n" for line in sheet))
    assert run("audit", "--sheet", cwd=repository.root).out == ""
    found = run("audit", "--format", "json", cwd=repository.root).json["judges"][0]
    assert (found["answers"], found["judged"], found["humans"]) == (3, 3, 1)
    assert found["agreement"]["n"] == 3
    assert sum(entry["answers"] for entry in found["confusion"]) == 3
    assert found["weighted"] is not None
    text = run("audit", cwd=repository.root).out
    assert "people: 1, on 3 answers" in text
    assert "agreement: " in text


def test_every_line_that_is_no_label_is_listed(repository: ScratchRepository) -> None:
    """What can be read counts; what cannot is listed, and so is a label of a check that nobody knows."""
    write_judged(repository, said(5))
    at_home("record", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    (line,) = entries(run("audit", "--sheet", cwd=repository.root).out)
    right = line | {"label": 5, "by": "Ana"}
    wrong = [line | {"label": 5}, right | {"answer": "it"}, right | {"label": [5]}, right | {"lable": 1}]
    every = [right, *wrong, right | {"evaluator": "tune"}, right | {"answer": "sha256:" + "0" * 64}]
    repository.write(LABELS, "".join(json.dumps(entry) + "\n" for entry in every) + "{\n")
    done = run("audit", cwd=repository.root)
    assert done.code == 2
    assert "people: 1, on 1 answer" in done.out
    assert "left out: 1 label of answers that no longer exist" in done.out
    assert "not complete: 6 problems in labels.jsonl" in done.err
    listed = [text for text in done.err.splitlines() if text.startswith(LABELS)]
    assert [text.split(": ")[0].removeprefix(LABELS) for text in listed] == [":2", ":3", ":4", ":5", ":8", ""]
    assert "`by`: " in listed[0]
    assert "1 label of `tune`, which is no judge of this prompt" in listed[-1]
    document = run("audit", "--format", "json", cwd=repository.root)
    assert (document.code, document.json["judges"][0]["gone"]) == (2, 1)
    assert run("audit", "--sheet", cwd=repository.root).code == 2


def test_a_sheet_is_what_the_schema_of_labels_says(repository: ScratchRepository) -> None:
    write_judged(repository, said(5), count=2)
    at_home("record", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    schema = json.loads((Path(__file__).parents[2] / "schemas/labels.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema_rs.Draft202012Validator(schema)
    version, *lines = map(json.loads, run("audit", "--sheet", cwd=repository.root).out.splitlines())
    assert lines
    assert validator.is_valid(version)
    for line in lines:
        assert validator.is_valid(line)
        assert not validator.is_valid(line | {"label": 4})  # nobody said so


def test_a_judge_that_contradicts_itself(repository: ScratchRepository) -> None:
    write_judged(repository, {**said(2), "times": 1}, said(5))
    at_home("record", "--judge-samples", "2", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    text = run("audit", cwd=repository.root).out
    assert "itself: 1 of 1 answer judged again got a different judgement, 100.0 %" in text
    assert "100.0 % of pairs of judgements of one answer differ" in text


def test_a_prompt_without_a_judge(repository: ScratchRepository) -> None:
    write_judged(repository, said(5), check="")
    done = run("audit", "shop/mood", cwd=repository.root)
    assert (done.code, done.out) == (0, "")
    assert "no prompt here has a judge" in done.err


@pytest.mark.parametrize(("label", "says"), [("maybe", "is `maybe`, but the judge gives"), (True, "")])
def test_labels_of_another_kind_are_no_agreement(repository: ScratchRepository, label: object, says: str) -> None:
    write_judged(repository, said(5), count=2)
    script = json.loads((repository.root / "script.json").read_text())
    answers = [{"contains": f"Review {number}", "text": word} for number, word in enumerate(("bad", "good"))]
    repository.write("script.json", json.dumps([*script[:-1], *answers]))
    at_home("record", cwd=repository.root)
    at_home("accept", "--all", "--even-failing", cwd=repository.root)
    sheet = entries(run("audit", "--sheet", cwd=repository.root).out)
    assert len(sheet) == 2
    for line, value in zip(sheet, (2, label), strict=True):
        line |= {"label": value, "by": "Ana"}
    repository.write(LABELS, "".join(json.dumps(line) + "\n" for line in sheet))
    done = run("audit", cwd=repository.root)
    assert done.code == 2
    assert "a label of `tone` " in done.err
    assert says in done.err
