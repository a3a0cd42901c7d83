"""``promptstead record``: ask models for the answers that are missing or stale; what they say waits for a person."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import click

from promptstead.commands.call_options import calling_options
from promptstead.commands.options import prompts_argument, refuse_ignored
from promptstead.config.settings import Config
from promptstead.console.output import echo, first_lines, plural, tell
from promptstead.console.progress import Progress
from promptstead.errors import FINDINGS, INTERRUPTED, OK, PromptsteadError, one_line
from promptstead.evaluators.shared.judges import judges_of
from promptstead.interrupts import Graceful
from promptstead.operations.limits import Calling, allowed_of, cost_of, used
from promptstead.operations.recording.judge_calls import Pairs, ask_judges, judged, left_of, take_judgements
from promptstead.operations.recording.judgements import Judging, refuse_unresolved_judges
from promptstead.operations.recording.recorded import in_ci, load_valid, refuse_unknown
from promptstead.operations.recording.recording import (
    Failure,
    Question,
    Recording,
    Wish,
    opener,
    request_for,
)
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import selected_paths
from promptstead.operations.workspace.workspace import Workspace
from promptstead.providers.budget import Limits, Totals
from promptstead.providers.pool import run
from promptstead.providers.protocol import ProviderError, Reply, Request

MAX_LINES = 20
Key = tuple[Recording, Question]


@click.command()
@prompts_argument
@click.option("--all", "everything", is_flag=True, help="Ask again where the accepted answer is up to date, too.")
@click.option("--case", "case_ids", multiple=True, metavar="ID", help="Only this case; may be repeated.")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="Ask this model instead of the prompt's own: an alias, or provider/model. May be repeated.",
)
@click.option(
    "--samples", type=click.IntRange(1, 100), default=1, show_default=True, help="How many answers to each case."
)
@click.option(
    "--judge-samples",
    type=click.IntRange(1, 100),
    default=1,
    show_default=True,
    help="How many judgements of each answer; two or more show how far a judge agrees with itself.",
)
@click.option("--no-judges", is_flag=True, help="Ask no judge about the answers.")
@calling_options
@click.option(
    "--from", "origin", metavar="PATH", help="Call nothing: take the answers of this file, or of all below this folder."
)
@click.option("--to", "folder", metavar="FOLDER", help="Write the answers below this folder: the way to go in CI.")
def command(
    prompts: tuple[str, ...],
    everything: bool,
    case_ids: tuple[str, ...],
    models: tuple[str, ...],
    samples: int,
    judge_samples: int,
    no_judges: bool,
    calling: Calling,
    origin: str | None,
    folder: str | None,
) -> int:
    """Ask the model for the answers that are missing or stale.

    What it says waits in `outputs.new.jsonl` beside the prompt until you accept it with `promptstead accept`; that file
    is yours alone, and Git ignores it. Each answer is on disk before the next is counted: when the command is stopped,
    the same command asks only for the rest. Answers that were cut off or filtered, and calls that failed, are listed
    and never recorded as good: exit 1.

    Then the judges of the prompts are asked about those answers, accepted or waiting, that have no judgement yet; what
    they say waits in `judgements.new.jsonl`, and is accepted with the answers.

    In CI nothing is written into the repository. There, `record --to FOLDER` gets the answers, and whoever has the
    folder takes them with `record --from FOLDER`: those whose requests are the ones that the prompts make now.
    """
    if in_ci() and folder is None:
        raise PromptsteadError(
            "in CI nothing is written into the repository", hint="record with --to FOLDER and keep that as an artifact"
        )
    if origin is not None:
        names = ("everything", "case_ids", "models", "samples", "judge_samples", "no_judges", *Calling._fields)
        refuse_ignored(*names, where="with --from", hint="it takes what fits, and asks nobody")
    if no_judges:
        refuse_ignored("judge_samples", where="with --no-judges", hint="leave one out")
    workspace = open_workspace(prompts)
    loaded = [load_valid(workspace, path) for path in selected_paths(workspace, prompts)]
    with ExitStack() as stack:
        recordings = [Recording(workspace, each, folder or "") for each in loaded]
        for recording in recordings:
            stack.callback(recording.close)
        refuse_unknown(case_ids, {case.id for each in recordings for case in each.requests.prompt.cases})
        for each in loaded if not no_judges else ():
            if judged(each):
                Judging(workspace, each, folder or "").close()  # what waits is read before anything is asked
        if origin is not None:
            return _take(workspace, list(zip(loaded, recordings, strict=True)), origin)
        for each, recording in zip(loaded, recordings, strict=True):
            if not no_judges:
                refuse_unresolved_judges(recording.requests.prompt, judges_of(each), workspace.config)
        limits = calling.limits(workspace.config)
        code, totals = _ask(workspace, recordings, Wish(case_ids, models, samples, everything), limits, folder)
        if no_judges or code == INTERRUPTED or not any(map(judged, loaded)):
            return code
        pairs = list(zip(loaded, recordings, strict=True))
        return max(code, ask_judges(workspace, pairs, case_ids, judge_samples, left_of(limits, totals), folder or ""))


def _take(workspace: Workspace, pairs: Pairs, origin: str) -> int:
    from promptstead.operations.recording.artifact import read_artifact

    attempts = read_artifact(origin)
    wanted: set[int] = set()
    for _, recording in pairs:
        taken, known, used = recording.take(attempts)
        wanted |= used
        if taken or known:
            here = f", {known:,} there already" if known else ""
            echo(f"{recording.location}: {plural(taken, 'answer')} taken{here}")
    left = len(attempts) - len(wanted)
    if left:
        tell(f"{plural(left, 'answer')} left out: no prompt makes their request now")
    take_judgements(workspace, pairs, origin)
    return OK


def _ask(
    workspace: Workspace, recordings: Sequence[Recording], wish: Wish, limits: Limits, folder: str | None
) -> tuple[int, Totals]:
    failures: list[Failure] = []
    asked: list[Key] = []
    for recording in recordings:
        if recording.questions(wish)[0]:
            recording.open()
        questions, broken = recording.questions(wish)
        asked += ((recording, question) for question in questions)
        failures += broken
    calls = sum(question.times for _, question in asked)
    if not calls:
        tell("nothing to ask: every answer is up to date, or waits to be accepted")
        return _report(recordings, failures, Totals(), folder), Totals()
    progress = Progress(calls)

    async def on_result(key: Key, outcome: Reply | ProviderError) -> None:
        recording, question = key
        why = str(outcome) if isinstance(outcome, ProviderError) else recording.keep(question, outcome)
        await recording.on_disk()
        if why:
            failures.append(Failure(recording.id, question.case.id, question.model, why))
        progress.count(
            failing=bool(why), cost=cost_of(recording.requests, question.model, outcome, workspace.config, limits)
        )

    tell(f"{plural(calls, 'call')} to make{allowed_of(calls, limits)}")
    try:
        with Graceful():
            calls_made = run(_requests(asked, workspace.config, failures), opener(workspace), limits, on_result)
            totals = asyncio.run(calls_made)
    except KeyboardInterrupt:
        progress.end()
        for recording in recordings:
            recording.sync()
        kept = sum(recording.written for recording in recordings)
        tell(f"stopped: {plural(kept, 'answer')} kept; the same command asks for the rest")
        return INTERRUPTED, Totals()
    finally:
        progress.end()
    return _report(recordings, failures, totals, folder), totals


def _requests(asked: Sequence[Key], config: Config, failures: list[Failure]) -> Iterator[tuple[Key, Request]]:
    """Yield every call; rendered as its turn comes, so that many large ones need not be held at once.

    What has no room any more is not asked, and is one of the *failures*.
    """
    for recording, question in asked:
        for _ in range(question.times):
            if why := recording.full:
                failures.append(Failure(recording.id, question.case.id, question.model, why))
                break
            yield (recording, question), request_for(recording.requests, config, question.case, question.model)


def _report(recordings: Sequence[Recording], failures: Sequence[Failure], totals: Totals, folder: str | None) -> int:
    written = [recording for recording in recordings if recording.written]
    for recording in written:
        echo(f"{recording.location}: {plural(recording.written, 'answer')} recorded")
    for line in first_lines((f"{each.prompt} {each.case} ({each.model}): {each.why}" for each in failures), MAX_LINES):
        tell(f"not recorded: {one_line(line)}" if not line.startswith("…") else line)
    if totals.requests:
        tell(used(totals))
    if written:
        tell("next: promptstead record --from that folder" if folder else "next: promptstead accept")
    return FINDINGS if failures else OK
