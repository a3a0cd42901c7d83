"""The Markdown of a review that somebody else wrote: sizes and words of a report that is not to be trusted."""

import re
from typing import Any

import pytest

from promptstead.report.review_markdown import review_markdown
from promptstead.report.review_text import review_lines
from promptstead.words.sentence_json import sentence_json


def prompt(number: int, **more: Any) -> Any:
    return {
        "id": f"sector/p{number:03}",
        "path": f"prompts/sector/p{number:03}.prompt.yml",
        "outcome": "regression",
        "blocks": True,
        "error": None,
        "change": None,
        "comparisons": [comparison()],
        "lint": {"new": [], "failing": 0, "fixed": 0},
        "rendered": None,
        "not_evaluated": [],
        "evaluated": 4,
        "tokens": {"base": 10.0, "head": None},
    } | more


def pair(case: str, answer: str = "good") -> Any:
    failures = [{"evaluator": "mood", "reason": sentence_json("expected `good`")}]
    return {
        "case": case,
        "inputs": {"review": "the shoes"},
        "base_answer": "good",
        "head_answer": answer,
        "base_failures": [],
        "head_failures": failures,
    }


def comparison(**more: Any) -> Any:
    return {
        "base_model": "fast@1",
        "head_model": "fast@1",
        "reference_answers": False,
        "verdict": "REGRESSION",
        "blocks": True,
        "primary": "mood",
        "margin": 0.05,
        "pairs": 100,
        "scale": "share",
        "threshold": 0.05,
        "base_rate": 0.9,
        "head_rate": 0.8,
        "difference": -0.1,
        "lower": -0.15,
        "upper": -0.05,
        "error": 0.03,
        "p_value": 0.001,
        "adjusted_p_value": 0.001,
        "compared_together": 1,
        "method": "Tango's interval, McNemar's mid-p test",
        "clusters": None,
        "further_cases": None,
        "reasons": [sentence_json("mood: 0 fixed, 10 broken of 100 cases")],
        "fixed": [],
        "broken": [pair("r001", "bad")],
        "unchanged": 99,
        "left_out": [],
        "violations": [],
    } | more


def review(*prompts: Any, **more: Any) -> Any:
    return {
        "format": "promptstead/review/v2",
        "base": "a1b2c3d",
        "head": "e4f5a6b",
        "base_commit": "a" * 40,
        "head_commit": "e" * 40,
        "blocks": True,
        "outcomes": {"regression": len(prompts)},
        "counts": {"REGRESSION": len(prompts)},
        "evaluated": 400,
        "weakens": [sentence_json("`sector/p000`: 1 new finding to fix")],
        "prompts": list(prompts),
    } | more


@pytest.mark.parametrize("limit", [60_000, 20_000, 5_000, 2_000])
def test_it_keeps_to_its_limit_and_leaves_the_details_out_first(limit: int) -> None:
    left_out = [{"case": f"c{number:05}", "why": sentence_json("its input changed" * 10)} for number in range(67)]
    prompts = [prompt(number, comparisons=[comparison(left_out=left_out)]) for number in range(300)]
    weakens = [sentence_json(f"`sector/p{number:03}`: the contract breaks: {'x' * 500}") for number in range(100)]
    text = review_markdown(review(*prompts, weakens=weakens), limit)
    assert limit // 2 < len(text) <= limit
    assert text.startswith("⛔ **300 regressions** in 300 changed prompts")
    assert "the contract breaks" in text
    assert "| `sector/p000` |" in text
    assert "more prompts, in the full report" in text
    assert text.count("<details") == text.count("</details>")
    assert "details" not in text or "more prompts are in the full report" in text
    shown = re.findall(r"<summary><code>(sector/p\d+)", text)
    assert shown == [f"sector/p{number:03}" for number in range(len(shown))]
    assert shown or limit < 20_000


@pytest.mark.parametrize("limit", [60_000, 12_000, 6_000])
def test_what_is_most_important_outlives_what_is_long(limit: int) -> None:
    long = [message(["added", f"word{number} " * 500]) for number in range(20)]
    broken = [pair(f"r{number:03}", "bad " * 400) for number in range(50)]
    violations = [{"case": "r000", "check": "must_pass", "reason": sentence_json("no")}]
    text = review_markdown(
        review(
            prompt(
                0,
                change=change(messages=[message(["removed", "first words"]), *long]),
                comparisons=[comparison(broken=broken, violations=violations)],
                lint={"new": [finding()] * 40, "failing": 40, "fixed": 0},
            )
        ),
        limit,
    )
    assert len(text) <= limit
    shown = ["~~`first words`~~", "**must not fail** `r000`", "**`r000`** got worse", "**error INJ202**"]
    places = [text.index(words) for words in shown]
    assert places == sorted(places)
    assert "word19" not in text
    assert "… the rest is in the full report." in text


def test_white_space_that_differs_is_not_folded_into_a_line() -> None:
    text = review_markdown(review(prompt(0, comparisons=[comparison(broken=[pair("r001", "good  ")])])))
    assert "Input\n```text\nreview: the shoes\n```" in text
    assert "After\n```text\ngood  \n```" in text


def message(*pieces: list[str]) -> Any:
    found = [{"kind": kind, "text": text} for kind, text in pieces]
    return {"kind": "changed", "old_role": "system", "role": "system", "pieces": found}


def change(**more: Any) -> Any:
    names = ("partials", "inputs", "output", "tools", "model", "examples", "governance", "description", "gate")
    none: dict[str, list[str]] = {"added": [], "removed": [], "changed": []}
    return {
        "id": "sector/p000",
        "kind": "changed",
        "old_id": None,
        "summary": sentence_json("system message"),
        "contract": {"consequence": "none", "reasons": []},
        "messages": [],
        **{name: [] for name in names},
        "cases": none,
        "evaluators": none,
        "weakened": [],
    } | more


def test_words_that_are_not_ours_do_not_pass_for_ours() -> None:
    evil = "<b>@team</b> **no regression**"
    text = review_markdown(
        review(
            prompt(
                1,
                comparisons=[comparison(verdict=evil)],
                lint={"new": [finding(code=evil, level=evil)], "failing": 1, "fixed": 0},
            ),
            outcomes={evil: 1},
        )
    )
    assert "@team" not in text
    assert "<b>" not in text
    assert "**1 unknown** in 1 changed prompt" in text


def finding(**more: Any) -> Any:
    return {
        "code": "INJ202",
        "rule": "bare-input",
        "level": "error",
        "message": "a message",
        "hint": "",
        "path": "prompts/a.prompt.yml",
        "line": 3,
        "column": 1,
        "end_line": 3,
        "end_column": 9,
        "prompt": "a",
        "key": "0",
    } | more


def test_a_part_that_is_one_value_is_named_once() -> None:
    value = {"path": "description", "kind": "changed", "old": "a", "new": "b", "pieces": []}
    found = review(prompt(0, change=change(description=[value])))
    text, lines = review_markdown(found), list(review_lines(found))
    assert "**description**: `a → b`" in text
    assert "  description: a → b" in lines
