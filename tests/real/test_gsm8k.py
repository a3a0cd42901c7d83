"""1,319 problems and the recorded answers of four models (OpenAI's grade-school-math), from file to verdict."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar  # type: ignore[import-untyped]
from scipy.special import xlogy  # type: ignore[import-untyped]
from scipy.stats import binom, norm  # type: ignore[import-untyped]

from promptstead.config.settings import Config
from promptstead.digests import inputs_digest
from promptstead.model import Case
from promptstead.operations.running.replayed_cases import replayed
from promptstead.outputs.index import open_recorded
from promptstead.outputs.stream import CaseStream
from promptstead.prompts.library import Library
from promptstead.storage.working_tree import WorkingTree
from tests.command_line import run
from tests.conftest import ScratchRepository

DATA = Path(__file__).parents[3] / "shared" / "data" / "gsm8k" / "example_model_solutions.jsonl"
RATES = {"6b_finetuning": 21.68, "6b_verification": 39.04, "175b_finetuning": 34.72, "175b_verification": 56.25}
MARGIN = 0.02
FOLDER = "prompts/maths/word-problem"
PROMPT = f"""\
schema: promptstead/v1
title: Grade-school word problem
inputs:
  question:
    schema: {{type: string, maxLength: 4000}}
    trust: untrusted
    description: the problem
model: solver
messages:
  - role: user
    content: |
      Solve the problem. End with a line "A: " and the number.
      {{{{ question | fence("question") }}}}
evaluators:
  correct: {{type: number, after: "A:", equals: "{{{{ expected }}}}"}}
gate: {{primary: correct, margin: {MARGIN}}}
datasets:
  - path: problems.jsonl
