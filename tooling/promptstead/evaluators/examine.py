"""Replay: recorded answers through the evaluators of a prompt. Nothing is called, nothing is guessed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, Protocol, TypeVar

from promptstead.errors import PromptsteadError
from promptstead.evaluators.registry import Check, prepare
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.helpers import NO_HELPERS, Helpers
from promptstead.evaluators.shared.results import CaseResult, Result, sound, whole
from promptstead.evaluators.shared.turns import Turns
from promptstead.model import NOTHING, Case, EvaluatorSpec, Json, Prompt, RecordedOutput, Sample
from promptstead.plugins import is_plugged
from promptstead.prompts.declared.combinations import TYPES, check_parts, covered, everything_in, in_order
from promptstead.prompts.declared.judges import TYPE as JUDGE
from promptstead.prompts.requests import InputsDigest, RequestDigest, why_not
from promptstead.words.sentence import NOTHING_SAID, own_words, say

CASE_PASSES = "case passes"
"""The name of the rate of whole cases; no evaluator can have it, as names hold no space."""


class _OfModel(Protocol):
    @property
    def model(self) -> str: ...


Given = TypeVar("Given", bound=_OfModel)
"""An answer, read or not."""


def evaluate(
    prompt: Prompt,
    outputs: Sequence[RecordedOutput],
    request_digest: RequestDigest,
    inputs_digest: InputsDigest,
    cases: Iterable[Case] | None = None,
    helpers: Helpers = NO_HELPERS,
) -> list[CaseResult]:
    """Judge the recorded *outputs* of a prompt's cases, or of *cases*.

    One result for each recorded output of a case, in the order of the cases; a case without any gets one that says so.
    Where a model answered some cases and not this one, that is missing too; an answer written by hand is demanded of no
    case. A live output belongs to a case when its request digest is the one that the prompt makes now, any other when
    its inputs digest is the case's. Every sample is judged, by the prompt's evaluators and the case's own; those that
    need *helpers* are unscored without them.
    """
    examiner = Examiner(prompt, request_digest, inputs_digest, helpers)
    recorded: dict[str, list[RecordedOutput]] = {}
    for output in outputs:
        recorded.setdefault(output.case, []).append(output)
    models = list(dict.fromkeys(output.model for output in outputs if output.source != "reference"))
    every = prompt.cases if cases is None else cases
    return [result for case in every for result in examiner.case(case, recorded.get(case.id, ()), models)]


def planned_case(outputs: Sequence[Given], models: Iterable[str]) -> Iterator[tuple[str, Given | None]]:
    """Yield model and output of each answer of one case, then each of *models* that did not answer it."""
    yield from ((output.model, output) for output in outputs)
    answered = {output.model for output in outputs}
    missing = [model for model in models if model not in answered] or ([] if outputs else [""])
    yield from ((model, None) for model in missing)


def in_force(prompt: Prompt, case: Case | None = None) -> dict[str, EvaluatorSpec]:
    """Return the evaluators of the prompt by name, and of the case, which replace those of the same name."""
    return {spec.name: spec for spec in (*prompt.evaluators, *(case.every_evaluator() if case else ()))}


def effective(
    spec: EvaluatorSpec,
    prompt: Prompt,
    scope: Mapping[str, EvaluatorSpec] = NOTHING,
    helpers: Helpers = NO_HELPERS,
) -> EvaluatorSpec:
    """Return *spec* with what it takes from the prompt.

    A ``json-schema`` without a schema of its own has the prompt's output schema, and a ``grounded`` the prompt's
    language and the defaults of inputs. A combination has its parts, a judge
    the digest of its prompt, and one that a package brings package and version, so that who compares two revisions, or
    two runs, sees that one of them changed.
    """
    if is_plugged(spec.type):
        return _of_a_package(spec, helpers)
    if spec.type == JUDGE and helpers.judges is not None:
        try:
            return spec._replace(options={**spec.options, "judge": helpers.judges.judge(spec.options["prompt"]).digest})
        except PromptsteadError:
            return spec
    if spec.type in TYPES:
        every = {name: _of_a_package(part, helpers) for name, part in everything_in(spec, scope).items()}
        parts = {name: [part.type, dict(part.options)] for name, part in every.items()}
        return spec._replace(options={**spec.options, "parts": parts})
    if spec.type == "grounded":
        return spec._replace(options={**_habits(prompt), **spec.options})
    if spec.type != "json-schema" or "schema" in spec.options or prompt.output_schema is None:
        return spec
    return spec._replace(options={**spec.options, "schema": prompt.output_schema})


def _of_a_package(spec: EvaluatorSpec, helpers: Helpers) -> EvaluatorSpec:
    """Return *spec*, with package and version and the direction of its scores where a package brings it."""
    if not is_plugged(spec.type) or helpers.plugins is None:
        return spec
    try:
        plugin = helpers.plugins.evaluator(spec.type)
    except PromptsteadError:
        return spec  # whoever prepares it says why
    own = {"better": plugin.about["better"], **spec.options}
    return spec._replace(options={**own, "package": plugin.package, "version": plugin.version})


def _habits(prompt: Prompt) -> dict[str, Json]:
    """Return how a prompt's inputs and answers are written, and what stands where a case does not give an input."""
    language = prompt.language.partition("-")[0]
    defaults = {name: one.default for name, one in prompt.inputs.items() if one.has_default}
    own: dict[str, Json] = {"language": language} if language in ("fr", "en") else {}
    return {**own, "defaults": defaults} if defaults else own


