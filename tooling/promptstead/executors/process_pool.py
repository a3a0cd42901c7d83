"""Replay on several cores: cases go out to processes in chunks, and their results come back in order.

Python would let a new process look for modules in the current folder first, which is the tree under review.
"""

import os
import sys
import threading
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from typing import Any

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.executors.cores import usable_cores
from promptstead.interrupts import Unheard
from promptstead.model import Case, Prompt
from promptstead.outputs.index import RawAnswer, Recorded
from promptstead.outputs.stream import Replayer, stream_results
from promptstead.prompts.loaded import Loaded

FEW = 2000
"""As many cases are judged in this process, before others would have started."""
CHUNK = 200
WAITING = 3
"""Chunks on their way for each process: enough to keep it busy, few enough to hold in memory."""
QUIET = "ignore:resource_tracker"
"""The process that clears up after this one, should it be interrupted, says so as if it were a mistake."""

SAFE_PATH = "PYTHONSAFEPATH"
"""With this variable Python imports nothing from the current folder, of which multiprocessing has no option."""

_Task = list[tuple[Case, list[RawAnswer]]]
_Answer = list[list[tuple[Any, ...]]]


def many_results(
    loaded: Loaded,
    cases: Iterable[Case],
    recorded: Recorded,
    *,
    models: Collection[str] = (),
    samples: int | None = None,
    judge: Prompt | None = None,
    processes: int | None = None,
) -> Iterator[CaseResult]:
    """Yield what :func:`promptstead.outputs.stream.stream_results` yields, in the same order, on *processes* cores.

    By default on all that there are. Up to 2,000 cases are judged in this process, as others take longer to start.

    :raises PromptsteadError: the prompt is not valid, or a process was ended from outside.
    """
    processes = usable_cores() if processes is None else processes
    if sys.flags.ignore_environment and not sys.flags.safe_path:
        processes = 1  # others would not see the variable either
    source = iter(cases)
    first = list(islice(source, FEW + 1)) if processes > 1 else []
    if len(first) <= FEW:
        yield from stream_results(loaded, chain(first, source), recorded, models=models, samples=samples, judge=judge)
        return
    if QUIET not in sys.warnoptions:
        sys.warnoptions.append(QUIET)
    # A fork would copy threads and locks of whoever runs this; a new process has none.
    given = (loaded, tuple(models) or recorded.models, samples, judge)
    with _safe_path():
        pool = ProcessPoolExecutor(processes, get_context("spawn"), _start, given)
    with pool:
        try:
            yield from _in_order(pool, processes, chain(first, source), recorded, models)
        except BrokenProcessPool as error:
            raise PromptsteadError(
                "a process that judges answers was ended from outside, most likely for want of memory",
                hint="evaluate again on one core",
                location=loaded.path,
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _safe_path() -> Iterator[None]:
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = before


def _in_order(
    pool: ProcessPoolExecutor, processes: int, cases: Iterable[Case], recorded: Recorded, models: Collection[str]
) -> Iterator[CaseResult]:
    waiting: deque[tuple[_Task, Future[_Answer]]] = deque()
    for chunk in _chunks(cases):
        task = [(case, recorded.of(case.id, models)) for case in chunk]
        with _safe_path(), Unheard():  # it is here that a process is started, where there are fewer than there may be
            future = pool.submit(_judge, task)
        waiting.append((task, future))
        if len(waiting) >= WAITING * processes:
            yield from _results(*waiting.popleft())
    while waiting:
        yield from _results(*waiting.popleft())


def _chunks(cases: Iterable[Case]) -> Iterator[list[Case]]:
    source = iter(cases)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _results(task: _Task, future: Future[_Answer]) -> Iterator[CaseResult]:
    for (case, _), found in zip(task, future.result(), strict=True):
        for model, state, why, output, samples, evaluators in found:
            judged = tuple({name: Result(*result) for name, result in sample.items()} for sample in samples)
            yield CaseResult(case, model, state, why, output, judged, evaluators)


_replayers: list[Replayer] = []
"""The one of this process."""


def _start(loaded: Loaded, models: tuple[str, ...], samples: int | None, judge: Prompt | None) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _replayers[:] = [Replayer(loaded, models, samples, judge)]


def _end_with_parent() -> None:
    """End this process when the one that wants its answers is gone, however it ended: nobody else would."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)


def _judge(task: _Task) -> _Answer:
    (replayer,) = _replayers
    return [[_plain(result) for result in replayer.results(case, answers)] for case, answers in task]


def _plain(result: CaseResult) -> tuple[Any, ...]:
    """Return a result as plain values, which are pickled fast; its case need not travel back."""
    samples = [{name: tuple(each) for name, each in sample.items()} for sample in result.samples]
    return result.model, result.state, result.why, result.output, samples, result.evaluators
