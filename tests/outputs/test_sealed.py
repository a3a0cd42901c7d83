"""Answers by digest: what is stored is read back, and whatever else is stored is not taken for it."""

import hashlib
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.documents.document import text_document
from promptstead.documents.yaml_reader import read
from promptstead.errors import PromptsteadError
from promptstead.evaluators.samples import from_entries
from promptstead.evaluators.sealed_samples import stored_text
from promptstead.model import RecordedOutput, Sample, Stored, Usage
from promptstead.outputs.entry_format import NOT_OPENED, dump, dump_lines
from promptstead.outputs.reader import parse
from promptstead.outputs.sealed import changed_problems, opened
from promptstead.words.sentence import say

CHANGED = say("answers.changed-in-store")
NOT_THERE = say("answers.not-in-store")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
calls = st.lists(
    st.builds(lambda name, text: from_entries([{"name": name, "arguments": text}])[0], texts.filter(bool), texts),
    max_size=2,
)
tokens = st.none() | st.integers(0, 2**40)


def digest_of(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def an_output(*digests: str) -> RecordedOutput:
    samples = tuple(Sample("", digest=digest) for digest in digests)
    return RecordedOutput("a", "m", "live", samples, "sha256:" + "0" * 64, at=("outputs", 0), unavailable=NOT_OPENED)


def test_scores_are_sealed_with_an_imported_answer_and_refused_for_any_other() -> None:
    sample = Sample("a", scores={"clarity": 4})
    text = stored_text(sample, "0" * 32)
    digest = digest_of(text)
    imported = an_output(digest)._replace(source="imported", request="")
    found = opened([imported], {digest: text.encode()}.get)
    assert (found.outputs[0].samples, found.changed) == ((sample._replace(digest=digest),), [])
    live = an_output(digest)
    assert opened([live], {digest: text.encode()}.get).changed == [live]


@settings(max_examples=150, deadline=None)
@given(texts, st.text("abc_", max_size=9), tokens, calls, st.integers(0), st.binary(min_size=1, max_size=3))
def test_what_is_stored_is_read_back_and_nothing_else_is(
    text: str, finish: str, count: int | None, called: list[object], place: int, other: bytes
) -> None:
    sample = Sample(text, finish, Usage(count, count), tuple(called))
    stored = stored_text(sample, "salt")
    digest = digest_of(stored)
    output = an_output(digest)
    assert parse(read(dump([output]).encode(), "outputs.yml")) == ([output], [])
    assert parse(text_document("outputs.jsonl", dump_lines([output]))) == ([output._replace(at=("outputs", 1))], [])
    found = opened([output], {digest: stored.encode()}.get)
    assert found == ([output._replace(samples=(sample._replace(digest=digest),), unavailable="")], [])
    at = place % len(stored.encode())
    raw = stored.encode()[:at] + other + stored.encode()[at + len(other) :]
    if raw != stored.encode():
        assert opened([output], {digest: raw}.get) == ([output._replace(unavailable=CHANGED)], [output])


def test_what_is_not_at_hand_says_why() -> None:
    def no_store(digest: str) -> bytes | None:
        raise PromptsteadError("no store here")

    output = an_output("sha256:" + "1" * 64)
    known: list[tuple[Stored | None, str]] = [
        (None, NOT_THERE),
        (lambda digest: None, NOT_THERE),
        (no_store, "no store here"),
    ]
    for stored, why in known:
        assert opened([output], stored) == ([output._replace(unavailable=why)], [])


def test_a_digest_of_something_that_is_no_answer_is_an_error() -> None:
    good = json.loads(stored_text(Sample("x"), "s"))
    entries: list[Any] = [
        [],
        "x",
        good | {"format": "other"},
        good | {"output": 1},
        good | {"usage": {"input": -1}},
        good | {"output": None},
    ]
    for entry in entries:
        raw = json.dumps(entry)
        found = opened([an_output(digest_of(raw))], {digest_of(raw): raw.encode()}.get)
        assert found.outputs[0].unavailable == CHANGED
        (problem,) = changed_problems(found.changed)
        assert "case `a`, m: the stored answer is not the one that was accepted" in problem.message


def test_half_a_surrogate_pair_is_no_stored_answer() -> None:
    raw = stored_text(Sample("yes"), "salt").replace("yes", "\\ud800")
    output = an_output(digest_of(raw))
    assert opened([output], {digest_of(raw): raw.encode()}.get) == ([output._replace(unavailable=CHANGED)], [output])


def test_a_salt_keeps_short_answers_from_being_guessed() -> None:
    assert stored_text(Sample("yes"), "1") != stored_text(Sample("yes"), "2")


def test_a_sample_has_a_digest_or_an_answer() -> None:
    digest = "sha256:" + "1" * 64
    text = dump([an_output(digest)])
    for more in ("output: x", "finish_reason: stop"):
        _, problems = parse(
            read(text.replace(f"- digest: {digest}", f"- digest: {digest}\n        {more}").encode(), "outputs.yml")
        )
        assert problems
    _, problems = parse(read(text.replace(f"digest: {digest}", "x-a: 1").encode(), "outputs.yml"))
    assert "output" in problems[0].message
