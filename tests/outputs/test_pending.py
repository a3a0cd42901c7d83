"""Answers that wait: one attempt a line, and what is left of a file when its writer died."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.errors import PromptsteadError
from promptstead.evaluators.samples import from_entries
from promptstead.model import Sample, Usage
from promptstead.outputs.pending import Attempt, dump_attempt, parse_attempts, pending_outputs, rejected

DIGEST = "sha256:" + "0a" * 32
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
samples = st.builds(
    Sample,
    texts,
    st.text("abc_", max_size=10),
    st.builds(Usage, *[st.none() | st.integers(0, 2**40)] * 5),
    st.lists(
        st.builds(lambda a, b: from_entries([{"name": a, "arguments": b}])[0], texts.filter(bool), texts), max_size=2
    ).map(tuple),
    seconds=st.none(),
    cost=st.none(),
    digest=st.just(""),
    scores=st.none(),
    steps=st.just(()),
)
attempts = st.builds(
    Attempt, st.just("a"), texts.filter(bool), st.just(DIGEST), st.integers(1, 1_000_000), samples, st.just("")
)


def an_attempt(number: int, text: str | None) -> Attempt:
    return Attempt("a", "m", DIGEST, number, None if text is None else Sample(text), "" if text is not None else "why")


@settings(max_examples=200, deadline=None)
@given(st.lists(attempts | attempts.map(rejected), max_size=4), st.integers(0, 200))
def test_whole_lines_are_read_back_whatever_was_cut_off(tried: list[Attempt], cut: int) -> None:
    raw = "".join(map(dump_attempt, tried)).encode()
    assert parse_attempts(raw, "f") == tried
    torn = raw[: max(0, len(raw) - cut)]
    assert parse_attempts(torn, "f") == tried[: torn.count(b"\n")]


def test_samples_wait_in_the_order_taken_and_every_attempt_counts() -> None:
    tried = [an_attempt(1, "x"), an_attempt(2, None), an_attempt(3, "y")]
    (output,) = pending_outputs([*tried, Attempt("b", "m", DIGEST, 1, None, "cut off")])
    assert [sample.output for sample in output.samples] == ["x", "y"]
    assert output.attempts == 3
    assert pending_outputs(map(rejected, tried)) == []


def test_half_a_surrogate_pair_is_no_text() -> None:
    with pytest.raises(PromptsteadError, match="surrogate"):
        dump_attempt(an_attempt(1, "\ud800"))
