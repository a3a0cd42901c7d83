"""Evaluators of structure and of labels: XML, HTML, tables, and which label an answer gives."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.evaluators.kinds.label import NO_LABEL
from tests.evaluators.judged import judge

BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
TABLE_TEXT = """Here it is:

| Name | Amount \\| € |
| :--- | ---: |
| a | 1 |
| b |  |

And | no table.

x | y
--|--
1 | 2
"""
LABELS = ["card", "card-fraud", "Loan"]


TABLE: list[tuple[str, str, dict[str, Any], Any, bool | str | None]] = [
    ("xml", ' <a><b x="1">é</b></a>\n', {}, None, True),
    ("xml", '<?xml version="1.0" encoding="latin-1"?><a>é</a>', {"elements": "a"}, None, True),
    ("xml", "<a><b></a>", {}, None, False),
    ("xml", "<a/><b/>", {}, None, False),
    ("xml", "text <a/>", {}, None, False),
    ("xml", "", {}, None, False),
    ("xml", "<a>\ud800</a>", {}, None, False),
    ("xml", BOMB, {}, None, False),
    ("xml", OUTSIDE, {"anywhere": True}, None, False),
    ("xml", "<a>&b;</a>", {}, None, False),
    ("xml", "<a>" * 64 + "</a>" * 64, {}, None, True),
    ("xml", "<a>" * 65 + "</a>" * 65, {}, None, False),
    ("xml", "<a><b/><c><b/></c></a>", {"elements": ["a/b", "/a/c/b"]}, None, True),
    ("xml", "<a><c><b/></c></a>", {"elements": ["a/b"]}, None, False),
    ("xml", "<a><b/></a>", {"elements": "{{ expected }}"}, ["a/b"], True),
    ("xml", "1 < 2 <a>x</a> and <b y='>'/> </c>", {"anywhere": True, "elements": ["a", "b"]}, None, True),
    ("xml", "1 < 2 <a>x", {"anywhere": True}, None, False),
    ("xml", '{"x": "<a/>"}', {"path": "$.x"}, None, True),
    ("xml", "no", {"negate": True}, None, True),
    ("html", "<p>one</p>", {}, None, True),
    ("html", "<!DOCTYPE html>\n<HTML><body>x</body></HTML>", {"elements": ["html", "BODY"]}, None, True),
    ("html", "<p>one</p>", {"elements": ["table"]}, None, False),
    ("html", "so <p>one</p>", {}, None, False),
    ("html", "<p>one</p> x >", {}, None, False),
    ("html", "so <b>one</b>", {"anywhere": True}, None, True),
    ("html", "a < b and <c> d", {"anywhere": True}, None, False),
    ("html", "<x-y>z</x-y>", {"anywhere": True}, None, True),
    ("html", "", {}, None, False),
    ("table", TABLE_TEXT, {"columns": ["Name"], "min": 2, "max": 2}, None, True),
    ("table", TABLE_TEXT, {"columns": ["name"]}, None, False),
    ("table", TABLE_TEXT, {"columns": ["NAME"], "ignore_case": True}, None, True),
    ("table", TABLE_TEXT, {"columns": ["y", "x"], "max": 1}, None, True),
    ("table", TABLE_TEXT, {"columns": ["y", "x"], "exact": True}, None, False),
    ("table", TABLE_TEXT, {"columns": ["Name", "Amount \\| €"], "exact": True}, None, True),
    ("table", "no | table", {}, None, False),
    ("table", "", {}, None, False),
    ("table", "a|b\n-|-\n1|2|3", {}, None, False),
    ("table", 'a;b\n"1;x";2\n\n', {"format": "csv", "delimiter": ";", "min": 1, "max": 1}, None, True),
    ("table", "```csv\na,b\n1,2\n```", {"format": "csv", "columns": ["b"]}, None, True),
    ("table", "a,b\n1", {"format": "csv"}, None, False),
    ("table", 'a,b\n"1,2', {"format": "csv"}, None, False),
    ("table", "just text", {"format": "csv"}, None, False),
    ("table", "a\n1\n", {"format": "csv", "columns": ["a"], "min": 1}, None, True),
    ("label", " **Card.** ", {"labels": LABELS}, None, "card"),
    ("label", "loan", {"labels": LABELS}, None, "Loan"),
    ("label", "It is _loan_.", {"labels": LABELS, "find": "first"}, None, "Loan"),
    ("label", "a home_loan_form", {"labels": LABELS, "find": "first"}, None, NO_LABEL),
    ("label", "loan", {"labels": LABELS, "ignore_case": False}, None, NO_LABEL),
    ("label", "", {"labels": LABELS}, None, NO_LABEL),
    ("label", '{"c": "card"}', {"labels": LABELS, "path": "$.c"}, None, "card"),
    ("label", '{"c": 1}', {"labels": LABELS, "path": "$.c"}, None, NO_LABEL),
    ("label", "no json", {"labels": LABELS, "path": "$.c"}, None, NO_LABEL),
    ("label", "I think.\nCategory: *card-fraud*\nthanks", {"labels": LABELS, "after": "Category:"}, None, "card-fraud"),
    ("label", "card", {"labels": LABELS, "after": "Category:"}, None, NO_LABEL),
    ("label", "a LOAN, not a card-fraud.", {"labels": LABELS, "find": "first"}, None, "Loan"),
    ("label", "a loan, not a card-fraud.", {"labels": LABELS, "find": "last"}, None, "card-fraud"),
    ("label", "a loan, not a card.", {"labels": LABELS, "find": "only"}, None, NO_LABEL),
    ("label", "a loan is a loan", {"labels": LABELS, "find": "only"}, None, "Loan"),
    ("label", "cards", {"labels": LABELS, "find": "first"}, None, NO_LABEL),
    ("label", "x" * 100_001, {"labels": LABELS, "find": "first"}, None, None),
]


@pytest.mark.parametrize(("kind", "answer", "options", "expected", "value"), TABLE)
def test_value(kind: str, answer: str, options: dict[str, Any], expected: Any, value: object) -> None:
    result = judge(kind, answer, options, expected)
    assert result.value == value, result.reason
    assert type(result.value) is type(value)
    assert 0 < len(result.reason) <= 500
    assert result.reason.isprintable()


@pytest.mark.parametrize("unit", ["<a", "<a>", "<a></b>", "<a/>", "<", "<a b='", "<!--", "<!DOCTYPE ", "<p ", "</p"])
@pytest.mark.parametrize(("kind", "options"), [("xml", {"anywhere": True}), ("xml", {}), ("html", {"anywhere": True})])
def test_much_that_only_begins_like_markup_is_bounded(kind: str, options: dict[str, Any], unit: str) -> None:
    result = judge(kind, unit * (2_000_000 // len(unit)), options)
    assert "failed" not in result.reason


@pytest.mark.parametrize("unit", ["|", "| ", "|-", "a|b\n-|-\n", "a|b\n", "-:", '"', ",", '",'])
@pytest.mark.parametrize("form", ["markdown", "csv"])
def test_a_hostile_table_is_bounded(form: str, unit: str) -> None:
    result = judge("table", unit * (400_000 // len(unit)), {"format": form, "columns": ["z"]})
    assert result.value is False


OPTIONS: dict[str, dict[str, Any]] = {
    "casing": {"case": "upper"},
    "contains": {"value": "a"},
    "count": {"text": ["a", "é"], "whole_words": True, "ignore_case": True},
    "html": {},
    "label": {"labels": LABELS, "find": "only"},
    "length": {"unit": "sentences", "distinct": True},
    "readability": {"formula": "flesch"},
    "table": {},
    "xml": {"anywhere": True},
}


@settings(max_examples=50)
@given(st.text(st.characters(), max_size=200) | st.text("<>/|-\n*[]#`&;!a1 é\u0301\u200f\ud800", max_size=200))
def test_nothing_breaks_a_check(answer: str) -> None:
    for kind, options in OPTIONS.items():
        result = judge(kind, answer, options)
        assert "failed on this answer" not in result.reason
        assert result.reason.isprintable()
