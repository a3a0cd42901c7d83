"""Recorded answers replayed: judged one by one as they are read, so that a dataset may be larger than memory."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice

from promptstead.console.output import first_lines, tell
from promptstead.errors import UNUSABLE, PromptsteadError, one_line
from promptstead.evaluators.registry import needs_help
from promptstead.evaluators.shared.results import CaseResult
from promptstead.executors.choice import MANY, pool_for
from promptstead.executors.executor import InProcess
from promptstead.model import Case
from promptstead.operations.recording.recorded_answers import in_ci, load_valid
from promptstead.operations.running.replayed_cases import replayed
from promptstead.operations.running.run_files import default_place, describe, refuse_foreign
from promptstead.operations.running.run_result import Shown, finish
from promptstead.operations.running.selection import kept
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs.index import Recorded, open_recorded
from promptstead.outputs.stream import CaseStream
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.runs.case_filters import Selection
from promptstead.runs.writer import End, Row, TakenJudgement, dump_end, dump_row, dump_run, dump_taken
from promptstead.storage.replacement import replacing
from promptstead.verdicts.run_report import RunReport

MAX_LINES = 20
ROOM = 8
"""Characters that the first line of a run leaves for a number that is known at its end."""
HELD = 32
"""Prompts that are held from the first line of a run to the last; of more, each is read again when it is its turn."""


class Prompts:
    """Valid prompt files without the rows of their datasets, to be gone through more than once, few of them held.

    Going through them raises PromptsteadError where one is not valid, or has changed since it was first read.
    """

    def __init__(self, workspace: Workspace, paths: Sequence[str]) -> None:
        self._workspace, self._paths = workspace, paths
        self._held: dict[str, Loaded] = {}
        self._marks: dict[str, int] = {}

    def __iter__(self) -> Iterator[Loaded]:
        for path in self._paths:
            yield self._held.get(path) or self._read(path)

    def _read(self, path: str) -> Loaded:
        loaded = load_valid(self._workspace, path, rows=False)
        attached = loaded.prompt.attachments if loaded.prompt else {}
        mark = hash((*((each.path, each.text) for each in loaded.documents.values()), *attached.values()))
        if self._marks.setdefault(path, mark) != mark:
            raise PromptsteadError(
                "this prompt changed while it was evaluated", hint="run the command again", location=path
            )
        if len(self._held) < HELD:
            self._held[path] = loaded
        return loaded


class Replay:
    """The rows of several prompts, and what stood in their files and is no case or no answer.

    :param models: those whose answers count, by alias, as ``provider/model`` or as recorded; without any, all.
    :param samples: judge the first so many of a case's answers; None for all.
    """

    def __init__(
        self, workspace: Workspace, selection: Selection, models: Sequence[str] = (), samples: int | None = None
    ) -> None:
        self._tree = workspace.tree
        self._selection, self._models, self._samples = selection, models, samples
        self.problems: list[str] = []
        """The first of each file, one line each."""
        self.wrong = 0
        """How many there are."""

    @property
    def every_sample(self) -> bool:
        """Whether all the samples of a case are judged, however many they are."""
        return self._samples is None

    def rows(self, loaded: Iterable[Loaded]) -> Iterator[Row]:
        """Yield the rows in the order of prompts and cases. Nothing is called.

        :raises PromptsteadError: a prompt is not valid, or there is no such model.
        """
        for each in loaded:
            cases = CaseStream(self._tree, each)
            with open_recorded(self._tree, each) as recorded:
                models = list(dict.fromkeys(_label(Requests(each), recorded, name) for name in self._models))
                chosen = self._selection.cases(each.id, cases)
                for result in _results(each, chosen, recorded, models, self._samples):
                    yield Row(each.id, result)
            for found in (cases, recorded):
                self.wrong += found.wrong
                self.problems += [f"{each.path}:{each.line}: {each.message}" for each in found.problems[:MAX_LINES]]


def replay(
    workspace: Workspace,
    paths: Sequence[str],
    selection: Selection,
    models: Sequence[str],
    samples: int | None,
    run_file: str | None,
    shown: Shown,
) -> int:
    """Judge the recorded answers of the prompt files *paths*, write the run file and show the result.

    :param run_file: where the run file goes; None for the default place, and in CI none.
    :raises PromptsteadError: a prompt is not valid, there is no such model, or the run file cannot be written.
    """
    if run_file is not None:
        refuse_foreign(run_file)
    loaded = Prompts(workspace, paths)
    run = describe(
        workspace, loaded, "replay", selection=kept(selection, models), shard=selection.shard, samples=samples or 1
    )
    place = run_file or (None if in_ci() else default_place(workspace, "replay"))
    report = RunReport(run, place or "", keep=shown.keep)
    replaying = Replay(workspace, selection, models, samples)
    write_rows(report, replaying.rows(loaded), place, replaying)
    refuse_nothing(report, selection)
    code = finish(report, shown, loaded)
    if replaying.wrong:
        tell(f"not complete: {replaying.wrong:,} entries of datasets and outputs files cannot be read")
        for line in first_lines(replaying.problems, MAX_LINES):
            tell(one_line(line))
        return UNUSABLE
    return code


def load_all(workspace: Workspace, paths: Sequence[str]) -> list[Loaded]:
    """Return the prompt files *paths* without the rows of their datasets, all of them held.

    :raises PromptsteadError: one is not valid, or a file that belongs to it could not be read whole.
    """
    return [load_valid(workspace, path, rows=False) for path in paths]


def write_rows(
    report: RunReport, rows: Iterable[Row | TakenJudgement], place: str | None, replaying: Replay | None = None
) -> None:
    """Count the rows, and write them to *place* where there is one; nothing is there before all are judged.

    A run that leaves out what cannot be read has no last line, so that nobody takes it for a whole one. A replay of all
    samples says in its first line how many the case with most has, which is known at its end.
    """
    every = replaying is not None and replaying.every_sample
    room = " " * ROOM if every else ""
    with ExitStack() as stack:
        file = stack.enter_context(replacing(place)) if place else None
        if file:
            file.write(dump_run(report.run).replace("\n", f"{room}\n"))
        count, most = 0, 1
        for row in rows:
            if isinstance(row, TakenJudgement):
                if file:
                    file.write(dump_taken(row))
                continue
            count += 1
            report.add(row)
            if every and row.result.output is not None:
                most = max(most, len(row.result.output.samples))
            if file:
                file.write(dump_row(row))
        if file and not (replaying and replaying.wrong):
            file.write(dump_end(End(count)))
        if most > 1:
            first = dump_run(report.run)
            report.run = report.run._replace(samples=most)
            if file and file.seekable():
                file.seek(0)
                file.write(dump_run(report.run).rstrip("\n").ljust(len(first) - 1 + ROOM))


def refuse_nothing(report: RunReport, selection: Selection) -> None:
    """Refuse filters that no case passes, which is a slip; a shard may be empty.

    :raises PromptsteadError: nothing was taken.
    """
    if not report.entries and selection._replace(shard=(1, 1)) != Selection() and selection.shard == (1, 1):
        raise PromptsteadError("no case passes the filters", hint="change --tag, --case or --failed")


def _results(
    loaded: Loaded, cases: Iterable[Case], recorded: Recorded, models: Sequence[str], samples: int | None
) -> Iterator[CaseResult]:
    """Yield the results of *cases*: on every core where they are many.

    From the first case on that needs what only this process has (judges, or what runs functions), they are judged here,
    so that none is held until its turn comes.
    """
    source = iter(cases)
    first = list(islice(source, MANY + 1))
    every = chain(first, source)
    here: list[Case] = []

    def anywhere() -> Iterator[Case]:
        for case in every:
            if any(map(needs_help, case.evaluators)):
                here.append(case)
                return
            yield case

    assert loaded.prompt is not None
    executor = InProcess() if any(map(needs_help, loaded.prompt.evaluators)) else pool_for(len(first))
    if isinstance(executor, InProcess):
        yield from replayed(loaded, every, recorded, models=models, samples=samples)
        return
    yield from replayed(loaded, anywhere(), recorded, executor, models=models, samples=samples)
    if here:
        yield from replayed(loaded, chain(here, every), recorded, models=models, samples=samples)


def _label(requests: Requests, recorded: Recorded, name: str) -> str:
    """Return what the answers of the model *name* are recorded under.

    :raises PromptsteadError: nothing is recorded under that name, and nobody knows such a model.
    """
    return name if name in recorded.models else requests.label(name)
