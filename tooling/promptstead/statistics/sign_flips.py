"""The exact paired randomisation test: of two that are alike, each difference could as well have the other sign."""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

MAX_UNITS = 1000
MAX_STEPS = 10_000
"""The sum of all differences in steps; finer ones are rounded, so that the distribution stays small."""


def sign_flip_test(differences: Sequence[float]) -> float:
    """Return the two-sided mid-p value of the hypothesis that each difference is as likely to have the other sign.

    The distribution of the sum over all 2ⁿ signs is worked out exactly, as the coefficients of the product of
    (1 + x^dᵢ), which are the digits of one large integer. On differences of -1, 0 and 1 it is McNemar's mid-p test.
    Fisher (1935), The design of experiments, §21; Edgington and Onghena (2007), Randomization tests.

    :raises ValueError: there are more than 1,000 differences other than 0.
    """
    steps = _in_steps([value for value in differences if value])
    if len(steps) > MAX_UNITS:
        raise ValueError(f"more than {MAX_UNITS} differences")
    if not steps:
        return 1.0
    total, ups = sum(map(abs, steps)), sum(step for step in steps if step > 0)
    width = len(steps) + 1  # bits of a coefficient: none is over 2**len(steps)
    product = 1
    for step in steps:
        product += product << (abs(step) * width)
    extreme = max(ups, total - ups)  # the sum of the positive ones is as far from total / 2 as what was seen
    above = product >> (extreme * width)
    point = above & ((1 << width) - 1)
    tail = above % ((1 << width) - 1)  # the sum of the digits, which is below the base less one
    if 2 * extreme == total:
        return 1.0
    return min(1.0, float(Fraction(2 * tail - point, 2 ** len(steps))))


def _in_steps(values: Sequence[float]) -> list[int]:
    """Return *values* as whole numbers of one step: exact where they are multiples of a simple fraction."""
    fractions = [Fraction(value).limit_denominator(1000) for value in values]
    if all(abs(fraction - Fraction(value)) < 1e-12 for fraction, value in zip(fractions, values, strict=True)):
        scale = lcm(*(fraction.denominator for fraction in fractions))
        steps = [int(fraction * scale) for fraction in fractions]
        divisor = gcd(*steps) or 1
        if sum(map(abs, steps)) // divisor <= MAX_STEPS:
            return [step // divisor for step in steps]
    total = sum(map(abs, values))
    return [round(value / total * MAX_STEPS) for value in values]
