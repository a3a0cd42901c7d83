"""The normal and Student's t distribution against scipy."""

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from promptstead.statistics.distributions import (
    normal_below,
    normal_quantile,
    normal_tail,
    student_quantile,
    student_tail,
)

DEGREES = st.one_of(st.integers(1, 500), st.sampled_from([398, 399, 400, 401, 1000, 10_000, 1_000_000]))


@settings(max_examples=200, deadline=None)
@given(st.floats(-37, 37))
def test_the_normal_distribution(z: float) -> None:
    assert normal_below(z) == pytest.approx(stats.norm.cdf(z), rel=1e-11, abs=1e-300)
    assert normal_tail(z) == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-11, abs=1e-300)


@settings(max_examples=200, deadline=None)
@given(st.floats(1e-15, 1 - 1e-15))
def test_the_quantile_of_the_normal_distribution(p: float) -> None:
    assert normal_quantile(p) == pytest.approx(stats.norm.ppf(p), rel=1e-9, abs=1e-9)


@settings(max_examples=300, deadline=None)
@given(st.floats(-60, 60), DEGREES)
def test_the_tail_of_t(t: float, degrees: int) -> None:
    assert student_tail(t, degrees) == pytest.approx(2 * stats.t.sf(abs(t), degrees), rel=1e-9, abs=1e-300)


@settings(max_examples=300, deadline=None)
@given(st.floats(1e-6, 1 - 1e-6), DEGREES)
def test_the_quantile_of_t(p: float, degrees: int) -> None:
    assert student_quantile(p, degrees) == pytest.approx(stats.t.ppf(p, degrees), rel=1e-9, abs=1e-9)


def test_the_ends() -> None:
    assert (normal_quantile(0), normal_quantile(1), normal_quantile(0.5)) == (-inf, inf, 0)
    assert (student_quantile(0, 3), student_quantile(1, 3), student_quantile(0.5, 3)) == (-inf, inf, 0)
    assert student_quantile(0.975, inf) == normal_quantile(0.975)
    assert (student_tail(0, 5), student_tail(inf, 5)) == (1, 0)
    for p, degrees in [(-0.1, 3), (1.1, 3), (0.5, 0), (0.5, -1)]:
        with pytest.raises(ValueError, match="t at"):
            student_quantile(p, degrees)
    with pytest.raises(ValueError, match="probability"):
        normal_quantile(2)
    with pytest.raises(ValueError, match="degrees"):
        student_tail(1, 0)
