"""What differs between two JSON values, key by key."""

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from promptstead.diff.words import Piece, word_diff
from promptstead.model import Json, KeyPath

DEEPEST = 40
"""Mappings nested deeper are compared as a whole."""


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value that was added, removed or changed; *pieces* is the word diff where both sides are text."""

    kind: Literal["added", "removed", "changed"]
    path: KeyPath
    old: Json = None
    new: Json = None
    pieces: tuple[Piece, ...] = ()


def canonical(value: Json) -> Hashable:
    """Return *value* in a form that is equal where JSON values are: 1 is 1.0 but not true, keys have no order."""
    if value is None or isinstance(value, bool | str):
        return (type(value).__name__, value)
    if isinstance(value, int | float):
        return ("number", "nan" if math.isnan(value) else value)
    if isinstance(value, Mapping):
        return ("object", frozenset((key, canonical(item)) for key, item in value.items()))
    return ("array", tuple(canonical(item) for item in value))


def same(old: Json, new: Json) -> bool:
    """Return whether two JSON values are equal."""
    return canonical(old) == canonical(new)


def differences(old: Mapping[str, Json], new: Mapping[str, Json], path: KeyPath = ()) -> Iterator[ValueChange]:
    """Yield what differs between two mappings, keys in their order, looking into mappings but not into lists."""
    for key in union(old, new):
        here = (*path, key)
        if key not in new:
            yield ValueChange("removed", here, old=old[key])
        elif key not in old:
            yield ValueChange("added", here, new=new[key])
        elif isinstance(old[key], Mapping) and isinstance(new[key], Mapping) and len(here) < DEEPEST:
            yield from differences(old[key], new[key], here)
        elif not same(old[key], new[key]):
            text = isinstance(old[key], str) and isinstance(new[key], str)
            yield ValueChange("changed", here, old[key], new[key], word_diff(old[key], new[key]) if text else ())


def union(old: Iterable[str], new: Iterable[str]) -> list[str]:
    """Return the keys of both, each once: the new ones in their order, then those that are gone."""
    return list(dict.fromkeys([*new, *old]))
