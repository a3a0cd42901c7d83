"""The same work for many items, on every core that there is: in processes that are forks of this one.

A fork has what this process has read and imported, so that it starts in a few milliseconds: worth it for the work of
half a second, where new processes (:mod:`promptstead.executors.process_pool`) would take as long to start.
"""

import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, NoReturn

from promptstead.errors import PromptsteadError
from promptstead.executors.executor import Done, Item, WorkerEnded
from promptstead.interrupts import Unheard

TURN = 4
"""Bytes of the number of an item in the pipe that deals them out."""
MOST_TURNS = 10_000
"""As many surely fit into a pipe that nobody reads yet."""


class Forks:
    """Does it in so many *processes*, of which this one is the first."""

    def __init__(self, processes: int) -> None:
        self._processes = processes

    def map(self, start: Callable[[], Callable[[Item], Done]], items: Iterable[Item]) -> Iterator[Done]:
        """See :class:`promptstead.executors.executor.Executor`. All is done before the first is yielded."""
        items, work = list(items), start()
        yield from _spread(items, work, self._processes) if items else ()


def _spread(items: Sequence[Item], work: Callable[[Item], Done], processes: int) -> list[Done]:
    first = work(items[0])  # what it imports and prepares, the forks have too
    sys.stdout.flush()
    sys.stderr.flush()
    turns = _turns(range(1, len(items)))
    forks: list[tuple[int, BinaryIO]] = []
    try:
        for _ in range(1, processes):
            forks.append(_fork(items, work, turns))
        done = {0: first, **_take(items, work, turns)}
        for _, answer in forks:
            done |= _read(answer)
        return [done[index] for index in range(len(items))]
    finally:
        os.close(turns)
        for process, answer in forks:
            answer.close()  # one that still works ends when it has nobody to answer
            _end(process)


def _turns(indices: range) -> int:
    """Return a pipe of all *indices*, from which each process reads the next when it is free: cores differ in speed."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        for index in indices[:MOST_TURNS]:
            pipe.write(index.to_bytes(TURN, "big"))
    return reading


def _take(
    items: Sequence[Item], work: Callable[[Item], Done], turns: int, parent: int | None = None
) -> dict[int, Done]:
    """Work on one item after the other, and with each on those that stand a whole number of MOST_TURNS behind it.

    :param parent: the process that wants the answers; without it there is nothing more to do.
    """
    done = {}
    while parent in (None, os.getppid()) and (turn := os.read(turns, TURN)):
        for index in range(int.from_bytes(turn, "big"), len(items), MOST_TURNS):
            done[index] = work(items[index])
    return done


def _fork(items: Sequence[Item], work: Callable[[Item], Done], turns: int) -> tuple[int, BinaryIO]:
    """Start a process that takes its turns; return it and what it answers."""
    reading, writing = os.pipe()
    with Unheard():
        process = os.fork()
        if process == 0:
            os.close(reading)
            _answer(items, work, turns, writing)
    os.close(writing)
    return process, os.fdopen(reading, "rb")


def _answer(items: Sequence[Item], work: Callable[[Item], Done], turns: int, writing: int) -> NoReturn:
    """Write what became of the items, and end: nothing that this process inherited is flushed or closed twice."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the first process says that it was ended
        found: dict[int, Done] | Exception
        try:
            found = _take(items, work, turns, os.getppid())
        except (PromptsteadError, MemoryError) as error:
            found = error
        except Exception as error:  # a bug, which the first process reports as one
            if os.environ.get("PROMPTSTEAD_DEBUG"):
                sys.excepthook(*sys.exc_info())
            found = RuntimeError(f"{type(error).__name__}: {error}")
        with os.fdopen(writing, "wb") as answer:
            pickle.dump(found, answer, pickle.HIGHEST_PROTOCOL)
    finally:
        os._exit(0)


def _read(answer: BinaryIO) -> dict[int, Any]:
    try:
        found = pickle.load(answer)  # written by a fork of this process, into a pipe that nobody else has
    except (EOFError, pickle.UnpicklingError) as error:
        raise WorkerEnded from error
    if isinstance(found, Exception):
        raise found
    result: dict[int, Any] = found
    return result


def _end(process: int) -> None:
    with suppress(ChildProcessError):
        if os.waitpid(process, os.WNOHANG) == (0, 0):
            os.kill(process, 9)
            os.waitpid(process, 0)