def by_model(results: Iterable[CaseResult]) -> dict[str, list[CaseResult]]:
    """Return the results of each model, in the order in which models first appear."""
    grouped: dict[str, list[CaseResult]] = {}
    for result in results:
        grouped.setdefault(result.model, []).append(result)
    return grouped


class Examiner:
    """Judges a prompt's cases one by one; its evaluators are prepared once, those of a case when the case comes."""

    def __init__(
        self,
        prompt: Prompt,
        request_digest: RequestDigest,
        inputs_digest: InputsDigest,
        helpers: Helpers = NO_HELPERS,
    ) -> None:
        self._evaluators = _Evaluators(prompt, helpers)
        self._request_digest = request_digest
        self._inputs_digest = inputs_digest

    def case(self, case: Case, outputs: Sequence[RecordedOutput], models: Iterable[str]) -> Iterator[CaseResult]:
        """Yield a result for each of a case's *outputs* and each of *models* without one, as :func:`evaluate` does."""
        return (self.result(case, model, output) for model, output in planned_case(outputs, models))

    def result(self, case: Case, model: str, output: RecordedOutput | None) -> CaseResult:
        """Return what is to be said of an output, or of its absence."""
        if output is None:
            return CaseResult(case, model, "not evaluated", say("answers.not-recorded"))
        why = why_not(case, output, self._request_digest, self._inputs_digest) or own_words(output.unavailable)
        if why:
            return CaseResult(case, model, "not evaluated", why, output)
        return self.judge(case, output)

    def judge(self, case: Case, output: RecordedOutput, *, made_up: bool = False) -> CaseResult:
        """Return what the evaluators say of an output, whatever it once answered.

        :param made_up: somebody wrote it to be caught: what is published as an example counts as the real thing.
        """
        return self._evaluators.judge(case, output, made_up=made_up)


class _Plan(NamedTuple):
    """The checks of a case: those that combine others behind their parts. *order* is that of the files.

    *parts* alone fail no case. A hard check always does.
    """

    checks: list[tuple[EvaluatorSpec, Check]]
    order: tuple[EvaluatorSpec, ...]
    parts: frozenset[str]


