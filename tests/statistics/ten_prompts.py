"""Ten prompts of which none changed: how often a report raises an alarm about any, ours and MLflow's.

``python -m tests.statistics.ten_prompts`` draws 10,000 reports from real answers (the Game of 24, as
``false_alarms.py``): five of the prompts are the standard one and five chain of thought, each with 100 cases and one
answer a side. MLFLOW names the folder that holds the package `mlflow` (3.18 or later), whose test is applied to each
prompt by itself, as it does.
"""

import os
import sys
from collections.abc import Callable
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random

from promptstead.statistics.paired_shares import ALPHA, among
from tests.statistics.false_alarms import PROMPTS, claims, counted, pair, read

DRAWS = 10_000
TIMES = 5
"""How often each of both prompts stands in a report."""


def mlflow_p_value() -> Callable[[int, int], float] | None:
    """Return MLflow's p-value of the numbers of cases that broke and that were fixed; None where it is not there."""
    folder = os.environ.get("MLFLOW", "")
    path = Path(folder, "mlflow", "genai", "evaluation", "comparison", "significance_tests.py")
    if not folder or not path.is_file():
        return None
    import numpy

    spec = spec_from_file_location("significance_tests", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)

    @cache
    def p_value(broken: int, fixed: int) -> float:
        deltas = numpy.array([-1.0] * broken + [1.0] * fixed + [0.0] * (100 - broken - fixed))
        return float(module._mcnemar(deltas)[1])

    return p_value


def shares(draws: int = DRAWS) -> dict[str, float]:
    """Return rule -> share of reports in which it calls any prompt better or worse."""
    answers = [read(prompt)[0] for prompt in PROMPTS for _ in range(TIMES)]
    p_value = mlflow_p_value()
    draw, seen = Random("ten prompts"), dict.fromkeys(("promptstead", "each by itself", "MLflow", "any drop"), 0)
    for _ in range(draws):
        changes = [pair(draw, cases) for cases in answers]
        compared = [counted(each) for each in changes]
        seen["promptstead"] += any(map(claims, among(compared)))
        seen["each by itself"] += any(map(claims, compared))
        seen["any drop"] += any(sum(each) < 0 for each in changes)
        if p_value is not None:
            seen["MLflow"] += any(p_value(each.count(-1), each.count(1)) < ALPHA for each in changes)
    if p_value is None:
        del seen["MLflow"]
    return {rule: count / draws for rule, count in seen.items()}


if __name__ == "__main__":
    for rule, share in shares(int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS).items():
        print(f"| {rule} | {share:.1%} |")
