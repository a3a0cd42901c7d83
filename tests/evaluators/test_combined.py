"""Checks that combine others: what they decide, what they leave open, and what is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.errors import PromptsteadError
from promptstead.evaluators.examine import evaluate
from promptstead.evaluators.registry import prepare
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.model import Case, EvaluatorSpec, Gate
from promptstead.prompts.declared.formula import parse
from promptstead.runs.tally import counted
from promptstead.words.sentence import own_words
from tests.made_prompts import MakeOutput, MakePrompt

VALUES: dict[str, bool | float | str | None] = {
    "yes": True,
    "no": False,
    "open": None,
    "half": 0.5,
    "five": 5.0,
    "zero": 0.0,
    "good": "good",
    "with-hyphen": 2.0,
}


def judge(kind: str, options: dict[str, Any], values: dict[str, Any] = VALUES) -> Result:
    answer = Answer("x", Case("c", {}))
    answer.results = {name: Result(value, own_words(f"{name} said so")) for name, value in values.items()}
    return prepare(EvaluatorSpec("check", kind, options, "x.prompt.yml", ()))(answer)


@pytest.mark.parametrize(
    ("kind", "options", "value"),
    [
        ("all", {"of": ["yes", "yes"]}, True),
        ("all", {"of": ["yes", "open", "no"]}, False),
        ("all", {"of": ["yes", "open"]}, None),
        ("all", {"of": ["yes", "half"]}, None),
        ("all", {"of": ["yes"], "negate": True}, False),
        ("any", {"of": ["no", "open", "yes"]}, True),
        ("any", {"of": ["no", "open"]}, None),
        ("any", {"of": ["no", "no"]}, False),
        ("any", {"of": ["yes", "no", "open"], "at_least": 2}, None),
        ("any", {"of": ["yes", "no", "no"], "at_least": 2}, False),
        ("weighted", {"of": {"yes": 3, "no": 1}}, 0.75),
        ("weighted", {"of": {"yes": 1, "half": 1}, "threshold": 0.75}, True),
        ("weighted", {"of": {"yes": 1, "half": 1}, "threshold": 0.76}, False),
        ("weighted", {"of": {"yes": 1, "open": 1}, "threshold": 0.1}, None),
        ("weighted", {"of": {"yes": 1, "good": 1}}, None),
        ("weighted", {"of": ["yes", "no"]}, 0.5),
    ],
)
def test_combinations(kind: str, options: dict[str, Any], value: bool | float | None) -> None:
    found = judge(kind, options).value
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 - 4 / 8", 6.5),
        ("(1 + 2) * -3", -9.0),
        ("-half - -five", 4.5),
        ("8 / 4 / 2", 1.0),
        ("8 - 4 - 2", 2.0),
        ("min(five, 3, `with-hyphen`) + max(half)", 2.5),
        ("yes + yes", 2.0),
        ("five >= 5 and half < 1", True),
        ("not five >= 5", False),
        ("not not yes", True),
        ("no or yes and no", False),
        ("no and open", False),
        ("open and no", False),
        ("open or yes", True),
        ("open or no", None),
        ("open + 1", None),
        ("good == 'good' and good != \"bad\"", True),
        ("good == 1", None),
        ("good < 'h'", None),
        ("good + 1", None),
        ("five and yes", None),
        ("1 / zero", None),
        ("missing", None),
        ("good", "good"),
        ("true", True),
        ("yes == 1", True),
        ("999999999999999 * 999999999999999 != 0", True),
    ],
)
def test_formulas(text: str, value: bool | float | str | None) -> None:
    found = judge("formula", {"formula": text}).value
    assert found == value
    assert type(found) is type(value)


def test_a_number_out_of_range_is_no_score() -> None:
    huge = " * ".join(["999999999999999"] * 30)
    assert judge("formula", {"formula": huge}).value is None
    assert judge("formula", {"formula": f"{huge} > 1"}).value is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "(1",
        "1)",
        "a b",
        "min()",
        "min",
        "a.b",
        "__import__('os')",
        "a[0]",
        "2 ** 3",
        "1 < 2 < 3",
        "1e9",
        "`x",
        "a ; b",
    ],
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(PromptsteadError):
        prepare(EvaluatorSpec("check", "formula", {"formula": text}, "x.prompt.yml", ()))


@pytest.mark.parametrize("text", ["(" * 60 + "1" + ")" * 60, " + ".join(["1"] * 150), "not " * 300 + "true"])
def test_a_formula_that_is_too_large_is_refused(text: str) -> None:
    with pytest.raises(PromptsteadError):
        parse(text)


def test_the_largest_formula_is_worked_out() -> None:
    assert judge("formula", {"formula": " + ".join(["1"] * 100)}).value == 100.0


NUMBERS = st.one_of(st.integers(0, 1000).map(str), st.sampled_from(["0.5", "2.25", "half", "five"]))


def _expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(inner, st.sampled_from(["+", "-", "*", "<", ">=", "==", "and", "or"]), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    )


@given(st.recursive(NUMBERS, _expressions, max_leaves=8))
def test_a_formula_means_what_it_means_in_python(text: str) -> None:
    names = {"half": 0.5, "five": 5.0, "zero": 0.0}
    found = judge("formula", {"formula": text}).value
    if found is None:
        assert "and" in text or "or" in text  # a number is neither true nor false here
    else:
        assert found == eval(text, {"__builtins__": {}}, names)


def spec(name: str, kind: str, **options: Any) -> EvaluatorSpec:
    return EvaluatorSpec(name, kind, options, "prompts/bank/triage.prompt.yml", ("evaluators", name))


BRIEF = spec("brief", "length", unit="words", max=3)
POLITE = spec("polite", "contains", value="please")


def results(make_prompt: MakePrompt, make_output: MakeOutput, *specs: EvaluatorSpec, **more: Any) -> list[CaseResult]:
    case = Case("c", {}, evaluators=more.pop("own", ()))
    prompt = make_prompt(case, evaluators=specs, **more)
    return evaluate(prompt, [make_output("c", "one two")], lambda case, model: "now", lambda case: "now")


def test_a_combination_decides_in_place_of_its_parts(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    either = spec("either", "any", of=["polite", "brief"])
    [result] = results(make_prompt, make_output, either, POLITE, BRIEF)
    assert list(result.samples[0]) == ["either", "polite", "brief"]
    assert result.outcome("polite") is False
    assert result.passed is True
    assert result.failures() == []
    tally = counted([result])
    assert {each.name: each.mean for each in tally.rates()} == {"either": 1.0, "polite": 0.0, "brief": 1.0}
    assert tally.case_passes().mean == 1.0


def test_a_score_decides_nothing_so_that_its_parts_do(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    score = spec("score", "weighted", of=["polite", "brief"])
    [result] = results(
        make_prompt, make_output, score, POLITE._replace(options={"value": "please", "weight": 3}), BRIEF
    )
    assert result.samples[0]["score"].value == 0.25
    assert result.passed is False


def test_a_hard_check_fails_the_case_though_it_is_a_part(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    either = spec("either", "any", of=["polite", "brief"])
    [result] = results(make_prompt, make_output, either, POLITE, BRIEF, gate=Gate(hard=("polite",)))
    assert result.passed is False
    assert [name for name, _ in result.failures()] == ["polite"]


def test_combinations_of_combinations(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    top = spec("top", "formula", formula="not both and brief")
    both = spec("both", "all", of=["polite", "brief"])
    [result] = results(make_prompt, make_output, top, both, POLITE, BRIEF)
    assert result.passed is True
    assert result.samples[0]["both"].value is False


def test_a_case_replaces_a_part(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    both = spec("both", "all", of=["polite", "brief"])
    own = (spec("polite", "contains", value="one"),)
    [result] = results(make_prompt, make_output, both, POLITE, BRIEF, own=own)
    assert result.passed is True


def test_who_compares_sees_that_a_part_changed(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    either = spec("either", "any", of=["polite", "brief"])
    [before] = results(make_prompt, make_output, either, POLITE, BRIEF)
    [after] = results(make_prompt, make_output, either, POLITE, spec("brief", "length", unit="words", max=9))
    assert before.evaluators[0] != after.evaluators[0]


@pytest.mark.parametrize(
    ("checks", "why"),
    [
        ([spec("a", "all", of=["polit"]), POLITE], "there is no evaluator `polit`"),
        ([spec("a", "all", of=["a"])], "part of itself"),
        ([spec("a", "all", of=["b"]), spec("b", "formula", formula="a")], "part of itself"),
        ([spec("a", "formula", formula="polite and"), POLITE], "malformed"),
    ],
)
def test_what_cannot_be_combined_stays_unscored(
    make_prompt: MakePrompt, make_output: MakeOutput, checks: list[EvaluatorSpec], why: str
) -> None:
    [result] = results(make_prompt, make_output, *checks)
    assert result.samples[0]["a"].value is None
    assert why in result.samples[0]["a"].reason


def test_parts_go_through_a_run_file(make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    from promptstead.runs.reader import RunReader
    from promptstead.runs.writer import End, Row, Run, RunPrompt, dump_end, dump_row, dump_run

    either = spec("either", "any", of=["polite", "brief"])
    [result] = results(make_prompt, make_output, either, POLITE, BRIEF)
    run = Run(
        "1",
        "",
        False,
        "2026-01-01T00:00:00Z",
        "replay",
        (RunPrompt("p", "p.prompt.yml", evaluators=result.evaluators),),
    )
    lines = [dump_run(run), dump_row(Row("p", result)), dump_end(End(1))]
    lines[1] = lines[1].replace('"tie":"now",', "")
    [row] = RunReader(lines, "x.run.jsonl").rows()
    assert row.result.passed is True
    assert row.result.samples[0]["polite"].part
