"""What a scalar without quotes means: the core schema of YAML 1.2.2 (chapter 10.3), and what YAML 1.1 tools make of it.

Dates, ``no``, ``on``, ``1_000`` and ``12:30:45`` are text here, and ``010`` is ten. YAML 1.1 (yaml.org/type, and what
PyYAML and Psych still do) reads them otherwise, so that a file says two things to two tools.
"""

import re
from typing import NamedTuple

from promptstead.model import Json
from promptstead.words.sentence import Sentence, say

LARGEST_INTEGER = 2**63 - 1
"""Beyond this many JSON readers lose digits; such a number is an identifier that lacks its quotes."""

_WORDS: dict[str, Json] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_WORD_START = frozenset("+-.0123456789~nNtTfF")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_JSON = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_OLD_START = frozenset("+-.0123456789yYnNoO<=")
SPECIAL_START = _WORD_START | _OLD_START
"""Characters with which a plain scalar may start that is no text to somebody; the empty one is none either."""
_OLD_TRUE = frozenset(("yes", "Yes", "YES", "on", "On", "ON"))
_OLD_FALSE = frozenset(("no", "No", "NO", "off", "Off", "OFF"))
_OLD_INTEGER = re.compile(
    r"(?P<sign>[-+]?)(?:0b(?P<binary>[01_]+)|0x(?P<hex>[0-9a-fA-F_]+)|(?P<sixty>[1-9][0-9_]*(?::[0-5]?[0-9])+)"
    r"|0(?P<octal>[0-7_]+)|(?P<decimal>0|[1-9][0-9_]*))"
)
_OLD_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|(?P<sixty>[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)"
)
_OLD_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?"
)


class NotJson(ValueError):
    """A scalar that YAML allows and JSON does not: infinity, not-a-number, or a number too large."""

    def __init__(self, too_large: bool) -> None:
        super().__init__()
        self.too_large = too_large


class Misreading(NamedTuple):
    """What YAML 1.1 tools make of a scalar, in words; and what to write instead, for which both readings agree."""

    here: Sentence
    there: Sentence
    instead: str
    certain: bool
    """*instead* surely is what the writer meant: not so for ``010``, which may be a code that lacks its quotes."""


def resolve(text: str) -> Json:
    """Return the value of a plain scalar.

    :raises NotJson: it stands for something that JSON cannot say.
    """
    if text and text[0] not in _WORD_START:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise NotJson(too_large=True)
        return number
    if _NOT_JSON.fullmatch(text):
        raise NotJson(too_large=False)
    return text


def _integer(text: str) -> int:
    digits = text.lstrip("+-0")
    if len(digits) <= len(str(LARGEST_INTEGER)) + 1:
        number = int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
        if -LARGEST_INTEGER <= number <= LARGEST_INTEGER:
            return number
    raise NotJson(too_large=True)


def misreading(text: str, value: Json) -> Misreading | None:
    """Return what YAML 1.1 tools take the plain scalar *text* for, where that is not *value*."""
    if not text or text[0] not in _OLD_START or len(text) > 100:
        return None
    there = _old(text, value)
    if there is None:
        return None
    if isinstance(value, str):
        return Misreading(say("files.as-text"), there, f'"{text}"', certain=True)
    here = say("files.as-number", number=str(value))
    return Misreading(here, there, number_text(value), certain=not re.match(r"[-+]?0[0-9]", text))


def number_text(value: float) -> str:
    """Return how a number is written for every tool: YAML 1.1 wants a full stop in front of an exponent."""
    return re.sub(r"\A(-?[0-9]+)e", r"\1.0e", repr(value))


def _old(text: str, value: Json) -> Sentence | None:
    """Return what *text* is in YAML 1.1, in words; None where it is *value* there too."""
    if text in _OLD_TRUE:
        return say("files.as-true")
    if text in _OLD_FALSE:
        return say("files.as-false")
    if text in {"<<", "="}:
        return say("files.as-special-key")
    if match := _OLD_INTEGER.fullmatch(text):
        number = _old_integer(match)
        differs = number != value or isinstance(value, str)
        return say("files.as-number", number=str(number)) if differs else None
    if match := _OLD_FLOAT.fullmatch(text):
        if match["sixty"]:
            return say("files.as-base-60")
        return say("files.as-some-number") if isinstance(value, str) else None
    if _OLD_DATE.fullmatch(text):
        return say("files.as-date")
    return say("files.as-text") if isinstance(value, int | float) and not isinstance(value, bool) else None


def _old_integer(match: re.Match[str]) -> int:
    sign = -1 if match["sign"] == "-" else 1
    for group, base in (("binary", 2), ("hex", 16), ("octal", 8), ("decimal", 10)):
        if match[group]:
            return sign * int(match[group].replace("_", "") or "0", base)
    number = 0
    for digits in match["sixty"].replace("_", "").split(":"):
        number = number * 60 + int(digits)
    return sign * number
