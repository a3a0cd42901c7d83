"""Which texts an evaluator of text judges: the whole answer, the texts at ``path``, a ``part`` of each."""

from collections.abc import Callable, Mapping
from statistics import fmean

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.hits import taken
from promptstead.evaluators.shared.results import Result, quoted
from promptstead.evaluators.shared.strict_json import NotJson
from promptstead.model import Json
from promptstead.words.sentence import NOTHING_SAID, say

Check = Callable[[Answer], Result]


def aimed(judge: Check, options: Mapping[str, Json]) -> Check:
    """Return *judge* over the texts that ``path`` and ``part`` choose.

    Of several texts each must pass; scores are averaged; the last label counts.

    :raises PromptsteadError: the path is malformed.
    """
    part = options.get("part")
    if part is not None:
        judge = _at_part(judge, part["separator"], part.get("number"))
    return _at_path(judge, options["path"]) if "path" in options else judge


def pieces(text: str, separator: str) -> list[str]:
    """Return what stands between the occurrences of *separator*, white space at the ends aside; empty ones are none."""
    return [piece for piece in (piece.strip() for piece in text.split(separator)) if piece]


def not_json(text: str, error: NotJson, value: str | bool = False) -> Result:
    """Return the result of a text that is not JSON; *value* is that of it."""
    return Result(value, say("evaluators.expected-json", got=quoted(text), error=error.reason))


def _at_path(judge: Check, path: str) -> Check:
    from promptstead.evaluators.shared.json_query import selector

    select = selector(path)

    def check(answer: Answer) -> Result:
        try:
            values = select(answer.json())
        except NotJson as error:
            return not_json(answer.text, error)
        if not values:
            return Result(False, say("evaluators.path-selects-nothing"))
        wrong = [value for value in values if not isinstance(value, str)]
        if wrong:
            return Result(False, say("evaluators.no-text-at-path", got=quoted(wrong[0])))
        return _each(judge, answer, values)

    return check


def _at_part(judge: Check, separator: str, number: float | None) -> Check:
    def check(answer: Answer) -> Result:
        found = pieces(answer.text, separator)
        if number is None:
            chosen = found
        else:
            piece, _ = taken(found, number)
            chosen = [] if piece is None else [piece]
        if not chosen:
            between = quoted(separator)
            if number is None:
                return Result(False, say("evaluators.no-parts", separator=between))
            return Result(False, say("evaluators.no-part", number=int(number), separator=between, parts=len(found)))
        return _each(judge, answer, chosen)

    return check


def _each(judge: Check, answer: Answer, texts: list[str]) -> Result:
    scores: list[float] = []
    result = Result(None, NOTHING_SAID)
    for text in texts:
        result = judge(Answer(text, answer.case, answer.sample))
        if result.value is None or result.value is False:
            return result
        if isinstance(result.value, float):
            scores.append(result.value)
    if len(scores) > 1:
        return Result(fmean(scores), say("evaluators.mean-of-texts", texts=len(scores), last=result.reason))
    return result
