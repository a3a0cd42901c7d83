"""The statistics against scipy, against their definitions, and on edges."""

from dataclasses import replace
from itertools import combinations
from math import inf, isclose, isnan, log
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]
from scipy.optimize import minimize_scalar  # type: ignore[import-untyped]

from promptstead.statistics.paired_shares import (
    Comparison,
    Z,
    among,
    mcnemar,
    one_way,
    paired,
    tango,
    tarone_holm,
    wilson,
)
from promptstead.verdicts.decision import Verdict, further_cases, verdict


@st.composite
def tables(draw: st.DrawFn, largest: int = 400) -> tuple[int, int, int]:
    n = draw(st.integers(1, largest))
    broken = draw(st.integers(0, n))
    return broken, draw(st.integers(0, n - broken)), n


def test_the_normal_quantile() -> None:
    assert isclose(stats.norm.ppf(0.975), Z, rel_tol=1e-15)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson(counts: tuple[int, int]) -> None:
    passes, n = counts
    interval = stats.binomtest(passes, n).proportion_ci(method="wilson")
    assert wilson(passes, n) == pytest.approx((interval.low, interval.high), abs=1e-9)
    assert wilson(0, 0) == (0.0, 1.0)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 3000), st.integers(0, 3000))
def test_mcnemar(broken: int, fixed: int) -> None:
    changed, fewer = broken + fixed, min(broken, fixed)
    expected = (
        1.0 if broken == fixed else 2 * stats.binom.cdf(fewer, changed, 0.5) - stats.binom.pmf(fewer, changed, 0.5)
    )
    assert isclose(mcnemar(broken, fixed), expected, rel_tol=1e-9, abs_tol=1e-290)
    assert mcnemar(broken, fixed) == mcnemar(fixed, broken)


def _score_by_likelihood(broken: int, fixed: int, n: int, delta: float) -> float:
    """Return the score statistic with the nuisance parameter found by maximising the likelihood instead of in closed
    form."""

    def loss(p_broken: float) -> float:
        rest = 1 - 2 * p_broken - delta
        parts = ((broken, p_broken), (fixed, p_broken + delta), (n - broken - fixed, rest))
        return -sum(count * log(p) for count, p in parts if count) if all(p > 0 for count, p in parts if count) else inf

    low, high = max(0.0, -delta), (1 - delta) / 2
    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-13})
    p_broken = min((low, high, float(found.x)), key=loss)
    variance = n * (2 * p_broken + delta - delta * delta)
    return float((fixed - broken - n * delta) / variance**0.5)


@pytest.mark.parametrize("table", [(5, 12, 44), (0, 3, 30), (7, 0, 50), (20, 20, 100), (1, 9, 1000), (1, 1, 2)])
def test_tango_inverts_the_score_test(table: tuple[int, int, int]) -> None:
    lower, upper = tango(*table)
    assert _score_by_likelihood(*table, lower) == pytest.approx(Z, abs=1e-4)
    assert _score_by_likelihood(*table, upper) == pytest.approx(-Z, abs=1e-4)


@settings(max_examples=150, deadline=None)
@given(tables())
def test_tango_holds_the_difference_and_is_symmetric(table: tuple[int, int, int]) -> None:
    broken, fixed, n = table
    lower, upper = tango(broken, fixed, n)
    assert -1 <= lower <= (fixed - broken) / n <= upper <= 1
    assert upper - lower > 0
    mirrored = tango(fixed, broken, n)
    assert mirrored == pytest.approx((-upper, -lower), abs=1e-9)


