"""Several answers to one case: how often it passes, and how much of the spread is the model's, how much the cases'."""

from collections.abc import Sequence
from math import comb, nan, sqrt
from typing import NamedTuple


class Spread(NamedTuple):
    """Standard deviations: of the samples of one case around that case, and of the cases around their mean.

    *within* is not a number where no case has two samples, *between* where there are not two cases. *share* is the part
    of one sample's variance that lies between cases (the intraclass correlation).
    """

    within: float
    between: float
    share: float


def pass_at_k(n: int, passes: int, k: int) -> float:
    """Return the unbiased estimate that at least one of *k* samples passes, from *passes* of *n*.

    1 - C(n - passes, k) / C(n, k): Chen et al. (2021), Evaluating large language models trained on code, arXiv
    2107.03374, equation 1.

    :raises ValueError: *k* is not from 1 to *n*, or *passes* not from 0 to *n*.
    """
    _check(n, passes, k)
    return 1 - comb(n - passes, k) / comb(n, k)


def pass_hat_k(n: int, passes: int, k: int) -> float:
    """Return the unbiased estimate that all of *k* samples pass (pass^k), from *passes* of *n*.

    C(passes, k) / C(n, k): Yao et al. (2024), τ-bench, arXiv 2406.12045.

    :raises ValueError: as :func:`pass_at_k`.
    """
    _check(n, passes, k)
    return comb(passes, k) / comb(n, k)


def at_least(n: int, passes: int, wanted: int, k: int) -> float:
    """Return the unbiased estimate that at least *wanted* of *k* samples pass, from *passes* of *n*.

    The share of the choices of *k* of the *n* samples that hold so many: the tail of a hypergeometric distribution. It
    is pass@k for 1 wanted and pass^k for *k* wanted.

    :raises ValueError: as :func:`pass_at_k`, or *wanted* is not from 0 to *k*.
    """
    _check(n, passes, k)
    if not 0 <= wanted <= k:
        raise ValueError(f"{wanted} of {k} samples")
    hits = sum(comb(passes, good) * comb(n - passes, k - good) for good in range(wanted, k + 1))
    return hits / comb(n, k)


def _check(n: int, passes: int, k: int) -> None:
    if not (1 <= k <= n and 0 <= passes <= n):
        raise ValueError(f"{k} of {n} samples, {passes} passed")


def spread(cases: Sequence[Sequence[float]]) -> Spread:
    """Return the variance components of the samples of *cases*, cases without any left out.

    One-way random effects by the analysis of variance, for unequal numbers of samples; a component that comes out
    negative is 0. Searle, Casella and McCulloch (1992), Variance components.
    """
    groups = [list(samples) for samples in cases if samples]
    n, count = sum(map(len, groups)), len(groups)
    if not n:
        return Spread(nan, nan, nan)
    means = [sum(samples) / len(samples) for samples in groups]
    inside = sum((x - mean) ** 2 for samples, mean in zip(groups, means, strict=True) for x in samples)
    within = inside / (n - count) if n > count else nan
    if count < 2:
        return Spread(sqrt(within), nan, nan)
    grand = sum(map(sum, groups)) / n
    among = sum(len(samples) * (mean - grand) ** 2 for samples, mean in zip(groups, means, strict=True)) / (count - 1)
    if n == count:
        return Spread(nan, nan, nan)
    size = (n - sum(len(samples) ** 2 for samples in groups) / n) / (count - 1)
    between = max(0.0, (among - within) / size)
    total = between + within
    return Spread(sqrt(within), sqrt(between), between / total if total else nan)
