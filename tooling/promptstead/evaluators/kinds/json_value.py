"""``json``: the answer is one JSON value and nothing else."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Result, quoted
from promptstead.evaluators.shared.strict_json import NotJson
from promptstead.evaluators.shared.target import not_json
from promptstead.model import Json
from promptstead.words.sentence import say

_KINDS = {"object": dict, "array": list}


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Read the answer as JSON (RFC 8259); ``kind`` asks for an object or an array.

    White space may surround the value. NaN, Infinity, duplicate keys, a number beyond the range of a double, half a
    surrogate pair, a byte-order mark and more than 64 levels are refused. ``fenced`` also accepts a value inside one
    Markdown code fence that is the whole answer.
    """
    fenced = options.get("fenced", False)
    kind = options.get("kind", "any")

    def judge(answer: Answer) -> Result:
        try:
            value = answer.json(fenced)
        except NotJson as error:
            return not_json(answer.text, error)
        if kind != "any" and not isinstance(value, _KINDS[kind]):
            said = say("evaluators.no-object" if kind == "object" else "evaluators.no-array", got=quoted(value))
            return Result(False, said)
        if kind == "any":
            return Result(True, say("evaluators.is-json"))
        return Result(True, say("evaluators.is-object" if kind == "object" else "evaluators.is-array"))

    return judge
