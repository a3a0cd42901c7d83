"""Conversations end to end: asked on loopback, killed, taken up again, accepted, replayed, reviewed."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from promptstead import open_bundle
from tests.command_line import Result, killed_in_turn, run
from tests.conftest import ScratchRepository
from tests.conversations import OUTPUTS, PATH, PENDING, PROMPT, Assistant, Said, helpful, write_conversation
from tests.recorded import pending

CALLS = 7
"""Replies of the whole conversation: five answers, and two calls of tools."""


@pytest.fixture
def assistant() -> Iterator[Assistant]:
    with Assistant().serve() as served:
        yield served


class Scene:
    """A repository and a model to talk to."""

    def __init__(self, repository: ScratchRepository, assistant: Assistant) -> None:
        self.repository, self.assistant = repository, assistant

    def __call__(self, *arguments: str) -> Result:
        return run(*arguments, cwd=self.repository.root, env=self.assistant.environment)

    def recorded(self) -> None:
        assert (result := self("record")).code == 0, result.err
        assert (result := self("accept", "--all")).code == 0, result.err
        self.repository.commit()

    def text(self, path: str) -> str:
        return (self.repository.root / path).read_text(encoding="utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        text = self.text(path)
        assert old in text
        self.repository.write(path, text.replace(old, new))


@pytest.fixture
def scene(repository: ScratchRepository, assistant: Assistant) -> Scene:
    write_conversation(repository)
    repository.commit()
    return Scene(repository, assistant)


RECORDED = """\
    samples:
      - steps:
          - request: DIGEST
            output: |-
              What are its last four digits?
            finish_reason: stop
            usage: {input: 20, output: 5}
          - request: DIGEST
            output: ""
            tool_calls:
              - name: find_card
                arguments: |-
                  {"last4": "4417"}
            finish_reason: tool_calls
            usage: {input: 40, output: 5}
          - request: DIGEST
            output: |-
              Is it the Visa?
            finish_reason: stop
            usage: {input: 60, output: 5}
