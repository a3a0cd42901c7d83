"""What a live run asks: a case of a prompt, of one model, and the answers that are there so far."""

from promptstead.digests import inputs_digest
from promptstead.errors import PromptsteadError
from promptstead.evaluators.examine import Examiner
from promptstead.evaluators.samples import conversation
from promptstead.evaluators.shared.helpers import Helpers
from promptstead.evaluators.shared.judge_requests import Ask, asks, judges_of
from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Case, RecordedOutput, Sample, Step
from promptstead.operations.recording.answers_to_ask import unusable_sample
from promptstead.outputs.replay import judged_by
from promptstead.outputs.threads import KeptReply, threads
from promptstead.prompts.conversation import Conversation
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests, cannot_render, why_not
from promptstead.runs.writer import Row
from promptstead.words.sentence import Sentence, say

Key = tuple[str, str, str]
"""Prompt, case and model."""


class Asked:
    """One prompt whose cases are asked, with the evaluators and the judges that judge.

    :param base: the prompt whose evaluators judge, of the cases that it has too; by default the prompt itself.
    """

    def __init__(self, loaded: Loaded, base: Loaded | None = None) -> None:
        self.id = loaded.id
        self.requests = Requests(loaded)
        prompt = self.requests.prompt
        self.prompt = prompt if base is None else judged_by(prompt, Requests(base).prompt)
        self.judges = judges_of(loaded, (base or loaded).find)
        helpers = Helpers(self.judges, loaded.python, loaded.plugins)
        self.examiner = Examiner(self.prompt, self.requests.digest, inputs_digest, helpers)


class Unit:
    """One case asked of one model: the row that it becomes, and the answers that are there."""

    __slots__ = ("asked", "case", "digest", "failures", "model", "open", "replies", "samples", "why")

    def __init__(self, asked: Asked, case: Case, model: str) -> None:
        self.asked, self.case, self.model = asked, case, model
        self.samples: list[Sample] = []
        self.replies: list[KeptReply] = []
        """Of a conversation, what an earlier run was told; :meth:`talks` goes on from there."""
        self.failures: list[Sentence] = []
        """Why calls gave no answer."""
        self.open = 0
        """Calls that are still to come back: for answers, then for judgements."""
        self.why: Sentence | None = None
        try:
            self.digest = asked.requests.digest(case, model)
        except PromptsteadError as error:
            self.digest, self.why = "", cannot_render(error)

    @property
    def key(self) -> Key:
        """Prompt, case and model."""
        return self.asked.id, self.case.id, self.model

    def talks(self, wanted: int) -> "list[Talk]":
        """Return the conversations that are still to be led, *wanted* in all with those that are over.

        Those that are over are answers from now on.
        """
        talks = []
        for thread in threads(self.asked.requests, self.case, self.model, self.replies) if self.replies else ():
            if thread.next:
                talks.append(Talk(self, thread.talk, list(thread.steps), thread.next))
            else:
                self.samples.append(conversation(thread.steps))
        self.replies = []
        new = max(0, wanted - len(self.samples) - len(talks))
        return [*talks, *(Talk(self, Conversation(self.case), [], self.digest) for _ in range(new))]

    def row(self) -> Row:
        """Return the row: judged when every answer is there and can be used."""
        why = self.why or self._unanswered()
        output = None
        if self.samples:
            tried = len(self.samples) + len(self.failures)
            output = RecordedOutput(self.case.id, self.model, "live", tuple(self.samples), self.digest, attempts=tried)
            if self.case.is_conversation and not why:
                why = why_not(self.case, output, self.asked.requests.digest)
        if why or output is None:
            why = why or say("answers.no-answer")
            return Row(self.asked.id, CaseResult(self.case, self.model, "not evaluated", why, output))
        return Row(self.asked.id, self.asked.examiner.judge(self.case, output))

    def unjudged(self) -> list[Ask]:
        """Return what judges are still to be asked about the answers, all of which are there; in vain, nothing is."""
        if self.why or not self.samples or self._unanswered():
            return []
        judges = self.asked.judges
        answers = ((self.case, sample) for sample in self.samples)
        return [ask for ask in asks(self.asked.prompt, judges, answers) if judges.open(ask)]

    def calls(self) -> int:
        """Return how many calls gave the answers that are there."""
        return sum(len(sample.steps) or 1 for sample in self.samples)

    def _unanswered(self) -> Sentence | None:
        tools = self.asked.requests.prompt.tools
        found = [*self.failures, *(why for sample in self.samples if (why := unusable_sample(sample, tools)))]
        if not found:
            return None
        every = len(self.samples) + len(self.failures)
        return found[0] if every == 1 else say("answers.of-answers", failed=len(found), answers=every, why=found[0])


class Talk:
    """A conversation with a model, as far as it got, and the digest of the request that comes next."""

    __slots__ = ("conversation", "digest", "steps", "unit")

    def __init__(self, unit: Unit, conversation: Conversation, steps: list[Step], digest: str) -> None:
        self.unit, self.conversation, self.steps, self.digest = unit, conversation, steps, digest

    def add(self, step: Step) -> bool:
        """Take the next reply, and return whether something is asked after it."""
        self.steps.append(step)
        self.conversation.add(step)
        if self.conversation.over or unusable_sample(conversation([step]), self.unit.asked.requests.prompt.tools):
            return False
        transcript = self.conversation.transcript
        self.digest = self.unit.asked.requests.digest(self.unit.case, self.unit.model, transcript)
        return True
