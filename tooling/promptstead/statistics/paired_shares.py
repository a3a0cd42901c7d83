"""The statistics of a comparison: pass rates, paired differences, what they show and how many cases would show more.

Plain functions over counts. In a paired comparison of two revisions over *n* cases, *broken* (b) is the number of cases
that pass on the base and fail on the head, *fixed* (c) the number that fail on the base and pass on the head.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from math import exp, inf, lgamma, log, nan, sqrt

from promptstead.statistics.distributions import normal_quantile

Z = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""

ALPHA = 0.05
"""What may go wrong: all intervals have 95 % confidence unless another *alpha* is asked for."""


class Method(StrEnum):
    """How two revisions were compared: the interval, and the test that has to agree before a difference is claimed."""

    MCNEMAR = "Tango's interval, McNemar's mid-p test"
    BOOTSTRAP = "bootstrap-t interval, exact sign-flip test"
    T = "paired t"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Head minus base over *n* pairs, its 95 % interval and the p-value of no difference.

    Shares are from -1 to 1. *broken* and *fixed* count the cases that got worse and better. *units* is how many cases,
    or clusters of cases, are independent; *error* the standard error of the difference. *span* is the length of the
    scale. *least* is a p-value that no outcome would have been below, with as many cases that differ. *less*: lower
    values are better. *family* and *adjusted* are set by :func:`among`: how many comparisons share the 5 %, and the
    p-value in view of all.
    """

    n: int
    broken: int
    fixed: int
    difference: float
    lower: float
    upper: float
    p_value: float
    method: Method = Method.MCNEMAR
    units: int = 0
    error: float = nan
    span: float = 1.0
    least: float = 0.0
    less: bool = False
    family: int = 1
    adjusted: float | None = None

    @property
    def gain(self) -> tuple[float, float]:
        """The interval of how much better the head is: that of the difference, or turned round where less is better."""
        return (-self.upper, -self.lower) if self.less else (self.lower, self.upper)

    @property
    def clustered(self) -> bool:
        """Whether some of the cases share a cluster."""
        return self.units < self.n


def wilson(passes: int, n: int) -> tuple[float, float]:
    """Return the 95 % score interval of a proportion; (0, 1) where there is no case.

    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209-212.
    """
    if n == 0:
        return 0.0, 1.0
    rate, z2 = passes / n, Z * Z
    centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    lower = 0.0 if passes == 0 else max(0.0, centre - half)
    return lower, 1.0 if passes == n else min(1.0, centre + half)


def mcnemar(broken: int, fixed: int) -> float:
    """Return the two-sided mid-p value of McNemar's exact test; 1 where no case changed.

    Twice the binomial tail (p = 1/2) up to the smaller count, less the probability of that count. Fagerland, Lydersen
    and Laake (2013), The McNemar test for binary matched-pairs data: mid-p and asymptotic are better than exact
    conditional, BMC Medical Research Methodology 13:91.
    """
    changed, fewer = broken + fixed, min(broken, fixed)
    if broken == fixed:
        return 1.0
    point = exp(lgamma(changed + 1) - lgamma(fewer + 1) - lgamma(changed - fewer + 1) - changed * log(2))
    term = tail = point
    for count in range(fewer, 0, -1):
        term *= count / (changed - count + 1)
        tail += term
        if term < tail * 1e-18:
            break
    return min(1.0, 2 * tail - point)


@lru_cache(4096)  # the many prompts of a large change have few different counts
def tango(broken: int, fixed: int, n: int, z: float = Z) -> tuple[float, float]:
    """Return the score interval of the paired difference (fixed - broken) / n, of 95 % confidence unless *z* is given.

    It inverts the score test, so that it keeps its width where no case changed: ±z²/(n + z²). Tango (1998), Equivalence
    test and confidence interval for the difference in proportions for the paired-sample design, Statistics in Medicine
    17, 891-908.

    :raises ValueError: *n* is not positive.
    """
    if n <= 0:
        raise ValueError("an interval over no pair")
    difference = (fixed - broken) / n
    return _tango_limit(broken, fixed, n, difference, -1.0, z), _tango_limit(broken, fixed, n, difference, 1.0, z)


def _tango_limit(broken: int, fixed: int, n: int, inside: float, outside: float, z: float) -> float:
    """Find by bisection where the score statistic reaches *z*, from the observed difference outwards."""
    for _ in range(200):
        middle = (inside + outside) / 2
        if middle in (inside, outside):
            break
        if abs(_tango_score(broken, fixed, n, middle)) < z:
            inside = middle
        else:
            outside = middle
    return (inside + outside) / 2


