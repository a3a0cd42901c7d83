"""Judges at work: what they are asked about an answer, and what they said."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from promptstead.digests import behaviour_digest
from promptstead.errors import PromptsteadError
from promptstead.evaluators.judgement_file import Judgement, Key, judgements_of, merged
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Unscored
from promptstead.evaluators.shared.strict_json import NotJson, follow
from promptstead.evaluators.shared.turns import as_text, judged_answers
from promptstead.model import Case, EvaluatorSpec, Json, Prompt, Sample
from promptstead.prompts.declared.case_template import is_template, program_of
from promptstead.prompts.declared.judges import TYPE
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.words.sentence import say

CASE = "judgement"
"""The id of what a judge is asked, as a case of its prompt."""

Find = Callable[[str], Loaded | None]
Question = Callable[[Answer], tuple["Judge", dict[str, Json]]]
"""An answer -> the judge, and the inputs of its prompt."""


class Judge:
    """A prompt that judges, and the requests that it makes."""

    def __init__(self, loaded: Loaded) -> None:
        self.id = loaded.id
        self.requests = Requests(loaded)

    @cached_property
    def model(self) -> str:
        """Return what its judgements are recorded under.

        :raises PromptsteadError: the prompt is not valid, or names no model.
        """
        return self.requests.label()

    @cached_property
    def digest(self) -> str:
        """Return the digest of what it does; the same errors."""
        return behaviour_digest(self.requests.compiled())

    def request(self, inputs: Mapping[str, Json]) -> str:
        """Return the digest of the request for *inputs*; raises PromptsteadError where they make none."""
        return self.requests.digest(Case(CASE, inputs))


class Ask(NamedTuple):
    """A judgement that an answer to the case *case* needs."""

    judge: Judge
    case: str
    inputs: Mapping[str, Json]
    request: str

    @property
    def key(self) -> Key:
        """Return what tells the judgement apart."""
        return self.judge.model, self.request

    @property
    def question(self) -> Case:
        """Return it as a case of the judge's prompt."""
        return Case(CASE, self.inputs)


class Judges:
    """The judges of one tree, and what they said; more can be learnt while it is in use.

    :param find: gives a prompt by its id.
    """

    def __init__(self, find: Find, judgements: Iterable[Judgement] = ()) -> None:
        self._find = find
        self._judges: dict[str, Judge] = {}
        self._questions: dict[int, tuple[EvaluatorSpec, Question | None]] = {}
        recorded = list(judgements)
        self.known = merged(each for each in recorded if not each.unavailable)
        self.failed: dict[Key, str] = {each.key: each.unavailable for each in recorded if each.unavailable}
        """Judgements that were asked for and did not come, are not at hand, or cannot be used: why."""

    def judge(self, name: str) -> Judge:
        """Return the judge whose prompt has that id.

        :raises PromptsteadError: there is no such prompt.
        """
        if name not in self._judges:
            loaded = self._find(name)
            if loaded is None:
                message = say("evaluators.no-such-judge", name=name)
                raise PromptsteadError(message, hint=say("evaluators.name-a-prompt"))
            self._judges[name] = Judge(loaded)
        return self._judges[name]

    def learn(self, judgement: Judgement) -> None:
        """Take a further judgement, or why it gives none; what is known already stays as it is."""
        if judgement.samples:
            self.known.setdefault(judgement.key, judgement)
        elif judgement.key not in self.known:
            self.failed[judgement.key] = judgement.why

    def open(self, ask: "Ask") -> bool:
        """Tell whether nobody asked for that judgement yet."""
        return ask.key not in self.known and ask.key not in self.failed

    def question(self, spec: EvaluatorSpec) -> Question | None:
        """Return what a check asks about an answer, prepared once; None where it cannot ask, which the check says."""
        found = self._questions.get(id(spec))
        if found is None:
            try:
                found = spec, asking(spec.options, self)
            except PromptsteadError:
                found = spec, None
            self._questions[id(spec)] = found  # holds the check, so that its id stays its own
        return found[1]


def judges_of(loaded: Loaded, find: Find | None = None) -> Judges:
    """Return the judges of a prompt with what is recorded of them.

    :param find: gives the judges' prompts, where they are to be those of another revision.
    """
    return Judges(find or loaded.find, judgements_of(loaded)[0])


def asks(prompt: Prompt, judges: Judges, answers: Iterable[tuple[Case, Sample]]) -> Iterator[Ask]:
    """Yield each judgement that the answers need, once, known or not.

    An answer that a judge cannot be asked about (the case lacks a value, the judge's prompt is broken) needs none: the
    check says why.
    """
    seen: set[Key] = set()
    for case, sample in answers:
        own = {spec.name for spec in case.evaluators}
        specs = (*(each for each in prompt.evaluators if each.name not in own), *case.every_evaluator())
        for spec, answer in judged_answers(specs, case, sample):
            question = judges.question(spec) if spec.type == TYPE else None
            if question is None:
                continue
            try:
                judge, inputs = question(answer)
                ask = Ask(judge, case.id, inputs, judge.request(inputs))
                key = ask.key
            except (PromptsteadError, Unscored):
                continue
            if key not in seen:
                seen.add(key)
                yield ask


def asking(options: Mapping[str, Json], judges: Judges) -> Question:
    """Prepare what a judge is asked: an answer -> the judge, and the inputs of its prompt.

    :raises PromptsteadError: there is no such judge, or a template is malformed or uses another name than ``output``,
        ``inputs``, ``expected`` and ``transcript``.
    """
    judge = judges.judge(options["prompt"])
    readers = {name: _reader(value) for name, value in options.get("inputs", {}).items()}

    def ask(answer: Answer) -> tuple[Judge, dict[str, Json]]:
        before = as_text(answer.transcript)
        values: dict[str, Any] = {"output": answer.text, "inputs": answer.case.inputs, "transcript": before}
        if answer.case.has_expected:
            values["expected"] = answer.case.expected
        return judge, {name: read(values) for name, read in readers.items()}

    return ask


def _reader(value: Json) -> Callable[[Mapping[str, Any]], Json]:
    """Return the reader of one input: a template over the answer and its case, or a value as it is.

    A text that is one bare path gives the value there as it is, any other is rendered.
    """
    if not isinstance(value, str) or not is_template(value):
        return lambda values: value
    from promptstead.runtime.program import load
    from promptstead.runtime.values import RenderError

    program = program_of(value, judge=True)
    bare = program[0][1] if len(program) == 1 and not isinstance(program[0], str) and program[0][0] == "emit" else None
    render = load(program)

    def read(values: Mapping[str, Any]) -> Json:
        try:
            if bare is not None and bare[0] == "get":
                return follow(values, bare[1:])
            return render(dict(values))
        except (LookupError, RenderError):
            raise Unscored(say("evaluators.judge-needs", template=value)) from None

    return read


def read_json(text: str) -> Json:
    """Return what a judge said as JSON, also from inside one code fence.

    :raises Unscored: it is no JSON.
    """
    from promptstead.evaluators.shared.strict_json import parse, unfenced

    try:
        return parse(unfenced(text))
    except NotJson as error:
        raise Unscored(say("evaluators.judge-not-json", error=error.reason)) from None
