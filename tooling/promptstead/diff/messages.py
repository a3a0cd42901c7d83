"""What became of each message of a prompt: which belong together, and the words that differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from promptstead.diff.alignment import Effort, align
from promptstead.diff.words import Piece, word_diff
from promptstead.model import Message

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class MessageChange:
    """A message that was added, removed or changed.

    Positions count from 0; one of them is None where the message is not there. The role of a slot is its name
    (``history``, ``examples``); *old_role* differs from *role* where it changed.
    """

    kind: Kind
    role: str
    old_role: str
    old_position: int | None
    new_position: int | None
    pieces: tuple[Piece, ...]


def compare_messages(old: tuple[Message, ...], new: tuple[Message, ...]) -> tuple[tuple[MessageChange, ...], bool]:
    """Return the messages that differ, in reading order, and whether others differ in layout alone."""
    changes: list[MessageChange] = []
    layout = False
    for i, j in _pairs(old, new):
        if i is None or j is None:
            changes.append(_one_sided(old, new, i, j))
            continue
        role, old_role = _role(new[j]), _role(old[i])
        pieces = word_diff(message_text(old[i]), message_text(new[j]))
        if pieces or role != old_role:
            changes.append(MessageChange("changed", role, old_role, i, j, pieces))
        layout = layout or (not pieces and _as_sent(old[i]) != _as_sent(new[j]))
    return tuple(changes), layout


def message_text(message: Message) -> str:
    """Return the text of a message as written; an attachment is a line of its own: ``[image: {{ photo }}]``."""
    return "\n\n".join(
        part.template
        if part.type == "text"
        else f"[{part.type}: {' '.join(filter(None, [part.path or part.template, part.detail, part.filename]))}]"
        for part in message.parts
    )


def _as_sent(message: Message) -> tuple[object, ...]:
    return message.plain, [(part.type, part.template, part.detail, part.filename, part.path) for part in message.parts]


def _role(message: Message) -> str:
    return message.role or message.slot


def _one_sided(old: tuple[Message, ...], new: tuple[Message, ...], i: int | None, j: int | None) -> MessageChange:
    if j is not None:
        role, text = _role(new[j]), message_text(new[j])
        return MessageChange("added", role, role, None, j, word_diff("", text))
    gone = old[i or 0]
    return MessageChange("removed", _role(gone), _role(gone), i, None, word_diff(message_text(gone), ""))


def _pairs(old: tuple[Message, ...], new: tuple[Message, ...]) -> Iterator[tuple[int | None, int | None]]:
    """Yield the positions of messages that belong together: equal ones, those of one role, those of one place."""
    effort = Effort()
    left = [(_role(message), message_text(message)) for message in old]
    right = [(_role(message), message_text(message)) for message in new]
    i = j = 0
    for p, q, length in [*align(left, right, effort), (len(left), len(right), 0)]:
        roles, others = [role for role, _ in left[i:p]], [role for role, _ in right[j:q]]
        x = y = 0
        for r, s, run in [*align(roles, others, effort), (len(roles), len(others), 0)]:
            yield from _same_place(left, right, range(i + x, i + r), range(j + y, j + s))
            yield from ((i + r + step, j + s + step) for step in range(run))
            x, y = r + run, s + run
        yield from ((p + step, q + step) for step in range(length))
        i, j = p + length, q + length


def _same_place(
    left: list[tuple[str, str]], right: list[tuple[str, str]], old: range, new: range
) -> Iterator[tuple[int | None, int | None]]:
    """Pair messages whose role changed: as many here as there, each mostly the same text."""
    alike = len(old) == len(new) and all(_alike(left[i][1], right[j][1]) for i, j in zip(old, new, strict=True))
    if alike:
        yield from zip(old, new, strict=True)
        return
    yield from ((i, None) for i in old)
    yield from ((None, j) for j in new)


def _alike(old: str, new: str) -> bool:
    pieces = word_diff(old, new)
    kept = sum(len(piece.text) for piece in pieces if piece.kind == "same")
    return not pieces or 2 * kept >= max(len(old), len(new))
