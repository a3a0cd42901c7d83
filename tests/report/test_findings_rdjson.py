"""rdjson as reviewdog.proto defines it: columns in bytes of UTF-8, an exclusive end, one suggestion a fix."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from promptstead.documents.document import text_document
from promptstead.lint.finding import Finding
from promptstead.model import Fix, Level, Span
from promptstead.report.findings_rdjson import rdjson
from promptstead.report.markup import prose
from tests.report.findings import PATH, cut, finding, fixed, replaced, texts_with_fixes, texts_with_spans
from tests.report.parsers import not_ours


def entry(one: Finding, text: str) -> dict[str, Any]:
    result = json.loads(json.dumps(rdjson([one], {PATH: text_document(PATH, text)})))
    assert result["source"] == {"name": "promptstead"}
    (finding,) = result["diagnostics"]
    assert isinstance(finding, dict)
    return finding


def ends(place: dict[str, dict[str, int]]) -> tuple[tuple[int, int], tuple[int, int]]:
    return (place["start"]["line"], place["start"]["column"]), (place["end"]["line"], place["end"]["column"])


def test_a_diagnostic_has_what_the_format_defines() -> None:
    assert entry(finding("a𐐀b", Span(2, 3)), "a𐐀b") == {
        "message": "variable `mesage` is used but not declared\nhelp: did you mean `message`?",
        "location": {
            "path": PATH,
            "range": {"start": {"line": 1, "column": 6}, "end": {"line": 1, "column": 7}},
        },
        "severity": "ERROR",
        "code": {"value": "TPL101"},
    }


def test_levels_are_severities_of_the_format() -> None:
    levels: tuple[Level, ...] = ("error", "warning", "note")
    severities = [entry(finding("a", Span(0, 1), level=level), "a")["severity"] for level in levels]
    assert severities == ["ERROR", "WARNING", "INFO"]


@given(texts_with_spans())
@settings(max_examples=150)
def test_a_range_cuts_the_finding_out_of_the_bytes(case: tuple[str, Span]) -> None:
    text, span = case
    place = entry(finding(text, span), text)["location"]["range"]
    assert cut(text, *ends(place), "utf-8") == text[span.start : span.end]


@given(texts_with_fixes())
@settings(max_examples=150)
def test_the_suggestion_does_what_the_whole_fix_does(case: tuple[str, Fix]) -> None:
    text, fix = case
    (suggestion,) = entry(finding(text, Span(0, 0), fix=fix), text)["suggestions"]
    edit = (*ends(suggestion["range"]), suggestion["text"])
    assert replaced(text, [edit], "utf-8") == fixed(text, fix)


def test_without_a_fix_there_is_no_suggestion() -> None:
    assert "suggestions" not in entry(finding("a", Span(0, 1)), "a")


@pytest.mark.parametrize(
    "evil",
    [
        "x` @zq `y", "@zq", "![zq](https://zq.example)", "<img src=x>", "www.zq.example", "#77", "1234567deadbeef",
        ":zq:", "\\`a`", "`" * 21 + "@zq" + "`" * 21, "/close", "- [ ] zq", "a\u2028b @zq", "$zq$", "~zq", "[^zq]",
        "1. 1) zq",
    ],
)  # fmt: skip
def test_a_message_is_words_and_code_in_the_comment_that_reviewdog_makes_of_it(evil: str) -> None:
    for message in (f"variable `{evil}` is used", f"{evil} is used"):
        found = entry(finding("a", Span(0, 1), message=message, hint=evil), "a")
        assert list(not_ours(found["message"])) == []


def test_what_forges_link_is_no_prose() -> None:
    assert prose("the commit 1a2b3c4d is used") == "`the commit 1a2b3c4d is used`"
    assert prose("case `a@b`: 1 of 2 (50.0 %); `x`, and/or `y`") == "case `a@b`: 1 of 2 (50.0 %); `x`, and/or `y`"
