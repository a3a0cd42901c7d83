"""Base and head side by side: which model's answers stand against which, and which cases can be compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from promptstead.digests import script
from promptstead.evaluators.examine import CASE_PASSES, by_model
from promptstead.evaluators.shared.direction import less_is_better
from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Case, EvaluatorSpec, Json
from promptstead.runtime.values import equal
from promptstead.verdicts.declared_contract import DeclaredContract
from promptstead.verdicts.measured import Measured, measured
from promptstead.words.sentence import Sentence, say

_NO_MATTER = ("better", "description", "weight")


@dataclass(frozen=True, slots=True)
class Sides:
    """The results to compare: one model a side, the same or the one that replaced it; *by_hand*: reference answers.

    A model is empty where its side has no answer at all.
    """

    base_model: str
    head_model: str
    base: tuple[CaseResult, ...]
    head: tuple[CaseResult, ...]
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """One case that can be compared, and what it measures on either side. *less*: a lower score is the better one."""

    base: CaseResult
    head: CaseResult
    base_measured: Measured
    head_measured: Measured
    less: bool = False

    @property
    def gain(self) -> float:
        """How much better the head is: head minus base, or turned round where less is better."""
        difference = self.head_measured.value - self.base_measured.value
        return -difference if self.less else difference

    @property
    def samples(self) -> int:
        """How many answers the side with more of them has."""
        return max(self.base_measured.samples, self.head_measured.samples)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A case that cannot be compared, and why."""

    case: str
    why: Sentence


def sides(base: Iterable[CaseResult], head: Iterable[CaseResult]) -> list[Sides]:
    """Return what to compare with what: each model with itself, and all reference answers with all reference answers.

    Where one model is on the base only and one on the head only, the second replaced the first and they are compared;
    other models that stand on one side only are compared with nothing. Cases without any output stand on the side of
    every model. There is at least one entry, and the reference answers come last.
    """
    old, old_hand = _by_model(base)
    new, new_hand = _by_model(head)
    old_bare, new_bare = old.pop("", []), new.pop("", [])
    gone = [model for model in old if model not in new]
    come = [model for model in new if model not in old]
    pairs = [(model, model) for model in old if model in new]
    if len(gone) == len(come) == 1:
        pairs.append((gone[0], come[0]))
    else:
        pairs += [*((model, "") for model in gone), *(("", model) for model in come)]
    if not pairs and not (old_hand or new_hand):
        pairs = [("", "")]
    found = [Sides(a, b, (*old.get(a, ()), *old_bare), (*new.get(b, ()), *new_bare)) for a, b in pairs]
    if old_hand or new_hand:
        found.append(Sides("", "", (*old_hand, *old_bare), (*new_hand, *new_bare), by_hand=True))
    return found


def match(side: Sides, primary: str, declared: DeclaredContract | None = None) -> tuple[list[Pair], list[LeftOut]]:
    """Pair the cases of both sides by id and content, in the order of the head.

    *primary* is an evaluator's name, or ``case passes``. A pair whose inputs, history or expected value differ is left
    out, and so is one whose primary evaluator differs in type or options, or any of its evaluators where whole cases
    are compared, and one that was not scored on every sample. Which way a score is better the base says; a case for
    which it says otherwise than for the first is left out.

    :param declared: a change of the contract, which both sides are without the checks of.
    """
    old = {result.case.id: result for result in reversed(side.base)}
    new = {result.case.id: result for result in reversed(side.head)}
    order = dict.fromkeys([*(result.case.id for result in side.head), *(result.case.id for result in side.base)])
    pairs: list[Pair] = []
    left_out: list[LeftOut] = []
    for case in order:
        pair = _pair(old.get(case), new.get(case), primary, declared)
        if isinstance(pair, Pair) and pairs and pair.less != pairs[0].less:
            pair = say("verdicts.direction-differs")
        if isinstance(pair, Pair):
            pairs.append(pair)
        else:
            left_out.append(LeftOut(case, pair))
    return pairs, left_out


