"""``promptstead eval``: judge the answers of prompts, models and samples, and keep what was found in a run file."""

from importlib import import_module
from typing import Any

import click

from promptstead.commands.call_options import call_limits
from promptstead.commands.options import format_option, language_option, prompts_argument, refuse_ignored
from promptstead.commands.run_options import chosen_form, report_option, selection_options
from promptstead.errors import PromptsteadError
from promptstead.operations.calls.limits import CallLimits
from promptstead.operations.running.run_result import FORMATS
from promptstead.operations.running.selection import Chosen
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import selected_paths
from promptstead.words.template import Language

SUBCOMMANDS = {"merge": "promptstead.commands.eval_merge", "show": "promptstead.commands.eval_show"}
"""Verb behind ``eval`` -> its module; any other first word is a prompt."""


class Evaluation(click.Command):
    """``eval PROMPTS``, with a few verbs of its own in the place of prompts."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Hand over to a verb where the first argument is one."""
        if args and args[0] in SUBCOMMANDS:
            verb: click.Command = import_module(SUBCOMMANDS[args[0]]).command
            return verb.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command(cls=Evaluation)
@prompts_argument
@click.option("--live", is_flag=True, help="Ask the models; without this option no model is called.")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="Use this model instead of the prompt's own or all recorded ones: an alias, provider/model, or as recorded;"
    " may be repeated.",
)
@click.option(
    "--samples",
    type=click.IntRange(1, 1000),
    help="With --live, ask for this many answers to each case (1 by default); in a replay, judge only the first ones.",
)
@selection_options
@click.option("--resume", metavar="RUN", help="Resume a live run that was stopped; ask only for the remaining answers.")
@click.option("--rescore", metavar="RUN", help="Judge this run's answers again with the current evaluators.")
@call_limits
@click.option(
    "--run-file",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write the run file here; by default below .promptstead/runs, and in CI not at all.",
)
@report_option
@format_option(*FORMATS, packages=True)
@language_option
@click.option("--quiet", "-q", is_flag=True, help="Write the run file and print only errors.")
def command(
    prompts: tuple[str, ...],
    live: bool,
    models: tuple[str, ...],
    samples: int | None,
    chosen: Chosen,
    resume: str | None,
    rescore: str | None,
    limits: CallLimits,
    run_file: str | None,
    output: str | None,
    output_format: str,
    language: Language,
    quiet: bool,
) -> int:
    """Judge the answers of PROMPTS (all by default) and report rates with intervals, by case, model and sample.

    Recorded answers are replayed. A case without an answer that is up to date is *not evaluated*; an evaluator that
    cannot judge an answer leaves it *unscored*. Both are counted with their reasons.

    With --live, models are asked for answers, and judges about those answers. What they say goes into the run file
    only, each answer as soon as it arrives. If a run was stopped, --resume asks for the rest. `promptstead record
    --from RUN` takes over its answers and judgements.

    `eval show RUN` shows a run again, also as a page, JUnit or CSV; `eval merge` joins the runs of shards.

    Exit 1 as `promptstead check` does: if a model answer fails a hard evaluator or a `must_pass` case, or a
    hand-written reference answer fails one of its evaluators. Other failures are rates, to be judged by comparing two
    runs. Exit 2 if a live run is incomplete: a call gave no answer, or a limit prevented one.
    """
    shown = chosen_form(output_format, quiet, language, output)
    if chosen.sample is None:
        refuse_ignored("seed", where="without --sample", hint="add --sample N")
    if rescore is not None:
        from promptstead.operations.running import rescored_run as rescoring

        given = {"PROMPTS": prompts, "--live": live, "--model": models, "--samples": samples, "--resume": resume}
        rescoring.refuse_options(given | {"a filter": chosen != Chosen(), "a limit": limits != CallLimits()})
        return rescoring.rescore(rescore, run_file, shown)
    if not live:
        if resume is not None:
            raise PromptsteadError("--resume asks models for the remaining answers", hint="add --live")
        if limits != CallLimits():
            raise PromptsteadError("limits on calls mean nothing in a replay", hint="add --live to ask the models")
    if resume is not None:
        if prompts or models or samples is not None or run_file is not None or chosen != Chosen():
            raise PromptsteadError("--resume takes the selection from its run", hint="leave out the other options")
        from promptstead.operations.running.live_evaluation import resume_run

        return resume_run(resume, limits, shown)
    workspace = open_workspace(prompts)
    paths = selected_paths(workspace, prompts)
    selection = chosen.selection()
    if live:
        from promptstead.operations.running.live_evaluation import start_run

        return start_run(workspace, paths, selection, models, samples or 1, run_file, limits, shown)
    from promptstead.operations.running.replayed_run import replay

    return replay(workspace, paths, selection, models, samples, run_file, shown)
