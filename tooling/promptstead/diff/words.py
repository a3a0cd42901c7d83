"""The difference of two texts in words, for people.

Blocks are aligned first, so that an edit in one paragraph never touches another; words are aligned in what is left. A
block that left one place unchanged and turned up in another is moved. Wrapping and white space in running text are no
change.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from promptstead.diff.alignment import Effort, align
from promptstead.diff.blocks import Block, Token, blocks_of, text_lines
from promptstead.diff.fences import fences_of_both

PieceKind = Literal["same", "removed", "added", "moved from", "moved to"]
Edit = tuple[int, int, int, int]
"""``old[i:i_end]`` became ``new[j:j_end]``, as (i, i_end, j, j_end); positions are tokens."""

MOVED_WORDS = 2
"""A block of fewer words is too common to be recognised elsewhere."""
ISLAND = 32
"""Characters of an unchanged stretch that may be swallowed by the changes on both sides of it."""
SLIDE = 60
"""Tokens that an insertion may be slid over to start where a phrase starts."""
SENTENCE_ENDS = frozenset(".!?:;。！？；：…")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and what became of it. A break between blocks is one or two line feeds in the text."""

    kind: PieceKind
    text: str


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """Return what became of each word, in reading order; nothing where a reader would see no difference.

    Same and removed pieces (with those moved from here) make up the old text, same and added ones (with those moved to
    here) the new one, white space apart. The work is bounded: very large and very different texts are compared in
    larger pieces.
    """
    if old == new:
        return ()
    effort = Effort()
    old_lines, new_lines = text_lines(old), text_lines(new)
    old_fences, new_fences = fences_of_both(old_lines, new_lines, effort)
    before, after = blocks_of(old_lines, old_fences.code), blocks_of(new_lines, new_fences.code)
    kept = [
        (i + step, j + step)
        for i, j, length in align([block.key for block in before], [block.key for block in after], effort)
        for step in range(length)
    ]
    gone, come = _moved(before, after, kept)
    left, left_starts = _stream(before, gone)
    right, right_starts = _stream(after, come)
    edits: list[Edit] = []
    i = j = 0
    for p, q in [*kept, (len(before), len(after))]:
        # The marker of a list item stands before its words and may differ where the item is kept.
        i_end, j_end = left_starts[p], right_starts[q]
        edits.extend(_edits(left[i:i_end], right[j:j_end], i, j, effort))
        length = len(before[p].words) if p < len(before) else 0
        i, j = i_end + length, j_end + length
    for place, edit in enumerate(edits):
        low = edits[place - 1][1] if place else 0
        high = edits[place + 1][0] if place + 1 < len(edits) else len(left)
        edits[place] = _slide(edit, low, high, left, right)
    return tuple(_pieces(_swallow_islands(edits, left, right), left, right))


def _moved(before: list[Block], after: list[Block], kept: list[tuple[int, int]]) -> tuple[set[int], set[int]]:
    """Return the positions of the blocks that were taken out of *before* and put back unchanged into *after*."""
    stayed, stays = {i for i, _ in kept}, {j for _, j in kept}
    places: defaultdict[tuple[object, ...], deque[int]] = defaultdict(deque)
    for j, block in enumerate(after):
        if j not in stays and sum(word.key[0].isalnum() for word in block.words) >= MOVED_WORDS:
            places[block.key].append(j)
    gone: set[int] = set()
    come: set[int] = set()
    for i, block in enumerate(before):
        if i not in stayed and places.get(block.key):
            gone.add(i)
            come.add(places[block.key].popleft())
    return gone, come


@dataclass(frozen=True, slots=True)
class MovedToken(Token):
    """A whole block that moved; it is like no other token."""


def _stream(blocks: list[Block], moved: set[int]) -> tuple[list[Token], list[int]]:
    """Return the tokens of all blocks, and where the words of each begin; a moved block is one token."""
    tokens: list[Token] = []
    starts: list[int] = []
    for position, block in enumerate(blocks):
        tokens.extend(block.head)
        starts.append(len(tokens))
        if position in moved:
            tokens.append(MovedToken("", _text(block.words)))
        else:
            tokens.extend(block.words)
    return tokens, [*starts, len(tokens)]


def _edits(old: list[Token], new: list[Token], i: int, j: int, effort: Effort) -> list[Edit]:
    """Return the edits from *old* to *new*, two stretches that begin at *i* and *j*."""
    keys = [token.key or ("moved from", place) for place, token in enumerate(old)]
    others = [token.key or ("moved to", place) for place, token in enumerate(new)]
    edits: list[Edit] = []
    x = y = 0
    for p, q, length in [*align(keys, others, effort), (len(old), len(new), 0)]:
        if p > x or q > y:
            edits.append((i + x, i + p, j + y, j + q))
        x, y = p + length, q + length
    return edits


