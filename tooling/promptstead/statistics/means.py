"""A mean with what it is worth: how many values, its standard error, its interval; also where some share a cluster."""

from collections.abc import Hashable, Sequence
from math import fsum, inf, isfinite, nan, sqrt
from typing import NamedTuple

from promptstead.statistics.distributions import student_quantile

CONFIDENCE = 0.95


class Mean(NamedTuple):
    """A mean over *n* values in *units* independent groups (*n* where none share one), with a 95 % interval.

    *error* is infinite, and the interval unbounded, below two units. All are not numbers where there is no value.
    """

    n: int
    units: int
    mean: float
    error: float
    lower: float
    upper: float

    @property
    def degrees(self) -> int:
        """The degrees of freedom of the error."""
        return self.units - 1


class Unit(NamedTuple):
    """What is independent of the rest: the sum of the values of one cluster, and how many they are."""

    total: float
    size: int


def units_of(values: Sequence[float], clusters: Sequence[Hashable] | None = None) -> list[Unit]:
    """Return the independent units of *values*, in the order of first appearance.

    :param clusters: the cluster of each value; an empty one (``""``) is that value's own. None: no clusters.
    :raises ValueError: there are not as many clusters as values, or a value is not finite.
    """
    if not all(map(isfinite, values)):
        raise ValueError("a value that is no finite number")
    if clusters is None:
        return [Unit(value, 1) for value in values]
    found: dict[Hashable, list[float]] = {}
    for index, (value, cluster) in enumerate(zip(values, clusters, strict=True)):
        found.setdefault((index,) if cluster == "" else cluster, []).append(value)
    return [Unit(sum(members), len(members)) for members in found.values()]


def mean_of(
    values: Sequence[float], clusters: Sequence[Hashable] | None = None, confidence: float = CONFIDENCE
) -> Mean:
    """Return the mean of *values* with its standard error and its t interval.

    With clusters the error is the cluster-robust one with the small-sample factor G / (G - 1) over G clusters, and the
    interval has G - 1 degrees of freedom; without, both are the textbook's. Liang and Zeger (1986), Longitudinal data
    analysis using generalized linear models, Biometrika 73, 13-22; Cameron and Miller (2015), A practitioner's guide to
    cluster-robust inference, Journal of Human Resources 50, 317-372; for evaluations, Miller (2024), Adding error bars
    to evals, arXiv 2411.00640.
    """
    n = groups = len(values)
    if not n:
        return Mean(0, 0, nan, nan, nan, nan)
    if clusters is None:
        mean, error = _alone(values)
    else:
        units = units_of(values, clusters)
        groups = len(units)
        mean, error = mean_and_error(units)
    if not isfinite(error):
        return Mean(n, groups, mean, inf, -inf, inf)
    half = student_quantile((1 + confidence) / 2, groups - 1) * error
    return Mean(n, groups, mean, error, mean - half, mean + half)


def mean_and_error(units: Sequence[Unit]) -> tuple[float, float]:
    """Return the mean over all values of *units*, at least one, and its standard error; infinite below two units."""
    n, groups = sum(unit.size for unit in units), len(units)
    mean = fsum(unit.total for unit in units) / n
    if groups < 2:
        return mean, inf
    squares = fsum((unit.total - mean * unit.size) ** 2 for unit in units)
    return mean, sqrt(groups / (groups - 1) * squares) / n


def _alone(values: Sequence[float]) -> tuple[float, float]:
    """Return what :func:`mean_and_error` does for values that are a unit each, without a unit for each of very many."""
    if not all(map(isfinite, values)):
        raise ValueError("a value that is no finite number")
    n = len(values)
    mean = fsum(values) / n  # shards come in another order than a whole run
    return mean, sqrt(n / (n - 1) * fsum([(value - mean) ** 2 for value in values])) / n if n > 1 else inf
