"""What a check sees of a conversation: the answer to each turn, the last one, or all that was said.

An answer is what the model says to the user; replies that only call tools lead to it, and belong to its turn.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from promptstead.evaluators.samples import conversation
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Result, whole
from promptstead.model import Case, EvaluatorSpec, Json, Sample, Step
from promptstead.prompts.conversation import Conversation, replies_by_turn, turns_of
from promptstead.words.sentence import say

Reach = Literal["each", "last", "conversation"]

_OF_ALL = frozenset(("cost", "latency", "tokens", "tool-calls"))
"""Types that add up, or look for a call wherever it was made."""


def reach(spec: EvaluatorSpec) -> Reach:
    """Return what of a conversation a check judges: its option ``over``, or what its kind does without one."""
    chosen: Reach = spec.options.get("over", "conversation" if spec.type in _OF_ALL else "each")
    return chosen


def turn_number(spec: EvaluatorSpec, case: Case) -> int | None:
    """Return the number of the turn that a check belongs to, from 1; None where it is of the prompt or of the case."""
    _, mark, number = spec.name.rpartition("@")
    return int(number) if mark and case.turns and number.isdecimal() else None


class Turns:
    """A conversation as its checks see it.

    :param case: the script.
    :param sample: the replies; one at least.
    :param made_up: whether somebody wrote one of them to be caught.
    """

    def __init__(self, case: Case, sample: Sample, *, made_up: bool = False) -> None:
        self.case = case
        self.answers: list[Answer] = []
        """The answer to each turn that was reached."""
        self.asked = 0
        """How many of the replies the script asks for: a recorded conversation may be longer than the script is now."""
        talk = Conversation(case)
        for number, steps in enumerate(replies_by_turn(case, sample.steps)):
            for step in steps[:-1]:
                self._add(talk, step)
            self.answers.append(_answer(case, number, steps, tuple(talk.transcript), made_up=made_up))
            self._add(talk, steps[-1])
        calls = _calls(sample.steps)
        self.whole = Answer(as_text(talk.transcript), case, sample._replace(tool_calls=calls), made_up=made_up)
        """All that was said as one answer, with the calls, tokens, seconds and cost of all replies."""
        self.stopped = say("evaluators.called-without-end", turn=talk.turn) if talk.endless else None
        """Why turns were left out: the model called tools without end."""

    def _add(self, talk: Conversation, step: Step) -> None:
        if not talk.over:
            talk.add(step)
            self.asked += 1

    def seen_by(self, spec: EvaluatorSpec) -> list[Answer]:
        """Return what an evaluator judges; one of a turn, the answer to it, and nothing where it was not reached."""
        number = turn_number(spec, self.case)
        if number is not None:
            return self.answers[number - 1 : number]
        kind = reach(spec)
        if kind == "conversation":
            return [self.whole]
        return self.answers[-1:] if kind == "last" else self.answers

    def together(self, spec: EvaluatorSpec, results: Sequence[Result]) -> Result:
        """Return what a check says of the conversation, having judged what it sees of it.

        An assertion holds where it holds at each turn; scores are averaged; of labels the last one counts. A check of a
        turn that was not reached does not hold.
        """
        number = turn_number(spec, self.case)
        if number is not None and not results:
            return Result(False, self.stopped or say("evaluators.turn-not-reached", turn=number))
        if number is not None:
            return at_turn(number, results[0])
        if reach(spec) == "conversation":
            return self._ended(results[0])
        if reach(spec) == "last" or len(turns_of(self.case)) == 1:
            return self._ended(results[-1])
        scores = [result.value for result in results if isinstance(result.value, float)]
        if scores and len(scores) == len(results):
            return Result(sum(scores) / len(scores), say("evaluators.mean-of-turns", turns=len(scores)))
        first = next((turn for turn, each in enumerate(results, 1) if each.value is False), None)
        first = first or next((turn for turn, each in enumerate(results, 1) if each.value is None), None)
        if first is not None:
            return at_turn(first, results[first - 1])
        if isinstance(results[-1].value, str):
            return results[-1]
        return self._ended(Result(whole(results).value, say("evaluators.holds-at-turns", turns=len(results))))

    def _ended(self, result: Result) -> Result:
        """Return a result that does not hold where the conversation was not led to its end."""
        return result if self.stopped is None or result.value is not True else Result(False, self.stopped)


def judged_answers(
    specs: Iterable[EvaluatorSpec], case: Case, sample: Sample
) -> Iterator[tuple[EvaluatorSpec, Answer]]:
    """Yield each of *specs* with what it judges of an answer; of a conversation that may be several, or nothing.

    An evaluator of a turn of another case judges nothing.
    """
    turns = Turns(case, sample) if sample.steps else None
    own = {spec.name for turn in case.turns for spec in turn.evaluators}
    for spec in specs:
        if "@" in spec.name and (turns is None or spec.name not in own):
            continue
        seen = [Answer(sample.output, case, sample)] if turns is None else turns.seen_by(spec)
        yield from ((spec, answer) for answer in seen)


def transcript_text(case: Case, sample: Sample) -> str:
    """Return a conversation for people and for judges, as scripts of plays are written: who, and what was said.

    What the prompt itself says stands in its messages, and not here. Replies that the script does not ask for any more
    come last.
    """
    turns = Turns(case, sample)
    return "\n".join([turns.whole.text, *_lines(map(_said, sample.steps[turns.asked :]))])


def as_text(transcript: Iterable[Mapping[str, Json]]) -> str:
    """Return turns as :func:`transcript_text` gives them."""
    return "\n".join(_lines(transcript))


def _lines(transcript: Iterable[Mapping[str, Json]]) -> Iterator[str]:
    for turn in transcript:
        if turn["content"] or "tool_calls" not in turn:
            yield f"{turn['role']}: {turn['content']}"
        calls = turn.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            yield f"assistant: → {call['function']['name']}({call['function']['arguments']})"


def _said(step: Step) -> dict[str, Json]:
    return {"role": "assistant", "content": step.output, "tool_calls": list(step.tool_calls)}


def _answer(
    case: Case, index: int, steps: Sequence[Step], transcript: Sequence[Mapping[str, Json]], *, made_up: bool
) -> Answer:
    turn = turns_of(case)[index]
    asked = case._replace(expected=turn.expected, has_expected=True) if turn.has_expected else case
    said = conversation(steps)
    seen = said._replace(tool_calls=_calls(steps), steps=())
    return Answer(said.output, asked, seen, transcript, made_up=made_up)


def _calls(steps: Iterable[Step]) -> tuple[Json, ...]:
    return tuple(call for step in steps for call in step.tool_calls)


def at_turn(turn: int, result: Result) -> Result:
    """Return a result that says at which turn it was come by."""
    return result._replace(reason=say("evaluators.at-turn", turn=turn, reason=result.reason))
