"""One answer of a model, or of a judge, as files keep it.

Of a tool call a file keeps name and arguments, the arguments as the text that was received. It does not keep the id:
that is another one each time, and means nothing once the call is over.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from promptstead.errors import PromptsteadError
from promptstead.model import Json, Sample, Step, Usage

Number = TypeVar("Number", int, float)
ReplyType = TypeVar("ReplyType", Sample, Step)

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
    return conversation(list(map(_kept_reply, sample.steps))) if sample.steps else _kept_reply(sample)


def _kept_reply(reply: ReplyType) -> ReplyType:
    calls = kept_calls(reply.tool_calls)
    if calls is None:
        raise PromptsteadError("an answer calls something that is not a function")
    return reply._replace(tool_calls=calls, seconds=None, cost=None)


def conversation(steps: Sequence[Step]) -> Sample:
    """Return the replies of a conversation as one answer: the last of them, with what all of them took.

    :param steps: in order, at least one.
    """
    last = steps[-1]
    return Sample(
        last.output,
        last.finish_reason,
        total_usage([step.usage for step in steps]),
        last.tool_calls,
        total([step.seconds for step in steps]),
        total([step.cost for step in steps]),
        steps=tuple(steps),
    )


def total_usage(usages: Sequence[Usage]) -> Usage:
    """Return the tokens of several calls together, unknown where those of one are."""
    return Usage(*map(total, zip(*usages, strict=True))) if usages else Usage()


def total(counts: Sequence[Number | None]) -> Number | None:
    """Return the sum; None where one is unknown, and of nothing."""
    known = [count for count in counts if count is not None]
    return sum(known[1:], known[0]) if known and len(known) == len(counts) else None


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
    sample = conversation([_read_step(step) for step in entry["steps"]]) if "steps" in entry else _read_reply(entry)
    return sample._replace(scores=_scores(entry["scores"])) if "scores" in entry else sample


def _read_reply(entry: Mapping[str, Any]) -> Sample:
    tokens = read_usage(entry.get("usage", {}))
    calls = from_entries(entry["tool_calls"]) if "tool_calls" in entry else ()
    return Sample(entry["output"], entry.get("finish_reason", ""), tokens, calls)


def _read_step(entry: Mapping[str, Any]) -> Step:
    return Step(*_read_reply(entry)[:4], entry.get("request", ""))


def plain_sample(sample: Sample) -> dict[str, Json]:
    """Return a sample as a file has it: keys in order, those at their default left out.

    :param sample: its calls are without ids, as :func:`kept` leaves them.
    """
    if sample.digest:
        return {"digest": sample.digest}
    entry: dict[str, Json] = _plain_reply(sample)
    if sample.steps:
        entry = {"steps": plain_steps(sample)}
    if sample.scores:
        entry["scores"] = dict(sample.scores)
    return entry


def plain_steps(sample: Sample) -> list[dict[str, Json]]:
    """Return the replies of a conversation as a file has them."""
    return [_plain_step(step) for step in sample.steps]


def _plain_step(step: Step) -> dict[str, Json]:
    return {**({"request": step.request} if step.request else {}), **_plain_reply(step)}


def _plain_reply(reply: Sample | Step) -> dict[str, Json]:
    entry: dict[str, Json] = {"output": reply.output}
    if reply.tool_calls:
        entry["tool_calls"] = as_entries(reply.tool_calls)
    if reply.finish_reason:
        entry["finish_reason"] = reply.finish_reason
    if usage := plain_usage(reply.usage):
        entry["usage"] = usage
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
