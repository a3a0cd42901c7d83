"""Reports of ``promptstead/review/v1``, whose sentences were texts alone, as the reports of today."""

import types
from collections.abc import Mapping
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from promptstead.report.review_document import FORMAT, ReasonDocument, ReviewDocument
from promptstead.words.sentence import OWN_WORDS
from promptstead.words.sentence_json import SentenceDocument

FORMER_FORMAT = "promptstead/review/v1"


def as_current(document: Mapping[str, Any]) -> Any:
    """Return a report of v1 in today's form: each text where a sentence stands now is one without words of ours.

    Whatever is not as v1 had it stays as it is; whoever reads the report finds it.
    """
    return _current(document, ReviewDocument) | {"format": FORMAT}


def _current(value: Any, kind: Any) -> Any:
    if kind is SentenceDocument:
        return {"code": OWN_WORDS, "arguments": {}, "text": value} if isinstance(value, str) else value
    if is_typeddict(kind):
        if not isinstance(value, dict):
            return value
        if kind is ReasonDocument and "text" in value:
            value = {key: each for key, each in value.items() if key != "text"} | {"reason": value["text"]}
        hints = _hints(kind)
        return {key: _current(each, hints.get(key)) for key, each in value.items()}
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is list and isinstance(value, list):
        return [_current(each, arguments[0]) for each in value]
    if origin is types.UnionType and SentenceDocument in arguments:
        return _current(value, SentenceDocument)
    if origin is types.UnionType and isinstance(value, dict):
        return _current(value, next(filter(is_typeddict, arguments), None))
    return value


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)
