"""The calls of ``promptstead record``: answers that are missing or stale, then what judges say of those that are there.

Both are kept until a person accepts them.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from typing import Generic, TypeVar

from promptstead.console.output import echo, first_lines, plural, tell
from promptstead.errors import FINDINGS, INTERRUPTED, OK, one_line
from promptstead.evaluators.shared.judge_requests import Ask, judges_of
from promptstead.operations.calls.call_queue import CallQueue
from promptstead.operations.calls.limits import CallLimits, used
from promptstead.operations.calls.session import CallSession
from promptstead.operations.recording.answers_to_ask import AnswersToAsk, Failure, Question, Wish, request_for
from promptstead.operations.recording.pending_judgements import (
    PendingJudgements,
    current,
    has_judges,
    refuse_unresolved_judges,
)
from promptstead.operations.recording.recorded_answers import refuse_unknown
from promptstead.operations.workspace.workspace import Workspace
from promptstead.prompts.loaded import Loaded
from promptstead.providers.provider import ProviderError, Reply, Request

MAX_LINES = 20
Judged = tuple[Loaded, AnswersToAsk, PendingJudgements]
"""A prompt with judges, its answers and its judgements."""
Recorder = AnswersToAsk | PendingJudgements
"""Keeps on disk what models say about one prompt."""
Key = TypeVar("Key")


class KeptCalls(Generic[Key]):
    """The calls about one prompt: an asker, whose recorder keeps what comes, and whose *failures* say what does not.

    :param request: makes the call; None where it is left out.
    :param failed: what is said of a call that gave nothing to keep, and why.
    """

    def __init__(
        self,
        recorder: Recorder,
        keep: Callable[[Key, Reply], str | None],
        request: Callable[[Key], Request | None],
        failed: Callable[[Key, str], Failure],
        failures: list[Failure],
    ) -> None:
        self.recorder, self.request = recorder, request
        self.on_disk, self.sync = recorder.on_disk, recorder.sync
        self._keep, self._failed, self._failures = keep, failed, failures

    def take(self, key: Key, outcome: Reply | ProviderError, cost: float | None) -> bool:
        """Keep what came of a call, or why nothing did; return whether it is of use."""
        why = str(outcome) if isinstance(outcome, ProviderError) else self._keep(key, outcome)
        if why:
            self._failures.append(self._failed(key, why))
        return not why


def record(
    workspace: Workspace, prompts: Sequence[Loaded], wish: Wish, judge_samples: int, limits: CallLimits, folder: str
) -> int:
    """Ask for the answers and judgements that *prompts* lack, say what came, and return the exit code.

    :param judge_samples: how many judgements of each answer; 0 asks no judge.
    :param folder: where what came goes; empty for beside the prompts.
    :raises PromptsteadError: something cannot be asked at all, or what came cannot be written.
    """
    with ExitStack() as stack:
        recordings = _recordings(stack, workspace, prompts, folder)
        refuse_unknown(wish.case_ids, {case.id for each in recordings for case in each.requests.prompt.cases})
        judgings = _judgings(stack, workspace, prompts, recordings, folder) if judge_samples else []
        for each, recording, _ in judgings:
            refuse_unresolved_judges(recording.requests.prompt, judges_of(each), workspace.config)
        session = stack.enter_context(CallSession(workspace, limits))
        code = _ask_models(session, recordings, wish)
        if code == INTERRUPTED:
            return code
        if session.totals.requests:
            tell(used(session.totals))
        _tell_next(recordings, folder)
        second = _ask_judges(session, judgings, wish.case_ids, judge_samples)
        if second != INTERRUPTED:
            _tell_next([judging for *_, judging in judgings], folder)
        return max(code, second)


def judge(
    workspace: Workspace,
    prompts: Sequence[Loaded],
    case_ids: Sequence[str],
    samples: int,
    limits: CallLimits,
    folder: str,
) -> int:
    """Ask for the judgements that the answers of *prompts* lack and for nothing else; return the exit code.

    :param case_ids: of the cases whose answers are judged; none for all.
    :param samples: how many judgements of each answer.
    :param folder: where answers are pending and judgements go; empty for beside the prompts.
    :raises PromptsteadError: a judge cannot be asked at all, or what came cannot be written.
    """
    with ExitStack() as stack:
        recordings = _recordings(stack, workspace, prompts, folder)
        refuse_unknown(case_ids, {case.id for each in recordings for case in each.requests.prompt.cases})
        judgings = _judgings(stack, workspace, prompts, recordings, folder)
        for each, recording, _ in judgings:
            refuse_unresolved_judges(recording.requests.prompt, judges_of(each), workspace.config, missing=True)
        session = stack.enter_context(CallSession(workspace, limits))
        code = _ask_judges(session, judgings, case_ids, samples, alone=True)
        if code != INTERRUPTED:
            if session.totals.requests:
                tell(used(session.totals))
            _tell_next([judging for *_, judging in judgings], folder)
        return code


def take(workspace: Workspace, prompts: Sequence[Loaded], origin: str, folder: str) -> int:
    """Take the answers and judgements below *origin* whose requests *prompts* make now; return the exit code.

    :param origin: a file or a folder.
    :param folder: where they go; empty for beside the prompts.
    :raises PromptsteadError: a file there holds something else, or what is taken cannot be written.
    """
    from promptstead.operations.recording.artifact import read_artifact, read_judgements

    with ExitStack() as stack:
        recordings = _recordings(stack, workspace, prompts, folder)
        judgings = _judgings(stack, workspace, prompts, recordings, folder)
        attempts = read_artifact(origin)
        wanted: set[int] = set()
        for recording in recordings:
            taken, known, indices = recording.take(attempts)
            wanted |= indices
            if taken or known:
                here = f", {known:,} there already" if known else ""
                echo(f"{recording.location}: {plural(taken, 'answer')} taken{here}")
        if left := len(attempts) - len(wanted):
            tell(f"{plural(left, 'answer')} left out: no prompt makes their request any more")
        judgements = read_judgements(origin)
        for loaded, recording, judging in judgings if judgements else ():
            if taken := judging.take(judgements, list(current(loaded, recording.outputs()))):
                echo(f"{judging.location}: {plural(taken, 'judgement')} taken")
    return OK


def _recordings(stack: ExitStack, workspace: Workspace, prompts: Sequence[Loaded], folder: str) -> list[AnswersToAsk]:
    return [stack.enter_context(closing(AnswersToAsk(workspace, each, folder))) for each in prompts]


def _judgings(
    stack: ExitStack, workspace: Workspace, prompts: Sequence[Loaded], recordings: Sequence[AnswersToAsk], folder: str
) -> list[Judged]:
    """Return those with judges; what waits of them is read before anything is asked."""
    return [
        (each, recording, stack.enter_context(closing(PendingJudgements(workspace, each, folder))))
        for each, recording in zip(prompts, recordings, strict=True)
        if has_judges(each)
    ]


def _ask_models(session: CallSession, recordings: Sequence[AnswersToAsk], wish: Wish) -> int:
    failures: list[Failure] = []
    wanted: list[tuple[KeptCalls[Question], Question]] = []
    talking: list[tuple[KeptCalls[Question], deque[Question]]] = []
    for recording in recordings:
        if recording.questions(wish)[0] or recording.shortened:
            recording.open()
        questions, broken = recording.questions(wish)
        if kept := recording.keep_shortened():
            recording.sync()
            echo(f"{recording.location}: {plural(kept, 'conversation')} kept without the turns that are gone")
        calls = _answer_calls(recording, failures)
        wanted += ((calls, question) for question in questions for _ in range(question.times))
        talking += [(calls, recording.further)] if any(question.talk for question in questions) else []
        failures += broken
    nothing = "nothing to ask: every answer is up to date, or waits to be accepted"
    todo = f"{plural(len(wanted), 'call')} to make" if wanted else nothing
    more = ", and what conversations then ask for" if talking else ""
    return _ask(session, "answer", todo + more, wanted, failures, talking)


def _answer_calls(recording: AnswersToAsk, failures: list[Failure]) -> KeptCalls[Question]:
    def request(question: Question) -> Request | None:
        if recording.full:
            failure = failed(question, recording.full)
            if failures[-1:] != [failure]:  # said once, however often it would have been asked
                failures.append(failure)
            return None
        return request_for(recording.requests, question.case, question.model, question.transcript)

    def failed(question: Question, why: str) -> Failure:
        return Failure(recording.id, question.case.id, question.model, why)

    return KeptCalls(recording, recording.keep, request, failed, failures)


def _ask_judges(
    session: CallSession,
    prompts: Sequence[Judged],
    case_ids: Sequence[str],
    samples: int,
    *,
    alone: bool = False,
) -> int:
    """Ask for judgements. Where they are all that is asked for (*alone*), that there is nothing to ask is said."""
    count = 0
    failures: list[Failure] = []
    wanted: list[tuple[KeptCalls[Ask], Ask]] = []
    for loaded, recording, judging in prompts:
        answers = [
            (case, sample)
            for case, sample in current(loaded, recording.outputs())
            if not case_ids or case.id in case_ids
        ]
        count += len(answers)
        if judging.asks(answers, samples):
            judging.open()
            calls = _judge_calls(judging, failures)
            wanted += ((calls, each) for each, times in judging.asks(answers, samples) for _ in range(times))
    if not wanted:
        if alone:
            tell(f"nothing to ask: {_why_nothing(bool(prompts), count)}")
        return OK
    return _ask(session, "judgement", f"{plural(len(wanted), 'judgement')} to ask for", wanted, failures)


def _why_nothing(has_judges: bool, answers: int) -> str:
    if not has_judges:
        return "no prompt here has a judge"
    return "every answer is judged" if answers else "no answer is recorded, or pending, that is up to date"


def _judge_calls(judging: PendingJudgements, failures: list[Failure]) -> KeptCalls[Ask]:
    def request(ask: Ask) -> Request:
        return request_for(ask.judge.requests, ask.question)

    def failed(ask: Ask, why: str) -> Failure:
        return Failure(judging.id, ask.case, ask.judge.model, f"judge {ask.judge.id}: {why}")

    return KeptCalls(judging, judging.keep, request, failed, failures)


def _ask(
    session: CallSession,
    what: str,
    todo: str,
    wanted: Sequence[tuple[KeptCalls[Key], Key]],
    failures: Sequence[Failure],
    further: Sequence[tuple[KeptCalls[Key], deque[Key]]] = (),
) -> int:
    """Say what is *todo*, make the calls, and say *what* is kept and what is not; return the exit code.

    :param further: where calls wait that come of others.
    """
    recorders = list(dict.fromkeys(calls.recorder for calls, _ in wanted))
    tell(f"{todo}{session.allowed(len(wanted))}")
    try:
        session.make(CallQueue(further, wanted))
    except KeyboardInterrupt:
        kept = sum(each.written for each in recorders)
        tell(f"stopped: {plural(kept, what)} kept; run the same command again to ask for the rest")
        return INTERRUPTED
    for each in recorders:
        if each.written:
            echo(f"{each.location}: {plural(each.written, what)} recorded")
    lines = (f"{each.prompt} {each.case} ({each.model}): {each.why}" for each in failures)
    for line in first_lines(lines, MAX_LINES):
        tell(f"not recorded: {one_line(line)}" if not line.startswith("…") else line)
    return FINDINGS if failures else OK


def _tell_next(recorders: Sequence[Recorder], folder: str) -> None:
    if any(each.written for each in recorders):
        tell("next: promptstead record --from FOLDER, with that folder" if folder else "next: promptstead accept")
