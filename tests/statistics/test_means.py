"""Means, clustered errors, paired means and bootstrap intervals against scipy and statsmodels, and on edges."""

from itertools import product
from math import inf, isnan
from random import Random
from unittest.mock import patch

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from promptstead.statistics import paired_means
from promptstead.statistics.bootstrap import percentile_t
from promptstead.statistics.means import mean_of, units_of
from promptstead.statistics.paired_means import FEW, compare_means, least_p_value, unseen
from promptstead.statistics.paired_shares import Method, mcnemar, tango
from promptstead.statistics.sign_flips import sign_flip_test
from promptstead.verdicts.decision import Verdict, further_cases, grown, verdict

VALUES = st.lists(st.floats(-100, 100).map(lambda value: round(value, 3)), min_size=2, max_size=60)


@settings(max_examples=100, deadline=None)
@given(VALUES.filter(lambda values: len(set(values)) > 1))
def test_a_mean_has_the_interval_of_t(values: list[float]) -> None:
    found = mean_of(values)
    assert (found.n, found.units, found.degrees) == (len(values), len(values), len(values) - 1)
    assert found.error == pytest.approx(stats.sem(values), rel=1e-9)
    interval = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (found.lower, found.upper) == pytest.approx((interval.low, interval.high), rel=1e-9, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-100, 100), st.integers(0, 8)), min_size=3, max_size=80), st.floats(0.5, 0.999))
def test_clustered_errors_are_those_of_statsmodels(rows: list[tuple[float, int]], confidence: float) -> None:
    values, clusters = [round(value, 3) for value, _ in rows], [str(cluster) for _, cluster in rows]
    found = mean_of(values, clusters, confidence)
    assert found.units == len(set(clusters))
    if found.units == 1:
        assert (found.error, found.lower, found.upper) == (inf, -inf, inf)
        return
    fit = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": [int(cluster) for cluster in clusters]}, use_t=True
    )
    assert found.error == pytest.approx(float(fit.bse[0]), rel=1e-9, abs=1e-9)
    lower, upper = fit.conf_int(1 - confidence)[0]
    assert (found.lower, found.upper) == pytest.approx((lower, upper), rel=1e-9, abs=1e-9)


def test_means_of_nothing_and_of_one() -> None:
    nothing, one = mean_of([]), mean_of([0.5])
    assert (nothing.n, isnan(nothing.mean), isnan(nothing.error)) == (0, True, True)
    assert (one.mean, one.error, one.lower, one.upper) == (0.5, inf, -inf, inf)
    assert mean_of([1, 1, 1])[2:] == (1, 0, 1, 1)
    with pytest.raises(ValueError, match="finite"):
        mean_of([1, float("nan")])
    with pytest.raises(ValueError, match="zip"):
        mean_of([1, 2], ["a"])


def test_an_empty_cluster_is_a_case_of_its_own() -> None:
    assert mean_of([1, 2, 4], ["", "", ""]) == mean_of([1, 2, 4])
    assert mean_of([1, 2, 4, 9], ["a", "", "a", ""]).units == 3


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-4, 4), min_size=1, max_size=11), st.sampled_from([1.0, 0.5, 0.1, 1 / 3]))
def test_sign_flips_are_counted_exactly(steps: list[int], unit: float) -> None:
    seen = abs(sum(steps))
    sums = [
        abs(sum(s * abs(step) for s, step in zip(signs, steps, strict=True)))
        for signs in product((1, -1), repeat=len(steps))
    ]
    more, same = sum(each > seen for each in sums), sum(each == seen for each in sums)
    expected = 1.0 if seen == 0 else (more + same / 2) / len(sums)
    assert sign_flip_test([step * unit for step in steps]) == pytest.approx(expected, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 150), st.integers(0, 150), st.integers(0, 20))
def test_sign_flips_of_single_answers_are_mcnemars_test(broken: int, fixed: int, same: int) -> None:
    differences = [-1.0] * broken + [1.0] * fixed + [0.0] * same
    assert sign_flip_test(differences) == pytest.approx(mcnemar(broken, fixed), rel=1e-9, abs=1e-290)


