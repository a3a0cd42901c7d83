"""A comparison as CSV: one line a prompt and pair of models."""

from collections.abc import Sequence
from typing import Any

from promptstead.report.csv_table import Cell, csv_text
from promptstead.report.review_json import decision_json
from promptstead.verdicts.comparison import ComparisonReport
from promptstead.verdicts.pairing import Pair

NUMBERS = (
    "primary",
    "margin",
    "threshold",
    "pairs",
    "clusters",
    "base_rate",
    "head_rate",
    "difference",
    "lower",
    "upper",
    "error",
    "method",
    "p_value",
    "adjusted_p_value",
    "compared_together",
    "verdict_alone",
    "better",
    "further_cases",
)
HEADER = (
    "prompt",
    "base_model",
    "head_model",
    "reference_answers",
    "verdict",
    "fails",
    *NUMBERS,
    "unchanged",
    "left_out",
    "violations",
    "broken",
    "fixed",
    "broken_cases",
    "fixed_cases",
    "reason",
)


def comparison_csv(report: ComparisonReport) -> str:
    """Return the comparison as CSV. Ids of cases stand in one cell, one a line; the numbers are those of the JSON."""
    rows: list[list[Cell]] = []
    for prompt in report.prompts:
        for decision in prompt.decisions:
            said: dict[str, Any] = dict(decision_json(decision))
            rows.append(
                [
                    prompt.id,
                    decision.sides.base_model,
                    decision.sides.head_model,
                    decision.sides.by_hand,
                    str(decision.verdict),
                    report.fails(decision),
                    *(said.get(name) for name in NUMBERS),
                    len(decision.unchanged),
                    len(decision.left_out),
                    len(decision.violations),
                    len(decision.broken),
                    len(decision.fixed),
                    _cases(decision.broken),
                    _cases(decision.fixed),
                    decision.reasons[0],
                ]
            )
        if prompt.error:
            rows.append([prompt.id, *[None] * (len(HEADER) - 2), prompt.error])
    return csv_text(HEADER, rows)


def _cases(pairs: Sequence[Pair]) -> str:
    return "\n".join(pair.head.case.id for pair in pairs)