@pytest.mark.parametrize("n", [1, 2, 20, 100, 10_000])
def test_tango_keeps_its_width_where_nothing_changed(n: int) -> None:
    width = Z**2 / (n + Z**2)
    assert tango(0, 0, n) == pytest.approx((-width, width), abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(tables())
def test_a_difference_is_claimed_only_where_both_tests_agree(table: tuple[int, int, int]) -> None:
    comparison = paired(*table)
    lower, upper = tango(*table)
    claimed = comparison.lower > 0 or comparison.upper < 0
    assert claimed == ((lower > 0 or upper < 0) and comparison.p_value < 0.05)
    assert comparison.lower <= lower
    assert comparison.upper >= upper


def test_no_pair_is_no_comparison() -> None:
    comparison = paired(0, 0, 0)
    assert isnan(comparison.difference)
    assert verdict(comparison, 0.05) == Verdict.NOT_EVALUATED
    for wrong in [(1, 0, 0), (-1, 0, 5), (3, 3, 5)]:
        with pytest.raises(ValueError, match="pairs"):
            paired(*wrong)


def test_where_every_p_value_can_be_reached_it_is_holm() -> None:
    p_values = [0.01, 0.04, 0.03, 0.5]
    assert tarone_holm(p_values, [0.0] * 4) == pytest.approx([0.04, 0.09, 0.09, 0.5])
    assert tarone_holm(p_values, [0.01, 0.035, 0.02, 0.02]) == pytest.approx([0.01, 0.08, 0.06, 0.5])
    assert tarone_holm([], []) == []
    assert tarone_holm([0.9, 0.9], [0.0, 0.0]) == [1.0, 1.0]


P_VALUES = st.lists(st.tuples(*[st.sampled_from([0.5**k for k in range(12)])] * 2), max_size=6)


@given(P_VALUES)
def test_the_step_down_form_is_the_closure_of_tarone_s_test(drawn: list[tuple[float, float]]) -> None:
    """A hypothesis is rejected where Tarone's test rejects every set of hypotheses that it is in."""
    p_values, least = [max(pair) for pair in drawn], [min(pair) for pair in drawn]
    expected = [0.0] * len(drawn)
    for size in range(1, len(drawn) + 1):
        for members in combinations(range(len(drawn)), size):
            local = min(p_values[one] * sum(least[each] <= p_values[one] for each in members) for one in members)
            for one in members:
                expected[one] = max(expected[one], min(1.0, local))
    assert tarone_holm(p_values, least) == pytest.approx(expected)
    plain = tarone_holm(p_values, [0.0] * len(drawn))
    assert all(mine <= holm for mine, holm in zip(expected, plain, strict=True))


def claimed(comparisons: list[Comparison]) -> list[bool]:
    return [each.upper < 0 or each.lower > 0 for each in comparisons]


@settings(max_examples=150, deadline=None)
@given(st.lists(tables(60), max_size=4), st.lists(st.sampled_from([(0, 0), (1, 0), (0, 3), (2, 2)]), max_size=30))
def test_prompts_of_which_too_little_changed_hide_nothing(
    some: list[tuple[int, int, int]], trivial: list[tuple[int, int]]
) -> None:
    comparisons = [paired(*table) for table in some]
    more = [paired(*changed, 50) for changed in trivial]
    found = among([*comparisons, *more])
    assert found[: len(some)] == among(comparisons)
    assert claimed(found) == claimed(among(comparisons)) + [False] * len(more)
    assert {each.adjusted for each in found[len(some) :]} <= {None}


@settings(max_examples=100, deadline=None)
@given(tables())
def test_the_least_p_value_is_reached_when_all_changes_go_one_way(table: tuple[int, int, int]) -> None:
    found = paired(*table)
    assert found.least <= found.p_value * (1 + 1e-9)
    assert tarone_holm([found.p_value] * 3, [found.least] * 3) == [min(1.0, 3 * found.p_value)] * 3
    assert isclose(found.least, mcnemar(found.broken + found.fixed, 0), rel_tol=1e-9)
    assert found.least == one_way(found.broken + found.fixed)


def test_comparisons_made_together_claim_in_view_of_all() -> None:
    alone = paired(12, 2, 100)
    assert alone.p_value < 0.05
    assert alone.upper < 0
    clear = paired(60, 0, 100)
    unmoved, unsure = paired(0, 0, 100), paired(5, 6, 100)
    found = among([alone, *[unsure] * 12, clear, unmoved])
    assert [each.family for each in found] == [14] * 15
    assert found[0].upper == 0
    assert (found[0].lower, found[0].p_value) == (alone.lower, alone.p_value)
    assert found[0].adjusted == pytest.approx(13 * alone.p_value)
    assert found[-2].upper < 0
    assert found[-1] == replace(unmoved, family=14)
    assert among([alone])[0].upper == alone.upper
    assert among([]) == []


def test_many_prompts_do_not_multiply_false_alarms() -> None:
    draw, alarms, naive = Random(3), 0, 0
    for _ in range(400):
        kinds = [draw.choices("bfs", (0.15, 0.15, 0.7), k=60) for _ in range(8)]
        comparisons = [paired(each.count("b"), each.count("f"), 60) for each in kinds]
        alarms += any(each.upper < 0 or each.lower > 0 for each in among(comparisons))
        naive += any(each.upper < 0 or each.lower > 0 for each in comparisons)
    assert alarms / 400 <= 0.05
    assert naive / 400 > 0.15


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ((0, 0, 1), Verdict.INCONCLUSIVE),
        ((1, 0, 1), Verdict.INCONCLUSIVE),
        ((0, 2, 2), Verdict.INCONCLUSIVE),
        ((0, 0, 100), Verdict.NO_REGRESSION),
        ((100, 0, 100), Verdict.REGRESSION),
        ((0, 100, 100), Verdict.IMPROVEMENT),
        ((30, 30, 100), Verdict.INCONCLUSIVE),
        ((12, 2, 100), Verdict.REGRESSION),
        ((40, 15, 2000), Verdict.WITHIN_MARGIN),
        ((2, 12, 100), Verdict.IMPROVEMENT),
    ],
)
def test_verdicts(table: tuple[int, int, int], expected: Verdict) -> None:
    assert verdict(paired(*table), 0.05) == expected


@settings(max_examples=60, deadline=None)
@given(tables(200), st.sampled_from([0.01, 0.05, 0.1]))
def test_as_many_further_cases_as_said_decide(table: tuple[int, int, int], margin: float) -> None:
    comparison = paired(*table)
    further = further_cases(comparison, margin)
    inconclusive = verdict(comparison, margin) == Verdict.INCONCLUSIVE
    assert (further == 0) == (not inconclusive)
    if further:
        broken, fixed, n = table
        grown = n + further
        more_broken = round(broken * grown / n)
        more_fixed = min(round(fixed * grown / n), grown - more_broken)
        assert verdict(paired(more_broken, more_fixed, grown), margin) != Verdict.INCONCLUSIVE


def test_nothing_decides_between_equals_without_a_margin() -> None:
    assert further_cases(paired(2, 2, 100), 0.0) is None
    # with nothing changed the half width z²/(n + z²) must fall below the margin: n > 72.99
    assert further_cases(paired(0, 0, 20), 0.05) == 53
