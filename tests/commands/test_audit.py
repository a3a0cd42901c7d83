"""``promptstead audit``: judges against people and against themselves."""

import json

from tests.command_line import run
from tests.commands.test_judges import said, write_judged
from tests.conftest import ScratchRepository
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
    assert "promptstead audit --sheet starts labels.jsonl" in before.out
    assert "record --judge-samples 2" in before.out
    sheet = [json.loads(line) for line in run("audit", "--sheet", cwd=repository.root).out.splitlines()]
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
    repository.write(LABELS, '{"evaluator": "tone"}\n')
    broken = run("audit", cwd=repository.root)
    assert broken.code == 2
    assert f"{LABELS}:1: this line is no label" in broken.err


def test_a_judge_that_contradicts_itself(repository: ScratchRepository) -> None:
    write_judged(repository, {**said(2), "times": 1}, said(5))
    at_home("record", "--judge-samples", "2", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    text = run("audit", cwd=repository.root).out
    assert "itself: 1 of 1 answers judged again got another judgement, 100.0 %" in text
    assert "100.0 % of pairs of judgements of one answer differ" in text


def test_a_prompt_without_a_judge(repository: ScratchRepository) -> None:
    write_judged(repository, said(5), check="")
    done = run("audit", "shop/mood", cwd=repository.root)
    assert (done.code, done.out) == (0, "")
    assert "no prompt here has a judge" in done.err
