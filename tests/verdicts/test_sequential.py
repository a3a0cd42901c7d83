"""A comparison that may stop early: the order, the looks, and the false alarms that the bounds leave."""

from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from promptstead.statistics.distributions import normal_quantile
from promptstead.statistics.paired_shares import ALPHA, paired
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.sequential import ALPHAS, BOUNDS, Sequential, in_random_order

IDS = [f"c{index}" for index in range(400)]


def play(kinds: dict[str, int], margin: float = 0.05, seed: int = 1) -> Sequential:
    plan, asked = Sequential(list(kinds), margin, seed), list[str]()
    while not plan.done:
        asked += plan.due()
        found = [kinds[case] for case in asked]
        plan.look(partial(paired, found.count(-1), found.count(1), len(found)))
    return plan


def test_the_bounds_are_those_of_obrien_and_fleming() -> None:
    for look, (bound, alpha) in enumerate(zip(BOUNDS, ALPHAS, strict=True), 1):
        assert bound == pytest.approx(2.0243 * (4 / look) ** 0.5, abs=1e-3)
        assert normal_quantile(1 - alpha / 2) == pytest.approx(bound, abs=1e-9)


def test_the_bounds_keep_five_per_cent_over_all_looks() -> None:
    """The joint distribution of four looks at a Brownian motion, integrated."""
    covariance = [[(min(i, j) / max(i, j)) ** 0.5 for j in range(1, 5)] for i in range(1, 5)]
    inside = stats.multivariate_normal([0] * 4, covariance, seed=1).cdf(
        BOUNDS, lower_limit=[-bound for bound in BOUNDS]
    )
    assert 1 - inside == pytest.approx(0.05, abs=0.0005)


@given(st.lists(st.text(max_size=5), max_size=30), st.integers(0, 2**40))
def test_the_order_hangs_on_the_seed_and_the_ids_alone(ids: list[str], seed: int) -> None:
    order = in_random_order(ids, seed)
    assert sorted(order) == sorted(set(ids))
    assert in_random_order(reversed(ids), seed) == order
    assert in_random_order(ids[1:], seed) == tuple(case for case in order if case in ids[1:])


def test_the_order_is_the_same_for_ever() -> None:
    assert in_random_order("abcdef", 1) == ("a", "e", "b", "c", "d", "f")
    assert in_random_order("abcdef", 2) != in_random_order("abcdef", 1)


def test_a_clear_regression_stops_early() -> None:
    plan = play(dict.fromkeys(IDS, -1))
    assert [look.verdict for look in plan.looks] == [Verdict.REGRESSION]
    assert plan.looks[0].cases == 100
    assert plan.due() == []
    with pytest.raises(ValueError, match="over"):
        plan.look(lambda alpha: paired(0, 0, 1, alpha))


def test_what_never_changes_stops_as_soon_as_that_is_clear() -> None:
    assert [look.verdict for look in play(dict.fromkeys(IDS, 0)).looks] == [
        Verdict.INCONCLUSIVE,
        Verdict.NO_REGRESSION,
    ]


def test_what_is_never_decided_is_looked_at_four_times() -> None:
    draw = Random(1)
    plan = play({case: draw.choice((-1, 1)) for case in IDS})
    assert [look.cases for look in plan.looks] == [100, 200, 300, 400]
    assert [look.alpha for look in plan.looks] == list(ALPHAS)
    assert plan.looks[-1].verdict == Verdict.INCONCLUSIVE
    document = plan.looks[-1].as_json()
    assert document["look"] == 4
    assert document["cases"] == document["pairs"] == 400
    assert document["verdict"] == "INCONCLUSIVE"


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_few_cases(count: int) -> None:
    plan = play(dict.fromkeys(IDS[:count], 0))
    assert plan.done
    assert plan.looks[-1].cases == count
    assert plan.looks[-1].verdict == (Verdict.INCONCLUSIVE if count else Verdict.NOT_EVALUATED)


def test_false_alarms_stay_nominal_and_naive_peeking_does_not() -> None:
    draw, runs = Random(20), 1000
    alarms = naive = 0
    for _ in range(runs):
        kinds = draw.choices((-1, 0, 1), (0.15, 0.7, 0.15), k=400)
        by_look = [kinds[: 100 * look] for look in range(1, 5)]
        looks = [(seen.count(-1), seen.count(1), len(seen)) for seen in by_look]
        alarms += any(paired(*seen, alpha).p_value < alpha for seen, alpha in zip(looks, ALPHAS, strict=True))
        peeks = [kinds[:end] for end in range(20, 401, 10)]
        naive += any(paired(seen.count(-1), seen.count(1), len(seen)).p_value < ALPHA for seen in peeks)
    assert alarms / runs <= 0.05 + 2 * (0.05 * 0.95 / runs) ** 0.5
    assert naive / runs > 0.2
