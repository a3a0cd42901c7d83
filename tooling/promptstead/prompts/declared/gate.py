"""What is wrong with the gate of a prompt."""

from collections.abc import Iterator

from promptstead.did_you_mean import did_you_mean
from promptstead.documents.document import Document
from promptstead.model import KeyPath, Problem, Prompt

_DIRECTED = frozenset(("better", "min", "max"))
"""Options of which each says when a length or a count is good."""


def problems(prompt: Prompt, document: Document) -> Iterator[Problem]:
    """Yield the names in the gate that no evaluator has, and a score there of which nobody knows what is better.

    A check that is misspelt there would hold nothing.
    """
    gate = prompt.data.get("gate", {})
    named: list[tuple[KeyPath, str]] = [
        (("gate", "hard", index), name) for index, name in enumerate(gate.get("hard", ()))
    ]
    if "primary" in gate:
        named.append((("gate", "primary"), gate["primary"]))
    known = {spec.name for spec in prompt.every_evaluator()}
    for at, name in named:
        if name not in known:
            hint = did_you_mean(name, sorted(known), "declare it under `evaluators`")
            yield Problem("SCH001", f"the gate names `{name}`, and there is no such evaluator", document.span(at), hint)
    primary = next((spec for spec in prompt.evaluators if spec.name == prompt.gate.primary), None)
    if primary is not None and primary.type in ("length", "count") and not _DIRECTED & primary.options.keys():
        message = f"the gate compares the score `{primary.name}`, and nothing says whether more or less of it is better"
        hint = "give the evaluator `better: lower` or `better: higher`, or bounds (`min`, `max`)"
        yield Problem("SCH001", message, document.span(("gate", "primary")), hint, level="warning")
