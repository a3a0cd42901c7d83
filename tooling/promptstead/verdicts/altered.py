"""Recorded answers of a change that cannot have come from a model as their own file says they did.

The digest that an answer carries has no key: whoever invents an answer can compute one. What such an edit leaves is a
count that did not move. A request that is asked again counts on, whoever asks (``attempts``). Each reply of a
conversation has a request of its own: behind the turn that a change reaches, others are asked.
"""

from collections import Counter
from collections.abc import Iterator

from promptstead.model import RecordedOutput, Step
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
        if _other_replies(old, new) and new.attempts <= old.attempts:
            changed.append(result.case.id)
        if old.received and not new.received:
            unmarked.append(result.case.id)
    if changed:
        yield say("verdicts.answers-altered", cases=changed)
    if unmarked:
        yield say("verdicts.answers-unmarked", cases=unmarked)


def _other_replies(old: RecordedOutput, new: RecordedOutput) -> bool:
    """Tell whether a request that both sides made has other replies now; in a conversation each reply has one."""
    if not any(sample.steps for sample in (*old.samples, *new.samples)):
        return old.samples != new.samples
    before, after = _replies(old), _replies(new)
    return any(replies != after[request] for request, replies in before.items() if request in after)


def _replies(output: RecordedOutput) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for sample in output.samples:
        for reply in sample.steps or (sample,):
            request = reply.request if isinstance(reply, Step) else output.request
            said = repr((reply.output, reply.finish_reason, reply.usage, reply.tool_calls))
            found.setdefault(request, Counter())[said] += 1
    return found


def _same_request(old: RecordedOutput, new: RecordedOutput) -> bool:
    """Tell whether both are a model's answers to one request, and stand in the file: a digest in it has a salt."""
    return (
        old.source == new.source == "live"
        and (old.model, old.request) == (new.model, new.request)
        and not any(sample.digest for sample in (*old.samples, *new.samples))
    )
