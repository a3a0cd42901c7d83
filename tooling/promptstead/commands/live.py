"""Answers taken live: each case is asked of each model, judged when its last answer is there, and kept at once.

The run file grows line by line. A row is a case that is judged; an answer whose case waits for others is a line of its
own until then. So a run that is killed loses the calls in flight and nothing else, and :meth:`LiveRun.resume` asks only
for the rest.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from promptstead.commands.calling import cost_of
from promptstead.commands.common import Workspace, tell
from promptstead.commands.progress import Progress
from promptstead.commands.recording import opener, request_for, unusable_sample
from promptstead.commands.runs import opened_run
from promptstead.digests import inputs_digest
from promptstead.errors import PromptsteadError, one_line
from promptstead.evals.engine import Examiner
from promptstead.evals.helpers import helpers_of
from promptstead.evals.results import CaseResult
from promptstead.evals.run_file import (
    End,
    Row,
    Run,
    TakenAnswer,
    dump_answer,
    dump_end,
    dump_row,
    dump_run,
)
from promptstead.evals.tally import total
from promptstead.journal import Journal
from promptstead.model import Case, RecordedOutput, Sample
from promptstead.outputs.requests import Requests
from promptstead.providers.budget import Limits, Totals
from promptstead.providers.pool import run as call_all
from promptstead.providers.protocol import ProviderError, Reply, Request
from promptstead.report.run_report import RunReport
from promptstead.source.load import Loaded

MAX_BYTES = 4 * 1024 * 1024 * 1024
"""Largest run file that is written."""
NO_ANSWER = "no answer"
Key = tuple[str, str, str]
"""Prompt, case and model."""


class Asked:
    """One prompt whose cases are asked, with the evaluators that judge."""

    def __init__(self, loaded: Loaded) -> None:
        self.id = loaded.id
        self.requests = Requests(loaded)
        self.examiner = Examiner(self.requests.prompt, self.requests.digest, inputs_digest, helpers_of(loaded))


class Unit:
    """One case asked of one model: the row that it becomes, and the answers that are there."""

    __slots__ = ("asked", "case", "digest", "failures", "model", "open", "samples", "why")

    def __init__(self, asked: Asked, case: Case, model: str) -> None:
        self.asked, self.case, self.model = asked, case, model
        self.samples: list[Sample] = []
        self.failures: list[str] = []
        """Why calls gave no answer."""
        self.open = 0
        """Calls that are still to come back."""
        self.why = ""
        try:
            self.digest = asked.requests.digest(case, model)
        except PromptsteadError as error:
            self.digest, self.why = "", f"the prompt cannot be rendered: {error.message}"

    @property
    def key(self) -> Key:
        """Prompt, case and model."""
        return self.asked.id, self.case.id, self.model

    def row(self) -> Row:
        """Return the row: judged when every answer is there and can be used."""
        why = self.why or self._missing()
        output = None
        if self.samples:
            tried = len(self.samples) + len(self.failures)
            output = RecordedOutput(self.case.id, self.model, "live", tuple(self.samples), self.digest, attempts=tried)
        if why or output is None:
            return Row(self.asked.id, CaseResult(self.case, self.model, "not evaluated", why or NO_ANSWER, output))
        return Row(self.asked.id, self.asked.examiner.judge(self.case, output))

    def _missing(self) -> str:
        tools = self.asked.requests.prompt.tools
        found = [*self.failures, *(why for sample in self.samples if (why := unusable_sample(sample, tools)))]
        if not found:
            return ""
        every = len(self.samples) + len(self.failures)
        return found[0] if every == 1 else f"{len(found)} of {every} answers: {found[0]}"


class LiveRun:
    """One live run, its file and what is counted so far. It is a context manager, which holds the file.

    :param place: the run file; its folder is made where there is none.
    :param keep: hold every row for the result.
    """

    def __init__(self, workspace: Workspace, loaded: Sequence[Loaded], run: Run, place: str, *, keep: bool) -> None:
        self._workspace = workspace
        self._run = run
        self._asked = [Asked(each) for each in loaded]
        self.place = place
        self.report = RunReport(run, place, keep=keep)
        self.rows = 0
        self.answers = 0
        """Answers that are kept."""
        self._held_before = 0
        self.problems: Counter[str] = Counter()
        """Why calls gave no answer -> how many."""
        self._journal = Journal(place, place, MAX_BYTES, "evaluate in shards: --shard 1/4")

    def __enter__(self) -> "LiveRun":
        return self

    def __exit__(self, *_: object) -> None:
        self._journal.close()

    def units(self, cases: Mapping[str, Iterable[Case]], models: Sequence[str]) -> list[Unit]:
        """Return what is asked: of each prompt its *cases*, of each of *models* or of the prompt's own.

        :raises PromptsteadError: a prompt names no model, or there is none of a name given.
        """
        return [
            Unit(asked, case, model)
            for asked in self._asked
            for model in dict.fromkeys(asked.requests.label(name) for name in models or ("",))
            for case in cases[asked.id]
        ]

    def start(self) -> None:
        """Write the first line."""
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
        with opened_run(self.place) as reader:
            yield dump_run(self._run)
            for line in reader.lines():
                if isinstance(line, TakenAnswer):
                    unit = _known(known, (line.prompt, line.case, line.model), line.request, self.place)
                    unit.samples.append(line.sample)
                    continue
                output = line.result.output
                key = (line.prompt, line.result.case.id, line.result.model)
                unit = _known(known, key, output.request if output else "", self.place)
                # a row has every answer that stood before it in lines of their own
                unit.samples = list(output.samples) if output else []
                if len(unit.samples) < self._run.samples:
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
        """Make the calls that *units* want, and write each row when it is judged.

        :raises KeyboardInterrupt: it was stopped; what was answered is kept.
        """
        self._held_before = self.answers
        wanted = {id(unit): max(0, self._run.samples - len(unit.samples)) for unit in units if not unit.why}
        calls = sum(wanted.values())
        for unit in units:
            unit.open = wanted.get(id(unit), 0)
            if unit.open == 0:
                self._finish(unit)
        progress = None if quiet or not calls else Progress(calls)
        config = self._workspace.config

        def on_result(unit: Unit, outcome: Reply | ProviderError) -> None:
            cost = cost_of(unit.asked.requests, unit.model, outcome, config, limits)
            self._take(unit, outcome, cost)
            if progress:
                progress.count(failing=isinstance(outcome, ProviderError), cost=cost)

        def requests() -> Iterator[tuple[Unit, Request]]:
            for unit in units:
                for _ in range(wanted.get(id(unit), 0)):
                    yield unit, request_for(unit.asked.requests, config, unit.case, unit.model)

        if not calls:
            return Totals()
        try:
            return asyncio.run(call_all(requests(), opener(self._workspace), limits, on_result))
        finally:
            if progress:
                progress.end()

    def end(self, totals: Totals) -> None:
        """Write the last line; answers that waited for others are in their rows by now."""
        used = total(entry.tally.used() for entry in self.report.entries)
        cost = None if used.unpriced or totals.uncounted or totals.unpriced else used.cost
        if self._run.samples > 1:
            self._journal.rewrite(self._rows_alone())
        requests = self._held_before + totals.requests
        self._journal.append(dump_end(End(self.rows, requests, used.input, used.output, cost)))

    def _rows_alone(self) -> Iterator[str]:
        with opened_run(self.place) as reader:
            yield dump_run(self._run)
            yield from map(dump_row, reader.rows())

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
            if unit.open > 0:
                self._journal.append(dump_answer(TakenAnswer(*unit.key, unit.digest, sample)))
        if unit.open == 0:
            self._finish(unit)

    def _finish(self, unit: Unit) -> None:
        row = unit.row()
        self._journal.append(dump_row(row))
        self._count(row, 0)
        unit.samples = []  # they are on disk

    def _count(self, row: Row, answers: int) -> None:
        self.rows += 1
        self.answers += answers
        self.report.add(row)


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
