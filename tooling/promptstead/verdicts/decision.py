"""What a paired comparison says about a change."""

from dataclasses import replace
from enum import StrEnum
from math import ceil, isfinite, sqrt

from promptstead.statistics.distributions import student_quantile, student_tail
from promptstead.statistics.paired_means import unseen
from promptstead.statistics.paired_shares import ALPHA, Comparison, Method, paired

MAX_CASES = 1_000_000


class Verdict(StrEnum):
    """The six answers to "did it get worse?"."""

    IMPROVEMENT = "IMPROVEMENT"
    REGRESSION = "REGRESSION"
    WITHIN_MARGIN = "WORSE, WITHIN MARGIN"
    NO_REGRESSION = "NO REGRESSION"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_EVALUATED = "NOT EVALUATED"


def verdict(comparison: Comparison, margin: float) -> Verdict:
    """Judge the interval of head minus base, turned round where less is better, against the non-inferiority *margin*.

    The margin is a share from 0 to 1, and for scores a difference in their unit.

    IMPROVEMENT: lower > 0. REGRESSION: upper < 0 and lower <= -margin. WORSE, WITHIN MARGIN: upper < 0 and lower >
    -margin. NO REGRESSION: holds 0 and lower > -margin. INCONCLUSIVE otherwise. NOT EVALUATED without any pair.
    """
    if comparison.n == 0:
        return Verdict.NOT_EVALUATED
    lower, upper = comparison.gain
    if lower > 0:
        return Verdict.IMPROVEMENT
    if upper < 0:
        return Verdict.REGRESSION if lower <= -margin else Verdict.WITHIN_MARGIN
    return Verdict.NO_REGRESSION if lower > -margin else Verdict.INCONCLUSIVE


def further_cases(comparison: Comparison, margin: float) -> int | None:
    """Return how many more cases would decide an inconclusive comparison, if they are like those seen.

    The difference, and how often or how far cases change, are held as observed while n grows; the answer is the growth,
    found by bisection, at which the comparison gives another verdict. Cases are as clustered as those seen. None where
    a million cases would not: the difference seen is the margin itself, or the margin is 0 and nothing differs; and
    where there is no error to go by. 0 where the comparison is not inconclusive.
    """
    if verdict(comparison, margin) != Verdict.INCONCLUSIVE:
        return 0
    if comparison.method != Method.MCNEMAR and not isfinite(comparison.error):
        return None

    def decides(n: int) -> bool:
        return verdict(grown(comparison, n), margin) != Verdict.INCONCLUSIVE

    low, high = comparison.n, comparison.n + 1
    while not decides(high):
        if high > MAX_CASES:
            return None
        low, high = high, ceil(high * 1.5)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if decides(middle) else (middle, high)
    return high - comparison.n


def grown(comparison: Comparison, n: int) -> Comparison:
    """Return *comparison* as it would be over *n* cases like those seen (counts rounded to whole cases).

    One that is made together with others claims a difference at the strictest level of the procedure.
    """
    if comparison.method == Method.MCNEMAR:
        broken = round(comparison.broken * n / comparison.n)
        larger = paired(broken, min(round(comparison.fixed * n / comparison.n), n - broken), n)
    else:
        units = max(2, round(comparison.units * n / comparison.n))
        error = comparison.error * sqrt(comparison.units / units)
        half, least = student_quantile(1 - ALPHA / 2, units - 1) * error, unseen(units) * comparison.span
        lower, upper = comparison.difference - half, comparison.difference + half
        larger = replace(
            comparison,
            n=n,
            units=units,
            error=error,
            p_value=student_tail(comparison.difference / error, units - 1)
            if error
            else float(not comparison.difference),
            lower=lower if lower > 0 else min(lower, comparison.difference - least),
            upper=upper if upper < 0 else max(upper, comparison.difference + least),
        )
    if larger.p_value * comparison.family < ALPHA:
        return larger
    return replace(larger, lower=min(larger.lower, 0.0), upper=max(larger.upper, 0.0))
