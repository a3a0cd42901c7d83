"""One answer judged by one evaluator."""

from typing import Any

from promptstead.evaluators.registry import prepare
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Result
from promptstead.model import Case, EvaluatorSpec

INPUTS = {"name": "Ada", "tags": ["a", "b"], "language": "fr"}


def judge(kind: str, answer: str, options: dict[str, Any], expected: Any = None) -> Result:
    check = prepare(EvaluatorSpec("check", kind, options, "x.prompt.yml", ()))
    return check(Answer(answer, Case("c", INPUTS, expected, expected is not None)))
