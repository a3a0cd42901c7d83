"""Any report that the reader lets through is shown, and shows nothing but text: a stranger may have written it."""

import json
import re
import types
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from promptstead.prompts.schema_check import load_schema
from promptstead.report.findings_github import review_annotations
from promptstead.report.review_document import FORMAT, ReviewDocument
from promptstead.report.review_markdown import comment_text
from promptstead.report.review_reader import read_review
from tests.report.parsers import not_ours
from tests.report.test_review_markdown import comparison, pair, prompt, review
from tests.report.test_review_reader import read

FRAGMENTS = [
    "@team", "<img src=x onerror=alert(1)>", "</details>", "</summary>", "<!-- promptstead review -->", "`", "```",
    "~~~",     "\n", "\n\n", "# ", "|", "\\", "https://evil.example", "[a](https://evil.example)", "![a](https://evil.example)",
    "&lt;", "<b>", "*", "/close", "\u202e", "\x1b[2J", "\u200b", "added", "removed", "system", "REGRESSION", "breaking",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join)
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = re.compile(r"</?(details|details open|summary|code|sub)>|[\s]+")


def of(kind: Any) -> st.SearchStrategy[Any]:
    """Return values of a type in a report, full of what must not be obeyed."""
    if kind is Any:
        return st.one_of(st.none(), TEXT, st.integers(-9, 9), st.lists(TEXT, max_size=2))
    if is_typeddict(kind):
        return st.fixed_dictionaries({key: of(hint) for key, hint in get_type_hints(kind).items()})
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is list:
        return st.lists(of(arguments[0]), max_size=2)
    if origin is dict:
        return st.dictionaries(TEXT, of(arguments[1]), max_size=2)
    if origin is types.UnionType:
        return st.one_of(*(of(each) for each in arguments))
    return {
        str: TEXT,
        bool: st.booleans(),
        int: st.integers(-(10**15) + 1, 10**15 - 1),
        float: st.floats(-1e14, 1e14),
        types.NoneType: st.none(),
    }[kind]


def evil() -> Any:
    words = "".join(FRAGMENTS)
    failures = [{"evaluator": words, "reason": words}]
    one = pair(words, words) | {"inputs": {words: words}, "head_failures": failures, "base_answer": words}
    return review(
        prompt(
            1,
            id=words,
            path=words,
            outcome=words,
            comparisons=[comparison(broken=[one], fixed=[one], reasons=[words], base_model=words, verdict=words)],
        ),
        base=words,
        head=words,
        weakens=[words],
        outcomes={words: 1},
    )


@settings(max_examples=60, phases=[Phase.explicit, Phase.generate])  # a report is large: to shrink one takes minutes
@given(of(ReviewDocument))
@example(evil())
def test_a_report_shows_text_and_nothing_else(document: Any) -> None:
    document = read(document | {"format": FORMAT})
    text = comment_text(document, 20_000)
    assert len(text) <= 20_000
    assert not re.search("[\u202e\u200b\x1b]", text)
    assert list(not_ours(text)) == []
    for token in MARKDOWN.parse(text):
        for child in token.children or [token]:
            assert child.type not in ("link_open", "image")
            if child.type == "text":
                assert not re.search(r"@|evil|alert|<|\bhref\b", child.content), child.content
            elif child.type in ("html_block", "html_inline"):
                kept = re.sub(r"<code>[^<]*</code>", "", child.content)
                kept = re.sub(r"<summary>[^<]*</summary>", "", kept)
                assert not OURS.sub("", kept), child.content
    for line in review_annotations(document):
        assert re.match(r"::(error|warning|notice) (file=|title=prompt review::)[^\n]*$", line)
    assert not any(line.startswith(("<!--", "/")) for line in outside_blocks(text))


def outside_blocks(text: str) -> list[str]:
    covered: set[int] = set()
    for token in MARKDOWN.parse(text):
        if token.type == "fence" and token.map:
            covered.update(range(*token.map))
    return [line for number, line in enumerate(text.split("\n")) if number not in covered]


def test_the_types_and_the_schema_say_the_same() -> None:
    schema = load_schema("review")
    assert list(differences(ReviewDocument, schema, schema, "review")) == []


def differences(kind: Any, schema: Any, whole: Any, place: str) -> list[str]:
    """Return where a type and a part of the schema differ."""
    if "$ref" in schema:
        return differences(kind, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole, place)
    if get_origin(kind) is types.UnionType:
        kinds = [each for each in get_args(kind) if each is not types.NoneType]
        options = schema.get("oneOf") or schema.get("anyOf")
        if options:
            schema = next(each for each in options if each.get("type") != "null")
        return [] if len(kinds) > 1 else differences(kinds[0], schema, whole, place)
    if is_typeddict(kind):
        keys, required = set(get_type_hints(kind)), set(kind.__required_keys__)
        extra = (keys ^ set(schema.get("properties", {}))) | (required ^ set(schema.get("required", [])))
        if extra:
            return [f"{place}: {sorted(extra)}"]
        hints = get_type_hints(kind).items()
        return [
            found
            for key, hint in hints
            for found in differences(hint, schema["properties"][key], whole, f"{place}.{key}")
        ]
    if get_origin(kind) is list:
        return differences(get_args(kind)[0], schema["items"], whole, f"{place}[]") if "items" in schema else [place]
    return []


@pytest.mark.parametrize("size", [10 * 1024 * 1024])
def test_ten_megabytes_in_one_line(size: int) -> None:
    long = "<@team `|" * (size // 9)
    failures = [{"evaluator": long, "reason": long}]
    document = review(
        prompt(1, id=long, path=long, error=long),
        prompt(2, comparisons=[comparison(broken=[pair(long, long) | {"head_failures": failures}], reasons=[long])]),
        weakens=[long],
    )
    text = comment_text(document, 65_000)
    assert len(text) < 20_000
    assert "got worse" in text


def test_the_reader_reads_what_others_may_add() -> None:
    document = review(prompt(1)) | {"added later": [1]}
    assert read_review(json.dumps(document).encode(), "r.json") == document
