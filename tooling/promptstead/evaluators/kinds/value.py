"""``value``: a number that the answer gives is its score."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from itertools import islice

from promptstead.evaluators.kinds.number import GRAMMARS, not_taken, numbers, whole_number
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.hits import taken
from promptstead.evaluators.shared.json_query import selector
from promptstead.evaluators.shared.results import MAX_QUOTED, Result, Unscored, quoted
from promptstead.evaluators.shared.strict_json import NotJson
from promptstead.model import Json, is_number
from promptstead.words.sentence import say

BEFORE = 200
"""Characters before a number in which a pattern is looked for."""
MAX_NUMBERS = 2_000
"""Most numbers of an answer that a pattern is tried before."""


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    r"""Take a number of the answer as its score, such as the rating that a model was asked for.

    ``path`` (JSONPath, RFC 9535) selects it in the JSON answer: one number, or a text that is one number and nothing
    else; ``fenced`` as for ``json``. Otherwise it is found in the text, as ``number`` reads numbers, ``decimal`` the
    same: the ``last``, the ``first`` or the ``only`` one as ``take`` says, or the one at a place: 2 is the second, -2
    the last but one. With ``pattern`` those count that stand
    directly behind what the expression matches, such as ``[Ss]core:\s*``, within the 200 characters before the number;
    its syntax and its engine are those of ``regex``, and more than 2,000 numbers leave the answer unscored.

    ``score`` is another source of it: the number that an imported answer carries under that name, as another tool
    measured it. An answer that carries none is unscored.

    ``better: lower`` says that the lower score is the better one. An answer that gives no such number, or several where
    one is asked for, is unscored.

    :raises PromptsteadError: the path or the pattern is malformed, or the pattern is too large.
    """
    if "score" in options:
        return _carried(options["score"])
    if "path" in options:
        return _at_path(options["path"], options.get("fenced", False))
    grammar = GRAMMARS[options.get("decimal", ".")]
    take: str | float = options.get("take", "last")
    stands_behind = _behind(options["pattern"]) if "pattern" in options else None

    def judge(answer: Answer) -> Result:
        text = answer.text
        found: Iterable[tuple[int, Decimal]] = numbers(grammar, text)
        if stands_behind is not None:
            every = list(islice(found, MAX_NUMBERS + 1))
            if len(every) > MAX_NUMBERS:
                raise Unscored(say("evaluators.too-many-numbers", most=MAX_NUMBERS))
            found = [each for each in every if stands_behind(text[max(0, each[0] - BEFORE) : each[0]])]
        hit, seen = taken(found, take)
        if hit is None:
            raise Unscored(say("evaluators.in-text", said=not_taken(seen, take), text=quoted(text)))
        return _score(hit[1])

    return judge


def _carried(name: str) -> Callable[[Answer], Result]:
    def judge(answer: Answer) -> Result:
        scores = answer.sample.scores or {}
        if name not in scores:
            others = list(map(quoted, scores))[:MAX_QUOTED]
            if others:
                raise Unscored(say("evaluators.other-scores-carried", name=name, others=others))
            raise Unscored(say("evaluators.no-score-carried", name=name))
        return Result(float(scores[name]), say("evaluators.score-carried", name=name, score=scores[name]))

    return judge


def _at_path(path: str, fenced: bool) -> Callable[[Answer], Result]:
    select = selector(path)

    def judge(answer: Answer) -> Result:
        try:
            values = select(answer.json(fenced))
        except NotJson as error:
            raise Unscored(say("evaluators.expected-json", got=quoted(answer.text), error=error.reason)) from None
        if len(values) != 1:
            raise Unscored(
                say("evaluators.selects-several", path=path) if values else say("evaluators.selects-nothing", path=path)
            )
        (value,) = values
        number = whole_number(value) if isinstance(value, str) else Decimal(repr(value)) if is_number(value) else None
        if number is None:
            raise Unscored(
                say("evaluators.at-path", path=path, reason=say("evaluators.expected-a-number", got=quoted(value)))
            )
        return _score(number)

    return judge


def _score(number: Decimal) -> Result:
    return Result(float(number), say("evaluators.number-is", number=quoted(str(number))))


def _behind(source: str) -> Callable[[str], bool]:
    import jsonschema_rs

    from promptstead.evaluators.kinds.pattern import compiled

    engine = compiled(source, rf"(?:{source})\z")

    def matches(text: str) -> bool:
        if engine.is_valid(text):
            return True
        kind = next(engine.iter_errors(text)).kind
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded):
            raise Unscored(say("evaluators.pattern-attempts", pattern=quoted(source)))
        return False

    return matches
