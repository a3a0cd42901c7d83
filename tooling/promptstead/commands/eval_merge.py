"""``promptstead eval merge``: the runs of shards joined into one."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from math import log
from typing import Any

import click

from promptstead.commands.options import format_option, language_option
from promptstead.commands.run_options import chosen_form, report_option
from promptstead.errors import PromptsteadError, one_line
from promptstead.operations.running.run_result import FORMATS
from promptstead.runs.case_filters import in_shard
from promptstead.runs.reader import RunReader
from promptstead.runs.writer import End, Row, Run, TakenJudgement
from promptstead.words.template import Language

MAX_RUNS = 1000
UNLIKELY = 1e6
"""One in how many honest shards may be refused as too small."""
SAME = ("mode", "samples", "commit", "dirty")


@click.command("merge")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--run-file", metavar="FILE", help="Write the merged run here.  [required]")
@report_option
@click.option("--partial", is_flag=True, help="Merge even when shards are missing, were stopped or hold too few cases.")
@format_option(*FORMATS, packages=True)
@language_option
@click.option("--quiet", "-q", is_flag=True, help="Write the run file and print only errors.")
def command(
    runs: tuple[str, ...],
    run_file: str | None,
    output: str | None,
    partial: bool,
    output_format: str,
    language: Language,
    quiet: bool,
) -> int:
    """Join the runs of shards (`eval --shard 1/4`, …) into one.

    The runs must have the same commit, prompts, selection and models. Each shard must be there once, have finished,
    hold only its own cases, and hold about as many as its share. Exit codes are those of `eval`.
    """
    from promptstead.operations.running.run_files import opened_run, refuse_existing
    from promptstead.operations.running.run_result import finish
    from promptstead.runs.writer import dump_end, dump_row, dump_run, dump_taken
    from promptstead.storage.replacement import replacing
    from promptstead.verdicts.run_report import RunReport

    if len(runs) > MAX_RUNS:
        raise PromptsteadError(f"more than {MAX_RUNS:,} runs")
    shown = chosen_form(output_format, quiet, language, output)
    if run_file is None:
        raise PromptsteadError("the merged run needs a file", hint="add --run-file FILE")
    refuse_existing(run_file, live=False)
    with ExitStack() as stack:
        readers = [stack.enter_context(opened_run(place)) for place in runs]
        run = merged([reader.run for reader in readers], runs, partial=partial)
        stopped = [
            _name(reader.run) for reader, place in zip(readers, runs, strict=True) if partial and _stopped(place)
        ]
        if stopped:
            run = run._replace(selection={**run.selection, "stopped_shards": stopped})
        report = RunReport(run, run_file, keep=shown.keep)
        file = stack.enter_context(replacing(run_file))
        file.write(dump_run(run))
        ends: list[End] = []
        for row in _rows(readers, runs, ends, partial=partial):
            if isinstance(row, TakenJudgement):
                file.write(dump_taken(row))
                continue
            report.add(row)
            file.write(dump_row(row))
        file.write(dump_end(_total(ends)))
    return finish(report, shown)


def merged(runs: Sequence[Run], places: Sequence[str], *, partial: bool) -> Run:
    """Return the first line of the joined run.

    :raises PromptsteadError: they are not the shards of one run.
    """
    first = runs[0]
    for run, place in zip(runs, places, strict=True):
        for name in SAME:
            if getattr(run, name) != getattr(first, name):
                raise _differs(f"`{name}` is {_shown(getattr(run, name))}, not {_shown(getattr(first, name))}", place)
        if run.prompts != first.prompts:
            raise _differs("the prompts, their cases or their evaluators differ", place)
        if run.selection != first.selection or run.shard[1] != first.shard[1]:
            raise _differs("another selection of cases, models or shards", place)
    count = first.shard[1]
    if count == 1 and len(runs) > 1:
        raise PromptsteadError(
            "these are whole runs, not shards", hint="run promptstead compare on them", location=places[1]
        )
    seen: dict[int, str] = {}
    for run, place in zip(runs, places, strict=True):
        if run.shard[0] in seen:
            raise PromptsteadError(
                f"shard {run.shard[0]}/{count} is given twice",
                hint=f"it is also in {seen[run.shard[0]]}",
                location=place,
            )
        seen[run.shard[0]] = place
    missing = [number for number in range(1, count + 1) if number not in seen]
    if missing and not partial:
        listed = ", ".join(f"{number}/{count}" for number in missing[:20])
        raise PromptsteadError(f"shards are missing: {listed}", hint="add them, or merge with --partial")
    selection = dict(first.selection) | (
        {"missing_shards": [f"{number}/{count}" for number in missing]} if missing else {}
    )
    return first._replace(started=min(run.started for run in runs), shard=(1, 1), selection=selection)


def _rows(
    readers: Sequence[RunReader], places: Sequence[str], ends: list[End], *, partial: bool
) -> Iterator[Row | TakenJudgement]:
    seen: set[tuple[str, str, str]] = set()
    counts: dict[str, int] = {}
    for reader, place in zip(readers, places, strict=True):
        count, cases = 0, set[tuple[str, str]]()
        for row in reader.lines():
            if isinstance(row, TakenJudgement):
                yield row
            if not isinstance(row, Row):
                continue
            key = row.prompt, row.result.case.id, row.result.model
            if key in seen:
                raise PromptsteadError(f"{one_line(' '.join(key), 200)} occurs twice", location=place)
            if not in_shard(*key[:2], reader.run.shard):
                raise PromptsteadError(
                    f"{one_line(' '.join(key), 200)} belongs to another shard than {_name(reader.run)}", location=place
                )
            seen.add(key)
            cases.add(key[:2])
            count += 1
            yield row
        if reader.end is None and not partial:
            raise PromptsteadError(
                "this run was stopped",
                hint="resume it with eval --live --resume, or merge with --partial",
                location=place,
            )
        ends.append(reader.end or End(count, cost=None))
        if reader.end is not None:
            counts[place] = len(cases)
    if not partial:
        _refuse_emptied(counts)


def _refuse_emptied(counts: Mapping[str, int]) -> None:
    """Refuse shards of which one holds fewer cases than chance gives: a hash deals them out evenly.

    The bound on that chance is Chernoff's.

    :raises PromptsteadError: one does.
    """
    total = sum(counts.values())
    for place, count in counts.items():
        share, fair = count / total if total else 0.0, 1 / len(counts)
        if share >= fair:
            continue
        distance = (share * log(share / fair) if share else 0.0) + (1 - share) * log((1 - share) / (1 - fair))
        if total * distance > log(UNLIKELY):
            raise PromptsteadError(
                f"this shard holds {count:,} of {total:,} cases, where about {total // len(counts):,} belong to it",
                hint="evaluate the shard again, or merge with --partial",
                location=place,
            )


def _stopped(place: str) -> bool:
    """Tell whether the run has no last line."""
    from promptstead.operations.running.run_files import opened_run

    with opened_run(place) as reader:
        for _ in reader.lines():
            pass
        return reader.end is None


def _name(run: Run) -> str:
    return f"{run.shard[0]}/{run.shard[1]}"


def _total(ends: Sequence[End]) -> End:
    costs = [end.cost for end in ends]
    cost = None if None in costs else sum(cost for cost in costs if cost is not None)
    return End(
        sum(end.rows for end in ends),
        sum(end.requests for end in ends),
        sum(end.input for end in ends),
        sum(end.output for end in ends),
        cost,
    )


def _differs(what: str, place: str) -> PromptsteadError:
    return PromptsteadError(f"this is not a shard of the same run: {what}", location=place)


def _shown(value: Any) -> str:
    return one_line(str(value), 80)
