"""``promptstead eval --live``: a new run, or the rest of one that was stopped."""

from collections.abc import Sequence
from datetime import UTC, datetime

from promptstead.console.output import plural, tell
from promptstead.errors import INTERRUPTED, OK, UNUSABLE, PromptsteadError, one_line
from promptstead.model import Case
from promptstead.operations.calls.limits import CallLimits, used
from promptstead.operations.calls.session import CallSession
from promptstead.operations.recording.recorded_answers import in_ci
from promptstead.operations.running.live_run import LiveRun, calls_of
from promptstead.operations.running.replayed_run import load_all
from promptstead.operations.running.resumed_run import still_wanted
from promptstead.operations.running.run_files import (
    default_place,
    describe,
    opened_run,
    refuse_existing,
    refuse_foreign,
)
from promptstead.operations.running.run_result import Shown, finish
from promptstead.operations.running.selection import kept, read_back
from promptstead.operations.running.unit import Asked, Unit
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs.stream import CaseStream
from promptstead.prompts.loaded import Loaded
from promptstead.runs.case_filters import Selection
from promptstead.runs.writer import Run


def start_run(
    workspace: Workspace,
    paths: Sequence[str],
    selection: Selection,
    models: Sequence[str],
    samples: int,
    run_file: str | None,
    limits: CallLimits,
    shown: Shown,
) -> int:
    """Ask the models for every case of the prompt files *paths*, and show the result.

    :param run_file: where the run file goes; None for the default place.
    :raises PromptsteadError: a prompt is not valid, there is no such model, or the run file cannot be written.
    """
    if run_file is None and in_ci():
        raise PromptsteadError(
            "in CI nothing is written into the repository", hint="name the run file: --run-file FILE"
        )
    if run_file is not None:
        refuse_foreign(run_file)
    loaded = load_all(workspace, paths)
    cases = _cases(workspace, loaded, selection)
    run = describe(workspace, loaded, "live", selection=kept(selection, models), shard=selection.shard, samples=samples)
    place = run_file or default_place(workspace, datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"))
    refuse_existing(place)
    with LiveRun(workspace, [Asked(each) for each in loaded], run, place, keep=shown.keep) as asked:
        units = asked.units(cases, models)
        asked.start()
        return _ask(workspace, loaded, asked, units, limits, shown)


def resume_run(place: str, limits: CallLimits, shown: Shown) -> int:
    """Ask for what the live run *place* lacks, and show the result.

    :raises PromptsteadError: it is no live run, or what it asked is not what would be asked now.
    """
    with opened_run(place) as reader:
        run = reader.run
    if run.mode != "live":
        raise PromptsteadError(
            "this run asked no model, so it cannot be resumed", hint="run the same command again", location=place
        )
    workspace = open_workspace()
    selection, models = read_back(run.selection, run.shard, place)
    loaded = load_all(workspace, [prompt.path for prompt in run.prompts])
    _refuse_changed(run, describe(workspace, loaded, "live"), place)
    with LiveRun(workspace, [Asked(each) for each in loaded], run, place, keep=shown.keep) as asked:
        units = asked.units(_cases(workspace, loaded, selection), models)
        return _ask(workspace, loaded, asked, still_wanted(asked, units), limits, shown)


def _ask(
    workspace: Workspace,
    loaded: Sequence[Loaded],
    asked: LiveRun,
    units: Sequence[Unit],
    limits: CallLimits,
    shown: Shown,
) -> int:
    try:
        with CallSession(workspace, limits, quiet=shown.quiet) as session:
            totals = session.make(calls_of([(asked, unit) for unit in units]))
    except KeyboardInterrupt:
        tell(
            f"stopped: {asked.answers:,} answers kept in {asked.place}; "
            f"to resume: promptstead eval --live --resume {asked.place}"
        )
        return INTERRUPTED
    asked.end(totals)
    code = finish(asked.report, shown, loaded)
    if totals.requests and not shown.quiet:
        tell(used(totals))
    return _tell_incomplete(asked, units) or code


def _tell_incomplete(asked: LiveRun, units: Sequence[Unit]) -> int:
    """Say what a run lacks and how to get it; return the exit code, 0 where it lacks nothing."""
    broken = [unit.why for unit in units if unit.why]
    if broken:
        what = f"{plural(len(broken), 'case')} could not be asked ({one_line(broken[0], 300)})"
        tell(f"incomplete: {what}: run promptstead lint to see what to fix")
    if asked.problems:
        why, count = asked.problems.most_common(1)[0]
        most = f"{count:,} × " if asked.problems.total() > 1 else ""
        what = f"{plural(asked.problems.total(), 'call')} gave no answer ({most}{why})"
        tell(f"incomplete: {what}; to resume: promptstead eval --live --resume {asked.place}")
    return UNUSABLE if broken or asked.problems else OK


def _cases(workspace: Workspace, loaded: Sequence[Loaded], selection: Selection) -> dict[str, Sequence[Case]]:
    """Return the cases of each prompt that are asked.

    :raises PromptsteadError: a row of a dataset is no case: nothing is paid for half a dataset. Or there is no case.
    """
    found: dict[str, Sequence[Case]] = {}
    for each in loaded:
        cases = CaseStream(workspace.tree, each)
        found[each.id] = list(selection.cases(each.id, cases))
        cases.refuse_wrong()
    if not any(found.values()) and selection.shard == (1, 1):
        raise PromptsteadError("there is no case to ask", hint="change --tag, --case or --failed")
    return found


def _refuse_changed(then: Run, now: Run, place: str) -> None:
    """Refuse to go on with a run whose prompts are not what they were.

    :raises PromptsteadError: a prompt, its cases, its evaluators or a dataset changed.
    """
    for before, after in zip(then.prompts, now.prompts, strict=True):
        changed = [name for name in ("behaviour", "tests") if before.digests.get(name) != after.digests.get(name)]
        if changed or before.datasets != after.datasets:
            raise PromptsteadError(
                f"`{one_line(before.id, 100)}` changed since this run started ({', '.join(changed) or 'datasets'})",
                hint="restore it, or start a new run; eval --rescore judges the answers of this one",
                location=place,
            )
