"""Short work on several cores: items go out to new processes in chunks, and what becomes of them comes back in order.

A fork would copy threads and locks of whoever runs this; a new process has none. Python would let it look for modules
in the current folder first, which is the tree under review.
"""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, parent_process
from typing import Any

from promptstead.executors.executor import Done, Item, WorkerEnded
from promptstead.interrupts import Unheard

CHUNK = 200
WAITING = 3
"""Chunks on their way for each process: enough to keep it busy, few enough to hold in memory."""
QUIET = "ignore:resource_tracker"
"""The process that clears up after this one, should it be interrupted, says so as if it were a mistake."""

SAFE_PATH = "PYTHONSAFEPATH"
"""With this variable Python imports nothing from the current folder, of which multiprocessing has no option."""


class ProcessPool:
    """Does it in so many new *processes*. Of the items those are held that are on their way."""

    def __init__(self, processes: int) -> None:
        self._processes = processes

    def map(self, start: Callable[[], Callable[[Item], Done]], items: Iterable[Item]) -> Iterator[Done]:
        """See :class:`promptstead.executors.executor.Executor`."""
        if QUIET not in sys.warnoptions:
            sys.warnoptions.append(QUIET)
        with _safe_path():
            pool = ProcessPoolExecutor(self._processes, get_context("spawn"), _start, (start,))
        with pool:
            try:
                yield from self._in_order(pool, iter(items))
            except BrokenProcessPool as error:
                raise WorkerEnded from error
            finally:
                pool.shutdown(cancel_futures=True)

    def _in_order(self, pool: ProcessPoolExecutor, items: Iterator[Any]) -> Iterator[Any]:
        waiting: deque[Future[list[Any]]] = deque()
        while chunk := list(islice(items, CHUNK)):
            with _safe_path(), Unheard():  # it is here that a process is started, where there are fewer than may be
                waiting.append(pool.submit(_work_on, chunk))
            if len(waiting) >= WAITING * self._processes:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


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


_work: list[Callable[[Any], Any]] = []
"""What this process does."""


def _start(start: Callable[[], Callable[[Any], Any]]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work[:] = [start()]


def _end_with_parent() -> None:
    """End this process when the one that wants its answers is gone, however it ended: nobody else would."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)


def _work_on(chunk: list[Any]) -> list[Any]:
    (work,) = _work
    return [work(item) for item in chunk]
