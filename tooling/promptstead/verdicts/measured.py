"""What one case measures: a share of passes, or a score, over the samples of one side."""

from collections.abc import Iterable
from typing import NamedTuple

from promptstead.evaluators.examine import CASE_PASSES
from promptstead.evaluators.shared.results import CaseResult, Result, decisive, whole
from promptstead.runs.tally import Measure, Rate
from promptstead.words.sentence import Sentence, say


class Measured(NamedTuple):
    """The mean over the *samples* of one case. *score*: on a scale of its own, and not a share of passes."""

    value: float
    samples: int
    score: bool


def measured(result: CaseResult, primary: str) -> Measured | Sentence:
    """Return what a judged case measures by *primary*, an evaluator or ``case passes``; or why nothing.

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
        if isinstance(value, Sentence):
            return say("verdicts.unscored-by", evaluator=shown_evaluator(primary), reason=value)
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


def shown_evaluator(name: str) -> str:
    """Return an evaluator's name as a sentence has it; that of whole cases is said in words."""
    return say("verdicts.case-passes") if name == CASE_PASSES else name


def _number(judged: Result, result: CaseResult) -> bool | float | Sentence:
    value = judged.value
    if value is None:
        return judged.reason
    if isinstance(value, str):
        if not isinstance(result.case.expected, str):
            return say("verdicts.no-label-expected")
        return value == result.case.expected
    return value if isinstance(value, bool) else float(value)


def _unscored(result: CaseResult, primary: str) -> Sentence:
    found = (sample.items() for sample in result.samples)
    unscored = (
        say("verdicts.unscored-by", evaluator=name, reason=item.reason)
        for items in found
        for name, item in items
        if item.value is None and (primary == name or (primary == CASE_PASSES and not item.part))
    )
    return next(unscored, None) or say("verdicts.nothing-to-compare")
