"""``promptstead eval``: judge the answers of prompts, models and samples, and keep what was found in a run file."""

from collections.abc import Iterable
from contextlib import ExitStack
from importlib import import_module

import click

from promptstead.commands.answers import in_ci, load_valid
from promptstead.commands.common import (
    echo,
    format_option,
    open_workspace,
    prompts_argument,
    selected_paths,
    tell,
)
from promptstead.errors import FINDINGS, OK
from promptstead.evals.run_file import End, Row, Run, dump_end, dump_row, dump_run
from promptstead.report.run_report import RunReport

FORMATS = {"text": "run_text", "json": "run_json", "junit": "run_junit", "csv": "run_csv"}
"""Form of the result -> module of :mod:`promptstead.report` whose ``render(report) -> str`` writes it."""
EVERY_CASE = {"junit", "csv"}
"""Forms that show every case, so that all rows are held in memory."""


@click.command()
@prompts_argument
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="Only this model's answers: an alias, provider/model, or as recorded. May be repeated.",
)
@click.option("--samples", type=click.IntRange(1, 1000), help="Judge only the first N answers to each case.")
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write the run file here; by default .promptstead/runs/replay.run.jsonl, and in CI none.",
)
@format_option(*FORMATS)
@click.option("--quiet", "-q", is_flag=True, help="Write the run file, and say nothing but errors.")
def command(
    prompts: tuple[str, ...],
    models: tuple[str, ...],
    samples: int | None,
    output: str | None,
    output_format: str,
    quiet: bool,
) -> int:
    """Judge the answers of PROMPTS (all by default): every case, model and sample, with rates and intervals.

    The recorded answers are replayed; no model is called. A case without an answer that is up to date is *not
    evaluated*, and a check that cannot judge is *unscored*: both are counted with their reasons.

    Exit 1 where an answer of a model fails a hard check or a `must_pass` case, or a hand-written reference answer one
    of its own checks: the rule of `promptstead check`. Other failures are rates, and judged where two runs are
    compared.
    """
    from promptstead.commands.evaluating import replayed
    from promptstead.commands.runs import default_place, describe

    workspace = open_workspace(prompts)
    loaded = [load_valid(workspace, path) for path in selected_paths(workspace, prompts)]
    run = describe(workspace, loaded, "replay", selection={"models": list(models)} if models else {})
    place = output or (None if in_ci() else default_place(workspace, "replay"))
    report = _written(run, (row for each in loaded for row in replayed(each, models, samples)), place, output_format)
    if not quiet:
        echo(import_module(f"promptstead.report.{FORMATS[output_format]}").render(report).removesuffix("\n"))
        if place:
            tell(f"run file: {place}")
    return FINDINGS if report.violated else OK


def _written(run: Run, rows: Iterable[Row], place: str | None, form: str) -> RunReport:
    """Count the rows, and write them to *place* where there is one; nothing is there before all are judged."""
    from promptstead.workspace import replacing

    report = RunReport(run, place or "", keep=form in EVERY_CASE)
    with ExitStack() as stack:
        file = stack.enter_context(replacing(place)) if place else None
        if file:
            file.write(dump_run(run))
        count = 0
        for row in rows:
            count += 1
            report.add(row)
            if file:
                file.write(dump_row(row))
        if file:
            file.write(dump_end(End(count)))
    return report
