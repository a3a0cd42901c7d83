"""Tool calls of an answer: as a server sends them, as a file keeps them, and as a person reads them.

A file keeps name and arguments, the arguments as the text that was received. It does not keep the id of a call: that
is another one each time, and means nothing once the call is over.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from promptstead.errors import PromptsteadError
from promptstead.model import Json, Sample

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
        raise PromptsteadError("an answer calls something that is no function")
    return sample._replace(tool_calls=calls, seconds=None, cost=None)


def as_entries(calls: Iterable[Json]) -> list[dict[str, Json]]:
    """Return calls in wire shape as a file keeps them."""
    return [{"name": call["function"]["name"], "arguments": call["function"]["arguments"]} for call in calls]


def from_entries(entries: Iterable[Mapping[str, Any]]) -> tuple[Json, ...]:
    """Return what a file keeps in wire shape."""
    return tuple(_wire(entry["name"], entry["arguments"]) for entry in entries)


def call_lines(calls: Iterable[Json]) -> list[str]:
    """Return calls for people, one a line: ``→ get_weather({"city": "Lyon"})``."""
    shown = []
    for call in calls:
        function = call.get("function", call) if isinstance(call, Mapping) else {}
        name, arguments = (
            (function.get("name"), function.get("arguments")) if isinstance(function, Mapping) else ("", "")
        )
        shown.append(f"→ {name or 'a tool'}({arguments or ''})")
    return shown


def answer_text(sample: Sample) -> str:
    """Return an answer for people: its text, then its calls, one a line."""
    return "\n".join(
        [*([sample.output] if sample.output or not sample.tool_calls else []), *call_lines(sample.tool_calls)]
    )


def _wire(name: str, arguments: str) -> dict[str, Json]:
    return {"type": "function", "function": {"name": name, "arguments": arguments}}