def _slide(edit: Edit, low: int, high: int, left: list[Token], right: list[Token]) -> Edit:
    """Slide an insertion or a removal along equal text to where it reads best; *low* and *high* bound it in *left*."""
    i, i_end, j, j_end = edit
    if i < i_end and j < j_end:
        return edit
    text, start, end = (right, j, j_end) if i == i_end else (left, i, i_end)
    best, best_score = 0, _reads_well(text, start, end)
    for direction, room in ((-1, i - low), (1, high - i_end)):
        for step in range(1, min(room, SLIDE) + 1):
            shift = direction * step
            edge = shift if direction < 0 else shift - 1
            if not _same(text[start + edge], text[end + edge]):
                break
            score = _reads_well(text, start + shift, end + shift)
            if score > best_score:
                best, best_score = shift, score
    return i + best, i_end + best, j + best, j_end + best


def _same(a: Token, b: Token) -> bool:
    return bool(a.key) and a.key == b.key


def _reads_well(text: list[Token], start: int, end: int) -> int:
    """Score an insertion: how cleanly it starts and ends."""
    if _is_break(text[start]):
        return 4
    if start == 0 or _is_break(text[start - 1]):
        return 3
    if text[start - 1].key in SENTENCE_ENDS:
        return 2
    return int(not text[start - 1].key[-1:].isalnum() or text[end - 1].key in SENTENCE_ENDS)


def _is_break(token: Token) -> bool:
    return token.key.startswith("\n")


def _swallow_islands(edits: list[Edit], left: list[Token], right: list[Token]) -> list[Edit]:
    """Join edits over short unchanged stretches that are smaller than both: a rewritten phrase is read as one.

    The rule is the semantic clean-up of diff-match-patch (Neil Fraser), held to stretches without a break.
    """
    left_sizes, right_sizes = _sizes(left), _sizes(right)

    def weight(edit: Edit) -> int:
        i, i_end, j, j_end = edit
        return max(left_sizes[i_end] - left_sizes[i], right_sizes[j_end] - right_sizes[j])

    joined: list[Edit] = []
    for edit in edits:
        joined.append(edit)
        while len(joined) > 1:
            first, second = joined[-2:]
            start, end = first[1], second[0]
            size = left_sizes[end] - left_sizes[start]
            if size > min(ISLAND, weight(first), weight(second)) or any(map(_is_break, left[start:end])):
                break
            joined[-2:] = [(first[0], second[1], first[2], second[3])]
    return joined


def _sizes(tokens: list[Token]) -> list[int]:
    """Return the number of characters before each token and after the last; breaks and moved blocks count nothing."""
    return list(accumulate((0 if _is_break(token) else len(token.key) for token in tokens), initial=0))


def _pieces(edits: list[Edit], left: list[Token], right: list[Token]) -> list[Piece]:
    pieces: list[Piece] = []
    x = y = 0
    for i, i_end, j, j_end in [*edits, (len(left), len(left), len(right), len(right))]:
        if y < j:
            # The first block of a text has no gap before it; what is shown before it here needs one after.
            gap = left[x].text if pieces and not right[y].text else ""
            pieces.append(Piece("same", gap + _text(right[y:j])))
        pieces.extend(_changed(left[i:i_end], "removed", "moved from"))
        pieces.extend(_changed(right[j:j_end], "added", "moved to"))
        x, y = i_end, j_end
    shown = [piece for piece in pieces if piece.text]
    return shown if any(piece.kind != "same" for piece in shown) else []


def _changed(tokens: list[Token], kind: PieceKind, moved: PieceKind) -> list[Piece]:
    pieces: list[Piece] = []
    run: list[Token] = []
    for token in tokens:
        if isinstance(token, MovedToken):
            worded = next((place for place in range(len(run), 0, -1) if run[place - 1].key[0].isalpha()), 0)
            pieces.extend([Piece(kind, _text(run[:worded]))] if worded else [])
            pieces.append(Piece(moved, _text(run[worded:]) + token.text))  # its break and its marker moved with it
            run = []
        else:
            run.append(token)
    return [*pieces, Piece(kind, _text(run))] if run else pieces


def _text(tokens: Iterable[Token]) -> str:
    return "".join(token.text for token in tokens)
