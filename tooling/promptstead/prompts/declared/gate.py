"""What is wrong with the gate of a prompt."""

from collections.abc import Iterator

from promptstead.did_you_mean import nearest
from promptstead.documents.document import Document
from promptstead.model import KeyPath, Problem, Prompt
from promptstead.words.sentence import say

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
            near = nearest(name, sorted(known))
            hint = say("files.did-you-mean", near=near) if near else say("files.declare-evaluator")
            yield Problem("SCH001", say("files.gate-names-unknown", evaluator=name), document.span(at), hint)
    primary = next((spec for spec in prompt.evaluators if spec.name == prompt.gate.primary), None)
    if primary is not None and primary.type in ("length", "count") and not _DIRECTED & primary.options.keys():
        message, hint = say("files.score-without-direction", evaluator=primary.name), say("files.give-direction")
        yield Problem("SCH001", message, document.span(("gate", "primary")), hint, level="warning")
