"""Counting row by row gives what the statistics give of everything at once, and loses nothing that breaks."""

import math
from math import sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.evaluators.examine import Examiner
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import MAX_REASON, CaseResult, Result, sound
from promptstead.model import Case, EvaluatorSpec, Prompt, RecordedOutput, Sample, Usage
from promptstead.runs.tally import MAX_REASONS, Tally, quantile, total
from promptstead.statistics.means import mean_of
from promptstead.statistics.paired_shares import wilson
from promptstead.statistics.repeats import pass_at_k, spread
from promptstead.words.sentence import NOTHING_SAID, own_words, say

Values = list[bool | float | str | None]
ONE_VALUE = st.one_of(st.booleans(), st.none())


def result(values: Values, *, case: str = "c", cluster: str = "", name: str = "check") -> CaseResult:
    """Return a case with a sample for each value."""
    samples = tuple({name: Result(value, own_words(f"it is {value}"))} for value in values)
    output = RecordedOutput(case, "m", "live", tuple(Sample("x") for _ in values))
    return CaseResult(Case(case, {}, cluster=cluster), "m", "evaluated", NOTHING_SAID, output, samples)


def tally(results: list[CaseResult]) -> Tally:
    counted = Tally()
    for each in results:
        counted.add(each)
    return counted


@given(st.lists(st.lists(ONE_VALUE, min_size=1, max_size=5), min_size=1, max_size=30), st.booleans())
def test_assertions(cases: list[Values], grouped: bool) -> None:
    clusters = [str(index // 3) if grouped else "" for index in range(len(cases))]
    found = tally([result(values, cluster=cluster) for values, cluster in zip(cases, clusters, strict=True)])
    (rate,) = found.rates()
    pairs = zip(cases, clusters, strict=True)
    scored = [([float(v) for v in values if v is not None], cluster) for values, cluster in pairs]
    scored = [pair for pair in scored if pair[0]]
    assert rate.unscored == sum(value is None for values in cases for value in values)
    assert rate.cases == len(scored)
    assert rate.passes == sum(all(numbers) for numbers, _ in scored)
    if not scored:
        assert (rate.mean, rate.lower, rate.upper, rate.repeats) == (None, None, None, None)
        return
    means = [sum(numbers) / len(numbers) for numbers, _ in scored]
    expected = mean_of(means, [cluster for _, cluster in scored] if grouped else None)
    assert rate.mean == pytest.approx(expected.mean)
    single = all(len(numbers) == 1 for numbers, _ in scored)
    if single and not grouped:
        assert (rate.lower, rate.upper) == wilson(rate.passes, rate.cases)
    elif expected.mean in (0, 1):
        assert (rate.lower, rate.upper) == wilson(round(expected.mean * expected.units), expected.units)
    elif math.isfinite(expected.error):
        assert (rate.lower, rate.upper) == pytest.approx((max(0, expected.lower), min(1, expected.upper)))
    components = spread([numbers for numbers, _ in scored])
    for ours, theirs in ((rate.within, components.within), (rate.between, components.between)):
        assert (ours is None and not math.isfinite(theirs)) or ours == pytest.approx(theirs)
    if rate.repeats:
        k = min(len(numbers) for numbers, _ in scored)
        each = [pass_at_k(len(numbers), int(sum(numbers)), k) for numbers, _ in scored]
        assert rate.repeats.k == k
        assert rate.repeats.pass_at_k == pytest.approx(sum(each) / len(each))
    else:
        assert single


def test_scores_and_labels() -> None:
    (score,) = tally([result([0.2, 0.4]), result([0.9]), result([None])]).rates()
    assert (score.kind, score.cases, score.unscored) == ("score", 2, 1)
    assert score.mean == pytest.approx(0.6)
    assert score.lower is not None
    assert score.lower < 0.3
    (label,) = tally([result(["good", "bad"]), result(["good"])]).rates()
    assert (label.kind, label.mean, label.labels) == ("label", None, {"good": 2, "bad": 1})
    (alone,) = tally([result([0.5])]).rates()
    assert (alone.mean, alone.lower, alone.upper) == (0.5, None, None)  # one case says nothing of others


def test_reasons_are_counted_within_bounds() -> None:
    missing = [
        CaseResult(Case(str(number), {}), "m", "not evaluated", own_words(f"reason {number % 500}"))
        for number in range(1000)
    ]
    found = tally(missing)
    assert found.not_evaluated.total() == 1000
    assert len(found.not_evaluated) == MAX_REASONS + 1
    assert found.not_evaluated[say("answers.other-reasons")] == 1000 - 2 * MAX_REASONS
    assert found.case_passes().mean is None


def test_what_is_not_known_is_counted_apart() -> None:
    known = Sample("x", usage=Usage(10, 2), seconds=1.0, cost=0.5)
    output = RecordedOutput("c", "m", "live", (known, Sample("y", usage=Usage(5, None)), known._replace(seconds=3.0)))
    used = tally([CaseResult(Case("c", {}), "m", "not evaluated", own_words("why"), output)]).used()
    assert (used.samples, used.input, used.output, used.uncounted) == (3, 25, 4, 1)
    assert (used.cost, used.unpriced, used.untimed, used.median, used.p90) == (1.0, 1, 1, 1.0, 3.0)
    assert total([used, used]).input == 50


@given(st.lists(st.floats(0, 100), min_size=1), st.floats(0.01, 1))
def test_a_quantile_is_a_value_that_was_measured(values: list[float], share: float) -> None:
    found = quantile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e101])
