"""Which way a score is better."""

from promptstead.model import EvaluatorSpec

LESS = frozenset(("tokens", "cost", "latency"))
"""Types whose score is what an answer took."""
HARDER = frozenset(("flesch-kincaid", "ari", "lix"))
"""Formulas of readability that are higher where a text is harder."""


def less_is_better(spec: EvaluatorSpec) -> bool:
    """Tell whether a lower score of the check is the better one: as its ``better`` says, or by the nature of its kind.

    Tokens, cost, seconds and edits are better when they are fewer, and a text is when it is easier; of any other score
    more is better. Lengths and counts are better neither way by nature: lint asks for ``better`` where one decides. A
    check of a run file says it in any case.
    """
    options = spec.options
    if "better" in options or "digest" in options:
        return options.get("better") == "lower"
    return (
        spec.type in LESS
        or (spec.type == "similarity" and options.get("metric") == "distance")
        or (spec.type == "readability" and options.get("formula") in HARDER)
    )
