"""Which cases a run takes, and how its result is shown, as options."""

import click

from promptstead.commands.option_group import option_group
from promptstead.commands.options import Decorated, refuse_ignored, refuse_language_of_data
from promptstead.errors import PromptsteadError
from promptstead.operations.running.run_result import Shown
from promptstead.operations.running.selection import Chosen
from promptstead.operations.workspace.plugin_formats import plugin_format
from promptstead.plugins import is_plugged
from promptstead.words.template import Language

_OPTIONS = (
    click.option("--tag", "tags", multiple=True, metavar="TAG", help="Use only cases with this tag; !TAG skips them."),
    click.option("--case", "ids", multiple=True, metavar="ID", help="Use only this case; * and ? match several."),
    click.option(
        "--sample",
        type=click.IntRange(1),
        metavar="N",
        help="Use only this many cases of each prompt, drawn at random.",
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="Draw the sample with this seed."),
    click.option("--failed", metavar="RUN", help="Use only the cases that did not pass in this run."),
    click.option("--shard", default="", metavar="I/N", help="Use only part I of N; `eval merge` joins the runs."),
)


selection_options = option_group("chosen", Chosen, Chosen._fields, _OPTIONS)
"""Adds the filters; the command gets them as one argument ``chosen``."""


def report_option(command: Decorated) -> Decorated:
    """Add ``--output``: where the report goes, as with every command; the run file has an option of its own."""
    return click.option(
        "--output",
        "-o",
        metavar="FILE",
        type=click.Path(dir_okay=False),
        help="Write the report to this file instead of stdout.",
    )(command)


def chosen_form(output_format: str, quiet: bool, language: Language, output: str | None) -> Shown:
    """Return how the running command shows its result, and where.

    :param output: the file that ``--output`` names.
    :raises PromptsteadError: an option would be ignored, *output* is the name of a run file, or a format of a package
        cannot be had.
    """
    if output is not None and output.endswith(".run.jsonl" if is_plugged(output_format) else ".jsonl"):
        message = "--output says where the report goes, and this is the name of a run file"
        raise PromptsteadError(message, hint="name the run file with --run-file", location=output)
    if quiet:
        refuse_ignored("output_format", "language", "output", where="with --quiet", hint="leave out one of the two")
    refuse_language_of_data(output_format)
    from promptstead.report.run_json import FORMAT  # it knows the statistics, which a page of help does without

    return Shown(output_format, quiet, language, plugin_format(output_format, FORMAT), output)
