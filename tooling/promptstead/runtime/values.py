"""The values that templates work on, and what each of them means: its text, its truth, its equality and its order.

The meaning is the same in every language (``docs/template.md`` is the normative page): a boolean is no number, ``1``
and ``1.0`` are one number, text is ordered by code point, maps keep the order that they were given in.
"""

from itertools import repeat

from promptstead.errors import PromptsteadError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from promptstead.runtime.limits import Limits

MAX_DEPTH = 64
MAX_NODES = 1_000_000
MAX_TEXT = 4_000_000
MAX_SAFE_INTEGER = 2**53 - 1
STEPS_AN_ITEM = 20
"""What going past an item of a list, or a key of a map, costs a rendering; a character costs 1."""


class RenderError(PromptsteadError):
    """A template cannot be rendered with these values.

    :ivar path: the path that is undefined, root first; empty when the error is another one.
    """

    def __init__(self, message: str, *, hint: str = "", path: "tuple[str | int, ...]" = ()) -> None:
        super().__init__(message, hint=hint)
        self.path = path


def plain(value: "Any", name: str) -> "Any":
    """Return a copy of *value* made of None, bool, int, float, str, list and dict alone; dates become ISO 8601 text.

    :param name: what an error calls the value, an input's name.
    :raises RenderError: an unsupported type, a number that JSON or JavaScript cannot hold, text that is not Unicode, a
        key that is not text, more than 64 levels or more than a million values.
    """
    budget = [MAX_NODES]
    return _plain(value, name, MAX_DEPTH, budget)


def _plain(value: "Any", name: str, depth: int, budget: "list[int]") -> "Any":
    if isinstance(value, str):
        return value if type(value) is str and value.isascii() else _plain_text(value, name)
    if isinstance(value, (list, tuple, dict)):
        if depth == 0:
            raise RenderError(f"`{name}` is nested deeper than {MAX_DEPTH} levels")
        budget[0] -= len(value)
        if budget[0] < 0:
            raise RenderError(f"`{name}` holds more than {MAX_NODES} values", hint="pass less")
        if isinstance(value, dict):
            return {
                key if type(key) is str and key.isascii() else _plain_key(key, name): _plain(
                    item, name, depth - 1, budget
                )
                for key, item in value.items()
            }
        return [_plain(item, name, depth - 1, budget) for item in value]
    return _plain_scalar(value, name)


def _plain_scalar(value: "Any", name: str) -> "Any":
    if value is None or value is True or value is False:
        return value
    if isinstance(value, int):
        if not -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
            raise RenderError(f"`{name}` holds an integer beyond ±{MAX_SAFE_INTEGER}", hint="pass it as text")
        return int(value)
    if isinstance(value, float):
        if value - value != 0:
            raise RenderError(f"`{name}` holds {value}, which is not a JSON number")
        return float(value)
    return _plain_date(value, name)


