"""What a live run asks: a case of a prompt, of one model, and the answers that are there so far."""

from promptstead.digests import inputs_digest
from promptstead.errors import PromptsteadError
from promptstead.evaluators.examine import Examiner
from promptstead.evaluators.shared.helpers import Helpers
from promptstead.evaluators.shared.judge_requests import Ask, asks, judges_of
from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Case, RecordedOutput, Sample
from promptstead.operations.recording.answers_to_ask import unusable_sample
from promptstead.outputs.replay import judged_by
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests, cannot_render
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

    __slots__ = ("asked", "case", "digest", "failures", "model", "open", "samples", "why")

    def __init__(self, asked: Asked, case: Case, model: str) -> None:
        self.asked, self.case, self.model = asked, case, model
        self.samples: list[Sample] = []
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

    def row(self) -> Row:
        """Return the row: judged when every answer is there and can be used."""
        why = self.why or self._unanswered()
        output = None
        if self.samples:
            tried = len(self.samples) + len(self.failures)
            output = RecordedOutput(self.case.id, self.model, "live", tuple(self.samples), self.digest, attempts=tried)
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

    def _unanswered(self) -> Sentence | None:
        tools = self.asked.requests.prompt.tools
        found = [*self.failures, *(why for sample in self.samples if (why := unusable_sample(sample, tools)))]
        if not found:
            return None
        every = len(self.samples) + len(self.failures)
        return found[0] if every == 1 else say("answers.of-answers", failed=len(found), answers=every, why=found[0])
