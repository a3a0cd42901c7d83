"""Answers taken live: each case is asked of each model, judged when its last answer is there, and kept at once.

A run that was stopped is gone on with: see :mod:`promptstead.operations.running.resumed_run`.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence

from promptstead.errors import PromptsteadError, one_line
from promptstead.evaluators.samples import conversation
from promptstead.evaluators.shared.judge_requests import Ask
from promptstead.model import Case, Json, Sample, Step
from promptstead.operations.calls.call_queue import CallQueue
from promptstead.operations.recording.answers_to_ask import refuse_unresolved, request_for
from promptstead.operations.recording.pending_judgements import refuse_unresolved_judges
from promptstead.operations.running.judgement_queue import JudgeCall, JudgementQueue
from promptstead.operations.running.live_run_lines import LiveRunFile
from promptstead.operations.running.unit import Asked, Talk, Unit
from promptstead.operations.workspace.workspace import Workspace
from promptstead.providers.budget import Totals
from promptstead.providers.provider import ProviderError, Reply, Request
from promptstead.runs.tally import total
from promptstead.runs.writer import End, Row, Run, TakenAnswer
from promptstead.verdicts.run_report import RunReport
from promptstead.words.sentence import own_words


class LiveRun:
    """One live run, its file and what is counted so far. It is a context manager, which holds the file.

    Of a call session it is the asker, for answers and for judgements.

    :param place: the run file; its folder is made where there is none.
    :param keep: hold every row for the result.
    """

    def __init__(self, workspace: Workspace, asked: Sequence[Asked], run: Run, place: str, *, keep: bool) -> None:
        self._workspace = workspace
        self.run = run
        self.asked = asked
        self.place = place
        self.report = RunReport(run, place, keep=keep)
        self.rows = 0
        self.answers = 0
        """Answers that are kept."""
        self.held_before = 0
        """Answers and judgements that the file held when it was taken up again."""
        self._fresh = False
        self.talked = False
        """Whether replies of conversations stand in lines of their own."""
        self.further: deque[Talk] = deque()
        """Conversations that go on, as replies come."""
        self.queue = JudgementQueue()
        self.problems: Counter[str] = Counter()
        """Why calls gave no answer -> how many."""
        self.file = LiveRunFile(place, run)
        self.sync, self.on_disk = self.file.sync, self.file.on_disk

    def __enter__(self) -> "LiveRun":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        nothing = self._fresh and not (self.rows or self.answers or self.queue.taken)
        if nothing and isinstance(error, PromptsteadError):
            self.file.empty()  # nothing was asked: the same command can be given again
        self.file.close()

    def units(self, cases: Mapping[str, Iterable[Case]], models: Sequence[str]) -> list[Unit]:
        """Return what is asked: of each prompt its *cases*, of each of *models* or of the prompt's own.

        :raises PromptsteadError: a prompt names no model, or nobody knows the model of a name given.
        """
        for asked in self.asked:
            if cases[asked.id]:
                for name in models or ("",):
                    refuse_unresolved(asked.requests.choice(name), self._workspace.config, asked.requests.prompt.path)
                refuse_unresolved_judges(asked.prompt, asked.judges, self._workspace.config)
        return [
            Unit(asked, case, model)
            for asked in self.asked
            for model in dict.fromkeys(asked.requests.label(name) for name in models or ("",))
            for case in cases[asked.id]
        ]

    def start(self) -> None:
        """Write the first line."""
        self._fresh = True
        self.file.start()

    def begin(self, unit: Unit) -> Sequence[Unit | Talk]:
        """Return the calls that a unit wants; one that wants none is a row as soon as it is judged."""
        calls: Sequence[Unit | Talk] = ()
        if unit.case.is_conversation and not unit.why:
            calls = unit.talks(self.run.samples)
        elif not unit.why:
            calls = [unit] * max(0, self.run.samples - len(unit.samples))
        unit.open = len(calls)
        if not calls:
            self._wait(unit, unit.unjudged())
        return calls

    def end(self, totals: Totals, looks: Sequence[Json] = ()) -> None:
        """Write the last line; answers that waited for others are in their rows by now."""
        used = total(entry.tally.used() for entry in self.report.entries)
        judged = self.queue
        unknown = used.unpriced or totals.uncounted or totals.unpriced
        cost = None if unknown or judged.cost is None else used.cost + judged.cost
        if self.run.samples > 1 or judged.taken or self.talked:
            self.file.rewrite(line for line in self.file.lines() if not isinstance(line, TakenAnswer))
        tokens = used.input + judged.input, used.output + judged.output
        self.file.end(End(self.rows, self.held_before + totals.requests, *tokens, cost, tuple(looks)))

    def request(self, call: Unit | Talk | JudgeCall) -> Request:
        """Return the call for an answer, the next turn of a conversation, or a judgement."""
        if isinstance(call, Talk):
            unit = call.unit
            return request_for(unit.asked.requests, unit.case, unit.model, call.conversation.transcript)
        if isinstance(call, Unit):
            return request_for(call.asked.requests, call.case, call.model)
        return request_for(call.ask.judge.requests, call.ask.question)

    def take(self, call: Unit | Talk | JudgeCall, outcome: Reply | ProviderError, cost: float | None) -> bool:
        """Write what a call gave, and the rows of the cases for which it was the last; return whether it is one."""
        if isinstance(call, Unit):
            self._take_answer(call, outcome, cost)
        elif isinstance(call, Talk):
            self._take_reply(call, outcome, cost)
        else:
            self._take_judgement(call, outcome, cost)
        return isinstance(outcome, Reply)

    def _take_answer(self, unit: Unit, outcome: Reply | ProviderError, cost: float | None) -> None:
        unit.open -= 1
        unjudged: list[Ask] = []
        if isinstance(outcome, ProviderError):
            unit.failures.append(own_words(one_line(str(outcome), 300)))
            self.problems[unit.failures[-1]] += 1
        else:
            text, reason, usage, seconds, tool_calls = outcome
            sample = Sample(text, reason[:100], usage, tool_calls, round(seconds, 4), cost)
            unit.samples.append(sample)
            self.answers += 1
            unjudged = [] if unit.open else unit.unjudged()
            if unit.open or unjudged:
                self.file.add(TakenAnswer(*unit.key, unit.digest, sample))
        if not unit.open:
            self._wait(unit, unjudged)

    def _take_reply(self, talk: Talk, outcome: Reply | ProviderError, cost: float | None) -> None:
        """Take what a turn of a conversation gave; where something is asked after it, that comes next."""
        unit = talk.unit
        self.talked = True
        if isinstance(outcome, ProviderError):
            unit.failures.append(own_words(one_line(str(outcome), 300)))
            self.problems[unit.failures[-1]] += 1
        else:
            text, reason, usage, seconds, tool_calls = outcome
            step = Step(text, reason[:100], usage, tool_calls, talk.digest, round(seconds, 4), cost)
            self.file.add(TakenAnswer(*unit.key, talk.digest, step.as_sample()))
            self.answers += 1
            try:
                if talk.add(step):
                    self.further.append(talk)
                    return
            except PromptsteadError as error:  # what was said cannot be sent back
                unit.failures.append(own_words(error.message))
                self.problems[error.message] += 1
            unit.samples.append(conversation(talk.steps))
            if talk.conversation.why:
                self.problems[talk.conversation.why] += 1
        unit.open -= 1
        if not unit.open:
            self._wait(unit, unit.unjudged())

    def _wait(self, unit: Unit, unjudged: Sequence[Ask]) -> None:
        """Let a case whose answers are there wait for its judgements, where it needs any."""
        unit.open = len(unjudged)
        self.queue.add(unit, unit.asked.id, unit.asked.judges, unjudged)
        if not unjudged:
            self._finish(unit)

    def _take_judgement(self, call: JudgeCall, outcome: Reply | ProviderError, cost: float | None) -> None:
        taken = self.queue.take(call, outcome, cost)
        if taken is not None:
            self.file.add(taken)
        else:
            self.problems[f"judge {call.ask.judge.id}: {call.judges.failed[call.ask.key]}"] += 1
        for unit in self.queue.release(call):
            unit.open -= 1
            if unit.open == 0:
                self._finish(unit)

    def _finish(self, unit: Unit) -> None:
        row = unit.row()
        self.file.add(row)
        self.count(row, 0)
        unit.samples = []  # they are on disk

    def count(self, row: Row, answers: int) -> None:
        """Count a row whose case is through, with as many *answers* as were not counted yet."""
        self.rows += 1
        self.answers += answers
        self.report.add(row)


def calls_of(work: Sequence[tuple[LiveRun, Unit]]) -> CallQueue[LiveRun, Unit | Talk | JudgeCall]:
    """Return the calls that units of one run or of several want, in this order.

    Judgements come before further answers, and more of them as answers are there; then conversations go on.
    """
    runs = dict.fromkeys(live for live, _ in work)
    begun = [(live, waiting) for live in runs for waiting in (live.queue.calls, live.further)]
    return CallQueue(begun, [(live, call) for live, unit in work for call in live.begin(unit)])
