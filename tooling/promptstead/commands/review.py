"""``promptstead review``: the report of a pull request."""

from typing import TYPE_CHECKING

import click

from promptstead.commands.options import FormatName, language_option, refuse_ignored
from promptstead.console.output import colour, echo, echo_commands, echo_data, plain
from promptstead.errors import FINDINGS, OK, PromptsteadError
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.plugin_formats import plugin_format, rendered_by

if TYPE_CHECKING:
    from promptstead.plugins import Plugin
    from promptstead.report.review_document import ReviewDocument
    from promptstead.words.template import Language


@click.command()
@click.argument("revisions", metavar="[BASE..HEAD]", required=False)
@click.option(
    "--format",
    "output_format",
    type=FormatName(["text", "md", "json", "github", "html"]),
    help="Choose the output format; VENDOR/NAME is a format from a package.  [default: text on a terminal, else md]",
)
@language_option
@click.option("--output", "-o", type=click.Path(dir_okay=False), help="Write the report to this file.")
@click.option("--from", "origin", type=click.Path(), help="Take this JSON report instead of comparing revisions.")
@click.option(
    "--post",
    type=click.Choice(["github", "gitlab"]),
    help="Create or update the one comment on the pull or merge request.",
)
@click.option(
    "--request", type=click.IntRange(1), help="Set the number of the pull or merge request, if no CI job gives it."
)
@click.option("--bot", metavar="LOGIN", help="Set the account of a GitHub app whose token cannot look it up.")
@click.option("--dry-run", is_flag=True, help="Show the comment instead of posting it.")
def command(
    revisions: str | None,
    output_format: str | None,
    language: "Language",
    output: str | None,
    origin: str | None,
    post: str | None,
    request: int | None,
    bot: str | None,
    dry_run: bool,
) -> int:
    """Report what the change from BASE to HEAD does to prompts: words, contract, answers, scores, verdict.

    The recorded answers of both sides are replayed; no model is called and nothing else is written. `A...B` starts from
    the merge base, as a pull request does. One revision alone is compared with the working tree. Exit 1 if the change
    may not be merged: on a regression, a new error of the rules, or a hard evaluator or `must_pass` case that fails.
    The settings of BASE decide, so a change cannot switch off a rule that it breaks.

    `--post` writes the report as the one comment on the pull or merge request of this CI job, with the token in
    GITHUB_TOKEN or GITLAB_TOKEN. With `--from` the report comes from another job, whose exit code decided; this job
    exits 0 once the comment is right.
    """
    import os
    import sys

    output_format = output_format or ("text" if sys.stdout.isatty() and not output else "md")
    if (revisions is None) == (origin is None):
        raise PromptsteadError(
            "give either two revisions, BASE..HEAD, or a report with --from", hint="leave out one of the two"
        )
    if output_format == "json" and not post:
        refuse_ignored("language", where="with --format json", hint="leave it out: that format is for programs")
    if post and not output:
        refuse_ignored("output_format", where="with --post", hint="write that format to a file with --output FILE")
    if not post and (request or bot or dry_run):
        raise PromptsteadError("--request, --bot and --dry-run need --post", hint="add --post github or --post gitlab")
    if dry_run:
        refuse_ignored("request", "bot", where="with --dry-run", hint="a dry run looks nothing up")
    if post == "gitlab":
        refuse_ignored("bot", where="with --post gitlab", hint="GitLab tells whose token it is")
    from promptstead.report.review_document import FORMAT  # late, as every report

    plugin = plugin_format(output_format, FORMAT)
    if not post:
        document = _document(revisions, origin)
        _write(document, output_format, language, output, plugin)
        return FINDINGS if document["blocks"] else OK

    from promptstead.operations.reviewing import posted_comment as posting

    place = None if dry_run else posting.find_place(post, os.environ, bot or "")
    document = _document(revisions, origin)
    if output:
        _write(document, output_format, language, output, plugin)
    if place is None:
        posting.show(document, post, language)
    else:
        own = "" if origin else os.environ.get("GITHUB_SHA" if post == "github" else "CI_COMMIT_SHA", "")
        posting.post(document, place, request or 0, language=language, trusted_head=own)
    return FINDINGS if document["blocks"] and not origin else OK


def _document(revisions: str | None, origin: str | None) -> "ReviewDocument":
    from promptstead.operations.reviewing.review import read_document, review

    if origin is not None:
        return read_document(origin)
    assert revisions is not None
    return review(open_workspace(), revisions)


def _write(
    document: "ReviewDocument", output_format: str, language: "Language", output: str | None, plugin: "Plugin | None"
) -> None:
    from promptstead.operations.reviewing.review import rendered
    from promptstead.storage.working_tree import write_report

    if plugin is not None:
        text = rendered_by(plugin, document)
    else:
        text = rendered(document, output_format, language, plain if output else colour())
    if output:
        write_report(output, text)
    elif text:
        write = {"github": echo_commands, "json": echo_data, "html": echo_data}.get(
            output_format, echo if plugin is None else echo_data
        )
        write(text.rstrip("\n"))
