"""``promptstead lint``: the static rules."""

import click

from promptstead.commands.findings_options import result_options
from promptstead.commands.options import language_option, prompts_argument, refuse_ignored, refuse_language_of_data
from promptstead.console.output import tell
from promptstead.errors import FINDINGS, OK, PromptsteadError
from promptstead.operations.reviewing.findings_output import findings_text, shows_summary, write_result
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.plugin_formats import plugin_format, rendered_by
from promptstead.operations.workspace.selected_prompts import selected_paths, tell_passed_over
from promptstead.words.template import Language


@click.command()
@prompts_argument
@click.option(
    "--select",
    multiple=True,
    metavar="CODES",
    help="Run only these rules, by code or prefix; comma-separated or repeated.",
)
@click.option("--ignore", multiple=True, metavar="CODES", help="Skip these rules, by code or prefix.")
@click.option(
    "--write-baseline", is_flag=True, help="Write the current findings to the baseline, so that only new ones count."
)
@click.option("--no-baseline", is_flag=True, help="Also show findings that the baseline allows.")
@click.option("--no-cache", is_flag=True, help="Lint every prompt again, even if it was clean and has not changed.")
@click.option("--fix", is_flag=True, help="Apply fixes that keep the meaning, then lint.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff, also apply fixes that you should review.")
@click.option(
    "--diff",
    "show_diff",
    is_flag=True,
    help="Show what --fix would change, and write nothing; exit 1 if anything would change.",
)
@result_options
@language_option
def command(
    prompts: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    write_baseline: bool,
    no_baseline: bool,
    no_cache: bool,
    fix: bool,
    unsafe_fixes: bool,
    show_diff: bool,
    output_format: str,
    output: str | None,
    language: Language,
) -> int:
    """Check prompt files against the rules.

    PROMPTS are ids, files or folders; by default every prompt in the repository. Exit 1 if there is an error.

    Formats for other programs: sarif for code scanning, github for annotations in GitHub Actions, gitlab for GitLab's
    Code Quality, rdjson for reviewdog.
    """
    from promptstead.lint.engine import failing
    from promptstead.operations.reviewing.lint_run import (
        baseline_path,
        fixed,
        lint_prompts,
        read_baseline,
        show_fixes,
        write_fixes,
    )
    from promptstead.report.findings_text import as_json, as_text, summary

    if write_baseline and prompts:
        raise PromptsteadError("a baseline covers every prompt of the repository", hint="leave out PROMPTS")
    if write_baseline or show_diff:
        where = "with --write-baseline" if write_baseline else "with --diff"
        refuse_ignored("output_format", "output", "language", where=where, hint="leave it out")
    refuse_language_of_data(output_format)
    workspace = open_workspace(prompts)
    plugin = plugin_format(output_format, "promptstead/lint/v1", workspace)
    if write_baseline:
        read_baseline(workspace)  # what is no baseline is not written over
    paths = selected_paths(workspace, prompts)
    if fix or show_diff:
        done = fixed(workspace, paths, _codes(select), _codes(ignore), unsafe=unsafe_fixes)
        if show_diff:
            show_fixes(workspace, done)
            return FINDINGS if done.files else OK
        write_fixes(workspace, done, language)
        workspace = open_workspace(prompts)
    elif unsafe_fixes:
        raise PromptsteadError("--unsafe-fixes needs --fix or --diff", hint="add one of them")
    if not prompts:
        tell_passed_over(workspace)
    run = lint_prompts(
        workspace,
        paths,
        _codes(select),
        _codes(ignore),
        use_baseline=not (no_baseline or write_baseline),
        use_cache=not no_cache,
    )
    if write_baseline:
        from promptstead.lint.baseline import dump_baseline

        path = baseline_path(workspace.config)
        workspace.tree.write(path, dump_baseline(run.findings))
        tell(f"{path}: {len(run.findings)} findings are allowed from now on")
        return OK
    if output_format == "json" or plugin is not None:
        from promptstead.escapes import json_text

        document = as_json(run.findings, prompts=len(paths), allowed=run.allowed)
        text = json_text(document) if plugin is None else rendered_by(plugin, document)
    elif output_format == "text":
        text = "".join(f"{block}\n" for block in as_text(run.findings, language))
    else:
        text = findings_text(workspace, run.findings, output_format, language)
    write_result(text, output_format, output)
    if shows_summary(output_format, output):
        tell(summary(run.findings, len(paths), run.allowed, language))
    return FINDINGS if failing(run.findings, workspace.config) else OK


def _codes(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code.strip().upper() for value in values for code in value.split(",") if code.strip())
