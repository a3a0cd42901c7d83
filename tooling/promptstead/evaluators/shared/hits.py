"""Which of several hits in an answer counts: the first, the last, the only one, or the one at a place."""

from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Hit(NamedTuple, Generic[T]):
    """What was taken, or None; *seen* is how many hits there are then, as far as it was looked."""

    value: T | None
    seen: int


def taken(found: Iterable[T], which: str | float) -> Hit[T]:
    """Return the hit that *which* chooses.

    :param found: the hits in their order; no more of them than needed are asked for.
    :param which: ``first``, ``last``, ``only``, or a place: 1 is the first, -1 the last.
    """
    if which == "only":
        two = list(islice(found, 2))
        return Hit(two[0] if len(two) == 1 else None, len(two))
    place = {"first": 1, "last": -1}[which] if isinstance(which, str) else int(which)
    seen = 0
    if place > 0:
        for seen, hit in enumerate(islice(found, place), 1):
            if seen == place:
                return Hit(hit, seen)
        return Hit(None, seen)
    kept: deque[T] = deque(maxlen=-place)
    for hit in found:
        kept.append(hit)
        seen += 1
    return Hit(kept[0] if seen >= -place else None, seen)
