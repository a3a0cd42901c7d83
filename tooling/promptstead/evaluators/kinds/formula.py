"""``formula``: arithmetic and logic over the values of other evaluators."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.combining import value_of
from promptstead.evaluators.shared.results import Result, Unscored, quoted
from promptstead.model import Json
from promptstead.prompts.declared.formula import COMPARISONS, Node, parse
from promptstead.words.sentence import say

Value = bool | float | str


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Work out ``formula`` over the values of the evaluators that it names.

    There are numbers, ``+ - * /``, a sign, ``min(…)``, ``max(…)``, ``< <= > >= == !=``, ``and``, ``or``, ``not``,
    ``true``, ``false``, parentheses, and labels in quotes, which can be compared with ``==`` and ``!=``. Put a name
    with a hyphen or a full stop in back-ticks. In arithmetic true is 1 and false is 0; ``and``, ``or`` and ``not`` take
    what is true or false only. What an evaluator leaves unscored leaves the formula unscored, unless the rest decides:
    false ``and`` anything is false, true ``or`` anything is true. So do a division by zero and a number out of range.

    A formula that is true or false decides in place of the evaluators that it names; they no longer fail a case by
    themselves. One that gives a number is a score, and they count as before.

    :raises PromptsteadError: the formula is malformed.
    """
    text: str = options["formula"]
    tree = parse(text)

    def judge(answer: Answer) -> Result:
        value = _value(tree, answer)
        if isinstance(value, float):
            return Result(value, say("evaluators.formula-number", formula=text, value=value))
        if isinstance(value, str):
            return Result(value, say("evaluators.formula-label", formula=text, label=value))
        return Result(value, say("evaluators.formula-true" if value else "evaluators.formula-false", formula=text))

    return judge


def _value(node: Node, answer: Answer) -> Value:
    kind = node[0]
    if kind in ("number", "label", "bool"):
        return node[1]  # type: ignore[no-any-return]
    if kind == "name":
        return value_of(answer, node[1])
    if kind in ("and", "or"):
        return _either(node, answer, deciding=kind == "or")
    if kind == "not":
        return not _truth(node[1], answer)
    if kind in COMPARISONS:
        return _compared(kind, _value(node[1], answer), _value(node[2], answer))
    numbers = [_number(part, answer) for part in node[1:]]
    return _calculated(kind, numbers)


def _either(node: Node, answer: Answer, deciding: bool) -> bool:
    """Return what both sides give; one that is *deciding* decides even where the other is unscored."""
    unscored: Unscored | None = None
    for side in node[1:]:
        try:
            if _truth(side, answer) is deciding:
                return deciding
        except Unscored as error:
            unscored = unscored or error
    if unscored is not None:
        raise unscored
    return not deciding


def _truth(node: Node, answer: Answer) -> bool:
    value = _value(node, answer)
    if not isinstance(value, bool):
        raise Unscored(say("evaluators.neither-true-nor-false", value=quoted(value)))
    return value


def _number(node: Node, answer: Answer) -> float:
    value = _value(node, answer)
    if isinstance(value, str):
        raise Unscored(say("evaluators.label-is-no-number", label=quoted(value)))
    return float(value)


def _compared(sign: str, left: Value, right: Value) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        if sign not in ("==", "!=") or not (isinstance(left, str) and isinstance(right, str)):
            said = say("evaluators.not-comparable", left=quoted(left), right=quoted(right), sign=sign)
            raise Unscored(said)
        return (left == right) is (sign == "==")
    a, b = float(left), float(right)
    outcomes = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}
    return outcomes[sign]


def _calculated(kind: str, numbers: list[float]) -> float:
    if kind in ("min", "max"):
        return min(numbers) if kind == "min" else max(numbers)
    if len(numbers) == 1:
        return -numbers[0]
    left, right = numbers
    if kind == "/" and right == 0:
        raise Unscored(say("evaluators.division-by-zero"))
    value = {"+": left + right, "-": left - right, "*": left * right}[kind] if kind != "/" else left / right
    if abs(value) == float("inf"):
        raise Unscored(say("evaluators.out-of-range"))
    return value
