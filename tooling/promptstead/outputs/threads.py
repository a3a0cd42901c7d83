"""Conversations put together again from replies, each of which says which request it answers.

A reply is kept by itself as soon as it comes, so that a conversation that was broken off is taken up where it ended.
The request of the next turn holds all that was said before; so what belongs together is known by digests alone.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from promptstead.evaluators.samples import conversation
from promptstead.model import Case, RecordedOutput, Sample, Step
from promptstead.prompts.conversation import Conversation
from promptstead.prompts.requests import Requests


class KeptReply(NamedTuple):
    """A reply that is kept, and the digest of the request that it answers; *number* counts how often that was asked.

    An accepted reply, which is part of a conversation that changed behind it, has the number 0.
    """

    request: str
    sample: Sample
    number: int = 0


class Thread(NamedTuple):
    """A conversation as far as it got, and the digest of what is asked next, empty where nothing is."""

    talk: Conversation
    steps: tuple[Step, ...]
    next: str
    number: int
    """How often its most asked request was sampled; 0 where every reply was accepted before."""

    @property
    def is_whole(self) -> bool:
        """Whether it was led to its end."""
        return self.talk.over and not self.talk.why


def threads(requests: Requests, case: Case, model: str, replies: Iterable[KeptReply]) -> list[Thread]:
    """Return the conversations that *replies* make, one for each reply to the first request, in order.

    Each reply is part of one conversation; a reply to what nobody asks any more is part of none.

    :raises PromptsteadError: the prompt makes no request for the case.
    """
    by_request: dict[str, list[KeptReply]] = {}
    for reply in replies:
        by_request.setdefault(reply.request, []).append(reply)
    used: Counter[str] = Counter()
    first = requests.digest(case, model)
    return [_thread(requests, case, model, first, by_request, used) for _ in by_request.get(first, ())]


def _thread(
    requests: Requests, case: Case, model: str, first: str, replies: dict[str, list[KeptReply]], used: Counter[str]
) -> Thread:
    talk = Conversation(case)
    steps: list[Step] = []
    number, asked = 0, first
    while asked and used[asked] < len(replies.get(asked, ())):
        reply = replies[asked][used[asked]]
        used[asked] += 1
        number = max(number, reply.number)
        steps.append(reply.sample.as_step(asked))
        talk.add(steps[-1])
        asked = "" if talk.over else requests.digest(case, model, talk.transcript)
    return Thread(talk, tuple(steps), asked, number)


def asked_by(found: Iterable[Thread]) -> set[str]:
    """Return the digests of the requests that conversations made, and of those that they make next."""
    asked = {digest for thread in found for digest in (thread.next, *(step.request for step in thread.steps))}
    return asked - {""}


def broken_replies(requests: Requests, accepted: Iterable[RecordedOutput]) -> dict[tuple[str, str], list[KeptReply]]:
    """Return the replies of accepted conversations that something changed in, by case and model.

    What was said before that place still answers what is asked, and need not be asked again; an answer that was given
    before the case had turns is such a reply.
    """
    return {
        (output.case, output.model): [
            KeptReply(step.request, step.as_sample())
            for sample in output.samples
            for step in sample.steps or (sample.as_step(output.request),)
            if sample.is_at_hand
        ]
        for output in accepted
        if output.source == "live" and not requests.is_current(output)
    }


def recorded(case: Case, model: str, found: Iterable[Thread]) -> RecordedOutput | None:
    """Return the whole conversations of *found* that hold something new, as they would be recorded."""
    whole = [thread for thread in found if thread.is_whole and thread.number]
    if not whole:
        return None
    samples = tuple(conversation(thread.steps) for thread in whole)
    number = max(len(whole), *(thread.number for thread in whole))
    return RecordedOutput(case.id, model, "live", samples, whole[0].steps[0].request, attempts=number)
