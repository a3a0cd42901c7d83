"""What changed between two versions of a prompt, part by part, and what it means for its callers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from promptstead.diff.alignment import Effort, align
from promptstead.diff.contract import Contract, compare_contracts
from promptstead.diff.evidence import EvidenceChange, compare_evidence
from promptstead.diff.messages import MessageChange, compare_messages
from promptstead.diff.values import ValueChange, canonical, differences, union
from promptstead.errors import PromptsteadError
from promptstead.model import Example, Input, Json, ModelChoice, Note, Prompt
from promptstead.prompts.attached_files import facts, facts_text

SHOWN_ELSEWHERE = frozenset(
    {"schema", "contract", "inputs", "messages", "model", "output", "tools", "examples", "governance"}
    | {"cases", "counterexamples", "evaluators", "gate"}
    | {"modelParameters", "responseFormat", "jsonSchema", "testData"}
)
"""Keys of a file that have a part of their own here, in either dialect."""


class NotesChange(NamedTuple):
    """What people said about answers that came, or went, with the change."""

    added: tuple[Note, ...] = ()
    removed: tuple[Note, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


NO_NOTES = NotesChange()


@dataclass(frozen=True, slots=True)
class PromptChange:
    """A prompt and what changed in it; an unchanged one has no changes, whatever happened to comments and layout.

    Paths of value changes start with the name of the input or tool, the key, or the place of the example (from 0).
    """

    id: str
    kind: Literal["added", "removed", "changed", "renamed", "unchanged"]
    old_id: str = ""
    """The former id of a renamed prompt."""
    messages: tuple[MessageChange, ...] = ()
    partials: tuple[ValueChange, ...] = ()
    attachments: tuple[ValueChange, ...] = ()
    """Files that the prompt attaches, and those of cases and inputs that changed: path -> type, size and digest."""
    inputs: tuple[ValueChange, ...] = ()
    output: tuple[ValueChange, ...] = ()
    tools: tuple[ValueChange, ...] = ()
    model: tuple[ValueChange, ...] = ()
    examples: tuple[ValueChange, ...] = ()
    governance: tuple[ValueChange, ...] = ()
    other: tuple[ValueChange, ...] = ()
    evidence: EvidenceChange = field(default_factory=EvidenceChange)
    contract: Contract = field(default_factory=Contract)
    notes: NotesChange = NO_NOTES
    layout: bool = False
    """Some text was wrapped anew or spaced otherwise: nothing to read, but other bytes, so digests differ."""

    @property
    def only_notes(self) -> bool:
        """Whether nothing differs but what people said about answers."""
        same = PromptChange(self.id, self.kind, contract=self.contract, notes=self.notes, layout=self.layout)
        return self.kind == "changed" and bool(self.notes) and self == same


def compare_prompts(old: Prompt | None, new: Prompt | None) -> PromptChange:
    """Return what changed from *old* to *new*; None stands for a prompt that is not there. One of them must be.

    :raises PromptsteadError: a value is nested too deeply to compare.
    """
    there = new or old
    if there is None:
        raise ValueError("there is nothing to compare")
    try:
        return _compare(old, new, there)
    except RecursionError as error:
        raise PromptsteadError("a value is nested too deeply to compare", location=there.path) from error


def _compare(old: Prompt | None, new: Prompt | None, there: Prompt) -> PromptChange:
    nothing = Prompt(
        there.id, there.path, there.dialect, data={}, title="", description="", language="", inputs={}, messages=(),
        model=ModelChoice(""),
    )  # fmt: skip
    before, after = old or nothing, new or nothing
    messages, wrapped = compare_messages(before.messages, after.messages)
    partials, partials_wrapped = _readable(differences(before.partials, after.partials))
    governance, governance_wrapped = _readable(differences(_governance(before), _governance(after)))
    other, other_wrapped = _readable(differences(_other(before), _other(after)))
    evidence = compare_evidence(before, after)
    change = PromptChange(
        id=there.id,
        kind="unchanged",
        messages=messages,
        partials=partials,
        attachments=tuple(_attachments(before, after)),
        inputs=tuple(differences(_inputs(before), _inputs(after))),
        output=tuple(differences(_output(before), _output(after))),
        tools=tuple(differences(_tools(before), _tools(after))),
        model=tuple(differences(_model(before.model), _model(after.model))),
        examples=tuple(_examples(before.examples, after.examples)),
        governance=governance,
        other=other,
        evidence=evidence if new else replace(evidence, weakened=()),
        contract=compare_contracts(old, new),
        notes=_notes(before.notes, after.notes),
        layout=wrapped or partials_wrapped or governance_wrapped or other_wrapped,
    )
    if old is None:
        return replace(change, kind="added")
    if new is None:
        return replace(change, kind="removed")
    if old.id != new.id:
        return replace(change, kind="renamed", old_id=old.id)
    same = Contract(old=old.contract, new=old.contract, declarable=change.contract.declarable)
    empty = PromptChange(id=change.id, kind="unchanged", layout=change.layout, contract=same)
    return change if change == empty else replace(change, kind="changed")


def _notes(old: tuple[Note, ...], new: tuple[Note, ...]) -> NotesChange:
    """Return the notes of one side only, wherever they stand in their file."""
    before, after = ([note._replace(file="", at=()) for note in notes] for notes in (old, new))
    added, removed = Counter(after) - Counter(before), Counter(before) - Counter(after)
    return NotesChange(tuple(added.elements()), tuple(removed.elements()))


def _readable(changes: Iterable[ValueChange]) -> tuple[tuple[ValueChange, ...], bool]:
    """Return the changes that a reader sees, and whether there are others: text whose words are the same."""
    found = list(changes)
    seen = tuple(change for change in found if change.pieces or not _is_text(change))
    return seen, len(seen) < len(found)


def _is_text(change: ValueChange) -> bool:
    return change.kind == "changed" and isinstance(change.old, str) and isinstance(change.new, str)


def _by_path(value: Json) -> Json:
    return {"path": value["path"]} if isinstance(value, Mapping) and "path" in value else value


def _attachments(old: Prompt, new: Prompt) -> Iterator[ValueChange]:
    """Yield the files of the prompt that differ, then those of cases that are there on both sides and differ."""
    before, after = _own_files(old), _own_files(new)
    for path in union(before, after):
        if path not in after:
            yield ValueChange("removed", (path,), old=before[path])
        elif path not in before:
            yield ValueChange("added", (path,), new=after[path])
        elif before[path] != after[path]:
            yield ValueChange("changed", (path,), before[path], after[path])
    there, others = _files_of_inputs(old), _files_of_inputs(new)
    for path, about in there.items():
        if path not in before and about != others.get(path, about):
            yield ValueChange("changed", (path,), about, others[path])


def _own_files(prompt: Prompt) -> dict[str, str]:
    return {path: facts_text({**facts(found), "path": ""}) for path, found in prompt.attachments.items()}


def _files_of_inputs(prompt: Prompt) -> dict[str, str]:
    """Return the files that cases name, and examples and defaults of inputs."""
    declared = {name: spec for name, spec in prompt.inputs.items() if spec.attachment}
    values = [case.inputs.get(name) for case in prompt.cases for name in declared] if declared else []
    values += [value for spec in declared.values() for value in (spec.example, spec.default)]
    known = [value for value in values if isinstance(value, Mapping) and "sha256" in value]
    return {value["path"]: facts_text({**value, "path": ""}) for value in known}


def _inputs(prompt: Prompt) -> dict[str, Json]:
    return {name: _input(found) for name, found in prompt.inputs.items()}


def _input(found: Input) -> dict[str, Json]:
    optional = {"example": (found.has_example, found.example), "default": (found.has_default, found.default)}
    if found.attachment:  # what became of the files stands among the attachments
        optional = {key: (there, _by_path(value)) for key, (there, value) in optional.items()}
    return {
        "schema": found.schema,
        "trust": found.trust,
        "required": found.required,
        **({"attachment": found.attachment} if found.attachment else {}),
        **({"description": found.description} if found.description else {}),
        **{key: value for key, (present, value) in optional.items() if present},
    }


def _output(prompt: Prompt) -> dict[str, Json]:
    schema = {} if prompt.output_schema is None else {"schema": prompt.output_schema}
    return {**_written(prompt, "output"), "format": prompt.output_format, **schema}


def _tools(prompt: Prompt) -> dict[str, Json]:
    return {str(tool.get("name")): tool for tool in prompt.tools}


def _model(model: ModelChoice) -> dict[str, Json]:
    named = {"name": model.name, "provider": model.provider, "snapshot": model.snapshot}
    return {**{key: value for key, value in named.items() if value}, "params": model.params}


def _governance(prompt: Prompt) -> Mapping[str, Json]:
    return _written(prompt, "governance")


def _written(prompt: Prompt, key: str) -> Mapping[str, Json]:
    """Return a part of the file without anybody's own keys, which are shown at the top of the file alone."""
    found = prompt.data.get(key)
    return {name: found[name] for name in found if not name.startswith("x-")} if isinstance(found, Mapping) else {}


def _other(prompt: Prompt) -> dict[str, Json]:
    return {key: value for key, value in prompt.data.items() if key not in SHOWN_ELSEWHERE}


def _examples(old: tuple[Example, ...], new: tuple[Example, ...]) -> Iterator[ValueChange]:
    """Yield the examples that differ; between equal ones, they belong together in their order."""
    left, right = [_example(example) for example in old], [_example(example) for example in new]
    keys, others = [canonical(example) for example in left], [canonical(example) for example in right]
    i = j = 0
    for p, q, length in [*align(keys, others, Effort()), (len(left), len(right), 0)]:
        both = min(p - i, q - j)
        yield from (ValueChange("changed", (j + n,), left[i + n], right[j + n]) for n in range(both))
        yield from (ValueChange("removed", (n,), old=left[n]) for n in range(i + both, p))
        yield from (ValueChange("added", (n,), new=right[n]) for n in range(j + both, q))
        i, j = p + length, q + length


def _example(example: Example) -> dict[str, Json]:
    return {"inputs": example.inputs, "output": example.output}