def _by_model(results: Iterable[CaseResult]) -> tuple[dict[str, list[CaseResult]], list[CaseResult]]:
    """Return the results of each model, and those that no model gave: reference answers, the fake provider's."""
    measured: list[CaseResult] = []
    by_hand: list[CaseResult] = []
    for result in results:
        output = result.output
        written = output is not None and (output.source == "reference" or output.model.startswith("fake/"))
        (by_hand if written else measured).append(result)
    return by_model(measured), by_hand


def _pair(
    old: CaseResult | None, new: CaseResult | None, primary: str, declared: DeclaredContract | None
) -> Pair | Sentence:
    if old is None:
        return say("verdicts.new-case")
    if new is None:
        return say("verdicts.removed-case")
    if old.state != "evaluated":
        return say("verdicts.on-base", reason=old.why)
    if new.state != "evaluated":
        return say("verdicts.on-head", reason=new.why)
    changed = changed_case(old.case, new.case, declared) or _changed_evaluators(old.evaluators, new.evaluators, primary)
    if changed:
        return changed
    compared = {spec.name for spec in (*old.evaluators, *new.evaluators)}
    if declared is not None and not compared:
        return say("verdicts.no-evaluator-in-common")
    if declared is not None and primary not in (CASE_PASSES, *compared):
        return say("verdicts.primary-leaves", evaluator=primary)
    base, head = measured(old, primary), measured(new, primary)
    if isinstance(base, Sentence):
        return say("verdicts.on-base", reason=base)
    if isinstance(head, Sentence):
        return say("verdicts.on-head", reason=head)
    if base.score != head.score:
        return say("verdicts.score-on-one-side")
    specs = (spec for spec in old.evaluators if spec.name == primary)
    return Pair(old, new, base, head, base.score and any(map(less_is_better, specs)))


def changed_case(old: Case, new: Case, declared: DeclaredContract | None = None) -> Sentence | None:
    """Return what makes two cases of one id different questions; None where nothing does.

    :param declared: a change of the contract: only what both contracts have is compared.
    """
    if declared is not None:
        return declared.changed_case(old, new)
    if not equal(_plain(old.inputs), _plain(new.inputs)) or not equal(_plain(old.history), _plain(new.history)):
        return say("verdicts.input-changed")
    if not equal(script(old), script(new)):
        return say("verdicts.script-changed")
    if old.has_expected != new.has_expected or not equal(old.expected, new.expected):
        return say("verdicts.expected-changed")
    before, after = ([[turn.has_expected, turn.expected] for turn in case.turns] for case in (old, new))
    if not equal(before, after):
        return say("verdicts.expected-changed")
    return None


def _changed_evaluators(old: Sequence[EvaluatorSpec], new: Sequence[EvaluatorSpec], primary: str) -> Sentence | None:
    before, after = _meanings(old, primary), _meanings(new, primary)
    for name in before:
        if name not in after:
            return say("verdicts.evaluator-removed", evaluator=name)
        if not equal(before[name], after[name]):
            return say("verdicts.evaluator-changed", evaluator=name)
    added = next((name for name in after if name not in before), None)
    return say("verdicts.evaluator-added", evaluator=added) if added else None


def _meanings(specs: Sequence[EvaluatorSpec], primary: str) -> dict[str, list[Json]]:
    """Return name -> type and options of the evaluators that matter, without what does not change a result."""
    found: dict[str, list[Json]] = {}
    for spec in specs:
        if primary in (CASE_PASSES, spec.name):
            options = {
                key: value for key, value in spec.options.items() if key not in _NO_MATTER and not key.startswith("x-")
            }
            found.setdefault(spec.name, []).append([spec.type, options])
    return found


def _plain(value: Json) -> Json:
    return [dict(item) for item in value] if isinstance(value, tuple) else dict(value)
