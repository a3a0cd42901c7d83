"""What does the same work for many items, and what it means that a process was ended; the one that needs no others."""

import copyreg
from collections.abc import Callable, Iterable, Iterator
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from promptstead.errors import PromptsteadError

Item = TypeVar("Item")
Done = TypeVar("Done")


class Executor(Protocol):
    """Does the same work for many items."""

    def map(self, start: Callable[[], Callable[[Item], Done]], items: Iterable[Item]) -> Iterator[Done]:
        """Yield what becomes of each item, in the order of *items*.

        :param start: what a worker starts with: called where the work is done, it returns what does it for one item,
            which keeps nothing that a later item needs. Between processes travels what can be pickled.
        :raises PromptsteadError: the first that the work raises, or :class:`WorkerEnded`.
        """


class InProcess:
    """Does it here, one item after the other, each when it is asked for."""

    def map(self, start: Callable[[], Callable[[Item], Done]], items: Iterable[Item]) -> Iterator[Done]:
        """See :class:`Executor`."""
        yield from map(start(), items)


class WorkerEnded(PromptsteadError):
    """A process was ended from outside: half a result would look like a whole one."""

    def __init__(self) -> None:
        super().__init__(
            "the process that worked on this was killed, most likely because memory ran out",
            hint="try again with fewer prompts",
        )


def _reduced(mapping: MappingProxyType[Any, Any]) -> tuple[Any, ...]:
    return _read_only, (dict(mapping),)


def _read_only(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


copyreg.pickle(MappingProxyType, _reduced)  # read-only mappings, which Python pickles only when told how
