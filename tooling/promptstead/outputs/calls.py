"""Tool calls of an answer as a person reads them."""

from collections.abc import Iterable, Mapping

from promptstead.model import Json, Sample


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
