"""100 puzzles with 100 GPT-4 answers each (Tree of Thoughts, arXiv 2305.10601): rates over samples, and best of 100."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from promptstead.digests import inputs_digest
from promptstead.model import Case
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.statistics.false_alarms import solves

DATA = Path(__file__).parents[3] / "shared" / "data" / "game24"
PROMPT = """\
schema: promptstead/v1
title: Game of 24
inputs:
  puzzle: {schema: {type: string, maxLength: 40}, trust: trusted, description: four numbers}
model: solver
messages:
  - {role: user, content: "Use {{ puzzle }} to obtain 24."}
evaluators:
  solved: {type: contains, any: ["JUDGED: solved"]}
"""

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the Game of 24 answers are not beside this checkout")


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize(("prompt", "mean", "best"), [("standard", 7.34, 33), ("cot", 4.03, 49)])
def test_rates_and_best_of_100(repository: ScratchRepository, prompt: str, mean: float, best: int) -> None:
    """What the publishers' judge says of an answer is written behind it: the figures are the command's."""
    with (DATA / "24_rows900-999.csv").open(newline="") as rows:
        puzzles = [row["Puzzles"] for row in csv.DictReader(rows)]
    (path,) = DATA.glob(f"*_{prompt}_*.json")
    answers = [entry["ys"] for entry in json.loads(path.read_text(encoding="utf-8"))]
    cases, outputs = [], []
    for number, (puzzle, samples) in enumerate(zip(puzzles, answers, strict=True)):
        known = {sample: solves(puzzle, sample) for sample in set(samples)}
        texts = [f"{sample}\nJUDGED: {'solved' if known[sample] else 'not'}" for sample in samples]
        case = Case(f"g{number}", {"puzzle": puzzle})
        cases.append({"id": case.id, "inputs": {"puzzle": puzzle}})
        entry = {"case": case.id, "model": "gpt-4", "source": "imported", "inputs": inputs_digest(case)}
        outputs.append(entry | {"samples": [{"output": text} for text in texts]})
    repository.write("prompts/game24.prompt.yml", PROMPT + "datasets:\n  - path: puzzles.jsonl\n")
    repository.write("prompts/game24/puzzles.jsonl", "".join(json.dumps(case) + "\n" for case in cases))
    repository.write("prompts/game24/outputs.jsonl", "".join(json.dumps(output) + "\n" for output in outputs))
    done = run("eval", "--format", "json", cwd=repository.root)
    assert done.code == 0, done.err
    (rate,) = done.json["results"][0]["evaluators"]
    assert (rate["cases"], round(100 * rate["mean"], 2)) == (100, mean)
    assert rate["repeats"]["k"] == 100
    assert round(100 * rate["repeats"]["pass_at_k"], 9) == best
    shares = [
        np.mean([solves(puzzle, one) for one in samples]) for puzzle, samples in zip(puzzles, answers, strict=True)
    ]
    # the answers to one puzzle are not independent: were all 10,000, the error would be a small part of it
    assert rate["error"] == pytest.approx(np.std(shares, ddof=1) / 10, rel=1e-9)
    assert rate["error"] > 4 * (rate["mean"] * (1 - rate["mean"]) / 10_000) ** 0.5
    assert rate["lower"] < rate["mean"] < rate["upper"]
    assert rate["between_samples"] > 0
    assert f"of 100 samples of a case: one passes {best}.00 %" in run("eval", cwd=repository.root).out
