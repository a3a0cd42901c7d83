"""Calls in the order in which they are made: those that come of others before those that are not begun."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from operator import length_hint
from typing import Any, Generic, TypeVar

Caller = TypeVar("Caller")
Key = TypeVar("Key")


class CallQueue(Generic[Caller, Key]):
    """Calls for a session: it can be drawn from again after it was through, where more came meanwhile.

    :param begun: who wants calls, and where those wait that come of others; the first that waits is the next.
    :param wanted: who wants a call, and which, of those that are known from the beginning.
    """

    def __init__(self, begun: Sequence[tuple[Caller, "deque[Any]"]], wanted: Iterable[tuple[Caller, Key]]) -> None:
        self._begun = begun
        self._wanted: Iterator[tuple[Caller, Key]] = iter(wanted)

    def __iter__(self) -> "CallQueue[Caller, Key]":
        return self

    def __next__(self) -> tuple[Caller, Key]:
        for caller, waiting in self._begun:
            if waiting:
                return caller, waiting.popleft()
        return next(self._wanted)

    def __length_hint__(self) -> int:
        return sum(len(waiting) for _, waiting in self._begun) + length_hint(self._wanted)
