"""What a change of a prompt means for those who call it and read its answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from promptstead.diff.schemas import Effect, compare_schemas
from promptstead.diff.values import same, union
from promptstead.model import Input, Json, KeyPath, Prompt

Consequence = Literal["none", "compatible", "breaking"]

GIVEN: Mapping[Effect, Consequence] = {"narrowed": "breaking", "widened": "compatible", "unclear": "breaking"}
"""Consequence for whoever gives a value: what was accepted must still be."""
TAKEN: Mapping[Effect, Consequence] = {
    "narrowed": "compatible",
    "widened": "breaking",
    "unclear": "breaking",
    "dropped": "breaking",
}
"""Consequence for whoever takes a value: nothing that was not expected may come, and what was relied on must stay."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One change of the contract, in words, and its consequence. Where that cannot be told it counts as breaking.

    *at* leads to what changed, in the file that has it.
    """

    consequence: Literal["compatible", "breaking"]
    text: str
    at: KeyPath = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Contract:
    """The consequence of a change for callers, the gravest of its reasons, breaking ones first."""

    consequence: Consequence = "none"
    reasons: tuple[Reason, ...] = ()


def compare_contracts(old: Prompt | None, new: Prompt | None) -> Contract:
    """Return what callers of *old* meet when they get *new*; a prompt that is new has no callers yet."""
    if old is None:
        return Contract()
    found = (
        list(_reasons(old, new)) if new else [Reason("breaking", f"prompt `{old.id}` removed: callers cannot load it")]
    )
    reasons = sorted(dict.fromkeys(found), key=lambda reason: reason.consequence != "breaking")
    return Contract(reasons[0].consequence, tuple(reasons)) if reasons else Contract()


def _reasons(old: Prompt, new: Prompt) -> Iterator[Reason]:
    if old.id != new.id:
        kept = old.id in (new.data.get("aliases") or ())
        note = "the former id is an alias" if kept else f"callers of `{old.id}` cannot load it; an alias would help"
        yield Reason("compatible" if kept else "breaking", f"renamed to `{new.id}`: {note}", ("aliases",))
    for name in union(old.inputs, new.inputs):
        yield from _input(name, old.inputs.get(name), new.inputs.get(name))
    before, after = (any(message.slot == "history" for message in prompt.messages) for prompt in (old, new))
    if before != after:
        text = "earlier turns can be given" if after else "earlier turns that callers give have no place any more"
        yield Reason("compatible" if after else "breaking", f"history: {text}", ("messages",))
    yield from _output(old, new)
    yield from _tools(old, new)


def _input(name: str, old: Input | None, new: Input | None) -> Iterator[Reason]:
    at: KeyPath = ("inputs", name)
    if new is None:
        yield Reason("breaking", f"input `{name}` removed: callers that give it fail", at)
    elif old is None and new.required:
        yield Reason("breaking", f"input `{name}` added and required: callers do not give it", at)
    elif old is None:
        yield Reason("compatible", f"input `{name}` added, may be left out", at)
    else:
        if new.required and not old.required:
            yield Reason("breaking", f"input `{name}` is required now: callers may leave it out", at)
        elif old.required and not new.required:
            yield Reason("compatible", f"input `{name}` may be left out now", at)
        elif not new.required and not same(old.default, new.default):
            yield Reason("compatible", f"input `{name}` has another default", at)
        yield from _schema(f"input `{name}`", old.schema, new.schema, GIVEN, at)


def _output(old: Prompt, new: Prompt) -> Iterator[Reason]:
    at: KeyPath = ("output",)
    if old.output_format != new.output_format:
        yield Reason("breaking", f"answers are {new.output_format} now, not {old.output_format}", at)
    elif old.output_schema is not None and new.output_schema is None:
        yield Reason("breaking", "output schema removed: nothing is promised about answers any more", at)
    elif old.output_schema is None and new.output_schema is not None:
        yield Reason("compatible", "answers follow a schema now", at)
    elif old.output_schema is not None:
        yield from _schema("output", old.output_schema, new.output_schema, TAKEN, at)


def _tools(old: Prompt, new: Prompt) -> Iterator[Reason]:
    at: KeyPath = ("tools",)
    before = {str(tool.get("name")): tool for tool in old.tools}
    after = {str(tool.get("name")): tool for tool in new.tools}
    for name in union(before, after):
        if name not in after:
            yield Reason("breaking", f"tool `{name}` removed: the model cannot ask for it any more", at)
        elif name not in before:
            yield Reason("breaking", f"tool `{name}` added: callers must be able to run it", at)
        else:
            arguments = [tools[name].get("parameters", {}) for tools in (before, after)]
            yield from _schema(f"tool `{name}`", arguments[0], arguments[1], TAKEN, at)


def _schema(
    what: str, old: Json, new: Json, consequences: Mapping[Effect, Consequence], at: KeyPath
) -> Iterator[Reason]:
    for change in compare_schemas(old, new):
        consequence = consequences.get(change.effect, "none")
        place = f", `{change.place}`" if change.place else ""
        if consequence != "none":
            text = f"{what}{place}: {change.text}"
            yield Reason(consequence, f"cannot tell for {text}" if change.effect == "unclear" else text, at)
