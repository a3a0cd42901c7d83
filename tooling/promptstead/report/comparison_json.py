"""A comparison as JSON for programs; ``schemas/compare.schema.json`` describes it."""

from promptstead.model import Json
from promptstead.report.review_json import decision_json
from promptstead.verdicts.comparison import ComparisonReport
from promptstead.words.sentence_json import sentence_json

FORMAT = "promptstead/compare/v2"


def comparison_json(report: ComparisonReport) -> dict[str, Json]:
    """Return the whole comparison as one JSON document."""
    return {
        "format": FORMAT,
        "base": report.base,
        "head": report.head,
        "blocks": report.blocks,
        "contracts": [{"prompt": prompt, "old": old, "new": new} for prompt, old, new in report.declared],
        "counts": report.counts(),
        "cautions": [sentence_json(caution) for caution in report.cautions],
        "only_base": list(report.only_base),
        "only_head": list(report.only_head),
        "prompts": [
            {
                "id": prompt.id,
                "verdict": str(prompt.verdict),
                "error": None if prompt.error is None else sentence_json(prompt.error),
                "looks": list(prompt.looks),
                "comparisons": [decision_json(decision) for decision in prompt.decisions],
            }
            for prompt in report.prompts
        ],
    }
