"""The filters of the template language: each takes a plain value and plain arguments and returns a plain value.

Whoever calls one has paid for the texts that it is given; those that go through lists and maps (:data:`WALKING`) take
what that costs from the ``limits`` that they are given.
"""

import re

from promptstead.runtime.values import MAX_TEXT, STEPS_AN_ITEM, RenderError, json_text, kind, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from promptstead.runtime.limits import Limits

MAX_INDENT = 1000

# White space, and the characters that show nothing: neither may hide a delimiter from the search.
_UNSEEN = "[\\s\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\ufeff]+"


class Empty(Exception):
    """``first`` or ``last`` of nothing: the result is undefined."""


def _text(value: "Any", name: str) -> str:
    if not isinstance(value, str):
        raise RenderError(f"`{name}` needs text, and this is {kind(value)}")
    return value


def _bounded(size: int, name: str) -> None:
    if size > MAX_TEXT:
        raise RenderError(f"`{name}` would give more than {MAX_TEXT} characters")


def _walk(value: "list[Any] | dict[str, Any]", limits: "Limits | None") -> None:
    if limits is not None:
        limits.spend(STEPS_AN_ITEM * len(value))


def _upper(value: "Any") -> str:
    return _text(value, "upper").upper()


def _lower(value: "Any") -> str:
    return _text(value, "lower").lower()


def _trim(value: "Any") -> str:
    return _text(value, "trim").strip()


def _length(value: "Any") -> int:
    if isinstance(value, (str, list, dict)):
        return len(value)
    raise RenderError(f"`length` needs text, a list or a map, and this is {kind(value)}")


def _end(value: "Any", name: str, place: int) -> "Any":
    if not isinstance(value, (str, list)):
        raise RenderError(f"`{name}` needs a list or text, and this is {kind(value)}")
    if not value:
        raise Empty
    return value[place]


def _first(value: "Any") -> "Any":
    return _end(value, "first", 0)


def _last(value: "Any") -> "Any":
    return _end(value, "last", -1)


def _items(value: "Any", *, limits: "Limits | None" = None) -> "list[Any]":
    if not isinstance(value, dict):
        raise RenderError(f"`items` needs a map, and this is {kind(value)}")
    _walk(value, limits)
    return [[key, item] for key, item in value.items()]


def _join(value: "Any", separator: "Any" = "", *, limits: "Limits | None" = None) -> str:
    if not isinstance(value, list):
        raise RenderError(f"`join` needs a list, and this is {kind(value)}")
    between = _text(separator, "join")
    _walk(value, limits)
    texts = [text_of(item, limits) for item in value]
    _bounded(sum(map(len, texts)) + len(texts) * len(between), "join")
    return between.join(texts)


def _replace(value: "Any", old: "Any", new: "Any") -> str:
    text, old, new = _text(value, "replace"), _text(old, "replace"), _text(new, "replace")
    if not old:
        raise RenderError("`replace` needs something to look for, and this is an empty text")
    _bounded(len(text) + text.count(old) * (len(new) - len(old)), "replace")
    return text.replace(old, new)


def _tojson(value: "Any", indent: "Any" = 0, *, limits: "Limits | None" = None) -> str:
    if type(indent) is not int or not 0 <= indent <= 8:
        raise RenderError("`tojson` indents by 0 to 8")
    return json_text(value, indent, limits=limits)


def _indent(value: "Any", width: "Any" = 4, first: "Any" = False, blank: "Any" = False) -> str:
    lines = (_text(value, "indent") + "\n").splitlines()
    if isinstance(width, bool) or not isinstance(width, (int, str)):
        raise RenderError(f"`indent` takes a number of spaces or a text, and this is {kind(width)}")
    if isinstance(width, int) and not 0 <= width <= MAX_INDENT:
        raise RenderError(f"`indent` takes 0 to {MAX_INDENT} spaces")
    margin = width if isinstance(width, str) else " " * width
    _bounded(len(value) + len(lines) * (len(margin) + 1), "indent")
    rest = [margin + line if line or blank else line for line in lines[1:]]
    return "\n".join([(margin if first else "") + lines[0], *rest])


def _fence(value: "Any", name: "Any", *, limits: "Limits | None" = None) -> str:
    text = text_of(value, limits)
    delimiter = _text(name, "fence")
    if "<" in text:
        taken = _taken(text, delimiter)
        number = 2
        while number in taken:
            number += 1
        delimiter = f"{delimiter}-{number}" if taken else delimiter
    end = "" if text.endswith("\n") else "\n"
    return f"<{delimiter}>\n{text}{end}</{delimiter}>"


def _taken(text: str, name: str) -> "set[int]":
    """Return the suffixes that a delimiter must not have; empty when the bare *name* can be used.

    The value is searched with its white space and invisible characters removed, in lower case.
    """
    found = re.findall(f"</?{re.escape(name)}(?:-([0-9]*))?", re.sub(_UNSEEN, "", text).lower())
    return {int(digits[:length] or 0) for digits in found for length in range(1, min(len(digits), 9) + 1)} | (
        {0} if found else set()
    )


FILTERS: "dict[str, Callable[..., Any]]" = {
    "upper": _upper,
    "lower": _lower,
    "trim": _trim,
    "length": _length,
    "first": _first,
    "last": _last,
    "items": _items,
    "join": _join,
    "replace": _replace,
    "tojson": _tojson,
    "indent": _indent,
    "fence": _fence,
}
WALKING = frozenset({"items", "join", "tojson", "fence"})
