"""Accept, reject or skip the pending answers of one prompt."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from promptstead.config.model_address import asked_at
from promptstead.config.settings import Config
from promptstead.console.output import colour, echo, tell
from promptstead.digests import inputs_digest
from promptstead.errors import one_line
from promptstead.evaluators.examine import Examiner
from promptstead.evaluators.shared.results import CaseResult, total_usage
from promptstead.model import Case, Json, RecordedOutput
from promptstead.operations.recording.pending_answers import PendingAnswers
from promptstead.providers.budget import prices
from promptstead.report.accept_text import as_lines
from promptstead.verdicts.violations import violations
from promptstead.words.sentence import Sentence, say_in
from promptstead.words.template import Language


class Choice(NamedTuple):
    """What the options of ``accept`` decide beforehand."""

    case_ids: tuple[str, ...] = ()
    everything: bool = False
    reject: bool = False
    why: str = ""
    even_failing: bool = False
    """With *everything*: also answers that fail what must not fail."""
    language: Language = "en"


class Counts(NamedTuple):
    """How many answers met which end."""

    accepted: int = 0
    rejected: int = 0
    left: int = 0
    failing: int = 0
    """Of those left, the ones that fail what must not fail."""

    def plus(self, other: "Counts") -> "Counts":
        """Return the sum of both."""
        return Counts(*map(sum, zip(self, other, strict=True)))


class Decisions:
    """The pending answers of one prompt, and what is decided about each; *quit* is set when a person had enough.

    :param golden: what is recorded with an answer that is accepted.
    """

    def __init__(self, config: Config, pending: PendingAnswers, golden: dict[str, Json], choice: Choice) -> None:
        self._config = config
        self._pending = pending
        self._golden = golden
        self._choice = choice
        self._outputs = [
            output
            for output in pending.outputs()
            if (not choice.case_ids or output.case in choice.case_ids) and pending.requests.is_current(output)
        ]
        self.counts = Counts()
        self.quit = False

    def decide_all(self) -> None:
        """Accept every answer, or reject it, as the options say."""
        if self._choice.reject:
            self._reject(self._outputs)
            return
        failing = {} if self._choice.even_failing or not self._choice.everything else self._failing()
        for output in self._outputs:
            if id(output) in failing:
                check, reason = failing[id(output)]
                tell(self._left(output, check, reason))
        self.counts = self.counts.plus(Counts(left=len(failing), failing=len(failing)))
        good = [output for output in self._outputs if id(output) not in failing]
        if good:
            self._accept(good)

    def _left(self, output: RecordedOutput, check: str, reason: Sentence) -> str:
        prompt, language = self._pending.requests.prompt.id, self._choice.language
        why = reason.to(language)
        return one_line(say_in(language, "listings.left", prompt=prompt, case=output.case, check=check, reason=why))

    def _failing(self) -> dict[int, tuple[str, Sentence]]:
        """Return the answers that fail a hard check or their `must_pass` case, each with the first and its reason."""
        hard = self._pending.requests.prompt.gate.hard
        found = {}
        for output in self._outputs:
            case = self._pending.requests.case(output.case)
            assert case is not None  # only answers to cases as they are now are decided about
            for _, name, why in violations(self._judged(case, output), hard, unscored=False)[:1]:
                found[id(output)] = name, why
        return found

    def ask(self, said: Callable[[], str]) -> None:
        """Show each answer beside the accepted one, and do what the person says.

        :param said: asks the person: ``a`` to accept, ``r`` to reject, ``s`` to skip, ``q`` to quit.
        """
        for number, output in enumerate(self._outputs, 1):
            prompt = self._pending.requests.prompt
            answer, count = f"{prompt.id} · {output.case} · {output.model}", len(self._outputs)
            echo(one_line(say_in(self._choice.language, "listings.asked-answer", answer=answer, n=number, all=count)))
            self._show(output)
            word = said()
            if word == "a":
                self._accept([output])
            elif word == "r":
                self._reject([output])
            elif word == "q":
                self.counts = self.counts.plus(Counts(left=len(self._outputs) - number + 1))
                self.quit = True
                return
            else:
                self.counts = self.counts.plus(Counts(left=1))

    def _show(self, output: RecordedOutput) -> None:
        case = self._pending.requests.case(output.case)
        assert case is not None  # only answers to cases as they are now are decided about
        accepted = self._pending.accepted(output)
        before = self._judged(case, accepted) if accepted else None
        for line in as_lines(before, self._judged(case, output), self._cost, self._choice.language, colour()):
            echo(line)

    def _judged(self, case: Case, output: RecordedOutput) -> CaseResult:
        """Judge an output whatever the request that it answered: what changed is what a person wants to see."""
        pending = self._pending
        examiner = Examiner(pending.requests.prompt, pending.requests.digest, inputs_digest, pending.helpers)
        return examiner.judge(case, output)

    def _cost(self, result: CaseResult) -> float | None:
        """Return what the answers of a result cost, by the prices of today; None where nobody knows."""
        model = self._pending.requests.compiled(result.model)["model"]
        price = prices(self._config).get(asked_at(model))
        return price.of(total_usage(result)) if price else None

    def _accept(self, outputs: Sequence[RecordedOutput]) -> None:
        self._pending.accept(outputs, self._golden)
        for output in outputs:
            echo(f"{self._pending.path}: {output.case}")
        self.counts = self.counts.plus(Counts(accepted=len(outputs)))

    def _reject(self, outputs: Sequence[RecordedOutput]) -> None:
        self._pending.reject(outputs)
        self.counts = self.counts.plus(Counts(rejected=len(outputs)))
