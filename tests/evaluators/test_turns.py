"""What checks see of a conversation, and what they say together."""

from typing import Any

import pytest

from promptstead.evaluators.examine import Examiner
from promptstead.evaluators.samples import conversation, from_entries, plain_sample, read_sample
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.turns import as_text, judged_answers, transcript_text
from promptstead.model import Case, EvaluatorSpec, ModelChoice, Prompt, RecordedOutput, Sample, Step, Stub, Turn, Usage

CALL = from_entries([{"name": "look", "arguments": '{"n": 1}'}])
STEPS = (
    Step("one two", usage=Usage(10, 2)),
    Step("", usage=Usage(20, 1), tool_calls=CALL),
    Step("three", usage=Usage(30, 1)),
    Step("four five six", usage=Usage(40, 3)),
)


def seen(spec: EvaluatorSpec, case: Case, sample: Sample) -> list[Answer]:
    return [answer for _, answer in judged_answers([spec], case, sample)]


def spec(name: str, kind: str, **options: Any) -> EvaluatorSpec:
    return EvaluatorSpec(name, kind, options, "", ())


def case(*turns: Turn, **more: Any) -> Case:
    script = turns or (Turn(""), Turn("and then?"), Turn("and last?"))
    return Case("c", {}, turns=script, stubs=(Stub("look", {"found": 1}),), **more)


def said(case: Case, *specs: EvaluatorSpec, steps: tuple[Step, ...] = STEPS) -> dict[str, tuple[Any, str]]:
    prompt = Prompt("p", "p", "promptstead", {}, "", "", "", {}, (), ModelChoice("m"), evaluators=specs)
    output = RecordedOutput("c", "m", "reference", (conversation(steps),))
    (found,) = Examiner(prompt, lambda *_: "", lambda _: "").judge(case, output).samples
    return {name: (result.value, str(result.reason)) for name, result in found.items()}


def test_an_assertion_holds_where_it_holds_at_each_turn() -> None:
    found = said(
        case(),
        spec("short", "length", unit="words", max=3),
        spec("shorter", "length", unit="words", max=2),
        spec("last", "length", unit="words", max=2, over="last"),
        spec("first-word", "contains", value="four", over="last"),
        spec("every-word", "contains", value="four"),
        spec("said", "contains", value="user: and then?", over="conversation"),
    )
    assert found["short"] == (True, "holds at each of 3 turns")
    assert found["shorter"][0] is False
    assert found["shorter"][1].startswith("turn 3: ")
    assert (found["last"][0], found["first-word"][0], found["said"][0]) == (False, True, True)
    assert found["every-word"][0] is False
    assert found["every-word"][1].startswith("turn 1: ")


def test_scores_are_averaged_and_what_adds_up_is_added_up() -> None:
    found = said(
        case(),
        spec("words", "length", unit="words"),
        spec("few", "tokens", max=107),
        spec("fewer", "tokens", max=106),
        spec("calls", "tool-calls", calls=[{"name": "look", "arguments": {"n": 1.0}}]),
        spec("no-calls-first", "tool-calls", none=True, over="each"),
    )
    assert found["words"] == (2.0, "mean of 3 turns")
    assert (found["few"][0], found["fewer"][0]) == (True, False)
    assert found["calls"][0] is True
    assert found["no-calls-first"][0] is False
    assert found["no-calls-first"][1].startswith("turn 2: ")


def test_a_turn_has_its_own_checks_and_its_own_expected_value() -> None:
    asked = case(
        Turn("", evaluators=(spec("a@1", "equals", value="{{ expected }}"),)),
        Turn(
            "x",
            "three",
            True,
            (spec("a@2", "equals", value="{{ expected }}"), spec("calls@2", "tool-calls", none=True)),
        ),
        Turn("y", evaluators=(spec("a@3", "equals", value="{{ expected }}"),)),
        expected="one two",
        has_expected=True,
    )
    found = said(
        asked,
        spec("either", "any", of=["one", "three"]),
        spec("one", "contains", value="one"),
        spec("three", "contains", value="three"),
    )
    assert [found[name][0] for name in ("a@1", "a@2", "a@3", "calls@2")] == [True, True, False, False]
    assert found["a@3"][1].startswith("turn 3: ")
    assert found["either"][0] is False  # neither holds at each turn


def test_a_turn_that_was_not_reached_fails_and_so_does_all_that_else_would_hold() -> None:
    steps = (STEPS[0], *[STEPS[1]] * 8)
    asked = case(Turn(""), Turn("x"), Turn("y", evaluators=(spec("a@3", "contains", value="a"),)))
    found = said(asked, spec("no-fish", "contains", value="fish", negate=True), steps=steps)
    why = "turn 2 was not answered: the model called tools in 8 replies in a row"
    assert found == {"no-fish": (False, why), "a@3": (False, why)}


