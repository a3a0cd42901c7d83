"""Which texts an evaluator of text judges: the whole answer, the texts at ``path``, a ``part`` of each."""

from collections.abc import Callable, Mapping
from statistics import fmean

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Result, reason, shown
from promptstead.evaluators.shared.strict_json import NotJson
from promptstead.model import Json

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


def _at_path(judge: Check, path: str) -> Check:
    from promptstead.evaluators.shared.json_query import selector

    select = selector(path)

    def check(answer: Answer) -> Result:
        try:
            values = select(answer.json())
        except NotJson as error:
            return Result(False, reason(f"expected JSON, got {shown(answer.text)}: {error}"))
        if not values:
            return Result(False, "the path selects nothing")
        wrong = [value for value in values if not isinstance(value, str)]
        if wrong:
            return Result(False, f"expected text at the path, got {shown(wrong[0])}")
        return _each(judge, answer, values)

    return check


def _at_part(judge: Check, separator: str, number: int | None) -> Check:
    def check(answer: Answer) -> Result:
        found = pieces(answer.text, separator)
        if number is None:
            chosen = found
        else:
            index = number - 1 if number > 0 else number
            chosen = [found[index]] if -len(found) <= index < len(found) else []
        if not chosen:
            which = "no part" if number is None else f"no part {number}"
            return Result(False, f"there is {which} between {shown(separator)}: the answer has {len(found)}")
        return _each(judge, answer, chosen)

    return check


def _each(judge: Check, answer: Answer, texts: list[str]) -> Result:
    scores: list[float] = []
    result = Result(None, "")
    for text in texts:
        result = judge(Answer(text, answer.case, answer.sample))
        if result.value is None or result.value is False:
            return result
        if isinstance(result.value, float):
            scores.append(result.value)
    if len(scores) > 1:
        return Result(fmean(scores), f"mean of {len(scores)} texts, the last with {result.reason}")
    return result