def test_sign_flips_of_any_numbers_are_close_to_the_t_test() -> None:
    draw = Random(5)
    for shift in (0.0, 0.1, 0.3):
        values = [draw.gauss(shift, 1) for _ in range(200)]
        assert sign_flip_test(values) == pytest.approx(stats.ttest_1samp(values, 0).pvalue, rel=0.1, abs=0.01)
    with pytest.raises(ValueError, match="1000"):
        sign_flip_test([1.0] * 1001)
    assert sign_flip_test([]) == sign_flip_test([0.0, 0.0]) == 1


def test_the_bootstrap_interval_follows_the_skew() -> None:
    draw = Random(8)
    values = [draw.expovariate(1) for _ in range(60)]
    mean, table = sum(values) / 60, np.array(values)
    drawn = np.random.default_rng(1).choice(table, (20_000, 60))
    pivots = (drawn.mean(axis=1) - mean) / (drawn.std(axis=1, ddof=1) / 60**0.5)
    low, high = np.quantile(pivots, (0.025, 0.975))
    error = table.std(ddof=1) / 60**0.5
    lower, upper = percentile_t(units_of(values), 0.95)
    assert (lower, upper) == pytest.approx((mean - high * error, mean - low * error), abs=0.2 * error)
    assert percentile_t(units_of(values), 0.95) == (lower, upper)
    assert upper - mean > mean - lower  # as t's does not
    wider = percentile_t(units_of(values), 0.99)
    assert wider[0] < lower
    assert wider[1] > upper
    for flat in ([1.0, 1.0], [1.0]):
        with pytest.raises(ValueError, match="spread"):
            percentile_t(units_of(flat), 0.95)


def test_paired_means_of_many_cases_are_the_paired_t_test() -> None:
    draw = Random(3)
    base = [draw.choice((0, 0.2, 0.4, 1)) for _ in range(FEW + 100)]
    head = [draw.choice((0, 0.2, 0.6, 1)) for _ in base]
    found = compare_means(base, head)
    test = stats.ttest_rel(head, base)
    interval = test.confidence_interval(0.95)
    assert (found.method, found.n, found.units) == (Method.T, 400, 400)
    assert (found.lower, found.upper) == pytest.approx((interval.low, interval.high), rel=1e-9)
    assert found.p_value == pytest.approx(test.pvalue, rel=1e-9)


def test_many_clusters_are_the_t_test_of_statsmodels() -> None:
    draw = Random(4)
    clusters = [str(draw.randrange(400)) for _ in range(900)]
    effect = {cluster: draw.gauss(0.5, 1) for cluster in clusters}
    head = [effect[cluster] + draw.gauss(0, 1) for cluster in clusters]
    found = compare_means([0.0] * 900, head, clusters, shares=False)
    groups = [int(cluster) for cluster in clusters]
    fit = sm.OLS(head, np.ones(900)).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    assert (found.lower, found.upper) == pytest.approx(tuple(fit.conf_int()[0]), rel=1e-9)
    assert found.p_value == pytest.approx(float(fit.pvalues[0]), rel=1e-9)
    assert found.clustered


@pytest.mark.parametrize(
    ("base", "head", "clusters", "expected"),
    [
        ([], [], None, Verdict.NOT_EVALUATED),
        ([1.0], [0.0], None, Verdict.INCONCLUSIVE),
        ([0.4, 0.4], [0.4, 0.4], None, Verdict.INCONCLUSIVE),
        ([1.0, 1.0], [0.0, 0.0], None, Verdict.INCONCLUSIVE),
        ([0.5] * 20, [0.5] * 20, None, Verdict.INCONCLUSIVE),
        ([0.5] * 80, [0.5] * 80, None, Verdict.NO_REGRESSION),
        ([1.0] * 80, [0.0] * 80, None, Verdict.REGRESSION),
        ([0.0] * 80, [1.0] * 80, None, Verdict.IMPROVEMENT),
        ([1.0] * 80, [0.0] * 80, ["one"] * 80, Verdict.INCONCLUSIVE),
        ([0.5] * 80, [0.5] * 80, ["one"] * 80, Verdict.INCONCLUSIVE),
        ([1.0] * 80, [0.0] * 80, ["a", "b"] * 40, Verdict.INCONCLUSIVE),
        ([0.5] * 1000, [0.48] * 1000, None, Verdict.WITHIN_MARGIN),
        ([0.5] * 1000, [0.4] * 1000, None, Verdict.REGRESSION),
    ],
)
def test_edges(base: list[float], head: list[float], clusters: list[str] | None, expected: Verdict) -> None:
    assert verdict(compare_means(base, head, clusters), 0.05) == expected


