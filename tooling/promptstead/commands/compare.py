"""``promptstead compare``: two runs, two models of one run, or two revisions, paired case by case."""

from typing import TYPE_CHECKING

import click

from promptstead.commands.call_options import call_limits
from promptstead.commands.options import format_option, language_option, refuse_ignored, refuse_language_of_data
from promptstead.console.output import colour, echo, echo_data, plain
from promptstead.errors import FINDINGS, INTERRUPTED, OK, PromptsteadError
from promptstead.operations.calls.limits import CallLimits
from promptstead.operations.workspace.current import open_workspace
from promptstead.words.template import Language

if TYPE_CHECKING:
    from promptstead.verdicts.comparison import ComparisonReport


@click.command()
@click.argument("sources", nargs=-1, metavar="RUN RUN | A..B", required=True)
@format_option("text", "json", "junit", "csv", "md", packages=True)
@language_option
@click.option("--base-model", default="", metavar="MODEL", help="Compare only this model's answers of the base.")
@click.option("--head-model", default="", metavar="MODEL", help="Compare only this model's answers of the head.")
@click.option(
    "--live", is_flag=True, help="Ask the models for answers on both revisions, and stop once the result is clear."
)
@click.option(
    "--prompt", "prompts", multiple=True, metavar="ID", help="With --live, compare this prompt, changed or not."
)
@click.option(
    "--samples",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    help="With --live, ask for this many answers to each case.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="With --live, shuffle the cases with this seed; with --self-check, draw with it.",
)
@click.option(
    "--runs",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False),
    help="With --live, write base.run.jsonl and head.run.jsonl here; by default below .promptstead/runs.",
)
@click.option(
    "--self-check",
    "checking",
    is_flag=True,
    help="Shuffle base and head, and say how often each gate would raise a false alarm on these answers.",
)
@click.option(
    "--draws",
    type=click.IntRange(1, 1_000_000),
    default=1_000,
    show_default=True,
    help="With --self-check: how often they are shuffled.",
)
@call_limits
@click.option("--output", "-o", type=click.Path(dir_okay=False), help="Write the comparison to this file.")
def command(
    sources: tuple[str, ...],
    output_format: str,
    language: Language,
    base_model: str,
    head_model: str,
    live: bool,
    prompts: tuple[str, ...],
    samples: int,
    seed: int,
    folder: str | None,
    checking: bool,
    draws: int,
    limits: CallLimits,
    output: str | None,
) -> int:
    """Compare answers case by case and report what the difference shows, for each prompt and model.

    RUN RUN are two run files, base first. One RUN with --base-model and --head-model compares two of its models. `A..B`
    are two revisions: the recorded answers of every prompt that has some are replayed. No model is called without
    --live.

    With --live, the cases of the prompts that changed are asked on both revisions, in one random order. Four looks may
    end the comparison early; their bounds keep false alarms at 5 % over all of them. Both sides are kept as run files.

    With --self-check, nothing is decided about the head: each draw swaps base and head of a case, or not, by the toss
    of a coin, so that every claim is a false alarm. Exit 1 then means that the gate certainly raises more than 5 %.

    Exit 1 if the gate fails: on a regression, or if a hard evaluator or a `must_pass` case fails.
    """
    from promptstead.operations.reviewing.comparison import compare, rendered
    from promptstead.operations.workspace.plugin_formats import plugin_format, rendered_by
    from promptstead.report.comparison_json import FORMAT, comparison_json

    refuse_language_of_data(output_format)
    if len(sources) > 2:
        raise PromptsteadError("more than two things to compare", hint="name two run files, or `A..B`")
    plugin = plugin_format(output_format, FORMAT)
    if checking:
        refuse_ignored("live", where="with --self-check", hint="compare the run files that it wrote")
        if output_format not in ("text", "json"):
            raise PromptsteadError(f"--self-check has no format {output_format}", hint="it has text and json")
    else:
        refuse_ignored("draws", where="without --self-check", hint="add it")
    if live:
        from promptstead.operations.running.live_comparison import Asking, compare_live

        if len(sources) != 1 or sources[0].endswith(".jsonl") or base_model or head_model:
            raise PromptsteadError("--live compares two revisions", hint="write them as `A..B`, or name one")
        asked = compare_live(open_workspace(), sources[0], Asking(prompts, samples, seed, folder, limits))
        if asked is None:
            return INTERRUPTED
        report = asked
    else:
        names = ("prompts", "samples", "folder", *(() if checking else ("seed",)), *CallLimits._fields)
        refuse_ignored(*names, where="without --live", hint="add --live to ask the models")
        report = compare(open_workspace(), sources, base_model, head_model)
    if checking:
        return _self_check(report, draws, seed, output_format, language, output)
    paint = plain if output else colour()
    if plugin is not None:
        text = rendered_by(plugin, comparison_json(report)).removesuffix("\n")
    else:
        text = rendered(report, output_format, language, paint).removesuffix("\n")
    _put(text, output_format, output)
    return FINDINGS if report.blocks else OK


def _self_check(
    report: "ComparisonReport", draws: int, seed: int, output_format: str, language: Language, output: str | None
) -> int:
    from promptstead.escapes import json_text
    from promptstead.operations.reviewing.comparison_self_check import checked, self_check_json
    from promptstead.report.self_check_text import self_check_lines

    found = checked(report, draws, seed)
    if output_format == "json":
        text = json_text(self_check_json(report, found, seed)).removesuffix("\n")
    else:
        text = "\n".join(self_check_lines(report, found, language))
    _put(text, output_format, output)
    return FINDINGS if found[0].alarms_too_often else OK


def _put(text: str, output_format: str, output: str | None) -> None:
    from promptstead.storage.working_tree import write_report

    if output:
        write_report(output, text + "\n")
    else:
        (echo if output_format in ("text", "md") else echo_data)(text)
