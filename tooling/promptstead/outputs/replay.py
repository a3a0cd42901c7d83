"""The recorded outputs of a loaded prompt, matched with its cases and judged. Nothing is called."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import islice

from promptstead.documents.document import Document
from promptstead.errors import PromptsteadError
from promptstead.evaluators.examine import planned_case
from promptstead.evaluators.registry import needs_help
from promptstead.evaluators.shared.helpers import helpers_of
from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Case, EvaluatorSpec, Json, Problem, Prompt, RecordedOutput
from promptstead.outputs.index import Recorded, recorded_of
from promptstead.outputs.reader import entries
from promptstead.outputs.sealed import changed_problems, opened
from promptstead.outputs.stream import Replayer
from promptstead.plugins import Plugins, is_plugged
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests, why_not
from promptstead.runtime.values import equal
from promptstead.words.sentence import Sentence, say

MAX_PROBLEMS = 5_000


class Replay:
    """The recorded outputs of one prompt. What each property needs is computed when it is first asked for.

    Of ``outputs.jsonl`` only the answers to the cases at hand are held, those of the others pass by.
    """

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._requests = Requests(loaded)
        self.beyond = False
        """Whether *problems* came upon an answer that is kept outside the repository."""

    @cached_property
    def problems(self) -> list[Problem]:
        """Return what is wrong with the outputs file, its positions being in that file; of much the first 5,000."""
        document = self._loaded.outputs
        return list(islice(self._problems(document), MAX_PROBLEMS)) if document is not None else []

    def _problems(self, document: Document) -> Iterator[Problem]:
        for entry in entries(document):
            if entry.problem is not None:
                yield entry.problem
            output = entry.output
            if output is None:
                continue
            outside = [bool(sample.digest) for sample in output.samples]
            self.beyond |= any(outside)
            span = document.span(output.at)
            if self._loaded.private and output.source != "reference" and not all(outside):
                yield Problem("SCH001", say("answers.in-repository"), span, say("files.run-outputs-move"))
            if any(outside):
                changed = opened([output], self._loaded.stored).changed
                yield from (each._replace(span=span) for each in changed_problems(changed))

    @contextmanager
    def _recorded(self) -> Iterator[Recorded]:
        document = self._loaded.outputs
        with recorded_of(document) if document is not None else Recorded() as recorded:
            yield recorded

    def results(self, judge: Loaded | None = None) -> list[CaseResult]:
        """Return every case of the prompt, judged, or with the reason why not.

        :param judge: the prompt whose evaluators judge, of the cases that it has too, with the judges' prompts of its
            tree; by default the prompt itself.
        """
        prompt = self._loaded.prompt
        if prompt is None:
            return []
        if judge is not None and judge.prompt is not None:
            prompt = judged_by(prompt, judge.prompt)
        with self._recorded() as recorded:
            replayer = Replayer(self._loaded, recorded.models, judge=prompt, helpers=helpers_of(self._loaded, judge))
            return [result for case in prompt.cases for result in replayer.results(case, recorded.of(case.id))]

    def planned(self) -> list[tuple[Case, str]]:
        """Return case and model of every result that there will be, in order; nothing is judged for it."""
        prompt = self._loaded.prompt
        if prompt is None:
            return []
        with self._recorded() as recorded:
            return [
                (case, model)
                for case in prompt.cases
                for model, _ in planned_case(recorded.of(case.id), recorded.models)
            ]

    def stale(self) -> Iterator[tuple[RecordedOutput, Sentence]]:
        """Yield the outputs that do not answer a case as it is now, or whose case is gone, with the reason.

        They are without their answers.
        """
        prompt = self._loaded.prompt
        cases = {case.id: case for case in prompt.cases} if prompt else {}
        document = self._loaded.outputs
        for entry in entries(document) if document is not None else ():
            output = entry.output
            if output is None:
                continue
            case = cases.get(output.case)
            if case is not None and case.is_conversation:
                (output,) = opened([output], self._loaded.stored).outputs  # each reply is tied to what was said before
            reason = why_not(case, output, self._requests.digest)
            if reason and not (case is None and self._may_exist):
                yield output._replace(samples=()), reason

    @property
    def _may_exist(self) -> bool:
        """Whether a case that is not there may only not have been read."""
        return bool(self._loaded.partial) or self._loaded.doubt is not None


def judged_alike(one: Prompt, other: Prompt, plugins: Plugins | None = None) -> bool:
    """Tell whether what judges *one* surely says the same of *other*: the same checks, none of which needs help.

    A package's evaluator counts as such where its author says that it always says the same.
    """
    pairs = [(one.evaluators, other.evaluators)]
    own = {case.id: tuple(case.every_evaluator()) for case in one.cases}
    pairs += [(own[case.id], tuple(case.every_evaluator())) for case in other.cases if case.id in own]
    if any(needs_help(spec) and not _steady(spec, plugins) for specs, _ in pairs for spec in specs):
        return False
    before, after = (None if prompt.output_schema is None else dict(prompt.output_schema) for prompt in (one, other))
    return equal(before, after) and all(equal(_plain(left), _plain(right)) for left, right in pairs)


def _steady(spec: EvaluatorSpec, plugins: Plugins | None) -> bool:
    if plugins is None or not is_plugged(spec.type):
        return False
    try:
        return bool(plugins.evaluator(spec.type).about["deterministic"])
    except PromptsteadError:
        return True  # unscored on either side


def _plain(specs: tuple[EvaluatorSpec, ...]) -> Json:
    return [[spec.name, spec.type, dict(spec.options)] for spec in specs]


def judged_by(prompt: Prompt, judge: Prompt) -> Prompt:
    """Return *prompt* with the evaluators of *judge*, those of its cases and the output schema they fall back on."""
    judging = {case.id: case for case in judge.cases}
    cases = tuple(_judged_by(case, judging[case.id]) if case.id in judging else case for case in prompt.cases)
    return prompt._replace(evaluators=judge.evaluators, output_schema=judge.output_schema, cases=cases)


def _judged_by(case: Case, judge: Case) -> Case:
    """Return *case* with the evaluators of another of the same id, turn by turn."""
    turns = tuple(
        turn._replace(evaluators=judge.turns[index].evaluators if index < len(judge.turns) else turn.evaluators)
        for index, turn in enumerate(case.turns)
    )
    return case._replace(evaluators=judge.evaluators, turns=turns)
