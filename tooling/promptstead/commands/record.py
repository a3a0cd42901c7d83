"""``promptstead record``: ask models for the answers that are missing or stale; what they say waits for a person."""

import click

from promptstead.commands.call_options import call_limits
from promptstead.commands.options import prompts_argument, refuse_ignored
from promptstead.errors import PromptsteadError
from promptstead.operations.calls.limits import CallLimits
from promptstead.operations.recording.answers_to_ask import Wish
from promptstead.operations.recording.record_calls import judge, record, take
from promptstead.operations.recording.recorded_answers import in_ci, load_valid
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import selected_paths


@click.command()
@prompts_argument
@click.option("--all", "everything", is_flag=True, help="Ask again even if the accepted answer is up to date.")
@click.option("--case", "case_ids", multiple=True, metavar="ID", help="Ask only about this case; may be repeated.")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="Ask this model instead of the prompt's own: an alias or provider/model; may be repeated.",
)
@click.option(
    "--samples",
    type=click.IntRange(1, 100),
    default=1,
    show_default=True,
    help="Ask for this many answers to each case.",
)
@click.option(
    "--judge-samples",
    type=click.IntRange(1, 100),
    default=1,
    show_default=True,
    help="Ask for this many judgements of each answer; two or more show how far a judge agrees with itself.",
)
@click.option("--no-judges", is_flag=True, help="Do not ask judges about the answers.")
@click.option(
    "--judges", "judges_only", is_flag=True, help="Ask only judges, about the answers that are there; ask for none."
)
@call_limits
@click.option(
    "--from",
    "origin",
    metavar="PATH",
    help="Call no model; take the answers from this file, or from all files below this folder.",
)
@click.option("--to", "folder", metavar="FOLDER", help="Write the answers below this folder; use this in CI.")
def command(
    prompts: tuple[str, ...],
    everything: bool,
    case_ids: tuple[str, ...],
    models: tuple[str, ...],
    samples: int,
    judge_samples: int,
    no_judges: bool,
    judges_only: bool,
    limits: CallLimits,
    origin: str | None,
    folder: str | None,
) -> int:
    """Ask models for the answers that are missing or stale.

    Answers are pending in `outputs.new.jsonl` beside the prompt until you accept them with `promptstead accept`. That
    file is yours alone; Git ignores it. Each answer is on disk before the next one counts: if the command is stopped,
    run it again and it asks only for the rest. Failed calls, and answers that were cut off or filtered, are listed,
    never recorded as good, and give exit code 1.

    Then the judges of the prompts are asked about accepted and pending answers that have no judgement yet. Their
    judgements are pending in `judgements.new.jsonl`, and are accepted with the answers. With --judges this is all that
    is done: the prompt's own model is not asked and may be unknown here.

    In CI, nothing is written into the repository. Use `record --to FOLDER` there, and `record --from FOLDER` afterwards
    to take those answers whose requests the prompts still make.
    """
    if in_ci() and folder is None:
        raise PromptsteadError(
            "in CI nothing is written into the repository",
            hint="record with --to FOLDER, and keep the folder as an artifact",
        )
    if origin is not None:
        names = ("everything", "case_ids", "models", "samples", "judge_samples", "no_judges", "judges_only")
        hint = "it takes recorded answers and asks no model"
        refuse_ignored(*names, *CallLimits._fields, where="with --from", hint=hint)
    if judges_only:
        hint = "it asks for no answers, only for judgements"
        refuse_ignored("everything", "models", "samples", "no_judges", where="with --judges", hint=hint)
    if no_judges:
        refuse_ignored("judge_samples", where="with --no-judges", hint="leave out one of the two")
    workspace = open_workspace(prompts)
    loaded = [load_valid(workspace, path) for path in selected_paths(workspace, prompts)]
    if origin is not None:
        return take(workspace, loaded, origin, folder or "")
    if judges_only:
        return judge(workspace, loaded, case_ids, judge_samples, limits, folder or "")
    wish = Wish(case_ids, models, samples, everything)
    return record(workspace, loaded, wish, 0 if no_judges else judge_samples, limits, folder or "")
