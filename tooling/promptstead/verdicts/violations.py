"""What makes a check fail, outside the statistics."""

from collections.abc import Collection

from promptstead.evaluators.shared.results import CaseResult


def violations(result: CaseResult, hard: Collection[str]) -> list[tuple[str, str]]:
    """Return evaluator and reason of what may not fail and does; *hard* are the hard checks of the prompt.

    A reference answer must pass every check, since a person wrote both; a model's answer must pass the hard checks, and
    every check of a ``must_pass`` case. A hard check that cannot judge an answer does not hold, nor does any check of a
    ``must_pass`` case. A case without an answer violates nothing.
    """
    by_hand = result.output is not None and result.output.source == "reference"
    must_pass = result.case.must_pass
    if not (by_hand or must_pass or hard):
        return []
    found = [(name, why) for name, why in result.failures() if by_hand or must_pass or name in hard]
    return found + [(name, f"unscored: {why}") for name, why in _unscored(result) if must_pass or name in hard]


def _unscored(result: CaseResult) -> list[tuple[str, str]]:
    """Return evaluator and reason of each check that could not judge a sample and failed on none."""
    failed = dict(result.failures())
    found = {
        name: item.reason
        for sample in result.samples
        for name, item in sample.items()
        if item.value is None and not item.part
    }
    return [(name, reason) for name, reason in found.items() if name not in failed]
