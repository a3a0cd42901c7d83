"""Base and head compared by the mean of each case: repeats, scores, and cases that share a cluster."""

from collections.abc import Hashable, Sequence
from math import inf, isfinite, sqrt

from promptstead.statistics.bootstrap import percentile_t
from promptstead.statistics.distributions import normal_quantile, student_quantile, student_tail
from promptstead.statistics.means import Unit, mean_and_error, units_of
from promptstead.statistics.paired_shares import ALPHA, Comparison, Method, one_way
from promptstead.statistics.sign_flips import sign_flip_test

FEW = 300
"""Up to so many independent units the interval is the bootstrap's and the test exact; above, both are Student's t."""


def compare_means(
    base: Sequence[float],
    head: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    shares: bool = True,
    less: bool = False,
    alpha: float = ALPHA,
) -> Comparison:
    """Compare the means of the cases, *base* and *head* in the same order, at the confidence 1 - *alpha*.

    Paired t on the differences, cluster-robust with G - 1 degrees of freedom where cases share a cluster (see
    :func:`promptstead.statistics.means.mean_of`). Up to 300 units the interval is the bootstrap-t's and the p-value
    that of the exact sign-flip test over whole units. As in :func:`promptstead.statistics.paired_shares.paired`, a
    difference needs both witnesses: where the test does not reject, the interval is extended to hold 0. And an interval
    is never narrower than the one of as many cases of which none changed: what happens to one case in twenty cannot be
    ruled out by ten.

    :param shares: the values are shares of passes, from 0 to 1. Otherwise they are scores on a scale of their own, of
        which the values seen and 0 are taken as the ends.
    :param less: lower values are better.
    :raises ValueError: the sides differ in length, or a value is not finite.
    """
    differences = [after - before for before, after in zip(base, head, strict=True)]
    units = units_of(differences, clusters)
    fell, rose = sum(each < 0 for each in differences), sum(each > 0 for each in differences)
    broken, fixed = (rose, fell) if less else (fell, rose)
    seen = (0.0, *base, *head)
    span = 1.0 if shares else max(seen) - min(seen) or 1.0
    bound = 1.0 if shares else inf
    if not units:
        return Comparison(0, 0, 0, float("nan"), -bound, bound, 1.0, Method.T, 0, inf, least=1.0)
    mean, error = mean_and_error(units)
    n, groups = len(differences), len(units)
    if groups < 2:
        return Comparison(n, broken, fixed, mean, -bound, bound, 1.0, Method.T, groups, error, least=1.0, less=less)
    few = groups <= FEW
    p_value = sign_flip_test([unit.total for unit in units]) if few else _t_test(mean, error, groups)
    lower, upper = _interval(units, few, alpha)
    least = unseen(groups, alpha) * span
    lower, upper = _widened(min(lower, mean - least), max(upper, mean + least), (lower, upper), p_value, alpha)
    method = Method.BOOTSTRAP if few else Method.T
    lower, upper = max(lower, -bound), min(upper, bound)
    smallest = least_p_value(units)
    return Comparison(n, broken, fixed, mean, lower, upper, p_value, method, groups, error, span, smallest, less)


def least_p_value(units: Sequence[Unit]) -> float:
    """Return a p-value that no other differences of the same units would be below; 1 where none of them differs.

    Of the exact test it is the one where all have the same sign. Student's t over G units of sizes s, N in all, is
    largest where every unit of D that differs, d of them, is as far from its share of the mean, which by Cauchy and
    Schwarz gives t² = (G - 1) / G / (Σ(s² outside D) / N² + (1 - Σ(s in D) / N)² / d): d (G - 1) / (G - d) without
    clusters.
    """
    groups, differ = len(units), [unit.size for unit in units if unit.total]
    if groups <= FEW or not differ:
        return one_way(len(differ))
    n = sum(unit.size for unit in units)
    outside = sum((unit.size / n) ** 2 for unit in units if not unit.total)
    spread = outside + (1 - sum(differ) / n) ** 2 / len(differ)
    return student_tail(sqrt((groups - 1) / groups / spread), groups - 1) if outside else 0.0


def unseen(units: int, alpha: float = ALPHA) -> float:
    """Return what share of cases may change without any of *units* showing it: Tango's limit where nothing changed."""
    square = normal_quantile(1 - alpha / 2) ** 2
    return square / (units + square)


def _widened(
    least: float, most: float, interval: tuple[float, float], p_value: float, alpha: float
) -> tuple[float, float]:
    """Return the interval extended to *least* and *most*, but over 0 only where the test does not reject."""
    lower, upper = interval
    if p_value >= alpha:
        return min(least, 0.0), max(most, 0.0)
    return (lower if lower > 0 else least), (upper if upper < 0 else most)


def _interval(units: Sequence[Unit], few: bool, alpha: float) -> tuple[float, float]:
    mean, error = mean_and_error(units)
    if error <= 1e-12 * (abs(mean) or 1):  # no spread
        return mean, mean
    if few:
        return percentile_t(units, 1 - alpha)
    half = student_quantile(1 - alpha / 2, len(units) - 1) * error
    return mean - half, mean + half


def _t_test(mean: float, error: float, groups: int) -> float:
    if not error or not isfinite(error):
        return 1.0 if not mean or not isfinite(error) else 0.0
    return student_tail(mean / error, groups - 1)
