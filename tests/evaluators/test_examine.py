"""Replay: which answer belongs to which case, why one does not, and what the summaries count."""

from collections.abc import Callable
from typing import Any

import pytest

from promptstead.errors import PromptsteadError
from promptstead.evaluators.examine import by_model, evaluate
from promptstead.model import Case, EvaluatorSpec, Prompt, RecordedOutput
from promptstead.prompts import requests
from promptstead.runs.tally import counted
from promptstead.words.sentence import say

MakePrompt = Callable[..., Prompt]
MakeOutput = Callable[..., RecordedOutput]


NO_OUTPUT = say("answers.not-recorded")


def spec(name: str, kind: str, **options: Any) -> EvaluatorSpec:
    return EvaluatorSpec(name, kind, options, "x.prompt.yml", ("evaluators", name))


def now(*_: object) -> str:
    return "now"


def states(prompt: Prompt, *outputs: RecordedOutput) -> list[tuple[str, str, str]]:
    return [(result.case.id, result.model, result.why) for result in evaluate(prompt, outputs, now, now)]


def test_an_answer_belongs_to_its_case_by_digest(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    prompt = make_prompt(*(Case(name, {}) for name in "abcdef"))
    found = states(
        prompt,
        make_output("a", "x", source="live"),
        make_output("b", "x", source="live", tie="before"),
        make_output("c", "x", source="reference", tie="before", model="Ann"),
        make_output("d", "x", source="reference", tie="", model="Ann"),
        make_output("e", "x", source="imported"),
        make_output("obsolete", "x"),
    )
    assert found == [
        ("a", "m", ""),
        ("b", "m", requests.STALE_REQUEST),
        ("c", "Ann", requests.STALE_INPUTS),
        ("c", "m", NO_OUTPUT),
        ("d", "Ann", requests.NOT_ACCEPTED),
        ("d", "m", NO_OUTPUT),
        ("e", "m", ""),
        ("f", "m", NO_OUTPUT),
    ]


def test_without_any_output_each_case_says_so_once(make_prompt: MakePrompt) -> None:
    assert states(make_prompt(Case("a", {}), Case("b", {}))) == [
        ("a", "", NO_OUTPUT),
        ("b", "", NO_OUTPUT),
    ]


def test_a_prompt_that_cannot_be_rendered_is_not_evaluated(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    def fails(case: Case, model: str) -> str:
        raise PromptsteadError("`name` is undefined")

    (result,) = evaluate(make_prompt(Case("a", {})), [make_output("a", "x", source="live")], fails, now)
    assert result.state == "not evaluated"
    assert "`name` is undefined" in result.why


def test_prompt_and_case_evaluators_judge_every_sample(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    shared = (spec("short", "length", max=3), spec("right", "equals", value="{{ expected }}"))
    case = Case("a", {}, "yes", True, evaluators=(spec("short", "length", max=1), spec("own", "contains", value="y")))
    (result,) = evaluate(make_prompt(case, evaluators=shared), [make_output("a", "yes", "y", "no")], now, now)
    values = [{name: item.value for name, item in sample.items()} for sample in result.samples]
    assert values == [
        {"right": True, "short": False, "own": True},
        {"right": False, "short": True, "own": True},
        {"right": False, "short": False, "own": False},
    ]
    assert result.passed is False
    assert {name for name, _ in result.failures()} == {"right", "short", "own"}


@pytest.mark.parametrize(
    ("answers", "passed", "right"),
    [(["yes"], True, True), (["no"], False, False), (["yes", "no"], False, False), (["yes", "yes"], True, True)],
)
def test_a_case_passes_when_every_sample_does(
    make_prompt: MakePrompt, make_output: MakeOutput, answers: list[str], passed: bool, right: bool
) -> None:
    prompt = make_prompt(Case("a", {}, "yes", True), evaluators=(spec("right", "equals", value="{{ expected }}"),))
    (result,) = evaluate(prompt, [make_output("a", *answers)], now, now)
    assert result.passed is passed
    assert result.outcome("right") is right
    assert result.outcome("other") is None


def test_an_unscored_check_leaves_the_case_open_unless_another_fails(
    make_prompt: MakePrompt, make_output: MakeOutput
) -> None:
    checks = (spec("expects", "equals", value="{{ expected }}"), spec("short", "length", max=3))
    prompt = make_prompt(Case("a", {}), Case("b", {}), evaluators=checks)
    short, long = evaluate(prompt, [make_output("a", "x"), make_output("b", "long")], now, now)
    assert short.passed is None
    assert long.passed is False


def test_a_broken_evaluator_is_unscored_and_named(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    prompt = make_prompt(Case("a", {}), evaluators=(spec("bad", "regex", pattern="("), spec("judge", "judge")))
    (result,) = evaluate(prompt, [make_output("a", "x")], now, now)
    assert [item.value for item in result.samples[0].values()] == [None, None]
    assert all("cannot run" in item.reason for item in result.samples[0].values())


def test_a_schema_check_takes_the_output_schema(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    prompt = make_prompt(Case("a", {}), evaluators=(spec("valid", "json-schema"),))._replace(
        output_schema={"type": "array"}
    )
    (result,) = evaluate(prompt, [make_output("a", "{}")], now, now)
    assert result.outcome("valid") is False
    assert result.evaluators[0].options["schema"] == {"type": "array"}


def test_checks_of_one_name_hold_together(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    both = (spec("text", "contains", value="a"), spec("text", "contains", value="b"))
    prompt = make_prompt(Case("x", {}), Case("y", {}), evaluators=both)
    results = evaluate(prompt, [make_output("x", "ab"), make_output("y", "a")], now, now)
    assert [result.outcome("text") for result in results] == [True, False]


def test_summaries_count_cases_samples_and_what_is_unscored(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    checks = (spec("right", "equals", value="{{ expected }}"), spec("short", "length", max=2))
    cases = [Case("a", {}, "x", True), Case("b", {}, "x", True), Case("c", {}), Case("d", {}, "x", True)]
    outputs = [make_output("a", "x"), make_output("b", "no!"), make_output("c", "x")]
    results = evaluate(make_prompt(*cases, evaluators=checks), outputs, now, now)
    tally = counted(by_model(results)["m"])
    right, short = tally.rates()
    assert (right.name, right.cases, right.passes, right.unscored, right.mean) == ("right", 2, 1, 1, 0.5)
    assert (short.name, short.cases, short.passes, short.unscored) == ("short", 3, 2, 0)
    assert short.mean == pytest.approx(2 / 3)
    whole = tally.case_passes()
    assert (whole.cases, whole.passes, whole.unscored) == (2, 1, 1)
    assert right.lower is not None
    assert right.upper is not None
    assert 0 < right.lower < 0.5 < right.upper < 1


def test_a_rate_over_samples_is_the_mean_of_the_cases_means(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    prompt = make_prompt(
        Case("a", {}, "x", True), Case("b", {}, "x", True), evaluators=(spec("r", "equals", value="x"),)
    )
    results = evaluate(prompt, [make_output("a", "x", "x", "x", "y"), make_output("b", "y")], now, now)
    (right,) = counted(results).rates()
    assert right.mean == pytest.approx(0.375)
    assert right.passes == 0


def test_nothing_evaluated_gives_no_rate(make_prompt: MakePrompt) -> None:
    tally = counted(evaluate(make_prompt(Case("a", {})), [], now, now))
    whole = tally.case_passes()
    assert (tally.rates(), whole.cases, whole.mean, whole.lower) == ([], 0, None, None)
