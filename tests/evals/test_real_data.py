"""Published data: GSM8K's verdicts are reproduced, and answers of one prompt compared with themselves raise few
alarms."""

import csv
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from promptstead.evals.engine import by_model, evaluate, summarise
from promptstead.evals.gate import decide
from promptstead.evals.pairing import Sides
from promptstead.evals.statistics import paired
from promptstead.evals.verdict import Verdict, verdict
from promptstead.model import Case, EvaluatorSpec, Gate, Prompt, RecordedOutput

DATA = Path(__file__).parents[3] / "shared" / "data"
GSM8K = DATA / "gsm8k" / "example_model_solutions.jsonl"
GAME24 = DATA / "game24"
RATES = {"6b_finetuning": 21.68, "6b_verification": 39.04, "175b_finetuning": 34.72, "175b_verification": 56.25}

MakePrompt = Callable[..., Prompt]
MakeOutput = Callable[..., RecordedOutput]


def now(*_: object) -> str:
    return "now"


@pytest.mark.skipif(not GSM8K.exists(), reason="the GSM8K answers are not here")
def test_gsm8k(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    with GSM8K.open(encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    right = EvaluatorSpec("right", "number", {"after": "A:", "equals": "{{ expected }}"}, "x", ())
    cases = [
        Case(f"q{index}", {"question": row["question"]}, row["ground_truth"].rpartition("A:")[2].strip(), True)
        for index, row in enumerate(rows)
    ]
    outputs = [
        make_output(case.id, row[model]["solution"], model=model)
        for case, row in zip(cases, rows, strict=True)
        for model in RATES
    ]
    results = by_model(evaluate(make_prompt(*cases, evaluators=(right,)), outputs, now, now))
    agreeing = sum(
        result.passed is row[model]["is_correct"]
        for model in RATES
        for result, row in zip(results[model], rows, strict=True)
    )
    assert agreeing == 5276
    for model, rate in RATES.items():
        summary = summarise(results[model])[0]
        assert summary.rate is not None
        assert round(100 * summary.rate, 2) == rate
    for old, new, expected in [
        ("6b_finetuning", "175b_verification", Verdict.IMPROVEMENT),
        ("175b_verification", "6b_verification", Verdict.REGRESSION),
    ]:
        decision = decide(Sides(old, new, tuple(results[old]), tuple(results[new])), Gate(), Gate())
        assert decision.verdict == expected
        assert len(decision.fixed) + len(decision.broken) + len(decision.unchanged) == 1319


def solves(puzzle: str, output: str) -> bool:
    """Judge as the publishers did: the last line's expression uses the four numbers and comes to 24."""
    expression = output.strip().rpartition("\n")[2].lower().replace("answer: ", "").partition("=")[0]
    if sorted(re.findall(r"\d+", expression)) != sorted(puzzle.split()) or not re.fullmatch(
        r"[\d+*/(). -]+", expression
    ):
        return False
    try:
        return bool(abs(eval(expression, {"__builtins__": {}}) - 24) < 1e-6)
    except (SyntaxError, ZeroDivisionError, TypeError):
        return False


@pytest.mark.skipif(not GAME24.exists(), reason="the Game of 24 answers are not here")
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize(("prompt", "mean"), [("standard", 7.34), ("cot", 4.03)])
def test_a_prompt_compared_with_itself_raises_few_alarms(prompt: str, mean: float) -> None:
    with (GAME24 / "24_rows900-999.csv").open(newline="") as rows:
        puzzles = [row["Puzzles"] for row in csv.DictReader(rows)]
    (path,) = GAME24.glob(f"*_{prompt}_*.json")
    answers = [entry["ys"] for entry in json.loads(path.read_text(encoding="utf-8"))]
    verdicts: list[list[bool]] = []
    for puzzle, samples in zip(puzzles, answers, strict=True):
        known = {sample: solves(puzzle, sample) for sample in set(samples)}
        verdicts.append([known[sample] for sample in samples])
    assert round(100 * sum(map(sum, verdicts)) / sum(map(len, verdicts)), 2) == mean
    draw = random.Random(24)
    found: dict[Verdict, int] = dict.fromkeys(Verdict, 0)
    for _ in range(1000):
        pairs = [draw.sample(samples, 2) for samples in verdicts]
        broken = sum(base and not head for base, head in pairs)
        fixed = sum(head and not base for base, head in pairs)
        found[verdict(paired(broken, fixed, len(pairs)), 0.05)] += 1
    alarms = found[Verdict.REGRESSION] + found[Verdict.WITHIN_MARGIN]
    assert alarms + found[Verdict.IMPROVEMENT] <= 50
