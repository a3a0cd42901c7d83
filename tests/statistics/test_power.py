"""The number of cases that a margin needs: what the formulas promise is what simulated comparisons do."""

from random import Random

import pytest

from promptstead.statistics.paired_shares import paired
from promptstead.statistics.power import cases_to_clear, cases_to_clear_mean, cases_to_notice, discordance_of, inflated
from promptstead.verdicts.decision import Verdict, verdict
from tests.command_line import run
from tests.conftest import ScratchRepository


def share_decided(n: int, broken: float, fixed: float, margin: float, wanted: set[Verdict]) -> float:
    draw, hits = Random(n), 0
    for _ in range(400):
        kinds = draw.choices("bfs", (broken, fixed, 1 - broken - fixed), k=n)
        hits += verdict(paired(kinds.count("b"), kinds.count("f"), n), margin) in wanted
    return hits / 400


@pytest.mark.parametrize(("margin", "discordance"), [(0.05, 0.2), (0.1, 0.3), (0.05, 0.05)])
def test_so_many_cases_clear_a_change_that_did_nothing(margin: float, discordance: float) -> None:
    n, half = cases_to_clear(margin, discordance), discordance / 2
    cleared = {Verdict.NO_REGRESSION, Verdict.IMPROVEMENT}
    assert share_decided(n, half, half, margin, cleared) == pytest.approx(0.8, abs=0.07)
    assert share_decided(n // 2, half, half, margin, cleared) < 0.65


@pytest.mark.parametrize(("drop", "discordance"), [(0.05, 0.1), (0.1, 0.3), (0.05, 0.2)])
def test_so_many_cases_notice_a_drop(drop: float, discordance: float) -> None:
    n, broken, fixed = cases_to_notice(drop, discordance), (discordance + drop) / 2, (discordance - drop) / 2
    noticed = {Verdict.REGRESSION, Verdict.WITHIN_MARGIN}
    assert share_decided(n, broken, fixed, drop, noticed) == pytest.approx(0.8, abs=0.08)


def test_a_case_more_than_silence_needs() -> None:
    # with nothing changed the half width z²/(n + z²) must fall below the margin: n > 72.99
    assert cases_to_clear(0.05, 0) == 73
    assert verdict(paired(0, 0, 73), 0.05) == Verdict.NO_REGRESSION
    assert verdict(paired(0, 0, 72), 0.05) == Verdict.INCONCLUSIVE
    assert cases_to_clear_mean(5, 0, span=100) == 73
    assert cases_to_clear_mean(0.05, 0.2**0.5) == 628
    assert cases_to_clear(0.05, 0.2) == 644


def test_discordance_and_clusters() -> None:
    assert discordance_of(0.5) == 0.5
    assert discordance_of(1) == 0
    assert inflated(100, 1, 1) == 100
    assert inflated(100, 5, 1) == 500
    assert inflated(100, 5, 0.1) == 140


@pytest.mark.parametrize("arguments", [(0, 0.1), (1, 0.1), (0.05, -0.1), (0.05, 1.1), (0.05, 0.1, 2)])
def test_what_cannot_be(arguments: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="must be"):
        cases_to_clear(*arguments)
    with pytest.raises(ValueError, match="cases change"):
        cases_to_notice(0.2, 0.1)
    with pytest.raises(ValueError, match="cluster"):
        inflated(10, 0.5, 1)


def test_the_command(repository: ScratchRepository) -> None:
    shown = run("power", "--discordance", "0.2", cwd=repository.root)
    assert shown.code == 0, shown.err
    assert "644 cases show that nothing got worse" in shown.out
    assert "626 cases show that the rate fell" in shown.out
    document = run("power", "--rate", "0.9", "--prompts", "5", "--format", "json", cwd=repository.root).json
    assert document["discordance"] == pytest.approx(0.18)
    assert document["alpha"] == pytest.approx(0.01)
    assert document["cases_to_show_no_regression"] == cases_to_clear(0.05, 0.18)
    assert document["cases_to_notice_a_drop_of_the_margin"] == cases_to_notice(0.05, 0.18, alpha=0.01)
    few = run("power", "--discordance", "0.01", cwd=repository.root)
    assert "not possible" in few.out
    grouped = run("power", "--discordance", "0.2", "--cluster-size", "3", "--format", "json", cwd=repository.root).json
    assert grouped["cases_to_show_no_regression"] == 3 * 644
    for wrong in ([], ["--rate", "0.5", "--discordance", "0.5"], ["--margin", "0", "--rate", "0.5"], ["--rate", "2"]):
        refused = run("power", *wrong, cwd=repository.root)
        assert (refused.code, refused.err.count("\n")) == (2, 1)
