"""Repeats: pass@k and its relatives against counting, variance components against statsmodels."""

from itertools import combinations
from math import isnan
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.statistics.repeats import at_least, pass_at_k, pass_hat_k, spread


@given(st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))), st.data())
def test_each_is_the_share_of_choices(counts: tuple[int, int, int], data: st.DataObject) -> None:
    n, passes, k = counts
    chosen = [sum(choice) for choice in combinations([True] * passes + [False] * (n - passes), k)]
    assert pass_at_k(n, passes, k) == pytest.approx(sum(good >= 1 for good in chosen) / len(chosen))
    assert pass_hat_k(n, passes, k) == pytest.approx(sum(good == k for good in chosen) / len(chosen))
    wanted = data.draw(st.integers(0, k))
    assert at_least(n, passes, wanted, k) == pytest.approx(sum(good >= wanted for good in chosen) / len(chosen))


@pytest.mark.parametrize("counts", [(5, 6, 1), (5, -1, 1), (5, 2, 0), (5, 2, 6)])
def test_what_cannot_be(counts: tuple[int, int, int]) -> None:
    for estimate in (pass_at_k, pass_hat_k):
        with pytest.raises(ValueError, match="samples"):
            estimate(*counts)
    with pytest.raises(ValueError, match="samples"):
        at_least(5, 2, 4, 3)


def test_the_spread_within_cases_is_told_from_that_between() -> None:
    draw = Random(7)
    centres = [draw.gauss(0, 2) for _ in range(3000)]
    found = spread([[draw.gauss(centre, 0.5) for _ in range(4)] for centre in centres])
    assert (found.within, found.between) == pytest.approx((0.5, 2.0), rel=0.05)
    assert found.share == pytest.approx(4 / 4.25, rel=0.02)


def test_balanced_components_are_those_of_the_analysis_of_variance() -> None:
    draw = Random(9)
    cases = [[float(draw.random() < rate) for _ in range(6)] for rate in (0.1, 0.5, 0.5, 0.9, 0.3)]
    table = np.array(cases)
    within = table.var(axis=1, ddof=1).mean()
    between = max(0.0, (6 * table.mean(axis=1).var(ddof=1) - within) / 6)
    found = spread(cases)
    assert (found.within**2, found.between**2) == pytest.approx((within, between))


def test_the_edges_of_spread() -> None:
    assert all(map(isnan, spread([])))
    assert all(map(isnan, spread([[1.0], [0.0]])))
    assert all(map(isnan, spread([[1.0]])))
    assert spread([[1.0, 0.0], []]).within == pytest.approx(0.5**0.5)
    same = spread([[1.0, 1.0], [1.0, 1.0]])
    assert (same.within, same.between, isnan(same.share)) == (0, 0, True)
    assert spread([[1.0, 1.0], [0.0, 0.0]])[::2] == (0, 1)
    assert spread([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0, 0.0]]).between == 0
