"""Counterexamples before the evaluators that must catch them. Nothing is called, nothing is guessed."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, Literal, NamedTuple, Self

from promptstead.did_you_mean import nearest
from promptstead.digests import inputs_digest
from promptstead.evaluators.examine import Examiner, in_force
from promptstead.evaluators.samples import conversation, from_entries
from promptstead.evaluators.shared.helpers import helpers_of
from promptstead.evaluators.shared.results import Result, quoted
from promptstead.model import Case, Counterexample, KeyPath, Problem, Prompt, RecordedOutput, Sample
from promptstead.outputs.edited_answer import NoEdit, edited
from promptstead.outputs.index import Recorded, Unreadable, parsed, recorded_of
from promptstead.outputs.replay import judged_by
from promptstead.prompts.conversation import replies_by_turn
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.names import companion_path
from promptstead.prompts.requests import Requests
from promptstead.words.sentence import NOTHING_SAID, Sentence, say

State = Literal["caught", "let pass", "not evaluated"]
CAUGHT: Final = "caught"
LET_PASS: Final = "let pass"
NOT_EVALUATED: Final = "not evaluated"
STATES: tuple[State, ...] = (CAUGHT, LET_PASS, NOT_EVALUATED)


class Trial(NamedTuple):
    """What one of the evaluators that must catch a counterexample does with it, and why; *line* is the latter's."""

    counterexample: Counterexample
    evaluator: str
    state: State
    reason: Sentence
    line: int


class Fault(NamedTuple):
    """What keeps a counterexample from being judged; *at* is where in it that stands, *is_key* says as a key.

    *elsewhere* says that it is not the counterexample's: what is wrong is reported where it stands.
    """

    reason: Sentence
    at: KeyPath = ()
    hint: Sentence = NOTHING_SAID
    is_key: bool = False
    elsewhere: bool = False