def _tango_score(broken: int, fixed: int, n: int, delta: float) -> float:
    """Return the score statistic for the difference *delta*."""
    variance = n * score_variance(broken / n, fixed / n, delta)
    score = fixed - broken - n * delta
    if variance <= 0:
        return 0.0 if score == 0 else inf
    return score / sqrt(variance)


def score_variance(broken: float, fixed: float, delta: float) -> float:
    """Return the variance of the difference of one pair if the true difference is *delta*, by what was seen.

    The nuisance parameter is at its maximum likelihood under that difference.

    :param broken: share of the pairs that got worse.
    :param fixed: share of the pairs that got better.
    """
    b = -fixed - broken + (2 - fixed + broken) * delta
    c = -broken * delta * (1 - delta)
    q = (sqrt(max(0.0, b * b - 8 * c)) - b) / 4
    return 2 * q + delta * (1 - delta)


def paired(broken: int, fixed: int, n: int, alpha: float = ALPHA) -> Comparison:
    """Compare two revisions over *n* independent pairs with one answer a side, at the confidence 1 - *alpha*.

    The interval is Tango's. A difference is claimed only when the mid-p test agrees: where its p-value is *alpha* or
    more, an interval that leaves 0 out is extended to hold it. The error of the claim is then at most the smaller of
    the two tests'.

    :raises ValueError: the counts are negative, or more than *n* changed.
    """
    if min(broken, fixed) < 0 or broken + fixed > n:
        raise ValueError(f"{broken} broken and {fixed} fixed among {n} pairs")
    if n == 0:
        return Comparison(0, 0, 0, nan, -1.0, 1.0, 1.0, least=1.0)
    lower, upper = tango(broken, fixed, n, Z if alpha == ALPHA else normal_quantile(1 - alpha / 2))
    p_value = mcnemar(broken, fixed)
    if p_value >= alpha:
        lower, upper = min(lower, 0.0), max(upper, 0.0)
    difference = (fixed - broken) / n
    error = sqrt(max(0.0, (broken + fixed) / n - difference**2) / (n - 1)) if n > 1 else inf
    least = one_way(broken + fixed)
    return Comparison(n, broken, fixed, difference, lower, upper, p_value, units=n, error=error, least=least)


def one_way(changed: int) -> float:
    """Return the smallest mid-p value that *changed* differences can give: when all have the same sign."""
    return 0.5**changed


_ROUNDING = 1e-6
"""How far apart two p-values may come out that are the same; one too many that counts is on the safe side."""


def tarone_holm(p_values: Sequence[float], least: Sequence[float]) -> list[float]:
    """Return the p-values adjusted for testing all of them, in the order given.

    Going up from the smallest, each is multiplied by the number of hypotheses that are left and could have reached it:
    one whose smallest attainable p-value, in *least*, is above it adds nothing to the chance of a false claim. Where
    every p-value can be reached this is Holm's procedure.

    Tarone (1990), A modified Bonferroni method for discrete data, Biometrics 46, 515-522; its step-down form: Hommel
    and Krummenauer (1998), Improvements and modifications of Tarone's multiple test procedure for discrete data,
    Biometrics 54, 673-681. Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal
    of Statistics 6, 65-70.
    """
    adjusted = [1.0] * len(p_values)
    left = sorted(least)
    highest = 0.0
    for index in sorted(range(len(p_values)), key=p_values.__getitem__):
        p_value = p_values[index]
        reaching = bisect_right(left, p_value * (1 + _ROUNDING))
        highest = max(highest, min(1.0, reaching * p_value))
        adjusted[index] = highest
        del left[bisect_left(left, least[index])]
    return adjusted


def among(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Return comparisons that are made together, each claiming a difference only in view of all.

    The p-values are adjusted by :func:`tarone_holm`; where one is 0.05 or more, the interval is extended to hold 0, as
    by :func:`paired`. So the chance that any of them claims a difference where there is none stays at 5 %, however many
    prompts a change touches. A comparison of which too few cases differ for any claim is not among those that share it:
    who touches many prompts a little does not hide what becomes of another.
    """
    found = list(comparisons)
    counted = [index for index, each in enumerate(found) if each.least < ALPHA]
    values = tarone_holm([found[index].p_value for index in counted], [found[index].least for index in counted])
    by_index = dict(zip(counted, values, strict=True))
    for index, each in enumerate(found):
        adjusted = by_index.get(index)
        found[index] = each = replace(each, family=max(1, len(counted)), adjusted=adjusted)
        if adjusted is not None and adjusted >= ALPHA:
            found[index] = replace(each, lower=min(each.lower, 0.0), upper=max(each.upper, 0.0))
    return found