"""

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the GSM8K answers are not beside this checkout")


@pytest.fixture(scope="module")
def problems() -> list[dict[str, Any]]:
    return [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


def write_problems(repository: ScratchRepository, problems: list[dict[str, Any]]) -> None:
    """Write the prompt and its dataset."""
    repository.write(f"{FOLDER}.prompt.yml", PROMPT)
    rows = (
        {
            "id": f"p{number:04}",
            "inputs": {"question": problem["question"]},
            "expected": problem["ground_truth"].rsplit("A:", 1)[1].strip(),
        }
        for number, problem in enumerate(problems)
    )
    repository.write(f"{FOLDER}/problems.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def write_outputs(repository: ScratchRepository, problems: list[dict[str, Any]], models: list[str]) -> None:
    """Write what each of *models* answered."""
    lines = []
    for number, problem in enumerate(problems):
        case = Case(f"p{number:04}", {"question": problem["question"]})
        for model in models:
            samples = [{"output": problem[model]["solution"]}]
            entry = {"case": case.id, "model": model, "source": "imported", "inputs": inputs_digest(case)}
            lines.append(json.dumps(entry | {"samples": samples}, ensure_ascii=False) + "\n")
    repository.write(f"{FOLDER}/outputs.jsonl", "".join(lines))


def test_every_verdict_and_every_rate(repository: ScratchRepository, problems: list[dict[str, Any]]) -> None:
    write_problems(repository, problems)
    write_outputs(repository, problems, list(RATES))
    shown = run("check", cwd=repository.root)
    assert shown.code == 0, shown.err
    for model, rate in RATES.items():
        passes = sum(problem[model]["is_correct"] for problem in problems)
        assert f"  {model} · correct {rate:.2f} % ({passes} of 1,319; 95 % interval " in shown.out

    document = run("check", "--format", "json", cwd=repository.root).json
    states = {(case["case"], case["model"]): case["state"] for case in document["prompts"][0]["cases"]}
    assert len(states) == 4 * 1319 == 5276
    wrong = [
        (number, model)
        for number, problem in enumerate(problems)
        for model in RATES
        if states[f"p{number:04}", model] != ("pass" if problem[model]["is_correct"] else "fail")
    ]
    assert wrong == []


def test_the_accuracies_from_an_evaluation(repository: ScratchRepository, problems: list[dict[str, Any]]) -> None:
    write_problems(repository, problems)
    write_outputs(repository, problems, list(RATES))
    repository.commit()
    done = run("eval", "--format", "json", "--run-file", "gsm8k.run.jsonl", cwd=repository.root)
    assert done.code == 0, done.err
    found = {entry["model"]: entry["evaluators"][0] for entry in done.json["results"]}
    assert {model: round(100 * rate["mean"], 2) for model, rate in found.items()} == RATES
    assert all(
        (rate["evaluator"], rate["kind"], rate["cases"]) == ("correct", "assertion", 1319) for rate in found.values()
    )
    shares = {model: np.mean([problem[model]["is_correct"] for problem in problems]) for model in RATES}
    assert {model: rate["error"] for model, rate in found.items()} == pytest.approx(
        {model: (share * (1 - share) / 1318) ** 0.5 for model, share in shares.items()}, rel=1e-9
    )
    lines = (repository.root / "gsm8k.run.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 4 * 1319 + 1
    one = run("eval", "--model", "175b_verification", "--format", "json", cwd=repository.root).json
    assert [entry["model"] for entry in one["results"]] == ["175b_verification"]
    assert one["results"][0]["evaluators"][0] == found["175b_verification"]


def test_the_published_marks_as_scores(repository: ScratchRepository, problems: list[dict[str, Any]]) -> None:
    """What the publishers say of each answer is taken as it is: the same figures, and the same verdict, as ours."""
    write_problems(repository, problems)
    marks = "  mark: {type: value, score: mark}\ngate: {primary: mark, "
    repository.write(f"{FOLDER}.prompt.yml", PROMPT.replace("gate: {primary: correct, ", marks))
    models = ["175b_finetuning", "175b_verification"]
    write_outputs(repository, problems, models)
    path = repository.root / f"{FOLDER}/outputs.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        problem = problems[int(line["case"][1:])]
        line["samples"][0]["scores"] = {"mark": float(problem[line["model"]]["is_correct"])}
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    repository.commit()
    for model in models:
        done = run(
            "eval", "--model", model, "--format", "json", "--run-file", f"{model}.run.jsonl", cwd=repository.root
        )
        assert done.code == 0, done.err
        ours, published = done.json["results"][0]["evaluators"]
        assert (published["evaluator"], published["kind"], published["cases"]) == ("mark", "score", 1319)
        assert round(100 * published["mean"], 2) == RATES[model]
        assert published["mean"] == pytest.approx(ours["mean"])
    done = run("compare", *(f"{model}.run.jsonl" for model in models), "--format", "json", cwd=repository.root)
    (found,) = done.json["prompts"][0]["comparisons"]
    assert (found["verdict"], found["scale"], found["pairs"]) == ("IMPROVEMENT", "score", 1319)
    assert 100 * found["difference"] == pytest.approx(56.25 - 34.72, abs=0.01)
    assert 0 < found["lower"] < found["difference"] < found["upper"]


def test_the_accuracies_from_a_stream(repository: ScratchRepository, problems: list[dict[str, Any]]) -> None:
    write_problems(repository, problems)
    write_outputs(repository, problems, list(RATES))
    tree = WorkingTree(str(repository.root))
    loaded = Library(tree, Config()).load(f"{FOLDER}.prompt.yml", rows=False)
    assert loaded.prompt is not None
    assert not loaded.prompt.cases
    cases = CaseStream(tree, loaded)
    passes = dict.fromkeys(RATES, 0)
    with open_recorded(tree, loaded) as recorded:
        for result in replayed(loaded, cases, recorded):
            passes[result.model] += result.passed is True
        assert (cases.count, cases.wrong, recorded.wrong) == (1319, 0, 0)
    assert {model: round(100 * number / 1319, 2) for model, number in passes.items()} == RATES


def likelihood_interval(broken: int, fixed: int, n: int) -> tuple[float, float]:
    """Return the 95 % score interval of the paired difference, its nuisance parameter found by numeric maximisation."""

    def score(delta: float) -> float:
        def loss(p: float) -> float:
            """Minus the log likelihood where *p* is the share of broken cases and ``p + delta`` that of fixed ones."""
            same = max(1 - 2 * p - delta, 0.0)
            return -float(xlogy(broken, p) + xlogy(fixed, p + delta) + xlogy(n - broken - fixed, same))

        low, high = max(0.0, -delta), (1 - delta) / 2
        p = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
        return float((fixed - broken - n * delta) / (n * (2 * p + delta - delta**2)) ** 0.5)

    z = norm.ppf(0.975)
    observed = (fixed - broken) / n
    lower = brentq(lambda delta: score(delta) - z, observed - 0.2, observed)
    upper = brentq(lambda delta: score(delta) + z, observed, observed + 0.2)
    return lower, upper


def expected_verdict(lower: float, upper: float) -> str:
    if lower > 0:
        return "IMPROVEMENT"
    if upper < 0:
        return "REGRESSION" if lower <= -MARGIN else "WORSE, WITHIN MARGIN"
    return "NO REGRESSION" if lower > -MARGIN else "INCONCLUSIVE"


@pytest.mark.parametrize(
    ("base", "head", "verdict"),
    [
        ("6b_finetuning", "175b_verification", "IMPROVEMENT"),
        ("6b_verification", "175b_finetuning", "REGRESSION"),
    ],
)
def test_the_verdict_between_two_models(
    repository: ScratchRepository, problems: list[dict[str, Any]], base: str, head: str, verdict: str
) -> None:
    write_problems(repository, problems)
    write_outputs(repository, problems, [base])
    repository.commit()
    write_outputs(repository, problems, [head])
    repository.commit()
    shown = run("review", "HEAD~1..HEAD", cwd=repository.root)
    document = run("review", "HEAD~1..HEAD", "--format", "json", cwd=repository.root).json

    before, after = ([problem[model]["is_correct"] for problem in problems] for model in (base, head))
    pairs = list(zip(before, after, strict=True))
    broken, fixed, n = pairs.count((True, False)), pairs.count((False, True)), len(pairs)
    lower, upper = likelihood_interval(broken, fixed, n)
    tail = binom.cdf(min(broken, fixed), broken + fixed, 0.5)
    p_value = 2 * tail - binom.pmf(min(broken, fixed), broken + fixed, 0.5)
    assert p_value < 0.05
    assert expected_verdict(lower, upper) == verdict

    (comparison,) = document["prompts"][0]["comparisons"]
    assert (comparison["base_model"], comparison["head_model"]) == (base, head)
    assert (len(comparison["broken"]), len(comparison["fixed"]), comparison["pairs"]) == (broken, fixed, n)
    assert comparison["verdict"] == verdict
    assert comparison["base_rate"] == pytest.approx(sum(before) / n)
    assert comparison["head_rate"] == pytest.approx(sum(after) / n)
    assert comparison["difference"] == pytest.approx((fixed - broken) / n)
    assert (comparison["lower"], comparison["upper"]) == pytest.approx((lower, upper), abs=1e-6)
    assert comparison["p_value"] == pytest.approx(p_value, rel=1e-6)
    assert shown.code == (1 if verdict == "REGRESSION" else 0)
    assert f"{RATES[base]:.2f} → {RATES[head]:.2f} %" in shown.out
    assert f"**{broken} / {fixed} / {n - broken - fixed}**" in shown.out
    assert len(shown.out) < 65_536
