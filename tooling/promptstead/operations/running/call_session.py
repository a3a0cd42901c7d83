"""Answers taken live: each case is asked of each model, judged when its last answer is there, and kept at once.

The run file grows line by line, and an answer is counted when it is on disk. A row is a case that is judged; an answer
whose case waits for others, or for a judge, is a line of its own until then, and so is what a judge said. So a run that
is killed loses the calls in flight and nothing else, and :meth:`LiveRun.resume` asks only for the rest.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from promptstead.console.output import tell
from promptstead.console.progress import Progress
from promptstead.errors import PromptsteadError, one_line
from promptstead.evaluators.shared.judges import Ask
from promptstead.interrupts import Graceful
from promptstead.model import Case, Json, Sample
from promptstead.operations.limits import cost_of
from promptstead.operations.recording.judgements import refuse_unresolved_judges
from promptstead.operations.recording.recording import opener, refuse_unresolved, request_for
from promptstead.operations.running.judgement_queue import Calls, JudgeCall, Waiting
from promptstead.operations.running.run_on_disk import opened_run
from promptstead.operations.running.unit import Asked, Key, Unit
from promptstead.operations.workspace.workspace import Workspace
from promptstead.providers.budget import Budget, Limits, Totals
from promptstead.providers.pool import run as call_all
from promptstead.providers.protocol import ProviderError, Reply, Request
from promptstead.runs.tally import total
from promptstead.runs.writer import (
    End,
    Row,
    Run,
    TakenAnswer,
    TakenJudgement,
    dump_answer,
    dump_end,
    dump_row,
    dump_run,
    dump_taken,
)
from promptstead.storage.journal import Journal
from promptstead.verdicts.run_report import RunReport

MAX_BYTES = 4 * 1024 * 1024 * 1024
"""Largest run file that is written."""


class LiveRun:
    """One live run, its file and what is counted so far. It is a context manager, which holds the file.

    :param place: the run file; its folder is made where there is none.
    :param keep: hold every row for the result.
    """

    def __init__(self, workspace: Workspace, asked: Sequence[Asked], run: Run, place: str, *, keep: bool) -> None:
        self._workspace = workspace
        self._run = run
        self._asked = asked
        self.place = place
        self.report = RunReport(run, place, keep=keep)
        self.rows = 0
        self.answers = 0
        """Answers that are kept."""
        self._held_before = 0
        self._fresh = False
        self.waiting: Waiting[Unit] = Waiting()
        self.progress: Progress | None = None
        self.problems: Counter[str] = Counter()
        """Why calls gave no answer -> how many."""
        self._journal = Journal(place, place, MAX_BYTES, "evaluate in shards: --shard 1/4")
        self.kept = self._journal.on_disk
        """The same as :meth:`sync`, for calls under way."""

    def __enter__(self) -> "LiveRun":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if (
            self._fresh
            and isinstance(error, PromptsteadError)
            and not (self.rows or self.answers or self.waiting.taken)
        ):
            self._journal.rewrite(())  # nothing was asked: the same command can be given again
        self._journal.close()

    def units(self, cases: Mapping[str, Iterable[Case]], models: Sequence[str]) -> list[Unit]:
        """Return what is asked: of each prompt its *cases*, of each of *models* or of the prompt's own.

        :raises PromptsteadError: a prompt names no model, or nobody knows the model of a name given.
        """
        for asked in self._asked:
            if cases[asked.id]:
                for name in models or ("",):
                    refuse_unresolved(asked.requests.choice(name), self._workspace.config, asked.requests.prompt.path)
                refuse_unresolved_judges(asked.prompt, asked.judges, self._workspace.config)
        return [
            Unit(asked, case, model)
            for asked in self._asked
            for model in dict.fromkeys(asked.requests.label(name) for name in models or ("",))
            for case in cases[asked.id]
        ]

    def start(self) -> None:
        """Write the first line."""
        self._fresh = True
        self._journal.append(dump_run(self._run))

    def resume(self, units: Sequence[Unit]) -> list[Unit]:
        """Take over what the file holds and return the units that still want answers.

        :raises PromptsteadError: the file has a case that is not asked now, or another request for it.
        """
        known = {unit.key: unit for unit in units}
        done: set[Key] = set()
        self._journal.rewrite(self._held(known, done))
        return [unit for unit in units if unit.key not in done]

    def _held(self, known: Mapping[Key, Unit], done: set[Key]) -> Iterator[str]:
        """Yield the lines that stay: the first, the rows that are complete, and each answer of another."""
        judges = {asked.id: asked.judges for asked in self._asked}
        with opened_run(self.place) as reader:
            yield dump_run(self._run)
            for line in reader.lines():
                if isinstance(line, TakenAnswer):
                    unit = _known(known, (line.prompt, line.case, line.model), line.request, self.place)
                    unit.samples.append(line.sample)
                    continue
                if isinstance(line, TakenJudgement):
                    self.waiting.know(judges[line.prompt], line)
                    yield dump_taken(line)
                    continue
                output = line.result.output
                key = (line.prompt, line.result.case.id, line.result.model)
                unit = _known(known, key, output.request if output else "", self.place)
                # a row has every answer that stood before it in lines of their own
                unit.samples = list(output.samples) if output else []
                if len(unit.samples) < self._run.samples or unit.unjudged():
                    continue
                if key in done:
                    raise PromptsteadError(f"the run holds {_shown(key)} twice", location=self.place)
                done.add(key)
                self._count(line, len(unit.samples))
                unit.samples = []
                yield dump_row(line)
        for unit in known.values():
            for sample in unit.samples:
                self.answers += 1
                yield dump_answer(TakenAnswer(*unit.key, unit.digest, sample))

    def ask(self, units: Sequence[Unit], limits: Limits, *, quiet: bool) -> Totals:
        """Make the calls that *units* want, and ask judges about answers; write each row when it is judged.

        :raises KeyboardInterrupt: it was stopped; what was answered is kept.
        """
        self._held_before = self.answers + self.waiting.taken
        with Caller(self._workspace, limits, quiet=quiet) as caller:
            return caller.ask([(self, unit) for unit in units])

    def begin(self, unit: Unit) -> int:
        """Return how many answers a unit wants; one that wants none is a row as soon as it is judged."""
        unit.open = 0 if unit.why else max(0, self._run.samples - len(unit.samples))
        wanted = unit.open
        if not wanted:
            self._wait(unit, unit.unjudged())
        return wanted

    def end(self, totals: Totals, looks: Sequence[Json] = ()) -> None:
        """Write the last line; answers that waited for others are in their rows by now."""
        used = total(entry.tally.used() for entry in self.report.entries)
        judged = self.waiting
        unknown = used.unpriced or totals.uncounted or totals.unpriced
        cost = None if unknown or judged.cost is None else used.cost + judged.cost
        if self._run.samples > 1 or judged.taken:
            self._journal.rewrite(self._without_answers())
        requests = self._held_before + totals.requests
        end = End(self.rows, requests, used.input + judged.input, used.output + judged.output, cost, tuple(looks))
        self._journal.append(dump_end(end))

    def _without_answers(self) -> Iterator[str]:
        """Yield the lines that a run keeps which is through: answers are in their rows."""
        with opened_run(self.place) as reader:
            yield dump_run(self._run)
            for line in reader.lines():
                if isinstance(line, Row):
                    yield dump_row(line)
                elif isinstance(line, TakenJudgement):
                    yield dump_taken(line)

    def take(self, call: Unit | JudgeCall, outcome: Reply | ProviderError, cost: float | None) -> None:
        """Write what a call gave, and the rows of the cases for which it was the last."""
        if isinstance(call, Unit):
            self._take(call, outcome, cost)
        else:
            self._take_judgement(call, outcome, cost)

    def sync(self) -> None:
        """Wait until all that was taken is on disk.

        :raises PromptsteadError: it cannot be written.
        """
        self._journal.sync()

    def _take(self, unit: Unit, outcome: Reply | ProviderError, cost: float | None) -> None:
        unit.open -= 1
        if isinstance(outcome, ProviderError):
            unit.failures.append(one_line(str(outcome), 300))
            self.problems[unit.failures[-1]] += 1
        else:
            sample = Sample(
                outcome.text,
                outcome.finish_reason[:100],
                outcome.usage,
                outcome.tool_calls,
                round(outcome.seconds, 4),
                cost,
            )
            unit.samples.append(sample)
            self.answers += 1
            unjudged = unit.unjudged() if unit.open == 0 else []
            if unit.open > 0 or unjudged:
                self._journal.add(dump_answer(TakenAnswer(*unit.key, unit.digest, sample)))
            if unit.open == 0:
                self._wait(unit, unjudged)
            return
        if unit.open == 0:
            self._finish(unit)

    def _wait(self, unit: Unit, unjudged: Sequence[Ask]) -> None:
        """Let a case whose answers are there wait for its judgements, where it needs any."""
        unit.open = len(unjudged)
        more = self.waiting.add(unit, unit.asked.id, unit.asked.judges, unjudged)
        if self.progress:
            self.progress.expect(more)
        if not unjudged:
            self._finish(unit)

    def _take_judgement(self, call: JudgeCall, outcome: Reply | ProviderError, cost: float | None) -> None:
        taken = self.waiting.take(call, outcome, cost)
        if taken is not None:
            self._journal.add(dump_taken(taken))
        else:
            self.problems[f"judge {call.ask.judge.id}: {call.judges.failed[call.ask.key]}"] += 1
        for unit in self.waiting.release(call):
            unit.open -= 1
            if unit.open == 0:
                self._finish(unit)

    def _finish(self, unit: Unit) -> None:
        row = unit.row()
        self._journal.add(dump_row(row))
        self._count(row, 0)
        unit.samples = []  # they are on disk

    def _count(self, row: Row, answers: int) -> None:
        self.rows += 1
        self.answers += answers
        self.report.add(row)


class Caller:
    """Makes the calls of one command, of one run or of several side by side, within limits that hold for all of them.

    A context manager: what it opened for one round of calls serves the next.
    """

    def __init__(self, workspace: Workspace, limits: Limits, *, quiet: bool) -> None:
        self._workspace, self._limits, self._quiet = workspace, limits, quiet
        self._budget = Budget(limits)
        self._runner = asyncio.Runner()
        self.limited = False
        """Whether a limit kept a call from being made."""

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()

    @property
    def totals(self) -> Totals:
        """Return what was used so far."""
        return self._budget.totals

    def ask(self, work: Sequence[tuple[LiveRun, Unit]]) -> Totals:
        """Make the calls that the units want, in this order, and return what was used so far.

        :raises KeyboardInterrupt: it was stopped; what was answered is kept.
        """
        lives = list({id(live): live for live, _ in work}.values())
        progress = None if self._quiet else Progress(0)
        for live in lives:
            live.progress = progress
        wanted = [(live, unit) for live, unit in work for _ in range(live.begin(unit))]
        if not wanted and not any(live.waiting.calls for live in lives):
            return self.totals
        if progress:
            progress.expect(len(wanted))
        config = self._workspace.config

        async def on_result(key: _Key, outcome: Reply | ProviderError) -> None:
            live, call = key
            asked, model = (
                (call.asked.requests, call.model) if isinstance(call, Unit) else (call.ask.judge.requests, "")
            )
            cost = cost_of(asked, model, outcome, config, self._limits)
            self.limited = self.limited or (isinstance(outcome, ProviderError) and outcome.kind == "limit")
            live.take(call, outcome, cost)
            await live.kept()
            if progress:
                progress.count(failing=isinstance(outcome, ProviderError), cost=cost)

        answers = (
            ((live, unit), request_for(unit.asked.requests, config, unit.case, unit.model)) for live, unit in wanted
        )
        drawn = _Drawn([(live, Calls(live.waiting, iter(()), config)) for live in lives], answers)
        try:
            calls = call_all(drawn, opener(self._workspace), self._limits, on_result, budget=self._budget)
            with Graceful():
                return self._runner.run(calls)
        except KeyboardInterrupt:
            for live in lives:
                live.sync()
            raise
        finally:
            if progress:
                progress.end()


_Key = tuple[LiveRun, Unit | JudgeCall]


class _Drawn:
    """The calls of several runs: judgements before further answers. It can be drawn from again after it was through."""

    def __init__(self, judging: Sequence[tuple[LiveRun, Calls[Unit]]], answers: Iterator[tuple[_Key, Request]]) -> None:
        self._judging, self._answers = judging, answers

    def __iter__(self) -> "_Drawn":
        return self

    def __next__(self) -> tuple[_Key, Request]:
        for live, calls in self._judging:
            for call, request in calls:
                return (live, call), request
        return next(self._answers)


def refuse_changed(then: Run, now: Run, place: str) -> None:
    """Refuse to go on with a run whose prompts are not what they were.

    :raises PromptsteadError: a prompt, its cases, its evaluators or a dataset changed.
    """
    for before, after in zip(then.prompts, now.prompts, strict=True):
        changed = [name for name in ("behaviour", "tests") if before.digests.get(name) != after.digests.get(name)]
        if changed or before.datasets != after.datasets:
            raise PromptsteadError(
                f"`{one_line(before.id, 100)}` changed since this run was started ({', '.join(changed) or 'datasets'})",
                hint="put it back, or start a new run; eval --rescore judges what this one holds",
                location=place,
            )


def tell_stopped(live: LiveRun) -> None:
    """Say what a run that was stopped holds, and how to go on."""
    tell(
        f"stopped: {live.answers:,} answers are kept in {live.place}; "
        f"the rest is asked with promptstead eval --live --resume {live.place}"
    )


def _known(known: Mapping[Key, Unit], key: Key, request: str, place: str) -> Unit:
    unit = known.get(key)
    if unit is None or (request and request != unit.digest):
        raise PromptsteadError(
            f"the run holds {_shown(key)}, which is not what would be asked now",
            hint="a model's snapshot changed? Start a new run",
            location=place,
        )
    return unit


def _shown(key: Key) -> str:
    return one_line(f"{key[0]} {key[1]} ({key[2]})", 200)