class Counterexamples:
    """The counterexamples of one prompt, each with the answer that it is."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._prompt: Prompt = Requests(loaded).prompt
        self._cases: Mapping[str, Case] = {case.id: case for case in reversed(self._prompt.cases)}

    def problems(self) -> Iterator[Problem]:
        """Yield what keeps counterexamples from being judged, at its place."""
        for each in self._prompt.counterexamples:
            document = self._loaded.documents[each.file]
            for fault in self._faults(each):
                if not fault.elsewhere:
                    at = (*each.at, *fault.at)
                    span = document.key_span(at) if fault.is_key else document.span(at)
                    message = say("rules.EXA506", counterexample=each.id, why=fault.reason)
                    yield Problem("EXA506", message, span, fault.hint, path=each.file)

    def _faults(self, counterexample: Counterexample) -> Iterator[Fault]:
        answer = self._answers[counterexample.id]
        if isinstance(answer, Fault):
            yield answer
        case = self._cases.get(counterexample.case)
        if case is None:
            return
        known = in_force(self._prompt, case)
        for index, name in enumerate(counterexample.caught_by):
            if name not in known and not self._loaded.unread:
                document = self._loaded.documents[counterexample.file]
                listed = (*counterexample.at, "caught_by", index) in document.values
                near = nearest(name, known)
                hint = (
                    say("rules.did-you-mean", near=near) if near else say("answers.evaluators-are", known=list(known))
                )
                at = ("caught_by", index) if listed else ("caught_by",)
                yield Fault(say("answers.no-such-evaluator", evaluator=name), at, hint)

    def trials(self, judge: Self | None = None) -> list[Trial]:
        """Return what the evaluators do with the counterexamples.

        :param judge: another revision of the prompt, whose evaluators judge instead. Where it has no evaluator of a
            name any more, those judge that its own counterexample of the same id names beyond the former ones.
        """
        if not self._prompt.counterexamples:
            return []
        there = judge or self
        prompt = self._prompt if judge is None else judged_by(self._prompt, judge._prompt)
        cases = {case.id: case for case in reversed(prompt.cases)}
        helpers = helpers_of(self._loaded, None if judge is None else judge._loaded)
        examiner = Examiner(prompt, lambda case, model: "", inputs_digest, helpers)
        return [
            trial
            for each in self._prompt.counterexamples
            for trial in self._tried(each, prompt, cases.get(each.case), examiner, there)
        ]

    def _tried(
        self, counterexample: Counterexample, prompt: Prompt, case: Case | None, examiner: Examiner, judge: Self
    ) -> Iterator[Trial]:
        document = self._loaded.documents[counterexample.file]
        line = document.position(document.span(counterexample.at).start)[0]
        for name, (state, reason) in self._outcomes(counterexample, prompt, case, examiner, judge):
            yield Trial(counterexample, name, state, reason, line)

    def _outcomes(
        self, counterexample: Counterexample, prompt: Prompt, case: Case | None, examiner: Examiner, judge: Self
    ) -> Iterator[tuple[str, tuple[State, Sentence]]]:
        answer = self._answers[counterexample.id]
        if isinstance(answer, Fault) or case is None:
            assert isinstance(answer, Fault)  # where there is no case, there is no answer to it
            yield from ((name, (NOT_EVALUATED, answer.reason)) for name in counterexample.caught_by)
            return
        known = in_force(prompt, case)
        output = RecordedOutput(case.id, counterexample.id, "reference", (answer,))
        (results,) = examiner.judge(case, output, made_up=True).samples
        for name in counterexample.caught_by:
            if name in known:
                yield name, _outcome(results[name])
            elif judge is self:
                yield name, (NOT_EVALUATED, say("answers.no-such-evaluator", evaluator=name))
            elif others := [each for each in judge._renamed(counterexample) if each in known]:
                yield from ((other, _outcome(results[other])) for other in others)
            else:
                yield name, (LET_PASS, say("answers.evaluator-gone", evaluator=name))

    def _renamed(self, former: Counterexample) -> list[str]:
        """Return the evaluators that the counterexample of the same id names here, and *former* does not."""
        own = (each for each in self._prompt.counterexamples if each.id == former.id)
        return [name for each in own for name in each.caught_by if name not in former.caught_by]

    @cached_property
    def _answers(self) -> dict[str, Sample | Fault]:
        """Id -> the answer that the counterexample is, or why there is none."""
        document = self._loaded.outputs
        needs = any(each.output is None or self._is_conversation(each) for each in self._prompt.counterexamples)
        with recorded_of(document) if needs and document is not None else Recorded() as recorded:
            return {each.id: self._answer(each, recorded) for each in self._prompt.counterexamples}

    def _answer(self, counterexample: Counterexample, recorded: Recorded) -> Sample | Fault:
        case = self._cases.get(counterexample.case)
        if case is None:
            return self._no_case(counterexample.case)
        if case.is_conversation:
            return self._said_otherwise(counterexample, case, recorded)
        if counterexample.turn:
            return Fault(say("answers.no-turns", case=case.id), ("turn",))
        if counterexample.output is not None:
            calls = from_entries(counterexample.tool_calls)
            return Sample(counterexample.output, counterexample.finish_reason, tool_calls=calls)
        found = self._reference(case, recorded)
        if isinstance(found, Fault):
            return found
        try:
            return found._replace(output=edited(found.output, counterexample))
        except NoEdit as error:
            return Fault(error.reason, error.at, error.hint, error.is_key)

    def _is_conversation(self, counterexample: Counterexample) -> bool:
        case = self._cases.get(counterexample.case)
        return case is not None and case.is_conversation

    def _said_otherwise(self, counterexample: Counterexample, case: Case, recorded: Recorded) -> Sample | Fault:
        """Return the reference conversation in which one answer is the counterexample."""
        found = self._reference(case, recorded)
        if isinstance(found, Fault):
            return found
        turns = replies_by_turn(case, found.steps)
        turn = counterexample.turn or len(turns)
        if turn > len(turns):
            return Fault(say("answers.no-such-turn", turn=turn, turns=len(turns)), ("turn",))
        last = sum(map(len, turns[:turn])) - 1
        step = found.steps[last]
        try:
            if counterexample.output is None:
                step = step._replace(output=edited(step.output, counterexample))
            else:
                calls = from_entries(counterexample.tool_calls)
                step = step._replace(
                    output=counterexample.output, tool_calls=calls, finish_reason=counterexample.finish_reason
                )
        except NoEdit as error:
            return Fault(error.reason, error.at, error.hint, error.is_key)
        return conversation([*found.steps[:last], step, *found.steps[last + 1 :]])

    def _no_case(self, case: str) -> Fault:
        if self._loaded.partial or self._loaded.doubt:
            return Fault(say("answers.case-not-read", case=case), elsewhere=True)
        near = nearest(case, self._cases)
        hint = say("rules.did-you-mean", near=near) if near else say("answers.name-a-case")
        return Fault(say("answers.no-such-case", case=case), ("case",), hint)

    def _reference(self, case: Case, recorded: Recorded) -> Sample | Fault:
        """Return the reference answer to a case: the first that a person wrote to its inputs as they are now."""
        fault: Fault | None = None
        for raw in recorded.of(case.id):
            output = parsed(case.id, raw)
            if isinstance(output, Unreadable):
                fault = fault or Fault(output.why, elsewhere=True)
            elif output.source == "reference":
                if output.inputs == inputs_digest(case):
                    return output.samples[0]
                fault = Fault(say("answers.reference-not-current", case=case.id), elsewhere=True)
        if fault is None and self._loaded.unread:
            return Fault(say("answers.no-reference", case=case.id), elsewhere=True)
        file = companion_path(self._loaded.path, "outputs.yml")
        if fault is not None:
            return fault
        hint = say("answers.no-reference-hint", file=file)
        if case.is_conversation:  # a whole answer is one reply there, and the others are the reference's
            hint = say("answers.no-replies-hint", file=file)
        return Fault(say("answers.no-reference", case=case.id), ("case",), hint)


def by_counterexample(trials: Iterable[Trial]) -> dict[str, State]:
    """Return what becomes of each counterexample, by its id: it is caught where each of its evaluators catches it."""
    gravest = (LET_PASS, NOT_EVALUATED, CAUGHT)
    found: dict[str, State] = {}
    for trial in trials:
        former = found.setdefault(trial.counterexample.id, trial.state)
        found[trial.counterexample.id] = min(former, trial.state, key=gravest.index)
    return found


def _outcome(result: Result) -> tuple[State, Sentence]:
    if result.value is None:
        return NOT_EVALUATED, result.reason
    if isinstance(result.value, bool):
        return (LET_PASS if result.value else CAUGHT), result.reason
    return LET_PASS, say("answers.gives-no-verdict", value=quoted(result.value), reason=result.reason)
