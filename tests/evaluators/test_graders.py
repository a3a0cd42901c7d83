"""The page on other tools' graders: each example is valid, and passes and fails what it should."""

import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from promptstead.evaluators.examine import evaluate
from promptstead.evaluators.registry import MODULES
from promptstead.model import Case, EvaluatorSpec
from promptstead.prompts.schema_check import load_schema
from tests.evaluators.test_text_evaluators import skip_without_metrics
from tests.made_prompts import MakeOutput, MakePrompt

PAGE = Path(__file__).parents[2] / "tooling" / "docs" / "graders.md"
EXAMPLES: dict[str, dict[str, Any]] = {
    title: yaml.safe_load(text)
    for title, text in re.findall(r"^### ([^\n]+)\n\n```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
}
ANSWERS = {
    "string_check eq": ("Paris", "Paris."),
    "string_check ne": ("Rome", "Paris"),
    "string_check like": ("It is Paris.", "It is paris."),
    "string_check ilike": ("It is paris.", "It is Rome."),
    "text_similarity": ("In Paris", "It is Rome"),
    "multi": ("Paris", "Paris is the capital of France, they say."),
    "startsWith": ("Paris, France", "In Paris, France"),
    "endsWith": ("Paris, France", "Paris, France."),
}
JUDGED = {"score_model", "label_model"}


def test_every_example_is_tried() -> None:
    assert set(EXAMPLES) == set(ANSWERS) | JUDGED


@pytest.mark.parametrize("title", EXAMPLES)
def test_example_is_valid(title: str) -> None:
    if title in JUDGED and "judge" not in MODULES:
        pytest.skip("there is no evaluator `judge` yet")
    schema = load_schema("prompt")
    jsonschema_rs.validate({**schema["$defs"]["evaluators"], "$defs": schema["$defs"]}, EXAMPLES[title])


@pytest.mark.parametrize("title", ANSWERS)
def test_example_passes_and_fails(title: str, make_prompt: MakePrompt, make_output: MakeOutput) -> None:
    if title in ("text_similarity", "multi"):
        skip_without_metrics()
    specs = tuple(
        EvaluatorSpec(name, options["type"], options, "x.prompt.yml", ("evaluators", name))
        for name, options in EXAMPLES[title].items()
    )
    cases = [Case(f"c{index}", {}, {"answer": "Paris"}, True) for index in (0, 1)]
    outputs = [make_output(case.id, answer) for case, answer in zip(cases, ANSWERS[title], strict=True)]
    results = evaluate(make_prompt(*cases, evaluators=specs), outputs, lambda *_: "now", lambda *_: "now")
    assert [result.passed for result in results] == [True, False]
