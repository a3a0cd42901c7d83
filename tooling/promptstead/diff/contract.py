"""What a change of a prompt means for those who call it and read its answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from promptstead.diff.schemas import Effect, SchemaChange, compare_schemas
from promptstead.diff.values import same, union
from promptstead.model import Input, Json, KeyPath, Prompt
from promptstead.words.sentence import Sentence, say, word

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
    """One change of the contract and its consequence. Where that cannot be told it counts as breaking.

    *at* leads to what changed, in the file that has it.
    """

    consequence: Literal["compatible", "breaking"]
    text: Sentence
    at: KeyPath = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Contract:
    """The consequence of a change for callers, the gravest of its reasons, breaking ones first.

    *old* and *new* are the numbers of the contract on both sides, equal where one side has no prompt.
    """

    consequence: Consequence = "none"
    reasons: tuple[Reason, ...] = ()
    old: int = 1
    new: int = 1
    declarable: bool = True
    """Whether the file has a place for the number."""

    @property
    def declared(self) -> bool:
        """Whether the change breaks callers and says so by the next number, and by no other."""
        return self.consequence == "breaking" and self.new == self.old + 1

    @property
    def breaks(self) -> tuple[Reason, ...]:
        """What breaks callers."""
        return tuple(reason for reason in self.reasons if reason.consequence == "breaking")


def compare_contracts(old: Prompt | None, new: Prompt | None) -> Contract:
    """Return what callers of *old* meet when they get *new*; a prompt that is new has no callers yet.

    *old* is what callers have: the merge base, as long as nothing of the prompt has been released.
    """
    if old is None:
        return Contract()
    if new is None:
        gone = Reason("breaking", say("changes.callers-cannot-load", prompt=old.id))
        return Contract("breaking", (gone,), old.contract, old.contract, declarable=False)
    reasons = sorted(dict.fromkeys(_reasons(old, new)), key=lambda reason: reason.consequence != "breaking")
    consequence: Consequence = reasons[0].consequence if reasons else "none"
    return Contract(consequence, tuple(reasons), old.contract, new.contract, new.dialect == "promptstead")


def _reasons(old: Prompt, new: Prompt) -> Iterator[Reason]:
    if old.id != new.id:
        kept = old.id in (new.data.get("aliases") or ())
        if kept:
            yield Reason("compatible", say("changes.renamed-with-alias", new=new.id), ("aliases",))
        else:
            yield Reason("breaking", say("changes.renamed-without-alias", new=new.id, old=old.id), ("aliases",))
    for name in union(old.inputs, new.inputs):
        yield from _input(name, old.inputs.get(name), new.inputs.get(name))
    before, after = (any(message.slot == "history" for message in prompt.messages) for prompt in (old, new))
    if before != after:
        text = say("changes.history-added" if after else "changes.history-removed")
        yield Reason("compatible" if after else "breaking", text, ("messages",))
    yield from _output(old, new)
    yield from _tools(old, new)


def _input(name: str, old: Input | None, new: Input | None) -> Iterator[Reason]:
    at: KeyPath = ("inputs", name)
    if new is None:
        yield Reason("breaking", say("changes.input-removed", input=name), at)
    elif old is None and new.required:
        yield Reason("breaking", say("changes.input-added-required", input=name), at)
    elif old is None:
        yield Reason("compatible", say("changes.input-added", input=name), at)
    else:
        if new.required and not old.required:
            yield Reason("breaking", say("changes.input-required", input=name), at)
        elif old.required and not new.required:
            yield Reason("compatible", say("changes.input-optional", input=name), at)
        elif not new.required and not same(old.default, new.default):
            yield Reason("compatible", say("changes.input-default", input=name), at)
        if old.attachment != new.attachment:
            what = word(new.attachment or "text")
            yield Reason("breaking", say("changes.input-attachment", input=name, what=what), at)
        yield from _schema(partial(_in_input, name), old.schema, new.schema, GIVEN, at)


def _output(old: Prompt, new: Prompt) -> Iterator[Reason]:
    at: KeyPath = ("output",)
    if old.output_format != new.output_format:
        yield Reason("breaking", say("changes.output-format", new=new.output_format, old=old.output_format), at)
    elif old.output_schema is not None and new.output_schema is None:
        yield Reason("breaking", say("changes.output-schema-removed"), at)
    elif old.output_schema is None and new.output_schema is not None:
        yield Reason("compatible", say("changes.output-schema-added"), at)
    elif old.output_schema is not None:
        yield from _schema(_in_output, old.output_schema, new.output_schema, TAKEN, at)


def _tools(old: Prompt, new: Prompt) -> Iterator[Reason]:
    at: KeyPath = ("tools",)
    before = {str(tool.get("name")): tool for tool in old.tools}
    after = {str(tool.get("name")): tool for tool in new.tools}
    for name in union(before, after):
        if name not in after:
            yield Reason("breaking", say("changes.tool-removed", tool=name), at)
        elif name not in before:
            yield Reason("breaking", say("changes.tool-added", tool=name), at)
        else:
            arguments = [tools[name].get("parameters", {}) for tools in (before, after)]
            yield from _schema(partial(_in_tool, name), arguments[0], arguments[1], TAKEN, at)


def _schema(
    where: Callable[[SchemaChange], Sentence],
    old: Json,
    new: Json,
    consequences: Mapping[Effect, Consequence],
    at: KeyPath,
) -> Iterator[Reason]:
    for change in compare_schemas(old, new):
        consequence = consequences.get(change.effect, "none")
        if consequence != "none":
            text = where(change)
            yield Reason(consequence, say("changes.cannot-tell", text=text) if change.effect == "unclear" else text, at)


def _in_input(name: str, change: SchemaChange) -> Sentence:
    if change.place:
        return say("changes.within-input", input=name, place=change.place, text=change.text)
    return say("changes.of-input", input=name, text=change.text)


def _in_output(change: SchemaChange) -> Sentence:
    if change.place:
        return say("changes.within-output", place=change.place, text=change.text)
    return say("changes.of-output", text=change.text)


def _in_tool(name: str, change: SchemaChange) -> Sentence:
    if change.place:
        return say("changes.within-tool", tool=name, place=change.place, text=change.text)
    return say("changes.of-tool", tool=name, text=change.text)
