"""The JSON report read back: an artifact that a stranger's change may have had a hand in."""

import json
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, cast, get_args, get_origin, get_type_hints, is_typeddict

from promptstead.errors import PromptsteadError
from promptstead.format_version import refuse_too_new
from promptstead.report.former_review import FORMER_FORMAT, as_current
from promptstead.report.review_document import FORMAT, ReviewDocument

MAX_DIGITS = 15
"""Of a whole number: what JSON can carry exactly. A longer one counts as text, which no figure may be."""


def read_review(raw: bytes, location: str) -> ReviewDocument:
    """Return the report in *raw*, after a look at every value's type; *location* is what errors name.

    One of the former version is read as one of today.

    :raises PromptsteadError: not JSON, not a review, of a newer version, or a value that is none of its kind.
    """
    try:
        document = json.loads(raw, parse_int=_whole, parse_float=_number, parse_constant=str)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error).split(":")[0]
        raise PromptsteadError(f"this is not JSON: {reason}", location=location) from None
    version = document.get("format") if isinstance(document, dict) else None
    if isinstance(document, dict):
        refuse_too_new(document, (FORMAT, FORMER_FORMAT), location)
    if version == FORMER_FORMAT:
        document = as_current(document)
    elif version != FORMAT:
        hint = "write it with `promptstead review --format json`"
        raise PromptsteadError(f"this is not a report in the format {FORMAT}", hint=hint, location=location)
    wrong = _wrong(document, ReviewDocument, "")
    if wrong:
        raise PromptsteadError(f"`{wrong}` of the report is not valid", location=location)
    return cast(ReviewDocument, document)


def _whole(text: str) -> int | str:
    return int(text) if len(text.lstrip("-")) <= MAX_DIGITS else text


def _number(text: str) -> float | str:
    value = float(text)
    return value if abs(value) < 10**MAX_DIGITS else text


def _wrong(value: Any, kind: Any, place: str) -> str:
    """Return the place of the first value that is not of its *kind*; empty where all are. More keys are no error."""
    if kind is Any or kind is object:
        return ""
    if is_typeddict(kind):
        if not isinstance(value, dict):
            return place or "all"
        found = (
            _wrong(value.get(key, _MISSING), hint, f"{place}.{key}".lstrip("."))
            for key, hint in _hints(kind).items()
            if key in value or key in kind.__required_keys__
        )
        return next(filter(None, found), "")
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is list:
        if not isinstance(value, list):
            return place
        items = (_wrong(item, arguments[0], f"{place}[{number}]") for number, item in enumerate(value))
        return next(filter(None, items), "")
    if origin in (dict, Mapping):
        if not isinstance(value, dict):
            return place
        return next(filter(None, (_wrong(item, arguments[1], place) for item in value.values())), "")
    if origin is types.UnionType:
        return place if all(_wrong(value, each, place) for each in arguments) else ""
    fits = isinstance(value, (int, float) if kind is float else kind)
    return "" if fits and (kind is bool or not isinstance(value, bool)) else place


class _Missing:
    """Stands for a key that is not there: of no kind at all."""


_MISSING = _Missing()


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)
