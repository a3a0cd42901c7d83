"""``regex``: a regular expression matches in the answer."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Result, Unscored, quoted
from promptstead.model import Json
from promptstead.prompts.patterns import is_too_large, searched
from promptstead.words.sentence import say

MAX_LOOKED = 20_000
"""Characters of the longest answer that a pattern with lookaround or back-references is tried on.

What the engine reads in them does not count as a way tried, and may grow with the square of the answer.
"""
_LOOKS = re.compile(r"\(\?<?[=!]|\\[1-9k]")


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    r"""Search for ``pattern``, in the syntax that ``pattern`` has in a JSON Schema (ECMA-262 with Unicode).

    ``\d`` and ``\w`` are ASCII, ``\p{L}`` is any letter; lookaround and back-references are there. ``full`` asks
    that the whole answer matches, ``multiline`` lets ``^`` and ``$`` match at every line, ``dot_all`` lets ``.`` match
    line breaks, ``ignore_case`` folds case character by character. The engine is that of the schema validator: the time
    is linear in the answer. Where lookaround or back-references make it try more than a million ways, or meet more than
    20,000 characters, the answer is unscored, on every machine alike.

    :raises PromptsteadError: the pattern is malformed, or too large when its repetitions are written out.
    """
    import jsonschema_rs

    source: str = options["pattern"]
    engine = compiled(source, searched(options))
    shown = quoted(source)
    looks = _LOOKS.search(source) is not None

    def judge(answer: Answer) -> Result:
        if looks and len(answer.text) > MAX_LOOKED:
            raise Unscored(say("evaluators.too-long-for-lookaround", most=MAX_LOOKED))
        if engine.is_valid(answer.text):
            return Result(True, say("evaluators.matches", pattern=shown))
        kind = next(engine.iter_errors(answer.text)).kind
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded):
            raise Unscored(say("evaluators.pattern-attempts", pattern=shown))
        return Result(False, say("evaluators.no-match", pattern=shown, answer=quoted(answer.text)))

    return judge


def compiled(source: str, pattern: str) -> Any:
    """Return the engine for *pattern*, which was made of *source*.

    :raises PromptsteadError: *source* is malformed, or too large when its repetitions are written out.
    """
    import jsonschema_rs

    try:
        jsonschema_rs.Draft202012Validator({"pattern": source})
        return jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError) as error:
        if is_too_large(source):
            message, hint = say("evaluators.large-pattern", pattern=quoted(source)), say("evaluators.shorten-pattern")
        else:
            message, hint = say("evaluators.malformed-pattern", pattern=quoted(source)), say("evaluators.write-pattern")
        raise PromptsteadError(message, hint=hint) from error
