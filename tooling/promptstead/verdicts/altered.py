"""Recorded answers of a change that cannot have come from a model as their own file says they did.

The digest that an answer carries has no key: whoever invents an answer can compute one. What such an edit leaves is a
count that did not move. A request that is asked again counts on, whoever asks (``attempts``).
"""

from collections.abc import Iterator

from promptstead.model import RecordedOutput
from promptstead.verdicts.pairing import Sides
from promptstead.words.sentence import Sentence, say


def altered(sides: Sides) -> Iterator[Sentence]:
    """Yield what is odd about the head's live answers to requests that the base has answers to."""
    before = {(result.case.id, result.model): result.output for result in sides.base}
    changed: list[str] = []
    unmarked: list[str] = []
    for result in sides.head:
        old, new = before.get((result.case.id, result.model)), result.output
        if old is None or new is None or not _same_request(old, new):
            continue
        if old.samples != new.samples and new.attempts <= old.attempts:
            changed.append(result.case.id)
        if old.received and not new.received:
            unmarked.append(result.case.id)
    if changed:
        yield say("verdicts.answers-altered", cases=changed)
    if unmarked:
        yield say("verdicts.answers-unmarked", cases=unmarked)


def _same_request(old: RecordedOutput, new: RecordedOutput) -> bool:
    """Tell whether both are a model's answers to one request, and stand in the file: a digest in it has a salt."""
    return (
        old.source == new.source == "live"
        and (old.model, old.request) == (new.model, new.request)
        and not any(sample.digest for sample in (*old.samples, *new.samples))
    )
