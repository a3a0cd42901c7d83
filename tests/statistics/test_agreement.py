"""Kappa and its error against statsmodels, and at the edges."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa  # type: ignore[import-untyped]

from promptstead.statistics.agreement import agreement, kappa_and_error, quadratic, self_agreement

SCORES = st.integers(1, 5).map(float)
PAIRS = st.lists(st.tuples(SCORES, SCORES), min_size=2, max_size=60)


def table(pairs: list[tuple[float, float]], levels: list[float]) -> Any:
    found = np.zeros((len(levels), len(levels)))
    for a, b in pairs:
        found[levels.index(a), levels.index(b)] += 1
    return found


def of_statsmodels(found: Any, **options: Any) -> Any:
    """Return its result; it also divides by an error that may be zero, which we do not."""
    with np.errstate(all="ignore"):
        return cohens_kappa(found, **options)


@given(PAIRS)
def test_kappa_is_that_of_statsmodels(pairs: list[tuple[float, float]]) -> None:
    levels = sorted({score for pair in pairs for score in pair})
    kappa, error = kappa_and_error(pairs)
    if kappa is None:
        assert len(levels) == 1
        return
    reference = of_statsmodels(table(pairs, levels))
    assert kappa == pytest.approx(reference.kappa, abs=1e-9)
    assert error**2 == pytest.approx(reference.var_kappa, abs=1e-9)


@given(PAIRS)
def test_weighted_kappa_is_that_of_statsmodels(pairs: list[tuple[float, float]]) -> None:
    levels = [1.0, 2.0, 3.0, 4.0, 5.0]
    kappa, error = kappa_and_error(pairs, quadratic(levels))
    if kappa is None:
        return
    reference = of_statsmodels(table(pairs, levels), wt="fc")
    assert kappa == pytest.approx(reference.kappa, abs=1e-9)
    assert error**2 == pytest.approx(reference.var_kappa, abs=1e-9)


def test_edges() -> None:
    assert agreement([]).n == 0
    assert agreement([]).kappa is None
    alike = agreement([(True, True)] * 30)
    assert (alike.rate, alike.kappa, alike.kappa_lower) == (1.0, None, None)
    few = agreement([(True, True), (False, False), (True, False)])
    assert few.kappa == pytest.approx(0.4)
    assert few.kappa_lower is None
    many = agreement([(True, True), (False, False), (True, False)] * 10)
    assert many.kappa_lower is not None
    assert many.kappa_upper is not None
    assert many.kappa_lower < 0.4 < many.kappa_upper


def test_a_rater_with_itself() -> None:
    none = self_agreement([[1.0], []])
    assert (none.things, none.rate) == (0, None)
    found = self_agreement([["a", "a"], ["a", "b"], ["a", "a", "b"], ["c"]])
    assert (found.things, found.split) == (3, 2)
    assert found.pairs == pytest.approx((0 + 1 + 2 / 3) / 3)
