"""What fuzzers change: bytes, and values of JSON's kind at some place in a document."""

import copy
import random
from collections.abc import Callable
from typing import Any

BYTES = (b"\x00", b"\xff", b"\xed\xa0\x80", b"\r", b"\n", b"\t", b"\x7f", b"\xef\xbb\xbf", b"{", b"}", b"[", b"]", b'"')
NUMBERS = (0, -1, 1, 2**31, 2**53, 2**64, 10**40, -(10**400), 0.5, 1e308, 5e-324, -0.0)
TEXTS = (
    *("", " ", "x", "\u0000", "\ud7ff\ue000", "\ud800", "\u202e", "é" * 300, "a" * 5000),
    *("../../x", "__proto__", "1e999", "null", "{{ x }}", "(", "(a+)+$", "$.a[*]"),
)
"""Texts that mean something to somebody: a path, a template, a pattern, a number."""


def deep(levels: int, leaf: Any = 1) -> Any:
    """Return *leaf* in *levels* lists and maps by turns."""
    for level in range(levels):
        leaf = [leaf] if level % 2 else {"a": leaf}
    return leaf


def any_value(chance: random.Random) -> Any:
    """Return some value of JSON's kind; large, odd and nested ones are common."""
    makers: list[Callable[[], Any]] = [
        lambda: None,
        lambda: chance.random() < 0.5,
        lambda: chance.choice(NUMBERS),
        lambda: chance.choice(TEXTS),
        lambda: [],
        lambda: {},
        lambda: [any_value(chance) for _ in range(chance.randint(1, 3))],
        lambda: {chance.choice(TEXTS): any_value(chance) for _ in range(chance.randint(1, 3))},
        lambda: deep(chance.choice((3, 70, 200))),
    ]
    return chance.choice(makers)()


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) of *value*, outermost first."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        container = waiting.pop()
        for key in range(len(container)) if isinstance(container, list) else list(container):
            found.append((container, key))
            if isinstance(container[key], (list, dict)):
                waiting.append(container[key])
    return found


def some_place(value: Any, chance: random.Random) -> tuple[Any, Any]:
    """Return some (container, key) of *value*, reached by going down: small parts are found as often as large ones.

    :raises LookupError: there is none.
    """
    container, key = value, chance.choice(list(_keys(value)))
    while isinstance(container[key], (list, dict)) and container[key] and chance.random() < 0.8:
        container = container[key]
        key = chance.choice(list(_keys(container)))
    return container, key


def changed(value: Any, chance: random.Random, times: int = 1) -> Any:
    """Return a copy of *value* with something replaced, removed, misspelt, moved, doubled or wrapped."""
    value = copy.deepcopy(value)
    for _ in range(times):
        if not isinstance(value, (list, dict)) or not value:
            return any_value(chance)
        container, key = some_place(value, chance)
        other, other_key = some_place(value, chance)
        match chance.randrange(8):
            case 0 | 1 | 2:
                container[key] = any_value(chance)
            case 3:
                del container[key]
            case 4:
                container[key] = copy.deepcopy(other[other_key]) if other_key in _keys(other) else None
            case 5 if isinstance(container, dict):
                container[chance.choice((str(key)[:-1], f"{key}s", str(key).upper(), ""))] = container.pop(key)
            case 5 | 6:
                container[key] = [container[key]]
            case _ if isinstance(container, list):
                container.extend(copy.deepcopy(container[: chance.choice((1, 3))]))
            case _:
                container[key] = {"x": container[key]}
    return value


def _keys(container: Any) -> Any:
    return range(len(container)) if isinstance(container, list) else container


def torn(raw: bytes, chance: random.Random) -> bytes:
    """Return *raw* with bytes flipped, put in, taken out, moved or cut off."""
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        place, length = chance.randrange(len(raw) + 1), chance.choice((1, 1, 2, 8, 64))
        rest = raw[place + length :]
        match chance.randrange(6):
            case 0:
                raw = raw[:place]
            case 1:
                raw = raw[:place] + bytes([chance.randrange(256)]) + raw[place + 1 :]
            case 2:
                raw = raw[:place] + chance.choice(BYTES) * chance.choice((1, 1, 3)) + raw[place:]
            case 3:
                raw = raw[:place] + rest
            case 4:
                raw = raw[:place] + raw[place : place + length] * chance.choice((2, 3, 200)) + rest
            case _:
                start = chance.randrange(len(raw) + 1)
                raw = raw[:place] + raw[start : start + length] + rest
    return raw
