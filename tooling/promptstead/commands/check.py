"""``promptstead check``: the main job."""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import chain
from typing import Literal

import click

from promptstead.commands.findings_options import result_options
from promptstead.commands.options import prompts_argument
from promptstead.console.output import colour, plural, tell
from promptstead.errors import FINDINGS, OK, PromptsteadError
from promptstead.escapes import json_text
from promptstead.lint.engine import failing
from promptstead.model import STAGES, Stage
from promptstead.operations.recording.recorded import count_waiting
from promptstead.operations.reviewing.findings_output import findings_text, shows_summary, write_result
from promptstead.operations.reviewing.linting import lint_prompts
from promptstead.operations.workspace.base_revision import open_base
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import selected_paths, tell_passed_over
from promptstead.outputs.replay import Replay
from promptstead.prompts.loaded import Loaded
from promptstead.report.findings_text import as_text, finding, summary
from promptstead.verdicts.checks import CheckReport, PromptCheck
from promptstead.verdicts.unpublished import without_answer


@click.command()
@prompts_argument
@click.option(
    "--stage",
    type=click.Choice(STAGES),
    default="edit",
    show_default=True,
    help="How strict: while writing, in a pull request, or for a release.",
)
@click.option(
    "--verbose",
    "-v",
    is_flag=True,
    help="Show every evaluator's rate, and more of the cases that fail or were not evaluated.",
)
@click.option(
    "--base",
    metavar="REVISION",
    help="Revision to compare with, for a review or a release; by default the merge base with the default branch.",
)
@result_options
def command(
    prompts: tuple[str, ...], stage: Stage, verbose: bool, base: str | None, output_format: str, output: str | None
) -> int:
    """Lint, replay the recorded outputs through the evaluators, say what is stale.

    Offline: no model is called and nothing is written.

    Exit 1 on an error of the rules, a hand-written reference answer that fails its own checks, and an answer of a model
    that fails a hard check or a `must_pass` case; for a release also on a case without an answer that is up to date.
    Other failing cases are reported as rates, and judged where two revisions are compared: `promptstead review`. The
    formats sarif, github, gitlab and rdjson hold what the rules found, and nothing of the cases.
    """
    if base is not None and stage == "edit":
        raise PromptsteadError("--base needs a stage that compares", hint="add --stage review")
    workspace = open_workspace(prompts)
    paths = selected_paths(workspace, prompts)
    form: Literal["text", "json", "counts"] = (
        "text" if output_format == "text" else "json" if output_format == "json" else "counts"
    )
    report = CheckReport(form, verbose=verbose, show_missing=verbose or stage == "release")
    waiting = 0

    def evaluate(loaded: Loaded) -> None:
        nonlocal waiting
        if loaded.prompt is not None:
            report.add(PromptCheck(loaded.prompt, tuple(map(without_answer, Replay(loaded).results()))))
            try:
                waiting += count_waiting(workspace, loaded)
            except PromptsteadError as error:
                tell(str(error))  # what waits is no evidence, broken or not

    if not prompts:
        tell_passed_over(workspace)
    with open_base(workspace, base) if stage != "edit" else nullcontext() as compared:
        run = lint_prompts(workspace, paths, stage=stage, each=evaluate, base=compared)
    errors = failing(run.diagnostics, workspace.config)
    missing = report.counts["not evaluated"] if stage == "release" else 0
    if output_format == "json":
        findings = [finding(diagnostic) for diagnostic in run.diagnostics]
        text = json_text(report.document() | {"stage": stage, "findings": findings})
    elif output_format == "text":
        shown = _painted(report.lines(), plain=output is not None)
        text = "".join(f"{line}\n" for line in chain(shown, as_text(run.diagnostics)))
    else:
        text = findings_text(workspace, run.diagnostics, output_format)
    write_result(text, output_format, output)
    if shows_summary(output_format, output):
        tell(summary(run.diagnostics, len(paths), run.allowed) + " · " + report.total_line())
    if waiting:
        tell(f"{plural(waiting, 'answer')} of models not looked at yet: promptstead accept")
    return FINDINGS if errors or report.violations or missing else OK


def _painted(lines: Iterable[str], plain: bool) -> Iterator[str]:
    paint = colour()
    for line in lines:
        style = {"FAIL": "red", "pass": "green"}.get(line.split(maxsplit=1)[0] if line.startswith("  ") else "", "")
        yield paint(line, style) if style and not plain else line
