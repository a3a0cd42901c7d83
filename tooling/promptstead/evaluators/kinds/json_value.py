"""``json``: the answer is one JSON value and nothing else."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Result, shown
from promptstead.evaluators.shared.strict_json import NotJson
from promptstead.model import Json

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
            return not_json(answer, error)
        if kind != "any" and not isinstance(value, _KINDS[kind]):
            return Result(False, f"expected a JSON {kind}, got {shown(value)}")
        return Result(True, "the answer is JSON" if kind == "any" else f"the answer is a JSON {kind}")

    return judge


def not_json(answer: Answer, error: NotJson) -> Result:
    """Return the failure of an answer that is not JSON."""
    return Result(False, f"expected JSON, got {shown(answer.text)}: {error}")
