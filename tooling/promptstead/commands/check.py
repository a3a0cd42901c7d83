"""``promptstead check``: the main job."""

from itertools import chain

import click

from promptstead.commands.findings_options import result_options
from promptstead.commands.options import language_option, prompts_argument, refuse_language_of_data
from promptstead.console.output import colour, plain, tell
from promptstead.errors import FINDINGS, OK, PromptsteadError
from promptstead.escapes import json_text
from promptstead.model import STAGES, Json, Stage
from promptstead.operations.reviewing.check import check
from promptstead.operations.reviewing.findings_output import findings_text, shows_summary, write_result
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.plugin_formats import plugin_format, rendered_by
from promptstead.operations.workspace.selected_prompts import selected_paths, tell_passed_over
from promptstead.report.check_json import FORMAT, check_json, totals_json
from promptstead.report.check_text import CheckText, counterexamples_line, total_line
from promptstead.report.findings_text import as_text, finding_json, summary
from promptstead.words.sentence import say_in
from promptstead.words.template import Language


@click.command()
@prompts_argument
@click.option(
    "--stage",
    type=click.Choice(STAGES),
    default="edit",
    show_default=True,
    help="Set how strict to be: while editing, in a pull request, or for a release.",
)
@click.option(
    "--verbose",
    "-v",
    is_flag=True,
    help="Show the rate of every evaluator, and more of the cases that failed or were not evaluated.",
)
@click.option(
    "--base",
    metavar="REVISION",
    help="Compare with this revision, for a review or a release; by default the merge base with the default branch.",
)
@click.option(
    "--no-lint", "answers_only", is_flag=True, help="Only the recorded answers, where `lint` says what the rules find."
)
@result_options
@language_option
def command(
    prompts: tuple[str, ...],
    stage: Stage,
    verbose: bool,
    base: str | None,
    answers_only: bool,
    output_format: str,
    output: str | None,
    language: Language,
) -> int:
    """Lint prompts, replay their recorded answers through the evaluators, and list what is stale.

    This works offline: no model is called and nothing is written.

    Exit 1 if a rule finds an error, a hand-written reference answer fails one of its evaluators, a counterexample
    passes an evaluator that must catch it, or a model answer fails a hard evaluator or a `must_pass` case. For a
    release, also exit 1 if a case has no answer that is up to date. Other failing cases are reported as rates;
    `promptstead review` judges them by comparing two revisions. The formats sarif, github, gitlab and rdjson hold the
    findings of the rules only, nothing about the cases.
    """
    if base is not None and stage == "edit":
        raise PromptsteadError("--base needs a stage that compares revisions", hint="add --stage review")
    refuse_language_of_data(output_format)
    workspace = open_workspace(prompts)
    plugin = plugin_format(output_format, FORMAT, workspace)
    paths = selected_paths(workspace, prompts)
    words = CheckText(
        language,
        plain if output is not None else colour(),
        verbose=verbose,
        show_missing=verbose or stage == "release",
    )
    documents: list[Json] = []
    if not prompts:
        tell_passed_over(workspace)
    if output_format == "text":
        done = check(workspace, paths, stage, base, words.add, rules=not answers_only)
        text = "".join(f"{line}\n" for line in chain(words.lines(), as_text(done.findings, language)))
    elif output_format == "json" or plugin is not None:
        done = check(
            workspace, paths, stage, base, lambda found: documents.append(check_json(found)), rules=not answers_only
        )
        findings = [finding_json(finding) for finding in done.findings]
        totals = totals_json(done.cases, done.counts, done.counterexamples)
        document = {"format": FORMAT, "prompts": documents, "totals": totals, "stage": stage, "findings": findings}
        text = json_text(document) if plugin is None else rendered_by(plugin, document)
    else:
        done = check(workspace, paths, stage, base, rules=not answers_only)
        text = findings_text(workspace, done.findings, output_format, language)
    write_result(text, output_format, output)
    if shows_summary(output_format, output):
        answers = total_line(done.cases, done.counts, language)
        if done.counterexamples:
            answers += f" · {counterexamples_line(done.counterexamples, language)}"
        found = summary(done.findings, len(paths), done.allowed, language)
        tell(answers if answers_only else f"{found} · {answers}")
    if done.pending:
        tell(say_in(language, "listings.pending", n=done.pending))
    if done.notes_gone:
        tell(say_in(language, "listings.notes-gone", n=done.notes_gone))
    return FINDINGS if done.fails else OK
