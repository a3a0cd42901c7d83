"""The word diff: what a reader is shown, and the laws that it keeps."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.diff.words import Piece, word_diff

EDITS = Path(__file__).parents[3] / "shared" / "data" / "edits"
MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}", "moved from": "<<{}<<", "moved to": ">>{}>>"}
LINES = st.sampled_from(
    [
        *["", "one two three", "- item a", "  - item b", "1. first", "2) second one", "```", "    x = 1", "<tag>"],
        *["# Head", "| a | b |", "Label: value", "{{ name }}", "don't 1,000.50 …", "你好世界", "e\u0301 \u200b"],
        *["\x1c\x0b", "\ttab", "***", "word", "> quoted"],
    ]
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join) | st.text(max_size=60)


def shown(old: str, new: str) -> str:
    return "".join(MARKS[piece.kind].format(piece.text) for piece in word_diff(old, new))


def squeezed(text: str) -> str:
    return "".join(text.split())


def side(pieces: tuple[Piece, ...], *kinds: str) -> str:
    return squeezed("".join(piece.text for piece in pieces if piece.kind in kinds))


def check_laws(old: str, new: str) -> tuple[Piece, ...]:
    pieces = word_diff(old, new)
    if pieces:
        assert side(pieces, "same", "removed", "moved from") == squeezed(old)
        assert side(pieces, "same", "added", "moved to") == squeezed(new)
        assert any(piece.kind != "same" for piece in pieces)
        assert all(piece.text for piece in pieces)
    else:
        assert squeezed(old) == squeezed(new)
    moved = [
        Counter(squeezed(piece.text) for piece in pieces if piece.kind == kind) for kind in ("moved from", "moved to")
    ]
    assert moved[0].total() == moved[1].total()
    return pieces


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_pieces_make_up_both_texts(old: str, new: str) -> None:
    check_laws(old, new)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert word_diff(text, text) == ()
    assert word_diff(text, text.replace("\n", "\r\n")) == ()
    assert word_diff(text, f"\n{text}\n\n") == () or text.startswith("    ")


WORDS = st.lists(
    st.sampled_from(["alpha", "beta,", "gamma.", "Delta", "e-mail", "{{ x }}", "don't"]), min_size=1, max_size=25
)


@settings(max_examples=100, deadline=None)
@given(WORDS, st.lists(st.sampled_from([" ", "  ", "\n", " \n "]), min_size=25, max_size=25))
def test_wrapping_a_paragraph_anew_is_no_change(words: list[str], gaps: list[str]) -> None:
    wrapped = words[0]
    for gap, word in zip(gaps, words[1:], strict=False):
        wrapped += (gap if word != "{{ x }}" and not wrapped.endswith("{{ x }}") else " ") + word
    assert word_diff(" ".join(words), wrapped) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "Quote the number and the branch.",
            "Quote the number if known.",
            "Quote the number[- and the branch-]{+ if known+}.",
        ),
        (
            "The cat sat. The dog ran.",
            "The cat sat. The bird flew. The dog ran.",
            "The cat sat.{+ The bird flew.+} The dog ran.",
        ),
        (
            "The cat sat. The bird flew. The dog ran.",
            "The cat sat. The dog ran.",
            "The cat sat.[- The bird flew.-] The dog ran.",
        ),
        ("Hello {{ name }}, bye", "Hello {{ full_name }}, bye", "Hello {{[- name-]{+ full_name+} }}, bye"),
        ("a b", "", "[-a b-]"),
        ("", "a b", "{+a b+}"),
        ("x", "x\n\nNew text.", "x{+\n\nNew text.+}"),
        ("one\n\ntwo", "one two", "one[-\n\n-] two"),
        ("- a\n- b", "- a\n  - b", "- a[-\n-]{+\n  +}- b"),
        ("- a\n- b", "* a\n- b", "[---]{+*+} a\n- b"),
        ("Name: x\nDate: y", "Name: x Date: y", "Name: x[-\n-] Date: y"),
        ("```\nx = 1\n```", "```\nx  = 1\n```", "```\nx[- -]{+  +}= 1\n```"),
        ("```\nx = 1\ny\n```", "```\nx = 1 y\n```", "```\nx = 1[-\n-]{+ +}y\n```"),
        ("你好世界", "你好朋友世界", "你好{+朋友+}世界"),
        ("a\u00a0b", "a\u200bb", "[-a b-]{+a\u200bb+}"),
    ],
)
def test_what_a_reader_sees(old: str, new: str, expected: str) -> None:
    assert shown(old, new).replace("\u00a0", " ") == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("one two\nthree four", "one two three\nfour"),
        ("- item one\n- item two", "\n- item\n  one\n\n- item two\n"),
        ("- a\n    - b", "- a\n  - b"),
        ("tabs\tand  spaces", "tabs and spaces"),
        ("one\n\n\n\ntwo", "one\n \ntwo"),
    ],
)
def test_layout_is_no_change(old: str, new: str) -> None:
    assert word_diff(old, new) == ()


def test_a_moved_paragraph_and_a_moved_item() -> None:
    expected = "a<<\n\nMove this paragraph.<<\n\nb here\n\nc here>>\n\nMove this paragraph.>>"
    assert (
        shown("a\n\nMove this paragraph.\n\nb here\n\nc here", "a\n\nb here\n\nc here\n\nMove this\nparagraph.")
        == expected
    )
    assert (
        shown("- go first\n- b c\n- d e", "- b c\n- d e\n- go first") == "<<- go first<<\n- b c\n- d e>>\n- go first>>"
    )


def test_a_numbered_item_that_moved_keeps_its_words_whole() -> None:
    pieces = check_laws(
        "1. check the age\n2. quote the law\n3. stop there", "1. quote the law\n2. stop there\n3. check the age"
    )
    moved = [piece.text for piece in pieces if piece.kind.startswith("moved")]
    assert len(moved) == 2
    assert all(text.endswith("check the age") for text in moved)
    assert not any("law" in piece.text for piece in pieces if piece.kind in {"removed", "added"})


def test_a_rewritten_sentence_is_shown_as_one() -> None:
    old = "Please answer in a formal tone and never mention any competitor."
    new = "Always reply with a friendly voice and never mention any competitor."
    assert shown(old, new) == (
        "[-Please answer in a formal tone-]{+Always reply with a friendly voice+} and never mention any competitor."
    )


def test_large_messages_keep_what_did_not_change() -> None:
    chance = random.Random(5)
    old = [f"word{int(chance.paretovariate(0.6))}" for _ in range(20_000)]
    new = [f"new{place}" if place % 97 == 0 else word for place, word in enumerate(old)]
    pieces = check_laws(" ".join(old), " ".join(new))
    changed = sum(len(piece.text.split()) for piece in pieces if piece.kind == "added")
    assert 207 <= changed <= 230


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 100_000, "a " * 99_000),
        (" ".join(f"x{n}" for n in range(50_000)), " ".join(f"y{n}" for n in range(50_000))),
        ("\n".join(" " * n + "- a" for n in range(1_000)), "\n".join(" " * n + "- b" for n in range(1_000))),
        ("<a></a" * 20_000, "<a></a" * 20_001),
        ("x" * 1_000_000, "y" * 1_000_000),
        ("- a b\n" * 20_000, "- a c\n" * 20_000),
    ],
    ids=["equal words", "no word in common", "deep lists", "tags", "one word", "many items"],
)
def test_the_worst_texts_come_to_an_end(old: str, new: str) -> None:
    assert check_laws(old, new)


@pytest.mark.skipif(not EDITS.is_dir(), reason="the real edits are not here")
def test_real_edits_keep_the_laws() -> None:
    edits = [
        json.loads(line)
        for path in sorted(EDITS.glob("*.jsonl"))
        for line in path.read_text("utf-8").split("\n")
        if line
    ]
    assert len(edits) == 201
    for edit in edits:
        check_laws(edit["old"], edit["new"])


PROSE = "Answer in two sentences.\nName the product."
CODE = '```\n{ "a": 1 }\n```'


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # one stray fence, added or taken away
        (f"{PROSE}\n\n{CODE}\n\nBe short and polite.", f"{PROSE}\n\n```\n\n{CODE}\n\nBe short and polite.", 1),
        (f"{PROSE}\n\n```\n\n{CODE}\n\nBe short and polite.", f"{PROSE}\n\n{CODE}\n\nBe short and polite.", 1),
        # a block of code more, before and between others
        (f"{CODE}\n\n{PROSE}", f"```\nx = 1\n```\n\n{CODE}\n\n{PROSE}", 1),
        (f"{CODE}\n\n{PROSE}\n\n{CODE}", f"{CODE}\n\n{PROSE}\n\n```\nx = 1\n```\n\n{CODE}", 1),
        # a fence around all of it
        (f"{PROSE}\n\n{CODE}", f"```\n{PROSE}\n\n{CODE}\n```", 2),
    ],
)
def test_a_fence_more_or_less_changes_nothing_that_it_does_not_touch(old: str, new: str, expected: int) -> None:
    pieces = check_laws(old, new)
    changed = [piece for piece in pieces if piece.kind != "same"]
    assert len(changed) == expected, shown(old, new)
    assert all("sentences" not in piece.text and "a" not in piece.text for piece in changed), shown(old, new)
