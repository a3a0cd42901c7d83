"""What a paired comparison says about a change."""

from enum import StrEnum
from math import ceil

from promptstead.evals.statistics import Comparison, paired

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
    """Judge the interval of head minus base against the non-inferiority *margin* (a share from 0 to 1).

    IMPROVEMENT: lower > 0. REGRESSION: upper < 0 and lower <= -margin. WORSE, WITHIN MARGIN: upper < 0 and lower >
    -margin. NO REGRESSION: holds 0 and lower > -margin. INCONCLUSIVE otherwise. NOT EVALUATED without any pair.
    """
    if comparison.n == 0:
        return Verdict.NOT_EVALUATED
    if comparison.lower > 0:
        return Verdict.IMPROVEMENT
    if comparison.upper < 0:
        return Verdict.REGRESSION if comparison.lower <= -margin else Verdict.WITHIN_MARGIN
    return Verdict.NO_REGRESSION if comparison.lower > -margin else Verdict.INCONCLUSIVE


def further_cases(comparison: Comparison, margin: float) -> int | None:
    """Return how many more cases would decide an inconclusive comparison, if they change as often as those seen.

    The shares of broken and fixed cases are held as observed while n grows (counts rounded to whole cases); the answer
    is the growth, found by bisection, at which the comparison gives another verdict. None where a million cases would
    not: the difference seen is the margin itself, or the margin is 0 and nothing differs. 0 where the comparison is not
    inconclusive.
    """
    if verdict(comparison, margin) != Verdict.INCONCLUSIVE:
        return 0

    def decides(n: int) -> bool:
        broken = round(comparison.broken * n / comparison.n)
        fixed = min(round(comparison.fixed * n / comparison.n), n - broken)
        return verdict(paired(broken, fixed, n), margin) != Verdict.INCONCLUSIVE

    low, high = comparison.n, comparison.n + 1
    while not decides(high):
        if high > MAX_CASES:
            return None
        low, high = high, ceil(high * 1.5)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if decides(middle) else (middle, high)
    return high - comparison.n