def test_what_is_no_number_is_unscored(value: float) -> None:
    found = sound(Result(value, own_words("because")))
    assert found.value is None
    assert found.reason == f"the evaluator gave {value}, which is not a score: because"


def test_evaluators_that_break_are_shown_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(answer: Answer) -> Result:
        raise ZeroDivisionError("x" * 50_000_000)

    def endless(answer: Answer) -> Result:
        return Result("l" * 50_000_000, own_words("r" * 50_000_000))

    checks: dict[str, Any] = {"crash": broken, "long": endless, "nan": lambda answer: Result(math.nan, own_words(""))}
    from promptstead.evaluators import registry as evaluators

    def module(name: str) -> Any:
        return type("Module", (), {"prepare": staticmethod(lambda options: checks[name.rpartition(".")[2]])})

    monkeypatch.setattr(evaluators, "MODULES", {name: name for name in checks})
    monkeypatch.setattr(evaluators, "import_module", module)
    specs = tuple(EvaluatorSpec(name, name, {}, "p.yml", ()) for name in checks)
    prompt = Prompt("p", "p.yml", "promptstead", {}, "", "", "", {}, (), None, evaluators=specs)  # type: ignore[arg-type]
    output = RecordedOutput("c", "m", "live", (Sample("x"),))
    judged = Examiner(prompt, lambda case, model: "", lambda case: "").judge(Case("c", {}), output)
    (sample,) = judged.samples
    assert all(len(each.reason) <= MAX_REASON for each in sample.values())
    assert isinstance(sample["long"].value, str)
    assert len(sample["long"].value) <= MAX_REASON
    found = tally([judged])
    assert found.states == {"unscored": 1}
    assert {name for name, _ in found.unscored} == {"crash", "nan"}


def test_a_rate_has_the_standard_error_of_its_mean() -> None:
    alone = tally([result([value], case=str(index)) for index, value in enumerate((True, False, True, True))])
    (rate,) = alone.rates()
    assert rate.error == pytest.approx(sqrt(0.75 * 0.25 / 3))
    pairs = [(True, "a"), (True, "a"), (False, "b"), (True, "b")]
    (rate,) = tally([result([v], case=str(i), cluster=c) for i, (v, c) in enumerate(pairs)]).rates()
    # two clusters, whose sums are 0.5 above and below what they were expected to be
    assert rate.error == pytest.approx(sqrt(2 / 1 * (0.5**2 + 0.5**2)) / 4)


@pytest.mark.parametrize(
    ("right", "error"),
    [
        (154, 0.008845468136919105),
        (164, 0.00908888096202845),
        (468, 0.013179083387979202),
        (713, 0.013727093010429788),
        (773, 0.013566991960151781),
    ],
)
def test_the_error_is_the_one_that_is_published_for_real_models(right: int, error: float) -> None:
    # stderr as lm-evaluation-harness published it beside the accuracies of five models on the 1,319 problems of GSM8K
    results = [result([number < right], case=str(number)) for number in range(1319)]
    (rate,) = tally(results).rates()
    assert rate.error == pytest.approx(error, abs=1e-15)


@pytest.mark.parametrize("values", [[True, True, True], [False, False], [0.5]])
def test_where_nothing_varies_or_one_case_is_alone_there_is_no_error(values: list[Any]) -> None:
    (rate,) = tally([result([value], case=str(index)) for index, value in enumerate(values)]).rates()
    assert rate.error is None
