"""The baseline: what it allows, and what it does not."""

import json
from collections import Counter

import pytest

from promptstead.errors import PromptsteadError
from promptstead.lint.baseline import Baseline, divided, dump_baseline, parse_baseline
from promptstead.lint.finding import Finding
from promptstead.words.sentence import NOTHING_SAID, Sentence, own_words, say


def finding(line: int = 1, text: str = "title: x", path: str = "p.yml", message: str = "wrong") -> Finding:
    return Finding(
        "TPL101", "undeclared-variable", "error", own_words(message), NOTHING_SAID, path, line, 1, line, 2, "p", text
    )


def left(before: list[Finding], after: list[Finding]) -> list[Finding]:
    """Return what of *after* is new to a baseline of *before* that was written and read."""
    return divided(after, parse_baseline(dump_baseline(before).encode(), "baseline.json"))[1]


def test_lines_added_above_change_nothing() -> None:
    assert left([finding(line=3)], [finding(line=30)]) == []
    assert left([finding(text="title: x")], [finding(text="    title: x  ")]) == []


@pytest.mark.parametrize("other", [finding(text="title: y"), finding(path="q.yml"), finding(message="worse")])
def test_another_finding_is_new(other: Finding) -> None:
    assert left([finding()], [finding(), other]) == [other]


def test_a_second_finding_that_is_alike_is_new() -> None:
    again = finding(line=9)
    assert left([finding()], [finding(), again]) == [again]
    assert left([finding(), again], [finding(), again]) == []


def test_a_finding_that_is_gone_is_no_matter() -> None:
    assert left([finding(), finding(path="q.yml")], [finding()]) == []
    assert left([finding()], []) == []


def test_the_text_is_sorted_and_one_line_a_finding() -> None:
    found = [finding(path="b.yml"), finding(path="a.yml"), finding(path="b.yml", line=2)]
    text = dump_baseline(found)
    assert text == dump_baseline(found[::-1])
    lines = [line for line in text.splitlines() if '"file"' in line]
    assert ["a.yml" in line for line in lines] == [True, False]
    assert '"count": 2' in lines[1]
    assert parse_baseline(dump_baseline([]).encode(), "b") == Baseline(Counter())


def test_it_says_in_words_what_it_allows() -> None:
    (entry,) = json.loads(dump_baseline([finding(message="a\nb" + "c" * 1000)]))["findings"]
    assert list(entry) == ["file", "code", "message", "count", "key"]
    assert (entry["file"], entry["code"], entry["count"]) == ("p.yml", "TPL101", 1)
    assert entry["message"].startswith("a\\nbccc")
    assert len(entry["message"]) == 500


def test_better_words_bring_nothing_back() -> None:
    said = say("files.too-deep", most=64)
    better = Sentence("it is nested too deep", said.code, said.arguments)
    assert left([finding(message=said)], [finding(message=better)]) == []
    worse = finding(message=say("files.too-deep", most=65))
    assert left([finding(message=said)], [worse]) == [worse]


def test_a_baseline_of_the_first_format_is_still_read() -> None:
    """One that was written when keys were made of the text of messages."""
    entry = {"file": "p.yml", "code": "TPL101", "key": "a86bb364adf04d82def35542530d6ad8", "count": 1}
    raw = json.dumps({"format": "promptstead/baseline/v1", "findings": [entry]})
    again = finding(line=9)
    assert divided([finding(), again], parse_baseline(raw.encode(), "b")) == ([finding()], [again])


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"[]", b"{}", b"5", b"\xff", b"[" * 100_000, b'{"format": "other", "findings": []}',
        b'{"format": "promptstead/baseline/v1"}', b'{"format": "promptstead/baseline/v1", "findings": 5}',
        b'{"format": "promptstead/baseline/v1", "findings": [5]}',
        b'{"format": "promptstead/baseline/v1", "findings": [{"key": "a", "count": "x"}]}',
        b'{"format": "promptstead/baseline/v1", "findings": [{"key": "a", "count": 1e999}]}',
    ],
)  # fmt: skip
def test_what_is_no_baseline_is_refused(raw: bytes) -> None:
    with pytest.raises(PromptsteadError, match="this is not a baseline") as raised:
        parse_baseline(raw, "baseline.json")
    assert raised.value.location == "baseline.json"
