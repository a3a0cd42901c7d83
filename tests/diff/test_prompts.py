"""What changed between two versions of a prompt."""

from dataclasses import fields
from typing import Any

import pytest

from promptstead.diff.prompts import PromptChange, compare_prompts
from promptstead.errors import PromptsteadError
from promptstead.model import Counterexample, Example, Gate, Message, ModelChoice, Note, Part, Prompt
from tests.diff.prompts import BASE, message

SYSTEM, USER = BASE.messages


def parts_changed(change: PromptChange) -> set[str]:
    apart = {"id", "kind", "old_id", "contract", "layout"}
    return {part.name for part in fields(change) if part.name not in apart and getattr(change, part.name)}


def with_data(**keys: Any) -> Prompt:
    return BASE._replace(data={**BASE.data, **keys})


def test_a_prompt_does_not_differ_from_itself() -> None:
    assert compare_prompts(BASE, BASE) == PromptChange(BASE.id, "unchanged")


def test_layout_is_unchanged_but_told() -> None:
    new = with_data(governance={"purpose": "sort\ncomplaints", "risk": "limited"})._replace(
        messages=(message("system", "Sort  the\ncomplaint.\n"), USER),
        partials={"partials/rules.md": "Obey\nthe rules.\n"},
    )
    assert compare_prompts(BASE, new) == PromptChange(BASE.id, "unchanged", layout=True)


@pytest.mark.parametrize(
    ("new", "part"),
    [
        (BASE._replace(messages=(message("system", "Sort the complaint well."), USER)), "messages"),
        (BASE._replace(partials={"partials/rules.md": "Obey all rules."}), "partials"),
        (BASE._replace(inputs={**BASE.inputs, "text": BASE.inputs["text"]._replace(trust="trusted")}), "inputs"),
        (BASE._replace(output_schema={"type": "object"}), "output"),
        (with_data(output={"name": "answer"}), "output"),
        (BASE._replace(tools=({**BASE.tools[0], "description": "new"},)), "tools"),
        (BASE._replace(model=ModelChoice("triage", {"temperature": 1})), "model"),
        (BASE._replace(model=BASE.model._replace(snapshot="m-2026-01-01")), "model"),
        (BASE._replace(examples=(Example({"text": "a"}, "b", ()),)), "examples"),
        (with_data(governance={"risk": "high"}), "governance"),
        (with_data(title="Sorting"), "other"),
        (with_data(**{"x-note": 1}), "other"),
        (BASE._replace(cases=()), "evidence"),
        (BASE._replace(evaluators=()), "evidence"),
        (BASE._replace(counterexamples=(Counterexample("c", "one", ("named",), "w", "x"),)), "evidence"),
        (BASE._replace(notes=(Note("one", "m", "sha256:0", "Ana", "2026-01-02", "Wrong."),)), "notes"),
    ],
)
def test_one_part_changes(new: Prompt, part: str) -> None:
    for change in (compare_prompts(BASE, new), compare_prompts(new, BASE)):
        assert change.kind == "changed"
        assert parts_changed(change) == {part}
        assert not change.layout


def test_a_note_elsewhere_in_its_file_is_the_same_and_one_alone_is_told_apart() -> None:
    note = Note("one", "m", "sha256:0", "Ana", "2026-01-02", "Wrong.", file="notes.yml", at=("notes", 0))
    one, moved = (BASE._replace(notes=(each,)) for each in (note, note._replace(at=("notes", 3))))
    assert compare_prompts(one, moved).kind == "unchanged"
    twice = compare_prompts(one, BASE._replace(notes=(note, note)))
    assert [each.text for each in twice.notes.added] == ["Wrong."]
    assert twice.only_notes
    assert not compare_prompts(one, BASE._replace(notes=(note, note), gate=Gate("named"))).only_notes
    assert not compare_prompts(one, moved).only_notes


