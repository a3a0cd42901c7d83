"""``promptstead diff``: what changed, semantically."""

import click

from promptstead.commands.options import format_option, language_option, prompts_argument, refuse_language_of_data
from promptstead.console.output import colour, echo, echo_json, tell
from promptstead.errors import OK
from promptstead.operations.workspace.current import open_workspace
from promptstead.report.numbers import counted
from promptstead.words.sentence import say_in
from promptstead.words.template import Language


@click.command()
@click.argument("revisions", metavar="BASE..HEAD")
@prompts_argument
@click.option(
    "--rendered",
    "whole",
    is_flag=True,
    help="Show rendered messages, one case for each group of cases that change alike.",
)
@click.option("--no-index", is_flag=True, help="Compare two files, OLD and NEW, in any folder; for git difftool.")
@format_option("text", "json")
@language_option
def command(
    revisions: str, prompts: tuple[str, ...], whole: bool, no_index: bool, output_format: str, language: Language
) -> int:
    """Show what changed in prompts from BASE to HEAD.

    `A..B` compares two revisions. `A...B` compares B with the merge base of both. One revision alone is compared with
    the working tree. Comments and layout do not count as changes; a changed partial shows up in every prompt that
    includes it. Each case that both sides have is rendered on both; --rendered shows the resulting messages.
    """
    from promptstead.operations.reviewing.diff import diff_files, diff_revisions
    from promptstead.report.diff_text import as_lines, rendered_lines
    from promptstead.report.review_json import change_json, rendered_json

    refuse_language_of_data(output_format)
    label, changes, unreadable = (
        diff_files(revisions, *prompts) if no_index else diff_revisions(open_workspace(), revisions, prompts)
    )
    if output_format == "json":
        changed = [{**change_json(change), "rendered": rendered_json(rendered)} for change, rendered in changes]
        echo_json({"format": "promptstead/diff/v2", "range": label, "prompts": changed, "unreadable": unreadable})
        return OK
    for change, rendered in changes:
        shown = as_lines(change, language, colour())
        for line in (*shown, *rendered_lines(rendered, language, whole=whole, paint=colour())):
            echo(line)
    said = say_in(language, "listings.prompts-changed", range=label, n=len(changes))
    broken = f", {counted(language, 'not valid', len(unreadable))}" if unreadable else ""
    tell(said + broken)
    return OK
