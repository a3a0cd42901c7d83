"""The answers of chosen cases of several prompts, asked together; for ``pytest --prompts-live``."""

from collections.abc import Mapping, Sequence

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Case
from promptstead.operations.calls.limits import CallLimits
from promptstead.operations.calls.session import CallSession
from promptstead.operations.running.live_run import LiveRun, calls_of
from promptstead.operations.running.run_files import describe, refuse_existing
from promptstead.operations.running.unit import Asked
from promptstead.operations.workspace.workspace import Workspace
from promptstead.prompts.loaded import Loaded


def ask_selected(
    workspace: Workspace,
    selected: Sequence[Loaded],
    cases: Mapping[str, Sequence[Case]],
    limits: CallLimits,
    place: str,
) -> dict[tuple[str, str], CaseResult]:
    """Ask each prompt's own model for its *cases* (by id of the prompt), and return (prompt, case) -> what is said.

    The run file *place* keeps what was answered, also where this is interrupted.

    :raises PromptsteadError: a prompt names no model, the run file exists or cannot be written, or none answered.
    """
    run = describe(workspace, selected, "live")
    refuse_existing(place)
    with LiveRun(workspace, [Asked(each) for each in selected], run, place, keep=True) as live:
        units = live.units(cases, ())
        live.start()
        with CallSession(workspace, limits, quiet=True) as session:
            live.end(session.make(calls_of([(live, unit) for unit in units])))
        if units and not live.answers:
            why = next(iter(live.problems), "no case can be rendered")
            raise PromptsteadError(f"no model answered: {why}")
        return {(row.prompt, row.result.case.id): row.result for row in live.report.rows}
