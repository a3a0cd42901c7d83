import json
from typing import Any

import pytest

from promptstead.errors import PromptsteadError
from promptstead.report.review_markdown import review_markdown
from promptstead.report.review_reader import read_review
from tests.report.test_review_markdown import comparison, pair, prompt, review


def read(document: Any) -> Any:
    return read_review(json.dumps(document).encode(), "review.json")


def test_a_report_comes_back_as_it_was_written() -> None:
    document = review(prompt(1), prompt(2, comparisons=[comparison(broken=[pair("a\udcff")])]))
    assert read(document) == document
    assert review_markdown(read(document)) == review_markdown(document)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "this is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"\xff", "this is not JSON"),
        (b"[]", "not a report in the format promptstead/review/v2"),
        (b'{"format": "promptstead/check/v2"}', "not a report in the format"),
        (b'{"format": "promptstead/review/v1"}', "`base` of the report is not valid"),
        (b'{"format": "promptstead/review/v3"}', "this is `promptstead/review/v3`; promptstead 0.1.0 reads up to"),
        (b'{"format": "promptstead/review/v2"}', "`base` of the report is not valid"),
    ],
)
def test_what_is_no_report_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(PromptsteadError, match=message):
        read_review(raw, "review.json")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("prompts[0].id", 5),
        ("prompts[0].blocks", "yes"),
        ("prompts[0].comparisons[0].pairs", True),
        ("prompts[0].comparisons[0].base_rate", "0.5"),
        ("prompts[0].comparisons[0].broken[0].case", None),
        ("prompts[0].lint.new", {}),
        ("evaluated", 10**4000),
        ("evaluated", 1.5),
        ("weakens", [["deep"]]),
        ("weakens", ["a sentence of an older report"]),
        ("weakens", [{"code": 1, "arguments": {}, "text": "x"}]),
        ("weakens", [{"code": "x", "arguments": [], "text": "x"}]),
        ("head_commit", 1),
    ],
)
def test_a_value_of_another_kind_is_named(place: str, value: Any) -> None:
    document = read(review(prompt(1)))
    *parents, last = place.replace("[", ".[").split(".")
    target: Any = document
    for key in parents:
        target = target[int(key[1:-1]) if key.startswith("[") else key]
    target[last] = value
    with pytest.raises(PromptsteadError) as caught:
        read(document)
    assert place in caught.value.message


def test_numbers_that_no_review_has_are_no_numbers() -> None:
    text = json.dumps(review(prompt(1))).replace("-0.15", "-1e999").encode()
    with pytest.raises(PromptsteadError, match=r"comparisons\[0\]\.lower"):
        read_review(text, "review.json")
    text = json.dumps(review(prompt(1))).replace("-0.15", "NaN").encode()
    with pytest.raises(PromptsteadError, match=r"comparisons\[0\]\.lower"):
        read_review(text, "review.json")