def test_values_are_named_by_their_path() -> None:
    new = BASE._replace(inputs={**BASE.inputs, "text": BASE.inputs["text"]._replace(schema={"type": "string"})})
    [change] = compare_prompts(BASE, new).inputs
    assert (change.kind, change.path, change.old) == ("removed", ("text", "schema", "maxLength"), 100)
    [titled] = compare_prompts(BASE, with_data(title="Triage of complaints")).other
    assert [(piece.kind, piece.text) for piece in titled.pieces] == [("same", "Triage"), ("added", " of complaints")]


def test_added_and_removed_show_everything() -> None:
    added, removed = compare_prompts(None, BASE), compare_prompts(BASE, None)
    shown = {"messages", "partials", "inputs", "output", "tools", "model", "governance", "other", "evidence"}
    assert (added.kind, removed.kind) == ("added", "removed")
    assert parts_changed(added) == parts_changed(removed) == shown
    assert {found.kind for found in added.messages} == {"added"}
    assert removed.contract.consequence == "breaking"
    assert not removed.evidence.weakened
    with pytest.raises(ValueError, match="nothing to compare"):
        compare_prompts(None, None)


def test_messages_that_were_added_removed_or_given_another_role() -> None:
    long = "Sort the complaint into one of the categories that the handbook lists."
    before = BASE._replace(messages=(message("system", long), USER))
    after = BASE._replace(messages=(message("developer", long + " Be brief."), message("assistant", "Yes."), USER))
    developer = BASE._replace(messages=(message("developer", long + " Be brief."), USER))
    [change] = compare_prompts(before, developer).messages
    assert (change.kind, change.role, change.old_role) == ("changed", "developer", "system")
    assert [piece.text for piece in change.pieces if piece.kind == "added"] == [" Be brief."]
    kinds = [
        (found.kind, found.role, found.old_position, found.new_position)
        for found in compare_prompts(before, after).messages
    ]
    assert kinds == [("removed", "system", 0, None), ("added", "developer", None, 0), ("added", "assistant", None, 1)]


def test_a_message_put_in_between_leaves_the_others_alone() -> None:
    turns = (message("user", "One?"), message("assistant", "1"), message("user", "Two?"), message("assistant", "2"))
    before, after = (
        BASE._replace(messages=(*turns,)),
        BASE._replace(messages=(*turns[:2], message("user", "x y"), *turns[2:])),
    )
    [change] = compare_prompts(before, after).messages
    assert (change.kind, change.new_position) == ("added", 2)


def test_slots_and_attachments_are_seen() -> None:
    photo = Part("image", "{{ photo }}", ())
    before = BASE._replace(messages=(Message("user", (*USER.parts, photo)),))
    after = BASE._replace(
        messages=(Message("user", (*USER.parts, photo._replace(detail="low"))), Message("", (), slot="history"))
    )
    changed, added = compare_prompts(before, after).messages
    assert [piece.text for piece in changed.pieces if piece.kind == "added"] == [" low"]
    assert (added.kind, added.role) == ("added", "history")


def test_examples_keep_their_place() -> None:
    examples = tuple(Example({"text": str(number)}, number, ()) for number in range(4))
    before, after = (
        BASE._replace(examples=examples),
        BASE._replace(examples=(*examples[1:3], examples[3]._replace(output=9))),
    )
    found = [(change.kind, change.path) for change in compare_prompts(before, after).examples]
    assert found == [("removed", (0,)), ("changed", (2,))]


def test_another_id_is_a_rename() -> None:
    change = compare_prompts(BASE._replace(id="d"), BASE._replace(id="e", data={"aliases": ["d"]}))
    assert (change.kind, change.id, change.old_id) == ("renamed", "e", "d")


def test_a_value_nested_too_deeply_is_one_clear_line() -> None:
    deep: Any = []
    for _ in range(3_000):
        deep = [deep]
    with pytest.raises(PromptsteadError, match="nested too deeply"):
        compare_prompts(with_data(**{"x-deep": [deep]}), with_data(**{"x-deep": deep}))
