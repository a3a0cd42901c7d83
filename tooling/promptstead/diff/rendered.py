"""What a change does to the messages that are sent: cases rendered on both sides, those that change alike as one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promptstead.diff.messages import MessageChange, compare_messages
from promptstead.diff.prompts import PromptChange
from promptstead.errors import PromptsteadError
from promptstead.model import Case, Json, KeyPath, Message, Part
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.runtime.values import equal
from promptstead.words.sentence import Sentence, own_words, say

MAX_CASES = 200
"""Most cases of one prompt that are rendered."""
MAX_WAYS = 20
"""Most ways to change that are told apart."""


@dataclass(frozen=True, slots=True)
class RenderedChange:
    """Cases whose messages change alike, in the order of the prompt, and how those of the first of them do."""

    cases: tuple[str, ...]
    messages: tuple[MessageChange, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What became of the messages of the cases that both sides have with the same inputs.

    *changes* are the ways to change, the most frequent first. *same* counts the cases that are sent as before, *broken*
    names those that only one side can render (case and reason), *left_out* counts those beyond the bounds.
    """

    changes: tuple[RenderedChange, ...] = ()
    same: int = 0
    broken: tuple[tuple[str, Sentence], ...] = ()
    left_out: int = 0


def compare_rendered(base: Loaded, head: Loaded, change: PromptChange) -> Rendered | None:
    """Return what *change* does to the rendered messages; None where it touches nothing that is rendered."""
    if not (change.messages or change.partials or change.attachments or change.inputs or change.examples):
        return None
    if base.prompt is None or head.prompt is None:
        return None
    pairs = list(_comparable(base.prompt.cases, head.prompt.cases))
    before, after = Requests(base), Requests(head)
    ways: dict[tuple[object, ...], tuple[list[str], tuple[MessageChange, ...]]] = {}
    broken: list[tuple[str, Sentence]] = []
    same = 0
    left_out = max(0, len(pairs) - MAX_CASES)
    for old, new in pairs[:MAX_CASES]:
        sides = [_messages(requests, case) for requests, case in ((before, old), (after, new))]
        left, right = sides
        if isinstance(left, Sentence):
            if not isinstance(right, Sentence):
                broken.append((new.id, say("changes.base-not-rendered", reason=left)))
            continue
        if isinstance(right, Sentence):
            broken.append((new.id, say("changes.head-not-rendered", reason=right)))
            continue
        messages, _ = compare_messages(left, right)
        if not messages:
            same += 1
            continue
        key = tuple(map(_way, messages))
        if key not in ways and len(ways) == MAX_WAYS:
            left_out += 1
            continue
        ways.setdefault(key, ([], messages))[0].append(new.id)
    ordered = sorted(ways.values(), key=lambda way: -len(way[0]))
    return Rendered(
        tuple(RenderedChange(tuple(cases), messages) for cases, messages in ordered), same, tuple(broken), left_out
    )


def _comparable(old: Sequence[Case], new: Sequence[Case]) -> Iterator[tuple[Case, Case]]:
    """Yield the cases that both sides have and that ask the same."""
    known = {case.id: case for case in reversed(old)}
    for case in new:
        former = known.get(case.id)
        if former and equal(dict(former.inputs), dict(case.inputs)) and former.history == case.history:
            yield former, case


def _messages(requests: Requests, case: Case) -> tuple[Message, ...] | Sentence:
    """Return what is sent for *case* as messages to compare, or why it cannot be rendered."""
    try:
        return tuple(map(_message, requests.messages(case)))
    except PromptsteadError as error:
        return own_words(error.message)


def _message(sent: Json) -> Message:
    content = sent.get("content")
    parts = content if isinstance(content, list) else [{"type": "text", "text": content or ""}]
    return Message(
        sent["role"],
        tuple(_part(part, ("messages", index)) for index, part in enumerate(parts)),
        plain=not isinstance(content, list),
    )


def _part(part: Json, at: KeyPath) -> Part:
    """Return a rendered part to compare; an attachment is known by its digest."""
    if part["type"] == "image_url":
        return Part("image", part["image_url"]["url"], at, part["image_url"].get("detail", ""))
    if part["type"] == "file":
        return Part("file", part["file"].get("file_data", ""), at, filename=part["file"].get("filename", ""))
    return Part("text", part["text"], at)


def _way(change: MessageChange) -> tuple[object, ...]:
    """Return what makes two changes of a message alike: the words that differ, wherever they stand."""
    words = tuple((piece.kind, piece.text.strip()) for piece in change.pieces if piece.kind != "same")
    return change.kind, change.role, change.old_role, change.new_position, words
