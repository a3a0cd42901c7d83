"""The same work for many items, on every core that there is: in processes that are forks of this one.

A fork has what this process has read and imported, so that it starts in a few milliseconds: worth it for the work of
half a second, where new processes (:mod:`promptstead.commands.many`) would take as long to start. A fork copies neither
threads nor what they hold, so there is none where threads run, and none but on Linux, where system libraries bear it.
"""

import os
import pickle
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, NoReturn, TypeVar

from promptstead.commands.cores import usable_cores
from promptstead.errors import PromptsteadError

Item = TypeVar("Item")
Done = TypeVar("Done")

FEW = 8
"""As many items are worth a process."""


def spread(items: Sequence[Item], work: Callable[[Item], Done], cores: int | None = None) -> list[Done]:
    """Return ``work(item)`` of each, in the order of *items*, worked on by several processes where that is faster.

    :param work: keeps nothing that a later item needs; its results can be pickled.
    :raises PromptsteadError: the first that *work* raises, or that a process was ended from outside.
    """
    count = min(usable_cores() if cores is None else cores, len(items) // FEW)
    if count < 2 or not sys.platform.startswith("linux") or threading.active_count() > 1:
        return [work(item) for item in items]
    first = work(items[0])  # what it imports and prepares, the forks have too
    items = items[1:]
    sys.stdout.flush()
    sys.stderr.flush()
    forks: list[tuple[int, BinaryIO]] = []
    try:
        for number in range(1, count):
            forks.append(_fork(items[number::count], work))
        done: list[Any] = [None] * len(items)
        done[::count] = [work(item) for item in items[::count]]
        for number, (_, answer) in enumerate(forks, 1):
            done[number::count] = _read(answer)
        return [first, *done]
    finally:
        for process, answer in forks:
            answer.close()  # one that still works ends when it has nobody to answer
            _end(process)


def _fork(items: Sequence[Item], work: Callable[[Item], Done]) -> tuple[int, BinaryIO]:
    """Start a process that works on *items*; return it and what it answers."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _answer(items, work, writing)
    os.close(writing)
    return process, os.fdopen(reading, "rb")


def _answer(items: Sequence[Item], work: Callable[[Item], Done], writing: int) -> NoReturn:
    """Write what became of *items*, and end: nothing that this process inherited is flushed or closed twice."""
    try:
        found: list[Done] | Exception
        try:
            found = [work(item) for item in items]
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


def _read(answer: BinaryIO) -> list[Any]:
    try:
        found = pickle.load(answer)  # written by a fork of this process, into a pipe that nobody else has
    except (EOFError, pickle.UnpicklingError) as error:
        hint = "most likely for want of memory: try again with less at once"
        raise PromptsteadError("a process that looks at prompts was ended from outside", hint=hint) from error
    if isinstance(found, Exception):
        raise found
    result: list[Any] = found
    return result


def _end(process: int) -> None:
    with suppress(ChildProcessError):
        if os.waitpid(process, os.WNOHANG) == (0, 0):
            os.kill(process, 9)
            os.waitpid(process, 0)
