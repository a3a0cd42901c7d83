"""Intervals drawn as small bars on one axis, in plain characters."""

from collections.abc import Sequence
from math import ceil

STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
"""Where an axis may end, on either side of 0."""


FLATTENED = 4
"""How many times the extent of the narrow intervals another has, for which the axis is not made longer."""


def reach(intervals: Sequence[tuple[float, float]]) -> float:
    """Return where an axis ends that the *intervals* (lower, upper) are drawn on; it is the same on both sides of 0.

    It holds all of them, but for those that would flatten the others: they are cut.
    """
    extents = sorted(max(abs(lower), abs(upper)) for lower, upper in intervals)
    if not extents:
        return STEPS[0]
    narrow = extents[(len(extents) - 1) // 4]
    most = max(extent for extent in extents if extent <= FLATTENED * max(narrow, STEPS[0]) or extent == extents[0])
    return next((step for step in STEPS if most <= step), float(ceil(most)))


def bar(lower: float, middle: float, upper: float, end: float, width: int) -> str:
    """Return ``  [---o--|-]   ``: the interval with its estimate, 0 being the bar in the middle.

    ``<`` and ``>`` stand where it goes on beyond the axis.

    :param end: where the axis ends, as :func:`reach` gives it.
    :param width: characters; odd, so that 0 has a place of its own.
    """
    half = width // 2

    def place(value: float) -> int:
        return half + round(max(-1.0, min(1.0, value / end)) * half)

    first, last = place(lower), place(upper)
    cells = [" "] * width
    cells[first : last + 1] = "-" * (last + 1 - first)
    cells[first], cells[last] = "[", "]"
    cells[half] = "|"
    if -end <= middle <= end:
        cells[place(middle)] = "o"
    if lower < -end:
        cells[0] = "<"
    if upper > end:
        cells[-1] = ">"
    return "".join(cells)


def axis(end: float, width: int) -> str:
    """Return the line above the bars: both ends in per cent, and 0."""
    half = width // 2
    left, right = f"{-end * 100:g}", f"{end * 100:+g}"
    return left.ljust(half) + "0" + right.rjust(half)