def test_few_cases_rule_nothing_out() -> None:
    found = compare_means([0.5] * 10, [0.5] * 9 + [0.4])
    assert found.lower <= -0.01 - unseen(10)
    assert (-unseen(10), unseen(10)) == pytest.approx(tango(0, 0, 10), abs=1e-9)
    assert verdict(found, 0.05) == Verdict.INCONCLUSIVE
    scores = compare_means([50.0] * 10, [50.0] * 10, shares=False)
    assert (scores.lower, scores.upper) == pytest.approx((-50 * unseen(10), 50 * unseen(10)))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 30)), min_size=2, max_size=40),
    st.booleans(),
)
def test_an_interval_holds_the_difference_and_claims_with_two_witnesses(
    rows: list[tuple[int, int, int]], grouped: bool
) -> None:
    base, head = [before / 5 for before, _, _ in rows], [after / 5 for _, after, _ in rows]
    clusters = [str(cluster) for _, _, cluster in rows] if grouped else None
    found = compare_means(base, head, clusters)
    assert -1 <= found.lower <= found.difference + 1e-9
    assert found.difference - 1e-9 <= found.upper <= 1
    if found.lower > 0 or found.upper < 0:
        assert found.p_value < 0.05
    mirrored = compare_means(head, base, clusters)
    assert mirrored.p_value == pytest.approx(found.p_value)
    assert (mirrored.broken, mirrored.fixed) == (found.fixed, found.broken)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([-3, -1, 0, 0, 0, 0.5, 1]), st.integers(0, 9)), min_size=2, max_size=40),
    st.booleans(),
    st.booleans(),
)
def test_no_differences_of_as_many_units_give_a_smaller_p_value_than_the_least(
    rows: list[tuple[float, int]], grouped: bool, many: bool
) -> None:
    differences = [difference for difference, _ in rows]
    clusters = [str(cluster) for _, cluster in rows] if grouped else None
    with patch.object(paired_means, "FEW", 1 if many else FEW):
        units = units_of(differences, clusters)
        found = compare_means([0.0] * len(rows), differences, clusters, shares=False)
        assert found.least == (least_p_value(units) if len(units) > 1 else 1.0)
        assert found.least <= found.p_value + 1e-9
        if not many and len(units) > 1:
            changed = sum(unit.total != 0 for unit in units)
            assert found.least == pytest.approx(sign_flip_test([1.0] * changed))


def test_the_least_p_value_of_t_is_that_of_equal_differences() -> None:
    for changed, n in ((1, 400), (4, 400), (60, 301), (400, 400)):
        units = units_of([1.0] * changed + [0.0] * (n - changed))
        assert least_p_value(units) == pytest.approx(
            stats.ttest_1samp([1.0] * changed + [0.0] * (n - changed), 0).pvalue if changed < n else 0.0, rel=1e-9
        )


def test_further_cases_of_means() -> None:
    base, head = [0.6, 0.2, 0.8, 1.0] * 100, [0.4, 0.0, 0.8, 0.8] * 100
    assert further_cases(compare_means(base, head), 0.05) == 0
    found = compare_means([0.6, 0.2, 0.8, 1.0] * 3, [0.4, 0.4, 0.8, 0.8] * 3)
    further = further_cases(found, 0.05)
    assert further is not None
    assert further > 0
    assert verdict(grown(found, found.n + further), 0.05) != Verdict.INCONCLUSIVE
    assert verdict(grown(found, found.n + further - 1), 0.05) == Verdict.INCONCLUSIVE
    assert further_cases(compare_means([1.0], [0.0]), 0.05) is None


def test_further_cases_are_as_clustered_as_those_seen() -> None:
    draw = Random(2)
    base, head = ([draw.choice((0.0, 0.5, 1.0)) for _ in range(60)] for _ in range(2))
    pairs = [str(index // 2) for index in range(60)]
    alone = further_cases(compare_means(base, head), 0.05)
    doubled = further_cases(
        compare_means(
            [x for x in base for _ in (0, 1)],
            [x for x in head for _ in (0, 1)],
            [str(index // 2) for index in range(120)],
        ),
        0.05,
    )
    assert alone is not None
    assert doubled is not None
    assert abs(doubled - 2 * alone) <= 4
    assert compare_means(base, head, pairs).units == 30
