"""``regex``: a regular expression matches in the answer."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import inserted
from promptstead.evaluators.shared.results import Result, Unscored, quoted
from promptstead.model import Case, Json
from promptstead.prompts.declared.pattern_holes import Hole, filled, parts_of, probe
from promptstead.prompts.patterns import is_too_large, searched
from promptstead.words.sentence import own_words, say

MAX_LOOKED = 20_000
"""Characters of the longest answer that a pattern with lookaround or back-references is tried on.

What the engine reads in them does not count as a way tried, and may grow with the square of the answer.
"""
MAX_INSERTED = 2_000
"""Characters of a case that one pattern takes in, all its holes together."""
_KEPT = 8
"""Engines of one evaluator that are kept, one for each value of its holes: each may have 10 MB."""
_LOOKS = re.compile(r"\(\?<?[=!]|\\[1-9k]")

Made = Callable[[Case], tuple[Any, str]]
"""Gives the engine for a case, and the pattern as a reason quotes it; raises :class:`Unscored` where there is none."""


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    r"""Search for ``pattern``, in the syntax that ``pattern`` has in a JSON Schema (ECMA-262 with Unicode).

    ``\d`` and ``\w`` are ASCII, ``\p{L}`` is any letter; lookaround and back-references are there. ``full`` asks
    that the whole answer matches, ``multiline`` lets ``^`` and ``$`` match at every line, ``dot_all`` lets ``.`` match
    line breaks, ``ignore_case`` folds case character by character. The engine is that of the schema validator: the time
    is linear in the answer. Where lookaround or back-references make it try more than a million ways, or meet more than
    20,000 characters, the answer is unscored, on every machine alike.

    ``{{ expected.id }}`` in a pattern stands for a text of the case, taken literally: none of its characters is
    special, and ``?``, ``*``, ``+`` and ``{2}`` behind it apply to all of it. Inside ``[…]`` it stands for any one of
    its characters, and cannot be an end of a range. A value that the case lacks or that is empty, and more than 2,000
    characters of values, leave the answer unscored. ``\{\{`` is ``{{`` itself; ``\d{2}`` and ``[{{]`` are what they
    are without templates.

    :raises PromptsteadError: the pattern is malformed, or too large when its repetitions are written out.
    """
    import jsonschema_rs

    source: str = options["pattern"]
    made = _made(options)
    looks = _LOOKS.search(source) is not None

    def judge(answer: Answer) -> Result:
        engine, shown = made(answer.case)
        if looks and len(answer.text) > MAX_LOOKED:
            raise Unscored(say("evaluators.too-long-for-lookaround", most=MAX_LOOKED))
        if engine.is_valid(answer.text):
            return Result(True, say("evaluators.matches", pattern=shown))
        kind = next(engine.iter_errors(answer.text)).kind
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded):
            raise Unscored(say("evaluators.pattern-attempts", pattern=shown))
        return Result(False, say("evaluators.no-match", pattern=shown, answer=quoted(answer.text)))

    return judge


def _made(options: Mapping[str, Json]) -> Made:
    """Return what makes the engine of a case; a pattern without holes has one for all.

    :raises PromptsteadError: the pattern is malformed, or too large, whatever a case may give.
    """
    source: str = options["pattern"]
    parts = parts_of(source)
    tried = probe(source)
    first = compiled(tried, searched({**options, "pattern": tried}), source)
    holes = [inserted(part.template) for part in parts if isinstance(part, Hole)]
    if not holes:
        only = first, quoted(source)
        return lambda case: only

    @lru_cache(_KEPT)
    def of_values(values: tuple[str, ...]) -> tuple[Any, str]:
        left = iter(values)
        shown = quoted("".join(next(left) if isinstance(part, Hole) else part for part in parts))
        pattern = filled(parts, values)
        try:
            return compiled(pattern, searched({**options, "pattern": pattern}), source), shown
        except PromptsteadError as error:
            raise Unscored(own_words(error.message)) from None

    def made(case: Case) -> tuple[Any, str]:
        values = tuple(hole(case) for hole in holes)
        if sum(map(len, values)) > MAX_INSERTED:
            raise Unscored(say("evaluators.too-much-to-insert", most=MAX_INSERTED))
        return of_values(values)

    return made


def compiled(pattern: str, extended: str, shown: str = "") -> Any:
    """Return the engine for *extended*, which was made of *pattern*.

    :param shown: what errors call the pattern, where that is not itself.
    :raises PromptsteadError: *pattern* is malformed, or too large when its repetitions are written out.
    """
    import jsonschema_rs

    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
        return jsonschema_rs.Draft202012Validator({"pattern": extended})
    except (jsonschema_rs.ValidationError, ValueError) as error:
        named = quoted(shown or pattern)
        if is_too_large(pattern):
            message, hint = say("evaluators.large-pattern", pattern=named), say("evaluators.shorten-pattern")
        else:
            message, hint = say("evaluators.malformed-pattern", pattern=named), say("evaluators.write-pattern")
        raise PromptsteadError(message, hint=hint) from error
