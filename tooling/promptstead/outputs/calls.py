"""Answers and their tool calls as a person reads them."""

from collections.abc import Iterable, Mapping

from promptstead.evaluators.shared.turns import transcript_text
from promptstead.model import Case, Json, Sample


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


def answer_text(sample: Sample, case: Case | None = None) -> str:
    """Return an answer for people: its text, then its calls, one a line; a conversation with all that was said.

    :param case: what the answer is to; None where only that of the model is to be shown.
    """
    if sample.steps and case is not None:
        return transcript_text(case, sample)
    if sample.steps:
        return "\n".join(line for step in sample.steps for line in (step.output, *call_lines(step.tool_calls)) if line)
    return "\n".join(
        [*([sample.output] if sample.output or not sample.tool_calls else []), *call_lines(sample.tool_calls)]
    )
