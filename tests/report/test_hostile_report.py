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
from promptstead.words.sentence import say
from promptstead.words.sentence_json import SentenceDocument, sentence_json
from promptstead.words.template import LANGUAGES
from tests.report.every_sentence import every_sentence
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
    if kind is SentenceDocument:
        return SENTENCES
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


WORDS_OF_OURS = [each for each in every_sentence() if each.arguments]
ARGUMENT = st.one_of(TEXT, st.lists(TEXT, max_size=3), st.integers(-9, 10**12), st.floats(-1e14, 1e14))
SENTENCES = st.one_of(
    st.fixed_dictionaries({"code": TEXT, "arguments": st.dictionaries(TEXT, ARGUMENT, max_size=2), "text": TEXT}),
    st.sampled_from(WORDS_OF_OURS).flatmap(
        lambda each: st.fixed_dictionaries(
            {
                "code": st.just(each.code),
                "arguments": st.fixed_dictionaries(
                    {
                        name: st.lists(TEXT, max_size=3) if isinstance(value, list) else ARGUMENT
                        for name, value in each.arguments.items()
                    }
                ),
                "text": TEXT,
            }
        )
    ),
)
"""Sentences of a stranger: codes of ours with arguments of theirs, and what is none."""


def evil() -> Any:
    words = "".join(FRAGMENTS)
    failures = [{"evaluator": words, "reason": sentence_json(words)}]
    one = pair(words, words) | {"inputs": {words: words}, "head_failures": failures, "base_answer": words}
    return review(
        prompt(
            1,
            id=words,
            path=words,
            outcome=words,
            comparisons=[
                comparison(broken=[one], fixed=[one], reasons=[sentence_json(words)], base_model=words, verdict=words)
            ],
        ),
        base=words,
        head=words,
        weakens=[sentence_json(words), sentence_json(say("verdicts.of-prompt", prompt=words, text=words))],
        outcomes={words: 1},
    )


@settings(max_examples=60, phases=[Phase.explicit, Phase.generate])  # a report is large: to shrink one takes minutes
@given(of(ReviewDocument))
@example(evil())
def test_a_report_shows_text_and_nothing_else(document: Any) -> None:
    document = read(document | {"format": FORMAT})
    for language in LANGUAGES:
        shows_text(comment_text(document, 20_000, language=language))
    for line in review_annotations(document):
        assert re.match(r"::(error|warning|notice) (file=|title=prompt review::)[^\n]*$", line)


def shows_text(text: str) -> None:
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
        # `needs` is read before anything else is, and no renderer is given it
        extra = (keys ^ (set(schema.get("properties", {})) - {"needs"})) | (required ^ set(schema.get("required", [])))
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
    failures = [{"evaluator": long, "reason": sentence_json(long)}]
    document = review(
        prompt(1, id=long, path=long, error=sentence_json(long)),
        prompt(
            2,
            comparisons=[
                comparison(broken=[pair(long, long) | {"head_failures": failures}], reasons=[sentence_json(long)])
            ],
        ),
        weakens=[sentence_json(long)],
    )
    text = comment_text(document, 65_000)
    assert len(text) < 20_000
    assert "got worse" in text


def test_the_reader_reads_what_others_may_add() -> None:
    document = review(prompt(1)) | {"added later": [1]}
    assert read_review(json.dumps(document).encode(), "r.json") == document
