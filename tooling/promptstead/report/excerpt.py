"""A word diff cut down to what changed and a little of what stands around it."""

from collections.abc import Iterable, Iterator

from promptstead.diff.words import Piece

CONTEXT = 60
"""Characters of unchanged text kept on either side of a change."""
MAX_PIECE = 2_000
"""Characters of one changed stretch that are shown."""


def excerpt(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield *pieces* with long unchanged stretches cut in the middle and very long changed ones at the end."""
    every = list(pieces)
    for index, piece in enumerate(every):
        if piece.kind != "same":
            yield piece if len(piece.text) <= MAX_PIECE else Piece(piece.kind, piece.text[:MAX_PIECE] + "…")
            continue
        first, last = index == 0, index == len(every) - 1
        text = piece.text
        if first and last:
            continue
        if first and len(text) > CONTEXT:
            text = "…" + text[-CONTEXT:]
        elif last and len(text) > CONTEXT:
            text = text[:CONTEXT] + "…"
        elif not first and not last and len(text) > 2 * CONTEXT:
            text = text[:CONTEXT] + " … " + text[-CONTEXT:]
        yield Piece("same", text)
