"""Accepted answers put into files that people have written in: what is not replaced stays as it is."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.documents.document import Document, text_document
from promptstead.documents.yaml_reader import read
from promptstead.errors import PromptsteadError
from promptstead.model import RecordedOutput, Sample
from promptstead.outputs import merge
from promptstead.outputs.entry_format import dump, dump_lines
from promptstead.outputs.merge import replaced_by
from promptstead.outputs.reader import recorded_in

DIGEST = "sha256:" + "0a" * 32


def merged(document: Document | None, path: str, accepted: Sequence[RecordedOutput]) -> str:
    return "".join(merge.merged(document, path, accepted))


def without(document: Document, removed: Sequence[RecordedOutput]) -> str:
    return "".join(merge.without(document, {(output.case, output.model) for output in removed}))


def listed(document: Document) -> list[RecordedOutput]:
    return list(recorded_in(document))


GOLDEN = {"sample": 1, "by": "Ana", "on": "2026-11-22"}
WRITTEN = """\
# written by Ana
schema: promptstead/outputs/v1
outputs:   # all of them
  # the first
  - case: b
    model: Ana
    source: reference  # by hand
    samples:
      - output: |-
          good

          day

  - {case: d, model: Ana, source: reference, samples: [{output: good}]}   # flow
  # an old answer
  -   source: live
      case: d
      model: fast@1
      request: sha256:0000000000000000000000000000000000000000000000000000000000000000
      samples:
      - output: "old"   # x
  # the end
"""


def an_output(case: str, text: str = "new\nlines", model: str = "fast@2") -> RecordedOutput:
    return RecordedOutput(case, model, "live", (Sample(text, "stop"),), DIGEST, golden=GOLDEN)


def document(text: str, path: str = "outputs.yml") -> Document:
    return text_document(path, text) if path.endswith(".jsonl") else read(text.encode(), path)


@pytest.mark.parametrize("indent", ["", "  ", "     "])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_new_answers_go_where_they_belong_and_comments_stay(line_end: str, indent: str) -> None:
    before = WRITTEN.replace("\n  ", f"\n{indent}").replace("\n", line_end)
    outputs = [an_output("a"), an_output("c"), an_output("e"), an_output("d")]
    after = merged(document(before), "outputs.yml", outputs)
    assert [(output.case, output.model) for output in listed(document(after))] == [
        ("a", "fast@2"), ("b", "Ana"), ("c", "fast@2"), ("d", "Ana"), ("d", "fast@2"), ("e", "fast@2"),
    ]  # fmt: skip
    kept = [line for line in before.split(line_end) if line in after.split(line_end)]
    gone = [line.strip() for line in before.split(line_end) if line not in kept]
    assert gone == [
        "-   source: live", "case: d", "model: fast@1", f"request: sha256:{'0' * 64}", "samples:",
        '- output: "old"   # x',
    ]  # fmt: skip
    assert ("\n" in after.replace("\r\n", "")) == (line_end == "\n")


def test_an_alias_with_another_snapshot_is_the_same_model() -> None:
    recorded = listed(document(WRITTEN))
    assert replaced_by(an_output("d", model="fast@2"), recorded) is recorded[2]
    assert replaced_by(an_output("d", model="faster@2"), recorded) is None
    assert replaced_by(an_output("d", model="fake/echo"), recorded) is None
    assert replaced_by(an_output("d", model="Ana"), recorded) is recorded[1]


def test_entries_are_taken_out_with_their_lines() -> None:
    recorded = listed(document(WRITTEN))
    after = without(document(WRITTEN), [recorded[1]])
    assert after == "".join(line for line in WRITTEN.splitlines(keepends=True) if "# flow" not in line)
    assert without(document(WRITTEN), recorded).startswith(
        "# written by Ana\nschema: promptstead/outputs/v1\noutputs: []"
    )


def test_what_cannot_be_changed_is_refused() -> None:
    flow = "schema: promptstead/outputs/v1\noutputs: [{case: a, model: m, source: reference, samples: [{output: x}]}]\n"
    with pytest.raises(PromptsteadError, match="a list in brackets"):
        merged(document(flow), "outputs.yml", [an_output("b")])
    with pytest.raises(PromptsteadError, match="not recorded answers"):
        merged(document("outputs: 1\n"), "outputs.yml", [an_output("b")])
    with pytest.raises(PromptsteadError, match="not recorded answers"):
        merged(document("{oops\n", "outputs.jsonl"), "outputs.jsonl", [an_output("b")])


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text(" \t\n#:-'\"|>a", max_size=20)
entries = st.dictionaries(st.sampled_from("abcdef"), texts, max_size=5)


@settings(max_examples=100, deadline=None)
@given(entries, entries.filter(bool), st.sampled_from(["outputs.yml", "outputs.jsonl"]))
def test_merging_is_what_writing_all_of_it_anew_gives(old: dict[str, str], new: dict[str, str], path: str) -> None:
    write = dump_lines if path.endswith(".jsonl") else dump
    before = [an_output(case, text) for case, text in old.items()]
    accepted = [an_output(case, text) for case, text in new.items()]
    after = merged(document(write(before), path), path, accepted)
    expected = [output for output in before if output.case not in new] + accepted
    assert after.replace("outputs: \n", "outputs:\n") == write(expected)
    kept = listed(document(after, path))
    removed = [output for output in kept if output.case in old]
    left = without(document(after, path), removed)
    assert left == write([output for output in expected if output.case not in old])
