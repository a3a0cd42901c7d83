"""JSON exactly as RFC 8259 has it: one value and nothing else."""

import json
import re
from collections.abc import Callable, Sequence
from math import isinf
from typing import Any, NoReturn

from promptstead.documents.json_keys import DuplicateKey, unique_keys
from promptstead.model import Json
from promptstead.words.sentence import Sentence, own_words, say

MAX_DEPTH = 64

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class NotJson(ValueError):
    """The text is not one JSON value, and why."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason)
        self.reason = reason


def parse(text: str) -> Json:
    """Return the value that *text* is.

    White space (space, tab, line feed, carriage return) may surround it. Stricter than most readers, because an
    application in another language may not forgive what Python does: NaN and Infinity, duplicate keys, a number beyond
    the range of a double, half a surrogate pair and more than 64 levels are refused.

    :raises NotJson: it is not JSON in this sense.
    """
    _check_depth(text)
    try:
        value = _DECODER.decode(text)
    except DuplicateKey as error:
        raise NotJson(say("evaluators.json-duplicate", key=error.key)) from None
    except NotJson:
        raise
    except json.JSONDecodeError as error:
        raise NotJson(say("evaluators.at", error=_said(error.msg), line=error.lineno, column=error.colno)) from None
    except ValueError:
        raise NotJson(say("evaluators.json-digits")) from None
    if _SURROGATE.search(text):
        _check_surrogates(value)
    return value


def follow(value: Json, keys: Sequence[Any]) -> Json:
    """Return the value that *keys* lead to: a text into a map, an integer into a list.

    :raises LookupError: there is none.
    """
    for key in keys:
        if not isinstance(value, list if isinstance(key, int) else dict):
            raise LookupError(key)
        value = value[key]
    return value


def unfenced(text: str) -> str:
    """Return what stands inside a Markdown code fence where the whole of *text* is one; else *text*."""
    stripped = text.strip()
    fence = next((mark for mark in ("```", "~~~") if stripped.startswith(mark)), "")
    opening, line_break, body = stripped.partition("\n")
    width = len(opening) - len(opening.lstrip(fence or " "))
    closing = fence[:1] * width
    if not fence or not line_break or not body.endswith(closing):
        return text
    inside, _, last = body[: -len(closing)].rpartition("\n")
    return text if last.strip() else inside


def _said(message: str) -> Sentence:
    """Return what the decoder says, which is one of few sentences, in words that have their French."""
    said = _SAID.get(message)
    return own_words(message.lower()) if said is None else said()


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise NotJson(say("evaluators.too-deep", levels=MAX_DEPTH))
        elif mark in "]}":
            depth -= 1


def _check_surrogates(value: Json) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise NotJson(say("evaluators.json-surrogate")) from None


def _constant(name: str) -> NoReturn:
    raise NotJson(say("evaluators.json-constant", name=name))


def _float(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise NotJson(say("evaluators.json-range"))
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=unique_keys, parse_constant=_constant, parse_float=_float)
_SAID: dict[str, Callable[[], Sentence]] = {
    "Expecting value": lambda: say("evaluators.json-value"),
    "Expecting property name enclosed in double quotes": lambda: say("evaluators.json-key"),
    "Expecting ':' delimiter": lambda: say("evaluators.json-colon"),
    "Expecting ',' delimiter": lambda: say("evaluators.json-comma"),
    "Extra data": lambda: say("evaluators.json-more"),
    "Unterminated string starting at": lambda: say("evaluators.json-unfinished"),
    "Invalid control character at": lambda: say("evaluators.json-control"),
    "Invalid \\escape": lambda: say("evaluators.json-escape"),
    "Invalid \\uXXXX escape": lambda: say("evaluators.json-escape"),
    "Illegal trailing comma before end of object": lambda: say("evaluators.json-trailing-comma"),
    "Illegal trailing comma before end of array": lambda: say("evaluators.json-trailing-comma"),
    "Unexpected UTF-8 BOM (decode using utf-8-sig)": lambda: say("evaluators.json-mark"),
}
"""What the decoder of the standard library says -> a sentence."""
