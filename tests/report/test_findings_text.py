"""Findings as text, with the caret under the character, and as JSON."""

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.lint.finding import Finding
from promptstead.model import Level
from promptstead.report.findings_text import as_json, as_text, summary
from promptstead.words.sentence import NOTHING_SAID, own_words, say


def finding(line: str, start: int, end: int, level: Level = "error", path: str = "p.yml", hint: str = "") -> Finding:
    said = own_words("wrong"), own_words(hint)
    return Finding("TPL101", "undeclared-variable", level, *said, path, 3, start + 1, 3, end + 1, "p", line)


def excerpt(one: Finding) -> tuple[str, str]:
    _, shown, caret = next(iter(as_text([one]))).split("\n")
    return shown.removeprefix("  | "), caret.removeprefix("  | ")


def columns(text: str) -> int:
    """Return how many columns of a terminal *text* takes."""
    return sum(
        0 if unicodedata.category(one) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(one) in ("W", "F") else 1
        for one in text
    )


@pytest.mark.parametrize(
    ("line", "start", "end", "shown", "caret"),
    [
        ("a {{ b }}", 5, 6, "a {{ b }}", "     ^"),
        ("漢字 {{ b }}", 6, 7, "漢字 {{ b }}", "        ^"),
        ("😀 漢字", 2, 4, "😀 漢字", "   ^^^^"),
        ("e\u0301 b", 3, 4, "e\u0301 b", "  ^"),
        ("❤\ufe0f b", 3, 4, "❤\ufe0f b", "  ^"),
        ("\tb", 1, 2, "·b", " ^"),
        ("\x1b[2Jb", 4, 5, "·[2Jb", "    ^"),
        ("a\u202eb", 1, 2, "a·b", " ^"),
        ("e\u0301", 1, 2, "e\u0301", " ^"),
        ("abc", 3, 3, "abc", "   ^"),
    ],
)
def test_the_caret_stands_under_the_finding(line: str, start: int, end: int, shown: str, caret: str) -> None:
    assert excerpt(finding(line, start, end)) == (shown, caret)


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1, max_size=300), st.data()
)
@settings(max_examples=150)
def test_the_caret_begins_where_the_shown_text_before_it_ends(line: str, data: st.DataObject) -> None:
    if not line.strip():
        line += "x"
    start = data.draw(st.integers(0, len(line) - 1))
    shown, caret = excerpt(finding(line, start, start + 1))
    assert shown.isprintable()
    before = len(caret) - len(caret.lstrip(" "))
    position = min(start, 60)
    assert before == columns(shown[:position])
    assert set(caret[before:]) == {"^"}


def test_a_long_line_is_cut_around_the_finding() -> None:
    shown, caret = excerpt(finding("x" * 500 + "y" + "z" * 500, 500, 501))
    assert len(shown) == 120
    assert shown[len(caret) - 1] == "y"


def test_a_finding_over_several_lines_is_marked_to_the_end_of_the_first() -> None:
    one = Finding(
        "TPL106", "template-error", "error", own_words("wrong"), NOTHING_SAID, "p.yml", 1, 3, 4, 2, "p", "a {% if"
    )
    assert excerpt(one) == ("a {% if", "  ^^^^^")


def test_the_first_line_says_where_and_what_the_last_what_to_do() -> None:
    one = finding("a", 0, 1, path="a\nb\x1b[2J.yml", hint="mend\nit")
    assert next(iter(as_text([one]))).split("\n") == [
        r"a\nb\x1b[2J.yml:3:1: error TPL101 wrong",
        "  | a",
        "  | ^",
        r"    help: mend\nit",
    ]
    assert next(iter(as_text([finding("", 0, 0)]))) == "p.yml:3:1: error TPL101 wrong"


def test_json_has_every_field() -> None:
    document = json.loads(json.dumps(as_json([finding("a b", 2, 3)], prompts=2, allowed=1)))
    key = document["findings"][0].pop("key")
    assert len(key) == 32
    assert document == {
        "format": "promptstead/lint/v1",
        "prompts": 2,
        "allowed_by_baseline": 1,
        "findings": [
            {
                "code": "TPL101", "rule": "undeclared-variable", "level": "error", "message": "wrong",
                "sentence": {"code": "own-words", "arguments": {}, "text": "wrong"}, "hint": "",
                "path": "p.yml", "line": 3, "column": 3, "end_line": 3, "end_column": 4, "prompt": "p",
            }
        ],
    }  # fmt: skip


def test_json_says_a_message_and_its_hint_as_data() -> None:
    found = finding("a", 0, 1)._replace(
        message=say("files.no-partial", partial="a.md"), hint=say("files.did-you-mean", near="b.md")
    )
    (one,) = json.loads(json.dumps(as_json([found], prompts=1, allowed=0)))["findings"]
    assert (one["message"], one["hint"]) == ("there is no partial `a.md`", "did you mean `b.md`?")
    assert one["sentence"] == {
        "code": "files.no-partial", "arguments": {"partial": "a.md"}, "text": "there is no partial `a.md`"
    }  # fmt: skip
    assert (one["hint_sentence"]["code"], one["hint_sentence"]["arguments"]) == ("files.did-you-mean", {"near": "b.md"})


def test_the_summary_counts_by_level() -> None:
    found = [finding("a", 0, 1), finding("a", 0, 1, "note"), finding("a", 0, 1, "note")]
    assert summary(found, 1200, 0) == "1,200 prompts: 1 error, 2 notes"
    assert summary([], 1, 3) == "1 prompt: clean (3 allowed by the baseline)"