def _plain_text(value: str, name: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise RenderError(f"`{name}` holds a lone surrogate, which is not text", hint="decode it properly") from None
    return str.__str__(value)


def _plain_key(key: "Any", name: str) -> str:
    if not isinstance(key, str):
        raise RenderError(f"`{name}` has a key of type {type(key).__name__}", hint="keys are text")
    return _plain_text(key, name)


def _plain_date(value: "Any", name: str) -> str:
    from datetime import date

    if isinstance(value, date):
        return value.isoformat()
    raise RenderError(
        f"`{name}` holds a {type(value).__name__}",
        hint="values are text, numbers, booleans, None, dates, lists and dictionaries",
    )


def kind(value: "Any") -> str:
    """Return the word for the type of a plain value: null, boolean, number, text, list or map."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "list"
    return "map" if isinstance(value, dict) else "number"


def text_of(value: "Any", limits: "Limits | None" = None) -> str:
    """Return what ``{{ value }}`` writes.

    :param limits: what JSON that is made of a list or a map is taken from.
    """
    if isinstance(value, str):
        return value
    return json_text(value, limits=limits) if isinstance(value, (list, dict)) else _scalar_text(value)


def _scalar_text(value: "float | None") -> str:
    return _CONSTANTS[value] if value is None or isinstance(value, bool) else number_text(value)


_CONSTANTS: "dict[float | None, str]" = {None: "null", True: "true", False: "false"}


def number_text(number: float) -> str:
    """Return a number as ECMAScript's Number::toString writes it: ``1`` for 1.0, ``1e+21``, ``1.5e-7``."""
    if isinstance(number, int):
        return str(number)
    if number == 0:
        return "0"
    mantissa, _, exponent = repr(abs(number)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    significant = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(significant)
    digits = significant.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        text = digits + "0" * (point - count)
    elif 0 < point <= 21:
        text = f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        text = f"0.{'0' * -point}{digits}"
    else:
        text = f"{digits[0]}.{digits[1:]}".rstrip(".") + f"e{point - 1:+d}"
    return f"-{text}" if number < 0 else text


def json_text(value: "Any", indent: int = 0, *, sort_keys: bool = False, limits: "Limits | None" = None) -> str:
    """Return *value* as JSON: no white space, or *indent* spaces a level; JSON's own escapes and no other.

    :param limits: what its characters, and the items at every depth, are taken from.
    :raises RenderError: it is longer than four million characters, or than *limits* allow.
    """
    from json.encoder import encode_basestring

    step = " " * indent
    colon = ": " if indent else ":"
    left = MAX_TEXT

    def take(characters: int) -> None:
        nonlocal left
        left -= characters
        if left < 0:
            raise RenderError(f"a value is longer than {MAX_TEXT} characters")

    def counted(text: str) -> str:
        take(len(text))
        return text

    def write(value: "Any", margin: str) -> str:
        if isinstance(value, str):
            return counted(encode_basestring(value))
        if not isinstance(value, (list, dict)):
            return counted(_scalar_text(value))
        opening, closing = "[]" if isinstance(value, list) else "{}"
        if not value:
            return counted(opening + closing)
        inner = margin + step
        if limits is not None:
            limits.spend(STEPS_AN_ITEM * len(value))
        take(1 + len(value) * (1 + len(inner)) + len(margin))
        if isinstance(value, list):
            parts = [write(item, inner) for item in value]
        else:
            keys = sorted(value) if sort_keys else value
            parts = [counted(encode_basestring(key) + colon) + write(value[key], inner) for key in keys]
        return f"{opening}{inner}" + f",{inner}".join(parts) + margin + closing

    text = write(value, "\n" if indent else "")
    if limits is not None:
        limits.spend(len(text))
    return text


def equal(left: "Any", right: "Any", limits: "Limits | None" = None) -> bool:
    """Tell whether two plain values are equal; a boolean equals no number, key order does not count.

    :param limits: what is compared is taken from it.
    :raises RenderError: *limits* do not allow as much.
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str):
        if limits is not None and isinstance(right, str):
            limits.spend(min(len(left), len(right)))
        return bool(left == right)
    if not isinstance(left, (list, dict)):
        return bool(left == right)
    if not isinstance(right, list if isinstance(left, list) else dict) or len(left) != len(right):
        return False
    if limits is not None:
        limits.spend(STEPS_AN_ITEM * len(left))
    if isinstance(left, list):
        return all(map(equal, left, right, repeat(limits)))
    return all(key in right and equal(item, right[key], limits) for key, item in left.items())


def compare(left: "Any", right: "Any", operator: str, limits: "Limits | None" = None) -> bool:
    """Return ``left < right`` and the like: numbers with numbers by size, text with text by code point.

    :param limits: what is compared is taken from it.
    :raises RenderError: any other pair, or *limits* do not allow as much.
    """
    types = kind(left), kind(right)
    if types not in (("number", "number"), ("text", "text")):
        raise RenderError(
            f"`{operator}` cannot compare {types[0]} with {types[1]}", hint="compare two numbers or two texts"
        )
    if limits is not None and types[0] == "text":
        limits.spend(min(len(left), len(right)))
    if operator == "<":
        return bool(left < right)
    if operator == "<=":
        return bool(left <= right)
    return bool(left > right) if operator == ">" else bool(left >= right)


def contains(item: "Any", container: "Any", limits: "Limits | None" = None) -> bool:
    """Return ``item in container``: an equal item of a list, a stretch of a text, a key of a map.

    :param limits: what is looked at is taken from it.
    :raises RenderError: the container is none of these, the item cannot be in it, or *limits* do not allow as much.
    """
    if isinstance(container, list):
        if limits is not None:
            limits.spend(STEPS_AN_ITEM * len(container))
        return any(map(equal, repeat(item), container, repeat(limits)))
    if isinstance(container, (str, dict)) and isinstance(item, str):
        if limits is not None:
            limits.spend(len(item) + (len(container) if isinstance(container, str) else 0))
        return item in container
    raise RenderError(
        f"`in` cannot look for {kind(item)} in {kind(container)}", hint="look in a list, a text or a map's keys"
    )
