"""A comparison as JSON for programs; ``schemas/compare.schema.json`` describes it."""

from promptstead.model import Json
from promptstead.report.review_json import decision_json
from promptstead.verdicts.comparison import ComparisonReport

FORMAT = "promptstead/compare/v1"


def comparison_json(report: ComparisonReport) -> dict[str, Json]:
    """Return the whole comparison as one JSON document."""
    return {
        "format": FORMAT,
        "base": report.base,
        "head": report.head,
        "blocks": report.blocks,
        "counts": report.counts(),
        "cautions": list(report.cautions),
        "only_base": list(report.only_base),
        "only_head": list(report.only_head),
        "prompts": [
            {
                "id": prompt.id,
                "verdict": str(prompt.verdict),
                "error": prompt.error or None,
                "looks": list(prompt.looks),
                "comparisons": [decision_json(decision) for decision in prompt.decisions],
            }
            for prompt in report.prompts
        ],
    }
