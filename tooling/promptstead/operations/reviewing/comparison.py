"""What ``compare`` compares: the arguments, as a report."""

import os

from promptstead.errors import PromptsteadError
from promptstead.operations.running.run_files import opened_run
from promptstead.operations.workspace.workspace import Workspace
from promptstead.report.diff_text import Paint
from promptstead.verdicts.comparison import ComparisonReport, RunContent, compare_revisions, compare_runs
from promptstead.words.template import Language


def compare(workspace: Workspace, sources: tuple[str, ...], base_model: str, head_model: str) -> ComparisonReport:
    """Return the comparison that the arguments ask for.

    :raises PromptsteadError: they are neither run files nor revisions, or what they name cannot be read.
    """
    runs = [_is_run(source) for source in sources]
    if all(runs):
        if len(sources) == 1 and not (base_model and head_model):
            raise PromptsteadError(
                "one run alone cannot be compared",
                hint="add a second run, or name two models of this one with --base-model and --head-model",
                location=sources[0],
            )
        base = _read(sources[0])
        head = _read(sources[1]) if len(sources) == 2 else base
        return compare_runs(base, head, workspace.config, base_model=base_model, head_model=head_model)
    if any(runs) or len(sources) == 2:
        raise PromptsteadError(
            "compare takes two run files or one range of revisions", hint="write revisions as `A..B`"
        )
    if base_model or head_model:
        raise PromptsteadError("--base-model and --head-model need run files")
    return _revisions(workspace, sources[0])


def rendered(report: ComparisonReport, form: str, language: Language, paint: Paint) -> str:
    """Return the comparison as text or Markdown in *language*, JSON, JUnit or CSV; *paint* colours the text."""
    if form == "json":
        from promptstead.escapes import json_text
        from promptstead.report.comparison_json import comparison_json

        return json_text(comparison_json(report))
    if form == "junit":
        from promptstead.report.comparison_junit import comparison_junit

        return comparison_junit(report)
    if form == "csv":
        from promptstead.report.comparison_csv import comparison_csv

        return comparison_csv(report)
    if form == "md":
        from promptstead.report.comparison_markdown import comparison_markdown

        return comparison_markdown(report, language)
    from promptstead.report.comparison_text import comparison_lines

    return "\n".join(comparison_lines(report, language, paint))


def _revisions(workspace: Workspace, text: str) -> ComparisonReport:
    from promptstead.operations.workspace.out_of_sight import tell_out_of_sight
    from promptstead.operations.workspace.revisions import all_prompts, open_revisions

    with open_revisions(workspace, text) as opened:
        tell_out_of_sight(opened.base, opened.head, opened.changed)
        base, _, head = opened.label.partition("..")
        policy = opened.base.config  # a change does not choose the policy that it is judged by
        pairs = ((pair.base, pair.head) for pair in all_prompts(opened))
        return compare_revisions(base, head, pairs, policy)


def _is_run(argument: str) -> bool:
    """Tell whether an argument means a run file and no revision."""
    return argument.endswith(".jsonl") or os.path.isfile(argument)


def _read(path: str) -> RunContent:
    """Return a run whole, in memory: its rows are paired with another's."""
    with opened_run(path) as reader:
        rows = tuple(reader.rows())
        return RunContent(path, reader.run, rows, reader.end)
