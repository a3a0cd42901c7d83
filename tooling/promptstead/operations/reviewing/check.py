"""What ``check`` does: the rules, the recorded answers replayed, and what waits for a decision."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import NamedTuple

from promptstead.console.output import tell
from promptstead.errors import PromptsteadError
from promptstead.lint.engine import failing
from promptstead.lint.finding import Finding
from promptstead.model import Stage
from promptstead.operations.recording.recorded_answers import count_pending
from promptstead.operations.reviewing.lint_run import lint_prompts
from promptstead.operations.workspace.base_revision import open_base
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs.counterexamples import Counterexamples
from promptstead.outputs.notes import GONE, states
from promptstead.outputs.replay import Replay
from promptstead.prompts.loaded import Loaded
from promptstead.verdicts.checks import PromptCheck
from promptstead.verdicts.unpublished import without_answer


class Checked(NamedTuple):
    """What a check comes to. *cases* is how many there are, *counts* are numbers of results by what they come to.

    A case has a result for each model, or person, that answered it. *pending* counts answers to decide about,
    *counterexamples* counts those by what becomes of them, *notes_gone* the notes about answers that are gone.
    """

    findings: list[Finding]
    allowed: int
    cases: int
    counts: Counter[str]
    pending: int
    counterexamples: Counter[str]
    notes_gone: int
    fails: bool


def check(
    workspace: Workspace,
    paths: Sequence[str],
    stage: Stage,
    base: str | None = None,
    each: Callable[[PromptCheck], object] = lambda check: None,
    *,
    rules: bool = True,
) -> Checked:
    """Check the prompt files *paths* one by one, so that memory does not grow with their number.

    :param base: the revision to compare with; None for the merge base with the default branch.
    :param each: called with what is found of every valid prompt.
    :param rules: whether what the rules find counts, too.
    :raises PromptsteadError: a file or the revision cannot be read.
    """
    counts: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    violated = pending = cases = gone = 0

    def examine(loaded: Loaded) -> None:
        nonlocal violated, pending, cases, gone
        if loaded.prompt is None:
            return
        results = tuple(map(without_answer, Replay(loaded).results()))
        found = PromptCheck(loaded.prompt, results, tuple(Counterexamples(loaded).trials()))
        counts.update(found.counts)
        caught.update(found.counterexamples)
        cases += found.cases
        violated += len(found.violations) + len(found.let_pass)
        gone += sum(state == GONE for _, state in states(loaded))
        each(found)
        try:
            pending += count_pending(workspace, loaded)
        except PromptsteadError as error:
            tell(str(error))  # what waits is no evidence, broken or not

    with open_base(workspace, base) if stage != "edit" else nullcontext() as compared:
        run = lint_prompts(workspace, paths, stage=stage, each=examine, base=compared)
    missing = counts["not evaluated"] if stage == "release" else 0
    findings, allowed = (run.findings, run.allowed) if rules else ([], 0)
    fails = bool(failing(findings, workspace.config) or violated or missing)
    return Checked(findings, allowed, cases, counts, pending, caught, gone, fails)
