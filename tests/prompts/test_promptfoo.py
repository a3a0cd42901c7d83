"""promptfoo's own cases: each assertion is translated, and the evaluator says what promptfoo says.

The page ``tooling/docs/promptfoo-assertions.md`` shows the figures; here they are counted again.
"""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from promptstead.errors import PromptsteadError
from promptstead.evaluators.registry import prepare
from promptstead.evaluators.shared.answer import Answer
from promptstead.model import Case, EvaluatorSpec, Sample
from promptstead.prompts.declared.promptfoo import NO_COUNTERPART, NoCounterpart, evaluator
from promptstead.prompts.schema_check import load_schema
from tests.evaluators.test_text_evaluators import skip_without_metrics

ROOT = Path(__file__).parents[2]
CASES = ROOT.parent / "shared" / "data" / "promptfoo-assertions" / "cases.jsonl"
PAGE = ROOT / "tooling" / "docs" / "promptfoo-assertions.md"
ROW = re.compile(r"^\| `([a-z-]+)` \| .+ \| (\d+)/(\d+) \|$", re.MULTILINE)


def verdict(row: dict[str, Any]) -> bool | None:
    """Say pass, fail, or None: an error, or unscored.

    :raises NoCounterpart: no evaluator means the same.
    """
    try:
        options = evaluator(row["assertion"])
        schema = load_schema("prompt")
        jsonschema_rs.validate({**schema["$defs"]["evaluator"], "$defs": schema["$defs"]}, options)
        check = prepare(EvaluatorSpec("check", options["type"], options, "x.prompt.yml", ()))
    except NoCounterpart:
        raise
    except PromptsteadError:
        return None
    seconds = row["latencyMs"] / 1000 if "latencyMs" in row else None
    sample = Sample(row["output"], seconds=seconds, cost=row.get("cost"))
    value = check(Answer(row["output"], Case("c", row.get("test_vars", {})), sample)).value
    assert value is None or isinstance(value, bool)
    return value


def counted() -> tuple[dict[str, list[int]], list[dict[str, Any]]]:
    """Count, for each type, the cases that agree and all; and list those that disagree without a stated reason."""
    counts: dict[str, list[int]] = {}
    unexplained: list[dict[str, Any]] = []
    for line in CASES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        figures = counts.setdefault(row["assertion"]["type"].removeprefix("not-"), [0, 0])
        figures[1] += 1
        try:
            agrees = verdict(row) is row["pass"]
        except NoCounterpart:
            continue
        figures[0] += agrees
        unexplained += [] if agrees else [row]
    return counts, unexplained


@pytest.mark.skipif(not CASES.exists(), reason="promptfoo's cases are not here")
def test_agreement_is_what_the_page_says() -> None:
    skip_without_metrics()
    counts, unexplained = counted()
    assert not unexplained
    page = PAGE.read_text(encoding="utf-8")
    assert {kind: [int(agreeing), int(total)] for kind, agreeing, total in ROW.findall(page)} == counts
    agreeing, total = (sum(figures[index] for figures in counts.values()) for index in (0, 1))
    assert f"**{agreeing} of {total}**" in page


@pytest.mark.parametrize("kind", NO_COUNTERPART)
def test_what_has_no_counterpart_says_why(kind: str) -> None:
    with pytest.raises(NoCounterpart, match="has no counterpart"):
        evaluator({"type": kind})


@pytest.mark.parametrize(
    ("assertion", "options"),
    [
        (
            {"type": "not-contains", "value": "{{name}}"},
            {"type": "contains", "value": "{{ inputs.name}}", "negate": True},
        ),
        ({"type": "contains-any", "value": 'a, "b, c"'}, {"type": "contains", "any": ["a", "b, c"]}),
        ({"type": "starts-with", "value": "Dear"}, {"type": "contains", "value": "Dear", "at": "start"}),
        ({"type": "is-xml", "value": "a.b, c"}, {"type": "xml", "elements": ["a/b", "c"]}),
        ({"type": "latency", "threshold": 250}, {"type": "latency", "max": 0.25}),
    ],
)
def test_translation(assertion: dict[str, Any], options: dict[str, Any]) -> None:
    assert evaluator(assertion) == options


@pytest.mark.parametrize(
    "assertion",
    [
        {},
        {"type": "llm-rubric", "value": "polite"},
        {"type": "contains"},
        {"type": "contains-all", "value": '"a'},
        {"type": "contains-all", "value": '"a" b'},
        {"type": "is-json", "value": "a: ]["},
        {"type": "regex", "value": 1},
        {"type": "cost"},
        {"type": "word-count", "value": {"min": 2, "max": 1}},
    ],
)
def test_what_is_wrong_is_refused(assertion: dict[str, Any]) -> None:
    with pytest.raises(PromptsteadError):
        evaluator(assertion)