def test_a_conversation_is_written_and_read_as_it_is() -> None:
    steps = tuple(step._replace(request="sha256:" + "0" * 64) for step in STEPS)
    sample = conversation(steps)
    assert sample.usage == Usage(100, 7)
    assert read_sample(plain_sample(sample)) == sample
    assert transcript_text(case(), sample).splitlines() == [
        "assistant: one two",
        "user: and then?",
        'assistant: → look({"n": 1})',
        'tool: {"found":1}',
        "assistant: three",
        "user: and last?",
        "assistant: four five six",
    ]


@pytest.mark.parametrize("call", [{}, {"function": None}, 3, None, {"function": {"name": 4, "arguments": []}}])
def test_calls_that_are_none_are_shown_and_break_nothing(call: Any) -> None:
    sample = Sample("", steps=(Step("", tool_calls=(call,)), Step("well")))
    assert "→" in transcript_text(case(), sample)


SLOTS = Stub("look", [{"day": "2026-03-05", "time": "15:20", "price": 12.5}])
OFFER = Step("Thursday 5 March at 15:20, for 12.50.")


def heard(*steps: Step, inputs: list[str] | None = None, said_by: list[str] | None = None) -> tuple[Any, str]:
    talk = case(Turn(""), Turn("Rather at 16:40."))._replace(inputs={"today": "2026-03-02"}, stubs=(SLOTS,))
    options: dict[str, Any] = {"in": ["today"] if inputs is None else inputs, "said_by": said_by or []}
    return said(talk, spec("g", "grounded", **options), steps=steps)["g"]


def test_what_tools_said_until_then_grounds_an_answer() -> None:
    asked = Step("When?")
    looked = Step("", tool_calls=CALL)
    assert heard(asked, looked, OFFER)[0] is False
    assert heard(asked, looked, OFFER, said_by=["tool"])[0] is True
    early = heard(OFFER, looked, asked, said_by=["tool"])  # before the tool was called
    assert early[0] is False
    assert early[1].startswith("turn 1: not in `today`, `said_by: tool`: the date or time `5 March`")
    assert heard(asked, looked, OFFER, said_by=["tool"], inputs=[])[0] is True
    assert heard(asked, looked, Step("On Thursday at 15:30."), said_by=["tool"])[0] is False


def test_what_the_user_said_grounds_an_answer_where_it_may() -> None:
    later = (Step("When?"), Step("Not at 16:40, I fear."))
    assert heard(*later, said_by=["tool"])[0] is False
    assert heard(*later, said_by=["tool", "user"])[0] is True
    assert heard(Step("At 16:40?"), Step("No."), said_by=["user"])[0] is False  # nobody has said so yet


def test_earlier_turns_of_the_history_count_too() -> None:
    history = ({"role": "tool", "tool_call_id": "x", "content": "15:20"}, {"role": "user", "content": "16:40?"})
    asked = Case("c", {}, history=history)
    check = spec("g", "grounded", said_by=["tool"])
    assert judged(asked, check, Sample("At 15:20."))[0] is True
    assert judged(asked, check, Sample("At 16:40."))[0] is False
    assert judged(asked, spec("g", "grounded", said_by=["user"]), Sample("At 16:40."))[0] is True


def judged(asked: Case, check: EvaluatorSpec, sample: Sample) -> tuple[Any, str]:
    prompt = Prompt("p", "p", "promptstead", {}, "", "", "", {}, (), ModelChoice("m"), evaluators=(check,))
    output = RecordedOutput("c", "m", "reference", (sample,))
    (found,) = Examiner(prompt, lambda *_: "", lambda _: "").judge(asked, output).samples
    return found[check.name].value, str(found[check.name].reason)


def test_what_a_judge_reads_before_an_answer_has_the_tools_that_led_to_it() -> None:
    second = seen(spec("j", "judge"), case(), conversation(STEPS))[1]
    assert as_text(second.transcript).splitlines() == [
        "assistant: one two",
        "user: and then?",
        'assistant: → look({"n": 1})',
        'tool: {"found":1}',
    ]


def test_an_evaluator_of_a_turn_is_asked_about_that_turn_alone() -> None:
    own = spec("j@2", "judge")
    talk = case(Turn(""), Turn("and then?", evaluators=(own,)), Turn("and last?"))
    assert [answer.text for answer in seen(own, talk, conversation(STEPS))] == ["three"]
    assert seen(own, case(), conversation(STEPS)) == []
    assert seen(spec("j@7", "judge"), talk, conversation(STEPS)) == []
    assert [answer.text for answer in seen(own, talk, conversation(STEPS[:1]))] == []
    assert len(seen(spec("j", "judge"), talk, conversation(STEPS))) == 3


def test_replies_that_the_script_does_not_ask_for_are_shown_too() -> None:
    shorter = case(Turn(""), Turn("and then?"))
    assert transcript_text(shorter, conversation(STEPS)).splitlines()[-2:] == [
        "assistant: three",
        "assistant: four five six",
    ]
    unstubbed = case()._replace(stubs=())
    shown = transcript_text(unstubbed, conversation(STEPS)).splitlines()
    assert shown[-3:] == ['assistant: → look({"n": 1})', "assistant: three", "assistant: four five six"]
