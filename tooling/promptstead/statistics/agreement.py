"""How far two raters agree: agreement, Cohen's kappa and weighted kappa with intervals, and a rater with itself.

Kappa: Cohen, A coefficient of agreement for nominal scales (1960), and Weighted kappa (1968). Its standard error is
that of Fleiss, Cohen and Everitt, Large sample standard errors of kappa and weighted kappa (1969), formula 13.
"""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import NamedTuple

from promptstead.statistics.paired_shares import Z, wilson

FEWEST = 20
"""Below so many pairs, a large-sample interval of kappa would claim too much: none is given."""

Label = bool | float | str
Weight = Callable[[Label, Label], float]
"""How far two labels agree: 1 for the same, 0 for the farthest."""


class Agreement(NamedTuple):
    """Two raters of the same things. *rate* is how often they agree, with Wilson's 95 % interval.

    *kappa* is None where it is not defined (both always say one and the same), its bounds where pairs are too few.
    """

    n: int
    rate: float | None
    lower: float | None
    upper: float | None
    kappa: float | None
    kappa_lower: float | None
    kappa_upper: float | None


class SelfAgreement(NamedTuple):
    """A rater asked twice or more about the same things.

    *things* are those asked at least twice, *split* those of them where not all its answers are the same: *rate* with
    Wilson's interval. *pairs* is the share of pairs of answers to one thing that differ, averaged over the things.
    """

    things: int
    split: int
    rate: float | None
    lower: float | None
    upper: float | None
    pairs: float | None


def agreement(pairs: Sequence[tuple[Label, Label]], weight: Weight | None = None) -> Agreement:
    """Return how far two raters agree on the things that both rated; *weight* for labels that have an order."""
    if not pairs:
        return Agreement(0, None, None, None, None, None, None)
    same = sum(a == b for a, b in pairs)
    lower, upper = wilson(same, len(pairs))
    kappa, error = kappa_and_error(pairs, weight)
    bounded = kappa is not None and len(pairs) >= FEWEST and error > 0
    low = max(-1.0, (kappa or 0.0) - Z * error) if bounded else None
    high = min(1.0, (kappa or 0.0) + Z * error) if bounded else None
    return Agreement(len(pairs), same / len(pairs), lower, upper, kappa, low, high)


def kappa_and_error(pairs: Sequence[tuple[Label, Label]], weight: Weight | None = None) -> tuple[float | None, float]:
    """Return kappa and its standard error; None where chance alone would agree always."""
    weight = weight or _equal
    labels = list(dict.fromkeys(label for pair in pairs for label in pair))
    n = len(pairs)
    joint: dict[tuple[Label, Label], float] = {}
    for pair in pairs:
        joint[pair] = joint.get(pair, 0.0) + 1 / n
    row = {label: sum(share for (a, _), share in joint.items() if a == label) for label in labels}
    column = {label: sum(share for (_, b), share in joint.items() if b == label) for label in labels}
    observed = sum(share * weight(a, b) for (a, b), share in joint.items())
    expected = sum(row[a] * column[b] * weight(a, b) for a in labels for b in labels)
    if 1 - expected < 1e-12:
        return None, 0.0
    of_row = {a: sum(column[b] * weight(a, b) for b in labels) for a in labels}
    of_column = {b: sum(row[a] * weight(a, b) for a in labels) for b in labels}
    spread = sum(
        share * (weight(a, b) * (1 - expected) - (of_row[a] + of_column[b]) * (1 - observed)) ** 2
        for (a, b), share in joint.items()
    )
    variance = (spread - (observed * expected - 2 * expected + observed) ** 2) / (n * (1 - expected) ** 4)
    return (observed - expected) / (1 - expected), sqrt(max(0.0, variance))


def quadratic(scores: Sequence[float]) -> Weight:
    """Return the weights 1 − (a − b)² / range² for scores of that range: a near miss is nearly an agreement."""
    width = max(scores) - min(scores) or 1.0
    return lambda a, b: 1 - ((float(a) - float(b)) / width) ** 2


def self_agreement(answers: Sequence[Sequence[Label]]) -> SelfAgreement:
    """Return how far a rater agrees with itself; each entry holds its answers about one thing."""
    repeated = [values for values in answers if len(values) > 1]
    if not repeated:
        return SelfAgreement(0, 0, None, None, None, None)
    split = sum(len(set(values)) > 1 for values in repeated)
    lower, upper = wilson(split, len(repeated))
    pairs = sum(map(_differing, repeated)) / len(repeated)
    return SelfAgreement(len(repeated), split, split / len(repeated), lower, upper, pairs)


def _differing(values: Sequence[Label]) -> float:
    """Return the share of pairs of *values* that differ."""
    n = len(values)
    alike = sum(values.count(value) * (values.count(value) - 1) for value in set(values))
    return 1 - alike / (n * (n - 1))


def _equal(a: Label, b: Label) -> float:
    return float(a == b)
