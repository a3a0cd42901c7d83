"""What became of the tests of a prompt: cases, evaluators and gate, and where they ask for less than before."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from promptstead.diff.values import ValueChange, canonical, differences, same, union
from promptstead.digests import counterexample_content, script
from promptstead.model import Case, Counterexample, EvaluatorSpec, Gate, Json, Prompt
from promptstead.words.sentence import Sentence, say

LOOSER_WHEN_RAISED = frozenset({"max", "tolerance"})
LOOSER_WHEN_LOWERED = frozenset({"min"})
LOOSER_WHEN_TRUE: Mapping[str, bool] = {
    "ignore_case": False, "fenced": False, "multiline": False, "dot_all": False, "trim": True,
}  # fmt: skip
"""Switches that let more pass, with the value that they have when left out."""
LOOSER_WHEN_LONGER = frozenset({"any", "in", "allow"})
LOOSER_WHEN_SHORTER = frozenset({"all"})
NO_PART_IN_IT = frozenset({"description", "weight"})


@dataclass(frozen=True, slots=True)
class SetChange:
    """Names that were added, removed or changed, each sorted as in the file."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class EvidenceChange:
    """Changes of cases and counterexamples (ids), of evaluators (names) and of the gate.

    *weakened* says what asks for less.
    """

    cases: SetChange = SetChange()
    counterexamples: SetChange = SetChange()
    evaluators: SetChange = SetChange()
    gate: tuple[ValueChange, ...] = ()
    weakened: tuple[Sentence, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.cases or self.counterexamples or self.evaluators or self.gate)


def compare_evidence(old: Prompt, new: Prompt) -> EvidenceChange:
    """Return how the tests of two versions of a prompt differ.

    A change of an evaluator that is not known to be stricter counts as weaker: the change does not judge itself.
    """
    before, after = {case.id: case for case in old.cases}, {case.id: case for case in new.cases}
    checks, others = _named(old.evaluators), _named(new.evaluators)
    caught, catches = ({each.id: each for each in prompt.counterexamples} for prompt in (old, new))
    weakened = (
        _weaker_cases(before, after),
        _weaker_counterexamples(caught, catches),
        _weaker_checks(checks, others),
        _weaker_gate(old.gate, new.gate),
    )
    return EvidenceChange(
        cases=_set_change(*({key: _case(case) for key, case in side.items()} for side in (before, after))),
        counterexamples=_set_change(
            *({key: _answer(each) for key, each in side.items()} for side in (caught, catches))
        ),
        evaluators=_set_change(*({key: _check(check) for key, check in side.items()} for side in (checks, others))),
        gate=tuple(differences(_gate(old.gate), _gate(new.gate))),
        weakened=tuple(chain.from_iterable(weakened)),
    )


def _named(evaluators: Iterable[EvaluatorSpec]) -> dict[str, EvaluatorSpec]:
    return {evaluator.name: evaluator for evaluator in evaluators}


def _set_change(old: Mapping[str, Hashable], new: Mapping[str, Hashable]) -> SetChange:
    return SetChange(
        added=tuple(key for key in new if key not in old),
        removed=tuple(key for key in old if key not in new),
        changed=tuple(key for key in new if key in old and new[key] != old[key]),
    )


def _case(case: Case) -> Hashable:
    content = [case.inputs, case.expected, case.has_expected, case.history, case.tags, case.must_pass, case.cluster]
    content += [script(case), [[turn.has_expected, turn.expected] for turn in case.turns]]
    return canonical(content), tuple((evaluator.name, _check(evaluator)) for evaluator in case.every_evaluator())


def _answer(counterexample: Counterexample) -> Hashable:
    return canonical(counterexample_content(counterexample))


def _check(evaluator: EvaluatorSpec) -> Hashable:
    return evaluator.type, canonical(evaluator.options)


def _gate(gate: Gate) -> dict[str, Json]:
    return {"primary": gate.primary, "margin": gate.margin, "hard": sorted(gate.hard)}


def _weaker_cases(old: Mapping[str, Case], new: Mapping[str, Case]) -> Iterator[Sentence]:
    for key, case in old.items():
        if key not in new:
            yield say("changes.case-removed", case=key)
            continue
        if case.must_pass and not new[key].must_pass:
            yield say("changes.need-not-pass", case=key)
        for text in _weaker_checks(_named(case.every_evaluator()), _named(new[key].every_evaluator())):
            yield say("changes.in-case", case=key, text=text)


def _weaker_counterexamples(old: Mapping[str, Counterexample], new: Mapping[str, Counterexample]) -> Iterator[Sentence]:
    for key, former in old.items():
        if key not in new:
            yield say("changes.counterexample-removed", counterexample=key)
            continue
        stricter = former._replace(caught_by=tuple({*former.caught_by, *new[key].caught_by}))
        if _answer(new[key]) != _answer(stricter):
            yield say("changes.counterexample-changed", counterexample=key)


def _weaker_gate(old: Gate, new: Gate) -> Iterator[Sentence]:
    if new.margin > old.margin:
        yield say("changes.margin-raised", old=old.margin, new=new.margin)
    if old.primary != new.primary and old.primary:
        yield say("changes.primary-replaced", evaluator=old.primary)
    for name in sorted(set(old.hard) - set(new.hard)):
        yield say("changes.may-fail", evaluator=name)


def _weaker_checks(old: Mapping[str, EvaluatorSpec], new: Mapping[str, EvaluatorSpec]) -> Iterator[Sentence]:
    for name, check in old.items():
        if name not in new:
            yield say("changes.evaluator-removed", evaluator=name)
        elif check.type != new[name].type:
            yield say("changes.type-replaced", evaluator=name, old=check.type, new=new[name].type)
        else:
            for key in union(check.options, new[name].options):
                stricter = _stricter(key, check.options, new[name].options)
                if stricter is False:
                    yield say("changes.option-weaker", evaluator=name, option=key)
                elif stricter is None:
                    yield say("changes.option-changed", evaluator=name, option=key)


def _stricter(key: str, old: Mapping[str, Json], new: Mapping[str, Json]) -> bool | None:
    """Return whether the option *key* lets no more pass than before; None where that cannot be told."""
    before, after = old.get(key), new.get(key)
    if key in NO_PART_IN_IT or same(before, after):
        return True
    looser: bool | None = None
    numbers = [value for value in (before, after) if isinstance(value, int | float)]
    if key in LOOSER_WHEN_TRUE:
        looser = bool(new.get(key, LOOSER_WHEN_TRUE[key]))
        if looser == bool(old.get(key, LOOSER_WHEN_TRUE[key])):
            return True
    elif key in LOOSER_WHEN_RAISED | LOOSER_WHEN_LOWERED and len(numbers) == 2:
        looser = (numbers[1] > numbers[0]) == (key in LOOSER_WHEN_RAISED)
    elif key in {"min", "max"} and numbers:
        looser = after is None
    elif key in LOOSER_WHEN_LONGER | LOOSER_WHEN_SHORTER and isinstance(before, list) and isinstance(after, list):
        members, remaining = {canonical(value) for value in before}, {canonical(value) for value in after}
        if members == remaining:
            return True
        if members < remaining or members > remaining:
            looser = (members < remaining) == (key in LOOSER_WHEN_LONGER)
    negated = old.get("negate", False)
    if looser is None or negated != new.get("negate", False):
        return None
    return looser == bool(negated)