class _Evaluators:
    """The checks of one prompt, each prepared once; those of cases when their case comes."""

    def __init__(self, prompt: Prompt, helpers: Helpers) -> None:
        self.prompt = prompt
        self.helpers = helpers

    @cached_property
    def shared(self) -> _Plan:
        """Return the checks of a case that has none of its own; a prompt without answers needs none prepared."""
        return self._plan(self._prepare(self.prompt.evaluators, in_force(self.prompt)))

    def judge(self, case: Case, output: RecordedOutput, *, made_up: bool) -> CaseResult:
        plan = self._plan_of(case) if case.evaluators or case.turns else self.shared
        samples = tuple(
            self._conversation(plan, case, sample, made_up=made_up)
            if sample.steps
            else self._sample(plan, Answer(sample.output, case, sample, made_up=made_up))
            for sample in output.samples
        )
        return CaseResult(case, output.model, "evaluated", NOTHING_SAID, output, samples, plan.order)

    def _conversation(self, plan: _Plan, case: Case, sample: Sample, *, made_up: bool) -> dict[str, Result]:
        """Return what the checks say of a conversation: each once, whatever it has to do with turns.

        A combination combines what its parts say of the whole conversation.
        """
        turns = Turns(case, sample, made_up=made_up)
        found: dict[str, Result] = {}
        turns.whole.results = found
        for spec, check in plan.checks:
            if spec.type in TYPES:
                result = sound(check(turns.whole))
            else:
                result = turns.together(spec, [sound(check(answer)) for answer in turns.seen_by(spec)])
            found[spec.name] = whole([found[spec.name], result]) if spec.name in found else result
        if plan.parts:
            found = {spec.name: _as_part(found[spec.name], spec.name in plan.parts) for spec in plan.order}
        return found

    def _plan_of(self, case: Case) -> _Plan:
        own = {spec.name for spec in case.evaluators}
        scope = in_force(self.prompt, case)
        kept = [(spec, check) for spec, check in self.shared.checks if spec.name not in own]
        if any(spec.type in TYPES for spec, _ in kept):
            kept = self._prepare((spec for spec in self.prompt.evaluators if spec.name not in own), scope)
        return self._plan([*kept, *self._prepare(case.every_evaluator(), scope)])

    def _plan(self, checks: list[tuple[EvaluatorSpec, Check]]) -> _Plan:
        order = tuple(spec for spec, _ in checks)
        if any(spec.type in TYPES for spec in order):
            place = {id(spec): index for index, spec in enumerate(in_order(order))}
            checks = sorted(checks, key=lambda item: place[id(item[0])])
        return _Plan(checks, order, covered(order).difference(self.prompt.gate.hard))

    @staticmethod
    def _sample(plan: _Plan, answer: Answer) -> dict[str, Result]:
        found: dict[str, Result] = {}
        answer.results = found
        for spec, check in plan.checks:
            result = sound(check(answer))
            # GitHub Models allows several checks under one name; together they are one that holds when all do
            found[spec.name] = whole([found[spec.name], result]) if spec.name in found else result
        if plan.parts:
            found = {spec.name: _as_part(found[spec.name], spec.name in plan.parts) for spec in plan.order}
        return found

    def _prepare(
        self, specs: Iterable[EvaluatorSpec], scope: Mapping[str, EvaluatorSpec]
    ) -> list[tuple[EvaluatorSpec, Check]]:
        own = (effective(spec, self.prompt, scope, self.helpers) for spec in specs)
        return [(spec, _prepared(spec, scope, self.helpers)) for spec in own]


def _as_part(result: Result, part: bool) -> Result:
    return result._replace(part=True) if part else result


def _prepared(spec: EvaluatorSpec, scope: Mapping[str, EvaluatorSpec], helpers: Helpers) -> Check:
    try:
        check_parts(spec, scope)
        return prepare(spec, helpers)
    except PromptsteadError as error:
        unscored = Result(None, say("evaluators.cannot-run", error=own_words(error.message)))
        return lambda answer: unscored
