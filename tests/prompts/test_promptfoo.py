"""promptfoo's own cases: each assertion is translated, and the evaluator says what promptfoo says.

The page ``tooling/docs/promptfoo-assertions.md`` shows the figures; here they are counted again.
"""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from markdown_it import MarkdownIt

from promptstead.errors import PromptsteadError
from promptstead.evaluators.registry import prepare
from promptstead.evaluators.shared.answer import Answer
from promptstead.model import Case, EvaluatorSpec, Sample
from promptstead.prompts.declared.promptfoo import NO_COUNTERPART, NoCounterpart, evaluator
from promptstead.prompts.schema_check import load_schema
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.evaluators.test_text_evaluators import skip_without_metrics

ROOT = Path(__file__).parents[2]
CASES = ROOT.parent / "shared" / "data" / "promptfoo-assertions" / "cases.jsonl"
PAGE = ROOT / "tooling" / "docs" / "promptfoo-assertions.md"
TYPES = set(Path(__file__).with_name("promptfoo_types.txt").read_text(encoding="utf-8").split())
"""What promptfoo calls its assertions: those of ``src/assertions/index.ts`` at 0096d98d, and the special ones."""
NAMES = re.compile(r"`([a-z0-9:-]+)`")
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


def test_the_page_has_every_assertion_that_promptfoo_has_and_no_other() -> None:
    firsts = [line.split("|")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    named = [name for first in firsts for name in NAMES.findall(first)]
    assert len(named) == len(set(named))
    assert set(named) == TYPES


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_assertion_is_converted_or_its_refusal_says_what_to_do(kind: str) -> None:
    assertion = {"type": kind, "value": "1", "threshold": 1}
    if kind not in NO_COUNTERPART:
        assert evaluator(assertion)["type"]
        return
    with pytest.raises(NoCounterpart) as refusal:
        evaluator(assertion)
    assert NO_COUNTERPART[kind] in str(refusal.value)


@pytest.mark.parametrize(
    ("value", "output", "passes"),
    [
        (42, "42", True),
        (42, "42.0", False),
        (42, " 42", False),
        (1.0, "1", True),
        (1.0, "1.0", False),
        (0.5, "0.5", True),
        (-0.0, "0", True),
        (True, "true", True),
        (True, "True", False),
        ([1, 2], "[1, 2]", True),
        ("42", "42", True),
    ],
)
def test_numbers_are_compared_as_text_as_promptfoo_does(value: Any, output: str, passes: bool) -> None:
    assert verdict({"assertion": {"type": "equals", "value": value}, "output": output}) is passes


@pytest.mark.parametrize("kind", ["contains", "contains-any", "contains-all"])
def test_a_number_is_contained_as_javascript_writes_it(kind: str) -> None:
    value = 2.0 if kind == "contains" else [2.0]
    options = evaluator({"type": kind, "value": value})
    assert "2" in options.values() or ["2"] in options.values()


@pytest.mark.parametrize(
    ("assertion", "why"),
    [
        ({"type": "equals", "value": "a", "transform": "output.trim()"}, "`transform`"),
        ({"type": "equals", "value": "é", "normalizeUnicode": True}, "`normalizeUnicode`"),
        ({"type": "contains", "value": "a", "weight": 0}, "`weight: 0`"),
        ({"type": "equals", "value": "file://expected.txt"}, "file"),
        ({"type": "is-json", "value": "file://schema.json"}, "file"),
        ({"type": "equals", "value": 1e-9}, "exponent"),
        ({"type": "contains", "value": 1e21}, "exponent"),
        ({"type": "starts-with", "value": 4}, "text"),
    ],
)
def test_what_would_change_its_meaning_is_refused(assertion: dict[str, Any], why: str) -> None:
    with pytest.raises(PromptsteadError, match=re.escape(why)):
        evaluator(assertion)


def test_what_the_page_writes_by_hand_is_what_the_function_gives_and_lints(repository: ScratchRepository) -> None:
    theirs, ours = (block.content for block in MarkdownIt().parse(PAGE.read_text("utf-8")) if block.tag == "code")
    repository.write("prompts/shop/reply.prompt.yml", ours)
    found = re.findall(r" (?:error|warning|note) ([A-Z]+[0-9]+) ", run("lint", cwd=repository.root).out)
    assert set(found) == {"MOD702", "MOD704"}  # of a model that the configuration is to declare
    evaluators = yaml.safe_load(ours)["evaluators"]
    assertions = yaml.safe_load(theirs)["defaultTest"]["assert"]
    assert [evaluator(each) for each in assertions] == list(evaluators.values())


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
