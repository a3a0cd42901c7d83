"""What one case measures: a share of passes, or a score, over the samples of one side."""

from collections.abc import Iterable
from typing import NamedTuple

from promptstead.evaluators.examine import CASE_PASSES
from promptstead.evaluators.shared.results import CaseResult, Result, decisive, whole
from promptstead.runs.tally import Measure, Rate


class Measured(NamedTuple):
    """The mean over the *samples* of one case. *score*: on a scale of its own, and not a share of passes."""

    value: float
    samples: int
    score: bool


def measured(result: CaseResult, primary: str) -> Measured | str:
    """Return what a judged case measures by *primary*, an evaluator or ``case passes``; or in words why nothing.

    An assertion counts 1 or 0, a score itself. A label counts as an assertion: whether it is the one that the case
    expects. Every sample must have been scored: the mean of those that were would be one of chosen samples.
    """
    values: list[float] = []
    score = False
    for sample in result.samples:
        judged = whole(decisive(sample)) if primary == CASE_PASSES else sample.get(primary)
        if judged is None or (primary == CASE_PASSES and judged.value is None):
            return _unscored(result, primary)
        value = _number(judged, result)
        if isinstance(value, str):
            return f"unscored: {primary}: {value}"
        score = score or not isinstance(value, bool)
        values.append(float(value))
    return Measured(sum(values) / len(values), len(values), score) if values else _unscored(result, primary)


def rate_of(results: Iterable[CaseResult], primary: str) -> Rate:
    """Return what cases that can be compared come to together by *primary*."""
    measure = Measure(primary)
    for result in results:
        samples = [whole(decisive(each)) if primary == CASE_PASSES else each[primary] for each in result.samples]
        measure.add(samples, result.case.cluster)
    return measure.rate()


def _number(judged: Result, result: CaseResult) -> bool | float | str:
    value = judged.value
    if value is None:
        return judged.reason
    if isinstance(value, str):
        if not isinstance(result.case.expected, str):
            return "it gives a label, and the case expects no label"
        return value == result.case.expected
    return value if isinstance(value, bool) else float(value)


def _unscored(result: CaseResult, primary: str) -> str:
    found = (sample.items() for sample in result.samples)
    unscored = (
        f"unscored: {name}: {item.reason}"
        for items in found
        for name, item in items
        if item.value is None and (primary == name or (primary == CASE_PASSES and not item.part))
    )
    return next(unscored, "nothing to compare: no assertion ran on it")
