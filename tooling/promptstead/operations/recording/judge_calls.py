"""``promptstead record``, second half: ask the judges about the answers that are there."""

import asyncio
from collections.abc import Sequence

from promptstead.console.output import echo, first_lines, plural, tell
from promptstead.console.progress import Progress
from promptstead.errors import FINDINGS, INTERRUPTED, OK, one_line
from promptstead.evaluators.shared.judges import Ask
from promptstead.interrupts import Graceful
from promptstead.operations.limits import allowed_of
from promptstead.operations.recording.judgements import Judging, current, judge_requests
from promptstead.operations.recording.recording import Failure, Recording, opener
from promptstead.operations.workspace.workspace import Workspace
from promptstead.prompts.loaded import Loaded
from promptstead.providers.budget import Limits, Totals
from promptstead.providers.pool import run
from promptstead.providers.protocol import ProviderError, Reply

MAX_LINES = 20
Key = tuple[Judging, Ask]
Pairs = Sequence[tuple[Loaded, Recording]]


def ask_judges(
    workspace: Workspace, pairs: Pairs, case_ids: Sequence[str], samples: int, limits: Limits, folder: str
) -> int:
    """Ask for every judgement that the answers of the prompts lack, accepted or pending; return the exit code.

    :param samples: how many judgements of each answer.
    """
    judgings = [
        (Judging(workspace, loaded, folder), loaded, recording) for loaded, recording in pairs if judged(loaded)
    ]
    asked: list[tuple[Judging, Ask, int]] = []
    failures: list[Failure] = []
    try:
        for judging, loaded, recording in judgings:
            answers = [
                (case, sample)
                for case, sample in current(loaded, recording.outputs())
                if not case_ids or case.id in case_ids
            ]
            if judging.asks(answers, samples):
                judging.open()
                asked += ((judging, ask, times) for ask, times in judging.asks(answers, samples))
        calls = sum(times for _, _, times in asked)
        if not calls:
            return OK
        progress = Progress(calls)

        async def on_result(key: Key, outcome: Reply | ProviderError) -> None:
            judging, ask = key
            why = str(outcome) if isinstance(outcome, ProviderError) else judging.keep(ask, outcome)
            await judging.on_disk()
            if why:
                failures.append(Failure(judging.id, ask.case, ask.judge.model, f"judge {ask.judge.id}: {why}"))
            progress.count(failing=bool(why), cost=None)

        tell(f"{plural(calls, 'judgement')} to ask for{allowed_of(calls, limits)}")
        try:
            with Graceful():
                asyncio.run(run(judge_requests(workspace.config, asked), opener(workspace), limits, on_result))
        except KeyboardInterrupt:
            for judging, _, _ in judgings:
                judging.sync()
            kept = sum(judging.written for judging, _, _ in judgings)
            tell(f"stopped: {plural(kept, 'judgement')} kept; the same command asks for the rest")
            return INTERRUPTED
        finally:
            progress.end()
        return _report([judging for judging, _, _ in judgings], failures, folder)
    finally:
        for judging, _, _ in judgings:
            judging.close()


def take_judgements(workspace: Workspace, pairs: Pairs, origin: str) -> None:
    """Take the judgements below the folder *origin* of the answers that are there now.

    :raises PromptsteadError: one of those files holds something else.
    """
    from promptstead.operations.recording.artifact import read_judgements

    found = read_judgements(origin)
    for loaded, recording in pairs if found else ():
        if judged(loaded):
            judging = Judging(workspace, loaded)
            try:
                taken = judging.take(found, list(current(loaded, recording.outputs())))
            finally:
                judging.close()
            if taken:
                echo(f"{judging.location}: {plural(taken, 'judgement')} taken")


def judged(loaded: Loaded) -> bool:
    """Tell whether a prompt or one of its cases has a judge."""
    prompt = loaded.prompt
    return prompt is not None and any(spec.type == "judge" for spec in prompt.every_evaluator())


def left_of(limits: Limits, used: Totals) -> Limits:
    """Return what is left of *limits* after *used*; a limit that is reached lets nothing more through."""
    requests = None if limits.requests is None else max(0, limits.requests - used.requests)
    tokens = None if limits.tokens is None else max(0, limits.tokens - used.input - used.output)
    cost = None if limits.cost is None else max(0.0, limits.cost - used.cost)
    return limits._replace(requests=requests, tokens=tokens, cost=cost)


def _report(judgings: Sequence[Judging], failures: Sequence[Failure], folder: str) -> int:
    for judging in judgings:
        if judging.written:
            echo(f"{judging.location}: {plural(judging.written, 'judgement')} recorded")
    lines = (f"{each.prompt} {each.case} ({each.model}): {each.why}" for each in failures)
    for line in first_lines(lines, MAX_LINES):
        tell(f"not recorded: {one_line(line)}" if not line.startswith("…") else line)
    if any(judging.written for judging in judgings):
        tell("next: promptstead record --from that folder" if folder else "next: promptstead accept")
    return FINDINGS if failures else OK
