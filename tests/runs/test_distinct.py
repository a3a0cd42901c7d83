"""Different cases are counted as a set would count them, however their rows come."""

from hypothesis import given
from hypothesis import strategies as st

from promptstead.runs.distinct import Distinct
from promptstead.verdicts.run_report import RunReport
from tests.made_runs import RUN, row

IDS = st.lists(st.sampled_from([f"c{number}" for number in range(9)]), max_size=60)


def counted(ids: list[str], *, together: bool) -> int:
    found = Distinct(together=together)
    for each in ids:
        found.add(each)
    return found.count()


@given(IDS)
def test_a_set_counts_alike(ids: list[str]) -> None:
    assert counted(ids, together=False) == len(set(ids))
    assert counted(sorted(ids), together=True) == len(set(ids))


def test_a_live_run_has_its_models_one_after_the_other_or_in_turns() -> None:
    report = RunReport(RUN._replace(mode="live"))
    for model, case, passes in (("a", "x", True), ("a", "y", False), ("b", "y", False), ("b", "x", True)):
        report.add(row(case, passes, model=model))
    assert (report.cases(), report.judged(), report.failing()) == (2, 2, 1)
    assert report.states() == {"pass": 2, "fail": 2}
