"""Before a run: how many cases a comparison needs.

All counts assume a paired comparison at the two-sided *alpha* (5 %) that :func:`promptstead.verdicts.decision.verdict`
uses, and independent cases; :func:`inflated` turns them into counts of clustered ones.
"""

from math import ceil, sqrt

from promptstead.statistics.distributions import normal_quantile
from promptstead.statistics.paired_shares import ALPHA, score_variance

POWER = 0.8


def discordance_of(rate: float) -> float:
    """Return the share of cases that differ between two answers of one model, if each passes with probability *rate*.

    2 · rate · (1 - rate) is the most that chance alone gives at that rate: cases that always or never pass give less.

    :raises ValueError: *rate* is no share.
    """
    _share("rate", rate)
    return 2 * rate * (1 - rate)


def cases_to_clear(margin: float, discordance: float, power: float = POWER, alpha: float = ALPHA) -> int:
    """Return how many cases show NO REGRESSION with probability *power* when the change made nothing worse.

    The lower end of Tango's interval must lie above -margin: n = (z · s₀ + z' · s₁)² / margin², where s₁² is the
    discordance and s₀² the variance that the score test assumes at a difference of -margin. Nam (1997), Establishing
    equivalence of two treatments and sample size requirements in matched-pairs design, Biometrics 53, 1422-1430.

    :param discordance: share of the cases that pass on one side only.
    :raises ValueError: an argument is out of its range.
    """
    _share("discordance", discordance)
    _share("power", power)
    if not 0 < margin < 1:
        raise ValueError("the margin must be above 0 and below 1")
    z, reserve = normal_quantile(1 - alpha / 2), normal_quantile(power)
    assumed = score_variance(discordance / 2, discordance / 2, -margin)
    return int(((z * sqrt(assumed) + reserve * sqrt(discordance)) / margin) ** 2) + 1


def cases_to_clear_mean(
    margin: float, deviation: float, power: float = POWER, alpha: float = ALPHA, span: float = 1.0
) -> int:
    """As :func:`cases_to_clear`, of means: *deviation* is the standard deviation of the difference of one case.

    n = ((z + z') · deviation / margin)², and never fewer than give an interval shorter than the margin when no case
    changed. *span* is the length of the scale, in the unit of *margin* and *deviation*.

    :raises ValueError: an argument is out of its range.
    """
    _share("power", power)
    if not (0 < margin < span and deviation >= 0):
        raise ValueError("the margin must be above 0 and below the length of the scale, the deviation not negative")
    z, reserve = normal_quantile(1 - alpha / 2), normal_quantile(power)
    return max(ceil(((z + reserve) * deviation / margin) ** 2), int(z * z * (span / margin - 1)) + 1)


def cases_to_notice(drop: float, discordance: float, power: float = POWER, alpha: float = ALPHA) -> int:
    """Return how many cases show with probability *power* that the pass rate fell, when it fell by *drop*.

    n = (z · sqrt(discordance) + z' · sqrt(discordance - drop²))² / drop². Connor (1987), Sample size for testing
    differences in proportions for the paired-sample design, Biometrics 43, 207-211.

    :raises ValueError: an argument is out of its range, or fewer cases change than the rate falls by.
    """
    _share("power", power)
    _share("drop", drop)
    _share("discordance", discordance)
    if drop <= 0 or discordance < drop:
        raise ValueError("at least as many cases change as the rate falls by, and it must fall")
    z, reserve = normal_quantile(1 - alpha / 2), normal_quantile(power)
    return ceil(((z * sqrt(discordance) + reserve * sqrt(discordance - drop * drop)) / drop) ** 2)


def inflated(cases: int, size: float, correlation: float) -> int:
    """Return how many cases in clusters of *size* are worth *cases* independent ones.

    The design effect 1 + (size - 1) · correlation: Kish (1965), Survey sampling.

    :raises ValueError: *size* is below 1 or *correlation* not from 0 to 1.
    """
    _share("correlation", correlation)
    if size < 1:
        raise ValueError("a cluster has at least one case")
    return ceil(cases * (1 + (size - 1) * correlation))


def _share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"the {name} must be from 0 to 1")