"""


def test_every_turn_is_recorded_readable_and_replayed(scene: Scene) -> None:
    scene.recorded()
    assert len(scene.assistant.bodies) == CALLS
    text = scene.text(OUTPUTS)
    digests = [line.split()[-1] for line in text.splitlines() if "request: sha256:" in line]
    assert len(digests) == CALLS + 1  # of the whole, and of each reply
    assert digests[0] == digests[1]
    assert len(set(digests)) == CALLS
    for digest in digests:
        text = text.replace(digest, "DIGEST")
    assert RECORDED in text

    checked = scene("check")
    assert (checked.code, checked.out) == (0, "bank/card  1 pass  (live answers)\n")
    assert "nothing to ask" in scene("record").err
    shown = scene("outputs", "show", "bank/card", "lost").out
    assert shown.splitlines()[1:5] == [
        "assistant: What are its last four digits?",
        "user: It ends in 4417.",
        'assistant: → find_card({"last4": "4417"})',
        'tool: {"card":"c1","name":"Visa"}',
    ]


@pytest.mark.parametrize(("provider", "api"), [("openai", "chat"), ("anthropic", "messages")])
def test_what_is_sent_is_what_an_application_sends(
    repository: ScratchRepository, assistant: Assistant, provider: str, api: str
) -> None:
    write_conversation(repository, provider=provider)
    repository.commit()
    scene = Scene(repository, assistant)
    scene.recorded()
    assert scene("bundle", "build", "--output", "bundle").code == 0
    prompt = open_bundle(repository.root / "bundle")["bank/card"]
    given = json.loads(scene("outputs", "show", "bank/card", "lost", "--format", "json").out)["outputs"][0]
    transcript: list[dict[str, Any]] = []
    users = iter(["It ends in 4417.", "Yes, that is mine.", "When do I get a new one?", "Thank you."])
    results = {"find_card": '{"card":"c1","name":"Visa"}', "block_card": '{"blocked":true}'}
    made = 0
    for body, step in zip(assistant.bodies, given["samples"][0]["steps"], strict=True):
        request = prompt.request(message="I lost my card.", transcript=transcript)
        assert prompt.request(message="I lost my card.", transcript=transcript, api=api) == request
        assert body == request
        if "tool_calls" in step:
            (call,) = step["tool_calls"]
            made += 1
            function = {"name": call["name"], "arguments": call["arguments"]}
            calls = [{"id": f"call{made:05d}", "type": "function", "function": function}]
            transcript.append({"role": "assistant", "content": None, "tool_calls": calls})
            transcript.append({"role": "tool", "tool_call_id": f"call{made:05d}", "content": results[call["name"]]})
        else:
            transcript.append({"role": "assistant", "content": step["output"]})
            transcript += [{"role": "user", "content": text} for text in [next(users, "")] if text]
    assert len(transcript) == CALLS + 2 + 4


def test_what_was_killed_goes_on_where_it_was(repository: ScratchRepository) -> None:
    write_conversation(repository)
    repository.commit()
    file = repository.root / PENDING
    with Assistant(seconds=0.15).serve() as assistant:
        scene = Scene(repository, assistant)
        known = killed_in_turn(
            [["record"]] * 3,
            cwd=repository.root,
            count=lambda: file.read_bytes().count(b"\n") if file.exists() else 0,
            chance=random.Random(15),
            env=assistant.environment,
        )
        assert 3 <= known < CALLS
        assert scene("record").code == 0
        assert len(pending(repository, PENDING)) == CALLS
        assert len(assistant.bodies) <= CALLS + 3  # the calls in flight, nothing else
        assert scene("accept", "--all").code == 0
        assert not file.exists()
        assert scene("check").code == 0


def test_a_live_run_that_was_stopped_goes_on(repository: ScratchRepository) -> None:
    write_conversation(repository)
    repository.commit()
    place = repository.root / "run.jsonl"
    with Assistant(seconds=0.15).serve() as assistant:
        known = killed_in_turn(
            [
                ["eval", "--live", "--samples", "2", "--run-file", "run.jsonl"],
                ["eval", "--live", "--resume", "run.jsonl"],
            ],
            cwd=repository.root,
            count=lambda: place.read_bytes().count(b"\n") if place.exists() else 0,
            chance=random.Random(15),
            env=assistant.environment,
        )
        assert known < 2 * CALLS
        scene = Scene(repository, assistant)
        ended = scene("eval", "--live", "--resume", "run.jsonl")
        assert ended.code == 0, ended.err
        assert "1 pass" in ended.out
        lines = [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()]
        assert [len(sample["steps"]) for sample in lines[1]["samples"]] == [CALLS, CALLS]
        assert len(lines) == 3  # replies that waited are in their row
        assert len(assistant.bodies) <= 2 * CALLS + 4
        rescored = scene("eval", "--rescore", "run.jsonl")
        assert (rescored.code, "1 pass" in rescored.out) == (0, True)
        # and a person can take from it what was paid for
        taken = scene("record", "--from", "run.jsonl")
        assert taken.out == f"{PENDING}: 14 answers taken\n"
        assert "nothing to ask" in scene("record", "--samples", "2").err


def forgets_to_block(heard: list[tuple[str, str]]) -> Said:
    """Return what the model says once the prompt changed: at the third turn it calls no tool."""
    return ("I understand.", []) if "mine" in heard[-1][1] else helpful(heard)


def test_a_review_says_at_which_turn_it_went_wrong(scene: Scene) -> None:
    scene.recorded()
    scene.repository.run("switch", "-q", "-c", "change")
    scene.replace(PATH, "You help customers", "You help the customers")
    stale = scene("check")
    assert "1 not evaluated" in stale.out
    scene.assistant.mind = forgets_to_block
    scene.recorded()
    review = scene("review", "main..HEAD")
    assert "says-blocked@3" in review.out
    document = json.loads(scene("review", "main..HEAD", "--format", "json").out)
    (pair,) = document["prompts"][0]["comparisons"][0]["broken"]
    failed = {each["evaluator"] for each in pair["head_failures"]}
    assert failed == {"says-blocked@3", "calls"}
    assert "user: Yes, that is mine.\nassistant: I understand." in pair["head_answer"]
    assert "user: Yes, that is mine.\nassistant: → block_card" in pair["base_answer"]
    markdown = scene("review", "main..HEAD", "--format", "md").out
    assert "says-blocked@3" in markdown


def test_what_was_said_before_a_change_of_the_script_is_not_asked_again(scene: Scene) -> None:
    scene.recorded()
    before = len(scene.assistant.bodies)
    scene.replace(PATH, "user: When do I get a new one?", "user: And when do I get a new one?")
    assert "stale from turn 4 on" in scene("check").out
    recorded = scene("record")
    assert recorded.code == 0, recorded.err
    assert len(scene.assistant.bodies) - before == 2
    assert scene("accept", "--all").code == 0
    assert scene("check").out == "bank/card  1 pass  (live answers)\n"
    assert not (scene.repository.root / PENDING).exists()


def test_a_call_without_a_stub_is_named_and_goes_on_once_it_has_one(scene: Scene) -> None:
    scene.replace(PATH, 'arguments: {last4: "4417"}\n        result', 'arguments: {last4: "4418"}\n        result')
    recorded = scene("record")
    assert recorded.code == 1
    assert 'turn 2 calls find_card({"last4": "4417"}), for which the case has no stub' in recorded.err
    assert len(scene.assistant.bodies) == 2
    assert scene("record").code == 1
    assert len(scene.assistant.bodies) == 2  # nothing is asked before there is one
    assert scene("accept", "--all").out == ""
    live = scene("eval", "--live", "--run-file", "run.jsonl")
    assert (live.code, "no stub" in live.out + live.err) == (2, True)
    scene.replace(PATH, '"4418"', '"4417"')
    before = len(scene.assistant.bodies)
    assert scene("record").code == 0
    assert len(scene.assistant.bodies) - before == CALLS - 2


def calls_for_ever(heard: list[tuple[str, str]]) -> Said:
    """Return one call after the other once the digits are known."""
    return ("", [("find_card", {"last4": "4417"})]) if len(heard) > 3 else helpful(heard)


def test_a_model_that_calls_without_end_is_stopped_and_fails(scene: Scene) -> None:
    scene.assistant.mind = calls_for_ever
    assert scene("record").code == 0
    assert scene("accept", "--all").code == 1  # polite is hard, and not every turn was answered
    assert scene("accept", "--all", "--even-failing").code == 0
    assert len(scene.assistant.bodies) == 1 + 8
    checked = scene("check")
    assert checked.code == 1
    assert "turn 2 was not answered: the model called tools in 8 replies in a row" in checked.err + checked.out


def test_several_samples_begin_alike_and_go_their_own_ways(scene: Scene) -> None:
    told = iter(range(100))

    def moody(heard: list[tuple[str, str]]) -> Said:
        text, calls = helpful(heard)
        return (f"{text} ({next(told)})" if "five" in text else text), calls

    scene.assistant.mind = moody
    assert scene("record", "--samples", "3").code == 0
    assert len(scene.assistant.bodies) == 3 * CALLS
    assert scene("accept", "--all").code == 0
    shown = json.loads(scene("outputs", "show", "bank/card", "lost", "--format", "json").out)
    answers = [[step["output"] for step in sample["steps"]][-2] for sample in shown["outputs"][0]["samples"]]
    assert sorted(answers) == ["In five days. (0)", "In five days. (1)", "In five days. (2)"]
    assert scene("check").code == 0


def test_turns_that_one_side_alone_has_leave_the_comparison(scene: Scene) -> None:
    scene.recorded()
    scene.repository.run("switch", "-q", "-c", "change")
    scene.replace(PATH, "      - user: Thank you.\n", "")
    assert scene("record").code == 0
    assert scene("accept", "--all").code == 0
    scene.repository.commit()
    document = json.loads(scene("review", "main..HEAD", "--format", "json").out)
    left = json.dumps(document["prompts"][0])
    assert "what the user or a tool says in it changed" in left


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("      - user: It ends in 4417.\n", "      - description: no words\n", "user"),
        ("      - tool: block_card\n", "      - tool: blokc_card\n", "the prompt has no tool `blokc_card`"),
        ('        arguments: {last4: "4417"}\n', "", "found"),
        ("contains, value: is blocked", "any, of: [polite]", "a turn cannot have an evaluator of type `any`"),
    ],
)
def test_a_script_that_cannot_be_played_is_refused(scene: Scene, old: str, new: str, said: str) -> None:
    scene.replace(PATH, old, new)
    if said == "found":
        scene.replace(PATH, "result: {card: c1, name: Visa}", "result: x\n      - tool: find_card\n        result: y")
        said = "stub 2 never answers: stub 1 answers every call that it would"
    linted = scene("lint")
    assert linted.code == 1
    assert said in linted.out + linted.err


def test_a_prompt_whose_input_is_called_transcript_cannot_be_a_conversation(scene: Scene) -> None:
    repository = scene.repository
    repository.write(PATH, PROMPT.replace("message:", "transcript:").replace("{{ message", "{{ transcript"))
    assert "an input is called `transcript`" in scene("lint").out
