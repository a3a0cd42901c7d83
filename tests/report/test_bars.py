"""Intervals on one axis, which a large difference does not flatten."""

import pytest

from promptstead.report.bars import bar, reach


@pytest.mark.parametrize(
    ("intervals", "end"),
    [
        ([(-0.02, 0.04)], 0.05),
        ([(-0.02, 0.04), (-0.1, 0.12)], 0.2),
        ([(-0.02, 0.04), (-0.95, -0.7)], 0.05),
        ([(-0.02, 0.04)] * 3 + [(-0.95, -0.7), (0.6, 0.9)], 0.05),
        ([(-0.95, -0.7), (0.6, 0.9)], 1.0),
        ([(0.0, 0.0), (-0.04, 0.0)], 0.05),
        ([], 0.01),
    ],
)
def test_the_axis_is_that_of_the_narrow_intervals(intervals: list[tuple[float, float]], end: float) -> None:
    assert reach(intervals) == end


def test_what_goes_beyond_the_axis_is_cut_and_says_so() -> None:
    assert bar(-0.02, 0.01, 0.04, 0.05, 21) == "      [---|-o-----]  "
    assert bar(-0.95, -0.8, -0.7, 0.05, 21) == "<         |          "
    assert bar(-0.03, 0.2, 0.6, 0.05, 21) == "    [-----|--------->"
