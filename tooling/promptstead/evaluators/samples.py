"""One answer of a model, or of a judge, as files keep it.

Of a tool call a file keeps name and arguments, the arguments as the text that was received. It does not keep the id:
that is another one each time, and means nothing once the call is over.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from promptstead.errors import PromptsteadError
from promptstead.model import Json, Sample, Usage

NAME_LENGTH = 300
"""Characters of the longest name of a tool that is kept."""


def kept_calls(calls: Iterable[Json]) -> tuple[Json, ...] | None:
    """Return *calls*, in wire shape, without what changes by itself; None where one is no call of a function."""
    kept = []
    for call in calls:
        function = call.get("function") if isinstance(call, Mapping) else None
        name, arguments = (
            (function.get("name"), function.get("arguments")) if isinstance(function, Mapping) else ("", 0)
        )
        if not isinstance(name, str) or not 0 < len(name) <= NAME_LENGTH or not isinstance(arguments, str):
            return None
        kept.append(_wire(name, arguments))
    return tuple(kept)


def kept(sample: Sample) -> Sample:
    """Return *sample* as an outputs file holds it: without seconds and cost, its calls without ids.

    :raises PromptsteadError: it calls something that is no function.
    """
    if sample.digest:
        return Sample("", digest=sample.digest)
    calls = kept_calls(sample.tool_calls)
    if calls is None:
        raise PromptsteadError("an answer calls something that is not a function")
    return sample._replace(tool_calls=calls, seconds=None, cost=None)


def as_entries(calls: Iterable[Json]) -> list[dict[str, Json]]:
    """Return calls in wire shape as a file keeps them."""
    return [{"name": call["function"]["name"], "arguments": call["function"]["arguments"]} for call in calls]


def from_entries(entries: Iterable[Mapping[str, Any]]) -> tuple[Json, ...]:
    """Return what a file keeps in wire shape."""
    return tuple(_wire(entry["name"], entry["arguments"]) for entry in entries)


def read_sample(entry: Mapping[str, Any]) -> Sample:
    """Return the sample of an entry that follows the schema."""
    if "digest" in entry:
        return Sample("", digest=entry["digest"])
    tokens = read_usage(entry.get("usage", {}))
    calls = from_entries(entry["tool_calls"]) if "tool_calls" in entry else ()
    sample = Sample(entry["output"], entry.get("finish_reason", ""), tokens, calls)
    return sample._replace(scores=_scores(entry["scores"])) if "scores" in entry else sample


def plain_sample(sample: Sample) -> dict[str, Json]:
    """Return a sample as a file has it: keys in order, those at their default left out.

    :param sample: its calls are without ids, as :func:`kept` leaves them.
    """
    if sample.digest:
        return {"digest": sample.digest}
    entry: dict[str, Json] = {"output": sample.output}
    if sample.tool_calls:
        entry["tool_calls"] = as_entries(sample.tool_calls)
    if sample.finish_reason:
        entry["finish_reason"] = sample.finish_reason
    if usage := plain_usage(sample.usage):
        entry["usage"] = usage
    if sample.scores:
        entry["scores"] = dict(sample.scores)
    return entry


def _scores(entry: Mapping[str, float]) -> dict[str, float]:
    # beyond 2⁵³ a whole number is a float to most who read JSON, and to no evaluator anything else
    return {name: score if abs(score) <= 2**53 else float(score) for name, score in entry.items()}


def read_usage(entry: Mapping[str, Any]) -> Usage:
    """Return the usage that a file has."""
    return Usage(*(entry.get(name) for name in Usage._fields))


def plain_usage(usage: Usage) -> dict[str, Json]:
    """Return usage as a file has it, without what is not known."""
    return {name: count for name, count in usage._asdict().items() if count is not None}


def _wire(name: str, arguments: str) -> dict[str, Json]:
    return {"type": "function", "function": {"name": name, "arguments": arguments}}
