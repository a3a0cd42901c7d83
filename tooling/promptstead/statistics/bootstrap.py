"""The bootstrap interval of a mean, with a fixed seed: the same values give the same interval."""

from collections.abc import Sequence
from math import isfinite, sqrt
from random import Random

from promptstead.statistics.means import Unit, mean_and_error

REPLICATES = 1999
SEED = 20220


def percentile_t(units: Sequence[Unit], confidence: float, replicates: int = REPLICATES) -> tuple[float, float]:
    """Return the bootstrap-t interval: the quantiles of (mean* - mean) / error*, set in for those of Student's t.

    Whole units (cases, or clusters) are drawn. A draw without any spread says nothing and is drawn again. Efron and
    Tibshirani (1993), An introduction to the bootstrap, §12.5. It was chosen over BCa by measured coverage:
    ``tooling/docs/statistics.md``.

    :raises ValueError: the units have no spread.
    """
    mean, error = mean_and_error(units)
    if not isfinite(error) or not error:
        raise ValueError("the units have no spread")
    totals, counts = [unit.total - mean * unit.size for unit in units], [unit.size for unit in units]
    squares, products, count_squares = (
        [total * total for total in totals],
        [total * count for total, count in zip(totals, counts, strict=True)],
        [count * count for count in counts],
    )
    draw, groups = Random(SEED), len(units)
    indices = range(groups)
    found: list[float] = []
    while len(found) < replicates:
        drawn = draw.choices(indices, k=groups)
        n = sum(map(counts.__getitem__, drawn))
        shift = sum(map(totals.__getitem__, drawn)) / n
        spread = (
            sum(map(squares.__getitem__, drawn))
            - 2 * shift * sum(map(products.__getitem__, drawn))
            + shift * shift * sum(map(count_squares.__getitem__, drawn))
        )
        if spread > 1e-12 * error * error * n * n:
            found.append(shift * n / sqrt(groups / (groups - 1) * spread))
    found.sort()
    low, high = _quantiles(found, (1 - confidence) / 2, (1 + confidence) / 2)
    return mean - high * error, mean - low * error


def _quantiles(ordered: Sequence[float], low: float, high: float) -> tuple[float, float]:
    last = len(ordered) - 1
    first, second = (min(max(round(share * (len(ordered) + 1)) - 1, 0), last) for share in (low, high))
    return ordered[first], ordered[second]
