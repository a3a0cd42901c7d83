"""Judgements that the cases of a live run wait for: each is asked once, however many cases want it."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from promptstead.errors import one_line
from promptstead.evaluators.shared.judge_requests import Ask, Judges
from promptstead.operations.recording.answers_to_ask import unusable
from promptstead.operations.recording.pending_judgements import judged
from promptstead.operations.running.unit import Unit
from promptstead.providers.provider import ProviderError, Reply
from promptstead.runs.writer import TakenJudgement


class JudgeCall(NamedTuple):
    """A call to a judge about an answer to the prompt of that id."""

    prompt: str
    judges: Judges
    ask: Ask


class JudgementQueue:
    """The judgements that are to be asked for or under way, who waits for each, and what those that came used."""

    def __init__(self) -> None:
        self.calls: deque[JudgeCall] = deque()
        self._units: dict[tuple[str, str, str], list[Unit]] = {}
        self.taken = 0
        self.input = self.output = 0
        self.cost: float | None = 0.0
        """None where that of one is not known."""

    def add(self, unit: Unit, prompt: str, judges: Judges, asks: Iterable[Ask]) -> None:
        """Let *unit* wait for *asks*."""
        for ask in asks:
            units = self._units.setdefault((prompt, *ask.key), [])
            if not units:
                self.calls.append(JudgeCall(prompt, judges, ask))
            units.append(unit)

    def take(self, call: JudgeCall, outcome: Reply | ProviderError, cost: float | None) -> TakenJudgement | None:
        """Let the judges know what came of a call; return the line of the run file, None where no answer came."""
        if isinstance(outcome, ProviderError):
            call.judges.failed[call.ask.key] = one_line(str(outcome), 300)
            return None
        judgement = judged(call.ask, outcome)
        if why := unusable(outcome, ()):
            judgement = judgement._replace(samples=(), why=why)
        taken = TakenJudgement(call.prompt, judgement, outcome.usage, cost)
        self.know(call.judges, taken)
        return taken

    def know(self, judges: Judges, taken: TakenJudgement) -> None:
        """Let the judges know a judgement of this run, and count what it used."""
        judges.learn(taken.judgement)
        self.taken += 1
        self.input += taken.usage.input or 0
        self.output += taken.usage.output or 0
        self.cost = None if self.cost is None or taken.cost is None else self.cost + taken.cost

    def release(self, call: JudgeCall) -> list[Unit]:
        """Return who waited for a call that came back."""
        return self._units.pop((call.prompt, *call.ask.key))
