from hypothesis import given
from hypothesis import strategies as st

from promptstead.diff.words import Piece, word_diff
from promptstead.report.diff_text import inline
from promptstead.report.excerpt import CONTEXT, MAX_PIECE, excerpt

WORDS = st.lists(st.sampled_from(["red", "green", "blue", "a", "the", "é", ".", "\n\n", "\u202e"]), max_size=30)


@given(WORDS, WORDS)
def test_an_excerpt_keeps_every_change_in_order(old: list[str], new: list[str]) -> None:
    pieces = word_diff(" ".join(old), " ".join(new))
    shown = list(excerpt(pieces))
    assert [piece for piece in shown if piece.kind != "same"] == [piece for piece in pieces if piece.kind != "same"]
    assert all(len(piece.text) <= 2 * CONTEXT + len(" … ") for piece in shown if piece.kind == "same")


def test_an_excerpt_cuts_what_did_not_change_and_what_is_very_long() -> None:
    same = Piece("same", "x" * 500)
    first, change, last = excerpt([same, Piece("added", "y" * 5_000), same])
    assert first.text == "…" + "x" * CONTEXT
    assert last.text == "x" * CONTEXT + "…"
    assert change.text == "y" * MAX_PIECE + "…"
    assert list(excerpt([same])) == []


def test_a_change_reads_as_wdiff_writes_it() -> None:
    assert inline(word_diff("Answer with one word.", "Answer with a single word.")) == (
        "Answer with [-one-]{+a single+} word."
    )
    assert inline([Piece("same", "a"), Piece("removed", " b"), Piece("same", " c")]) == "a [-b-] c"
    assert inline([Piece("added", "\x1b[2J\u202e")]) == "{+\\x1b[2J\\u202e+}"
    assert inline(word_diff("same", "same"), lambda text, style: f"<{style}>{text}") == ""
