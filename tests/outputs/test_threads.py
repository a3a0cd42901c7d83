"""Conversations are put together from replies, whatever the order in which they were kept."""

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.evaluators.samples import from_entries
from promptstead.model import Case, Sample, Stub, Turn
from promptstead.outputs.threads import KeptReply, recorded, threads
from promptstead.prompts.conversation import MAX_ROUNDS, Conversation, find_stub, shadowed


class Requests:
    """Makes digests as the prompt does: of what was said, and of nothing else."""

    def digest(self, case: Case, model: str, transcript: Sequence[object] = ()) -> str:
        return f"{case.id} {model} {list(transcript)!r}"


CASE = Case("c", {}, turns=(Turn(""), Turn("more"), Turn("enough")), stubs=(Stub("look", "seen"),))
CALL = from_entries([{"name": "look", "arguments": "{}"}])
replies = st.one_of(st.sampled_from(["a", "b"]).map(Sample), st.just(Sample("", tool_calls=CALL)))


@settings(max_examples=200)
@given(st.lists(st.lists(replies, min_size=1, max_size=12), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_every_conversation_is_found_again(told: list[list[Sample]], chance: random.Random) -> None:
    requests = Requests()
    kept: list[KeptReply] = []
    whole, began = [], 0
    for number, samples in enumerate(told):
        talk = Conversation(CASE)
        said = []
        for sample in samples:
            if talk.over:
                break
            kept.append(KeptReply(requests.digest(CASE, "m", talk.transcript), sample, number + 1))
            talk.add(sample)
            said.append((sample.output, len(sample.tool_calls)))
        began += 1
        if talk.over:
            whole.append(said)
    chance.shuffle(kept)
    found = threads(requests, CASE, "m", kept)  # type: ignore[arg-type]
    assert len(found) == began
    assert sum(len(thread.steps) for thread in found) == len(kept)
    assert all(thread.is_whole or thread.next for thread in found)
    got = sorted([(step.output, len(step.tool_calls)) for step in thread.steps] for thread in found if thread.is_whole)
    # identical beginnings may swap their ends: what is said in all, and how often, is the same
    assert len(got) == len(whole)
    output = recorded(CASE, "m", found)
    assert (output is None) == (not whole)
    if output is not None:
        assert len(output.samples) == len(whole)


def test_a_model_that_calls_without_end_is_stopped() -> None:
    talk = Conversation(CASE)
    for number in range(MAX_ROUNDS):
        assert not talk.over, number
        talk.add(Sample("", tool_calls=CALL))
    assert (talk.over, talk.endless, bool(talk.why)) == (True, True, False)
    assert [turn["role"] for turn in talk.transcript] == ["assistant", "tool"] * MAX_ROUNDS
    assert len({turn["tool_call_id"] for turn in talk.transcript if turn["role"] == "tool"}) == MAX_ROUNDS


def test_stubs_are_found_by_name_and_arguments() -> None:
    stubs = (Stub("look", 1, {"n": 1, "of": [True, None]}), Stub("look", 2), Stub("see", 3, {}))
    assert [
        find_stub(stubs, *call) for call in (("look", '{"of": [true, null], "n": 1.0}'), ("look", '{"n": true}'))
    ] == [
        stubs[0],
        stubs[1],
    ]
    assert find_stub(stubs, "look", "not JSON") == stubs[1]
    assert find_stub(stubs, "see", "") == stubs[2]
    assert find_stub(stubs, "see", '{"a": 1}') is None
    assert find_stub(stubs, "see", "[" * 100_000) is None
    assert find_stub(stubs, "hear", "{}") is None


def test_a_stub_that_two_calls_match_answers_both_and_one_behind_another_never() -> None:
    talk = Conversation(CASE)
    talk.add(Sample("", tool_calls=CALL + CALL))
    assert [turn["content"] for turn in talk.transcript[1:]] == ["seen", "seen"]
    one, any_call = Stub("look", 1, {"n": 1}), Stub("look", 2)
    assert shadowed((one, any_call)) == []
    assert shadowed((any_call, one)) == [(1, 0)]
    assert shadowed((one, Stub("look", 3, {"n": 1.0}))) == [(1, 0)]
