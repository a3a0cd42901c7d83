"""The normal and Student's t distribution: tails and quantiles, to about 1e-12, without a library.

Importing scipy takes longer than a whole review; it is the oracle in the tests.
"""

from functools import lru_cache
from math import erfc, exp, inf, lgamma, log, log1p, pi, sqrt, tan

_SERIES_FROM = 200
"""From here on the ratio of two gamma functions comes from its series: a difference of two lgamma would lose digits."""


def normal_tail(z: float) -> float:
    """Return the probability that a standard normal value is at least *z* away from 0, on either side."""
    return erfc(abs(z) / sqrt(2))


def normal_below(z: float) -> float:
    """Return the probability that a standard normal value is below *z*."""
    return erfc(-z / sqrt(2)) / 2


@lru_cache(maxsize=256)
def normal_quantile(p: float) -> float:
    """Return the value below which a standard normal value is with probability *p*; infinite at 0 and 1.

    :raises ValueError: *p* is no probability.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"{p} is no probability")
    if p in (0, 1):
        return inf if p else -inf
    if p >= 0.5:
        return -normal_quantile(1 - p) if p > 0.5 else 0.0
    low, high = -40.0, 0.0
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if normal_below(middle) < p else (low, middle)
    return (low + high) / 2


def student_tail(t: float, degrees: float) -> float:
    """Return the probability that a value of Student's t is at least *t* away from 0, on either side.

    It is the regularised incomplete beta function I(degrees / 2, 1 / 2) at degrees / (degrees + t²): DLMF 8.17(i), by
    the continued fraction of DLMF 8.17(v).

    :raises ValueError: *degrees* (of freedom) is not positive.
    """
    if not degrees > 0:
        raise ValueError("a t distribution without degrees of freedom")
    a, b, square = degrees / 2, 0.5, t * t
    if square in (0, inf):
        return 0.0 if square else 1.0
    front = exp(_log_gamma_ratio(a) - log(pi) / 2 - a * log1p(square / degrees) - log1p(degrees / square) / 2)
    x = 1 / (1 + square / degrees)
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 / (1 + degrees / square)) / b


def _log_gamma_ratio(a: float) -> float:
    """Return log(Γ(a + 1/2) / Γ(a)); the series is DLMF 5.11.13."""
    if a < _SERIES_FROM:
        return lgamma(a + 0.5) - lgamma(a)
    return log(a) / 2 - 1 / (8 * a) + 1 / (192 * a**3) - 1 / (640 * a**5)


def _fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of the incomplete beta function, by Lentz's method."""
    tiny = 1e-300
    c, d = 1.0, 1 / ((1 - (a + b) * x / (a + 1)) or tiny)
    value = d
    for m in range(1, 100_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for term in (even, odd):
            d = 1 / ((1 + term * d) or tiny)
            c = (1 + term / c) or tiny
            step = c * d
            value *= step
        if abs(step - 1) < 1e-16:
            break
    return value


@lru_cache(maxsize=1024)
def student_quantile(p: float, degrees: float) -> float:
    """Return the value below which a value of Student's t is with probability *p*; infinite at 0 and 1.

    Newton's method on the tail, from the first terms of the expansion in 1 / degrees (Abramowitz and Stegun 26.7.5).

    :raises ValueError: *p* is no probability or *degrees* is not positive.
    """
    if not 0 <= p <= 1 or not degrees > 0:
        raise ValueError(f"no quantile of t at {p} with {degrees} degrees of freedom")
    if p <= 0.5:
        return 0.0 if p == 0.5 else -student_quantile(1 - p, degrees)
    z = normal_quantile(p)
    if p == 1 or degrees == inf:
        return z
    if degrees == 1:
        return tan(pi * (p - 0.5))
    wanted = 2 * (1 - p)
    t = z + (z**3 + z) / (4 * degrees)
    constant = _log_gamma_ratio(degrees / 2) - log(degrees * pi) / 2
    for _ in range(100):
        density = exp(constant - (degrees + 1) / 2 * log1p(t * t / degrees))
        step = (student_tail(t, degrees) - wanted) / (2 * density)
        t += step
        if abs(step) < 1e-14 * t:
            break
    return t
