"""Published data: GSM8K's verdicts are reproduced, and all pairs of its models compared as scipy and statsmodels do."""

import json
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from scipy import stats  # type: ignore[import-untyped]
from scipy.optimize import brentq  # type: ignore[import-untyped]
from statsmodels.stats.contingency_tables import mcnemar  # type: ignore[import-untyped]
from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]

from promptstead.evaluators.examine import by_model, evaluate
from promptstead.model import Case, EvaluatorSpec, Gate, Prompt, RecordedOutput
from promptstead.runs.tally import counted
from promptstead.statistics.paired_means import compare_means
from promptstead.statistics.paired_shares import paired, wilson
from promptstead.verdicts.decision import Verdict, verdict
from promptstead.verdicts.gate import decide
from promptstead.verdicts.pairing import Sides

DATA = Path(__file__).parents[3] / "shared" / "data"
GSM8K = DATA / "gsm8k" / "example_model_solutions.jsonl"
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
        mean = counted(results[model]).rates()[0].mean
        assert mean is not None
        assert round(100 * mean, 2) == rate
    for old, new, expected in [
        ("6b_finetuning", "175b_verification", Verdict.IMPROVEMENT),
        ("175b_verification", "6b_verification", Verdict.REGRESSION),
    ]:
        decision = decide(Sides(old, new, tuple(results[old]), tuple(results[new])), Gate(), Gate())
        assert decision.verdict == expected
        assert len(decision.fixed) + len(decision.broken) + len(decision.unchanged) == 1319


def score_interval(broken: int, fixed: int, n: int) -> tuple[float, float]:
    """Return Tango's interval with the likelihood equation solved by numpy and the limits by Brent's method."""

    def score(delta: float) -> float:
        roots = np.roots([2 * n, -fixed - broken + (2 * n - fixed + broken) * delta, -broken * delta * (1 - delta)])
        q = max(roots.real)
        return float((fixed - broken - n * delta) / (n * (2 * q + delta * (1 - delta))) ** 0.5)

    z, seen = stats.norm.ppf(0.975), (fixed - broken) / n
    lower = brentq(lambda delta: score(delta) - z, seen - 0.2, seen, xtol=1e-13)
    return lower, brentq(lambda delta: score(delta) + z, seen, seen + 0.2, xtol=1e-13)


@pytest.mark.skipif(not GSM8K.exists(), reason="the GSM8K answers are not here")
def test_all_pairs_of_the_four_models_agree_with_scipy_and_statsmodels() -> None:
    with GSM8K.open(encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    right = {model: [float(row[model]["is_correct"]) for row in rows] for model in RATES}
    n = len(rows)
    for model, passes in right.items():
        expected = proportion_confint(sum(passes), n, method="wilson")
        assert wilson(int(sum(passes)), n) == pytest.approx(expected, abs=1e-9), model
    for old, new in permutations(RATES, 2):
        base, head = right[old], right[new]
        pairs = list(zip(base, head, strict=True))
        broken, fixed = pairs.count((1, 0)), pairs.count((0, 1))
        found = paired(broken, fixed, n)
        assert (found.lower, found.upper) == pytest.approx(score_interval(broken, fixed, n), abs=1e-9)
        exact = mcnemar([[0, broken], [fixed, 0]], exact=True).pvalue
        middle = exact - stats.binom.pmf(min(broken, fixed), broken + fixed, 0.5)
        assert found.p_value == pytest.approx(middle, rel=1e-9, abs=1e-300)
        means, test = compare_means(base, head), stats.ttest_rel(head, base)
        interval = test.confidence_interval(0.95)
        assert (means.lower, means.upper) == pytest.approx((interval.low, interval.high), abs=1e-9)
        assert means.p_value == pytest.approx(test.pvalue, rel=1e-8, abs=1e-300)
        groups = [index // 3 for index in range(n)]
        fit = sm.OLS(np.subtract(head, base), np.ones(n)).fit(
            cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
        )
        grouped = compare_means(base, head, [str(group) for group in groups])
        assert (grouped.lower, grouped.upper) == pytest.approx(tuple(fit.conf_int()[0]), abs=1e-9)
        claimed = {Verdict.IMPROVEMENT} if fixed > broken else {Verdict.REGRESSION, Verdict.WITHIN_MARGIN}
        assert verdict(found, 0.02) in claimed
