"""A change that breaks callers and says so: what base and head are still compared on, and what must hold on either.

Nothing else of the rule that a change does not judge itself is loosened: the evaluators, the gate and the policy are
the base's, and a check stays unless it reads what only one contract has.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from promptstead.diff.contract import Contract
from promptstead.diff.two_contracts import OTHERS, Places, place_text, places
from promptstead.diff.values import same
from promptstead.digests import script
from promptstead.evaluators.shared.reads import Query, read_of_answer, read_of_case
from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Case, EvaluatorSpec, Json, KeyPath, Prompt
from promptstead.prompts.declared.combinations import TYPES
from promptstead.verdicts.violations import CONTRACT, Violation
from promptstead.words.sentence import Sentence, say

SCHEMA = "json-schema"


class Judges(NamedTuple):
    """Whose evaluators judge the answers of base and head."""

    base: Prompt
    head: Prompt


@dataclass(frozen=True)
class DeclaredContract:
    """The contracts *old* and *new* of one prompt, by number, and where they part.

    *schema* says whether they differ in what an answer is, *split* whether cases expect something at a place that only
    one of them has. *no_input* is true where no input of the base is left.
    """

    old: int
    new: int
    output: Places = field(default_factory=Places)
    inputs: Places = field(default_factory=Places)
    schema: bool = False
    split: bool = False
    no_input: bool = False
    tools: frozenset[str] = frozenset()
    """Tools that only one contract has."""
    _left: dict[int, tuple[tuple[EvaluatorSpec, ...], dict[str, Sentence]]] = field(
        default_factory=dict, compare=False, repr=False
    )
    """By the identity of evaluators, which most cases share: they, and those that leave."""

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_left": {}}

    def judges(self, base: Prompt, head: Prompt) -> Judges:
        """Return the base's evaluators, for its own answers and for those of the head.

        Both answers are held to the contract that they were given under, the head's also to the base's without the
        places that are replaced: by a check that has the contract's name, and that :meth:`shared` takes out again.
        """
        if not self.schema:
            return Judges(base, base)
        fenced = any(
            spec.options.get("fenced", False)
            for prompt in (base, head)
            for spec in prompt.every_evaluator()
            if spec.type == SCHEMA
        )

        def held(number: int, schema: Json) -> list[EvaluatorSpec]:
            options = {"schema": dict(schema) if isinstance(schema, Mapping) else schema, "fenced": fenced}
            return [] if schema is None else [EvaluatorSpec(contract_name(number), SCHEMA, options, base.path, ())]

        kept = None if base.output_schema is None else self.output.masked(base.output_schema)
        kept = None if kept is True else kept
        own = [*base.evaluators, *held(self.old, base.output_schema)]
        both = [*map(self._masked, base.evaluators), *held(self.old, kept), *held(self.new, head.output_schema)]
        cases = tuple(map(self._masked_case, base.cases))
        return Judges(
            base._replace(evaluators=tuple(own)),
            base._replace(evaluators=tuple(both), output_schema=kept if isinstance(kept, Mapping) else {}, cases=cases),
        )

    def _masked_case(self, case: Case) -> Case:
        turns = (turn._replace(evaluators=tuple(map(self._masked, turn.evaluators))) for turn in case.turns)
        return case._replace(evaluators=tuple(map(self._masked, case.evaluators)), turns=tuple(turns))

    def _masked(self, spec: EvaluatorSpec) -> EvaluatorSpec:
        schema = spec.options.get("schema") if spec.type == SCHEMA else None
        if not isinstance(schema, Mapping):
            return spec
        masked = self.output.masked(schema)
        return spec._replace(options={**spec.options, "schema": masked if isinstance(masked, Mapping) else {}})

    def shared(self, result: CaseResult) -> CaseResult:
        """Return a result without the checks that read what only one contract has, or all of the schema."""
        return without(result, self.leaving(result.evaluators))

    def held(self, result: CaseResult) -> CaseResult:
        """Return a result of the head with what the base still asks of it: its schemas too, as they are masked."""
        schemas = {spec.name for spec in result.evaluators if spec.type == SCHEMA and spec.name not in self._names}
        kept = frozenset[str]() if () in self.output.whole else schemas
        return without(result, self.leaving(result.evaluators).keys() - kept)

    def leaving(self, specs: tuple[EvaluatorSpec, ...]) -> dict[str, Sentence]:
        """Return the checks that compare nothing between both contracts, each with why."""
        if id(specs) not in self._left:
            self._left[id(specs)] = specs, self._leaving(specs)
        return self._left[id(specs)][1]

    def _leaving(self, specs: Iterable[EvaluatorSpec]) -> dict[str, Sentence]:
        found: dict[str, Sentence] = {}
        for spec in specs:
            parts = spec.options.get("parts") if spec.type in TYPES else None
            why = self._why(spec)
            for name, (kind, options) in parts.items() if isinstance(parts, Mapping) else ():
                part = self._why(EvaluatorSpec(name, kind, options, "", ()))
                why = why or (say("verdicts.check-combines", check=spec.name, reason=part) if part else None)
            if why is not None:
                found[spec.name] = why
        return found

    @property
    def _names(self) -> frozenset[str]:
        return frozenset(map(contract_name, (self.old, self.new)))

    def named(self, results: Iterable[CaseResult]) -> list[Sentence]:
        """Return why checks are not compared, each check of *results* once."""
        found: dict[str, Sentence] = {}
        seen: set[int] = set()
        for result in results:
            if id(result.evaluators) not in seen:
                seen.add(id(result.evaluators))
                found |= {name: why for name, why in self.leaving(result.evaluators).items() if name not in found}
        return [why for name, why in found.items() if name not in self._names]

    def _why(self, spec: EvaluatorSpec) -> Sentence | None:
        if spec.type == SCHEMA:
            return say("verdicts.check-validates-all", check=spec.name) if self.schema else None
        read = read_of_answer(spec)
        place = self._one_sided(read)
        if place is not None:
            return self._reads(spec.name, self.output, place, place_text(place), whole=read == ())
        for root, *rest in map(list, read_of_case({k: v for k, v in spec.options.items() if k != "parts"})):
            way = tuple(rest)
            if root == "expected" and (way or self.split) and (place := self.output.read_at(way)) is not None:
                text = place_text(("expected", *place))
            elif root == "inputs" and (place := self.inputs.read_at(way)) is not None:
                text = place_text(("inputs", *place))
            else:
                continue
            return self._reads(spec.name, self.output if root == "expected" else self.inputs, place, text)
        if spec.type == "tool-calls" and (tool := self._tool(spec.options)):
            return say("verdicts.check-reads-tool", check=spec.name, tool=tool)
        return None

    def _one_sided(self, read: KeyPath | Query | None) -> KeyPath | None:
        if not isinstance(read, Query):
            return None if read is None else self.output.read_at(read)
        one_sided = sorted(self.output.gone | self.output.come, key=str)
        return next((place for place in one_sided if read.everything or not place or place[-1] in read.names), None)

    def _reads(self, check: str, where: Places, place: KeyPath, text: str, *, whole: bool = False) -> Sentence:
        gone, come = (any(place[: len(each)] == each for each in side) for side in (where.gone, where.come))
        if gone and come and not text:
            return say("verdicts.check-reads-other-answer", check=check, number=self.new)
        if gone and come:
            return say("verdicts.check-reads-other", check=check, place=text, number=self.new)
        number = self.old if gone else self.new
        if whole:
            return say("verdicts.check-reads-all", check=check, place=text, number=number)
        return say("verdicts.check-reads", check=check, place=text, number=number)

    def _tool(self, options: Mapping[str, Json]) -> str:
        calls = [each.get("name") for each in options.get("calls", ()) if isinstance(each, Mapping)]
        return next((str(name) for name in (*calls, *options.get("allowed", ())) if name in self.tools), "")

    def unmet(self, base: Iterable[CaseResult], head: Iterable[CaseResult]) -> Iterator[Violation]:
        """Yield the head's answers that one of both contracts does not allow.

        Not those to cases whose answer on the base breaks the base's own contract: that is not the change's.
        """
        former = contract_name(self.old)
        broken = {result.case.id for result in base if result.outcome(former) is False}
        for result in head:
            for name in (former, contract_name(self.new)):
                failed = next(
                    (each[name] for each in result.samples if name in each and each[name].value is False), None
                )
                if failed is not None and result.case.id not in broken:
                    yield Violation(result.case.id, name, failed.reason)
                    break

    def schema_checks(self, results: Iterable[CaseResult]) -> set[str]:
        """Return the checks of the prompt that validate answers, whose failures say what :meth:`unmet` would."""
        return {spec.name for result in results for spec in result.evaluators if spec.type == SCHEMA} - self._names

    def changed_case(self, old: Case, new: Case) -> Sentence | None:
        """Return what makes two cases of one id different questions, on the places that both contracts have."""
        if self.no_input:
            return say("verdicts.no-input-in-common")
        before, after = (self.inputs.common(dict(case.inputs)) for case in (old, new))
        if not same(before, after) or not same(list(map(dict, old.history)), list(map(dict, new.history))):
            return say("verdicts.input-changed")
        if not same(script(old), script(new)):
            return say("verdicts.script-changed")
        if not same(self._expected(old), self._expected(new)):
            return say("verdicts.expected-changed")
        return None

    def _expected(self, case: Case) -> Json:
        wanted = [case.expected] if case.has_expected else []
        wanted += [turn.expected for turn in case.turns if turn.has_expected]
        found = [self.output.common(each) for each in wanted]
        return [each for each in found if each not in (None, {})]

    def grounds(self, results: Iterable[CaseResult]) -> Iterator[Sentence]:
        """Yield what a reader must know of the comparison: on what it rests, and what it leaves out."""
        yield say("verdicts.compared-on-common", old=self.old, new=self.new)
        if leaving := self.named(results):
            yield say("verdicts.checks-leave", checks=leaving)
        yield from self._silences()

    def _silences(self) -> Iterator[Sentence]:
        """Yield where the new contract says nothing, so that the old one still holds."""
        silent = sorted(self.output.silent, key=lambda place: (len(place), [str(key) for key in place]))
        if () in silent:
            yield say("verdicts.silent-altogether", old=self.old, new=self.new)
            return
        if named := [place_text(place) for place in silent if place[-1] != OTHERS]:
            yield say("verdicts.silent", old=self.old, new=self.new, places=named)
        if any(place[-1] == OTHERS for place in silent):
            yield say("verdicts.silent-others", old=self.old, new=self.new)


def contract_name(number: int) -> str:
    """Return what the check is called that holds answers to a contract; no evaluator can have the name."""
    return f"{CONTRACT}{number}"


def declared_contract(old: Prompt | None, new: Prompt, contract: Contract) -> DeclaredContract | None:
    """Return what a declared change leaves to compare; None where it is not declared, or breaks nothing."""
    if old is None or not contract.declared:
        return None
    output = _output(old, new)
    inputs = places(_inputs(old), _inputs(new))
    cases = (case for prompt in (old, new) for case in prompt.cases if case.has_expected)
    return DeclaredContract(
        contract.old,
        contract.new,
        output,
        inputs,
        schema=old.output_format != new.output_format or not same(_asked(old), _asked(new)),
        split=any(not same(case.expected, output.common(case.expected)) for case in cases),
        no_input=bool(old.inputs) and all((name,) in inputs.gone for name in old.inputs),
        tools=frozenset({str(tool.get("name")) for tool in old.tools} ^ {str(tool.get("name")) for tool in new.tools}),
    )


def _output(old: Prompt, new: Prompt) -> Places:
    if old.output_format != new.output_format:
        everything: set[KeyPath] = {()}
        return Places(gone=everything, come=everything, whole=everything)
    return places(_asked(old), _asked(new))


def _asked(prompt: Prompt) -> Json:
    return True if prompt.output_schema is None else dict(prompt.output_schema)


def _inputs(prompt: Prompt) -> Json:
    """Return the inputs as one schema, of what callers give."""
    properties = {name: dict(each.schema) for name, each in prompt.inputs.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def without(result: CaseResult, names: Iterable[str]) -> CaseResult:
    """Return a result as if it had not been judged by the checks *names*."""
    left = frozenset(names)
    if not left:
        return result
    samples = tuple({name: each for name, each in sample.items() if name not in left} for sample in result.samples)
    evaluators = tuple(spec for spec in result.evaluators if spec.name not in left)
    return result._replace(samples=samples, evaluators=evaluators)
