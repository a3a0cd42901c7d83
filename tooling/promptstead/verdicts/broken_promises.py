"""What may not fail on the head of a change, and does: hard checks, ``must_pass`` cases, the contract."""

from collections.abc import Iterator, Sequence

from promptstead.evaluators.shared.results import CaseResult, decisive
from promptstead.verdicts.declared_contract import DeclaredContract
from promptstead.verdicts.pairing import Sides
from promptstead.verdicts.violations import CONTRACT, MUST_PASS, Violation, violations
from promptstead.words.sentence import Sentence, say


def broken_promises(
    side: Sides, own: Sequence[CaseResult], hard: dict[str, None], declared: DeclaredContract | None
) -> tuple[Violation, ...]:
    """Return what may not fail and does on the head of *side*, each case and check once.

    :param own: the head's answers as its own evaluators judge them.
    :param hard: the hard checks of both gates.
    :param declared: a change of the contract: checks that it leaves nothing to read are not asked for.
    """
    held = list(side.head)
    if declared is not None:
        leaving = {name for result in side.head for name in declared.leaving(result.evaluators)}
        held = [result for result in map(declared.held, side.head) if _asserts(result)]
        there = {spec.name for result in (*held, *own) for spec in result.evaluators}
        hard = {check: None for check in hard if check not in leaving or check in there}
    found: dict[tuple[str, str], Violation] = {}
    for violation in _violations(side, [*held, *own], hard):
        found.setdefault((violation.case, violation.check), violation)
    if declared is not None:
        schemas = {MUST_PASS, *declared.schema_checks([*own, *side.head])}
        told = {each.case for each in found.values() if each.check in schemas}
        for violation in declared.unmet(side.base, side.head):
            if violation.case not in told:
                found.setdefault((violation.case, violation.check), violation)
    return tuple(found.values())


def _asserts(result: CaseResult) -> bool:
    """Tell whether a check that passes or fails is left; one that has nothing to say fails no promise."""
    found = (each.value for sample in result.samples for each in decisive(sample))
    return any(value is None or isinstance(value, bool) for value in found)


def _violations(side: Sides, head: Sequence[CaseResult], hard: dict[str, None]) -> Iterator[Violation]:
    """Yield what may not fail and does, whichever evaluators show it: some of it twice."""
    answered = [result for result in head if result.state == "evaluated"]
    run = {spec.name for result in answered for spec in result.evaluators}
    for check in hard:
        if answered and check not in run:
            yield Violation("", check, say("verdicts.not-run-on-head"))
    must_pass = {result.case.id for result in (*side.base, *head) if result.case.must_pass}
    for result in answered:
        found = violations(result, hard, must_pass=result.case.id in must_pass, reference=False)
        by_check = {violation.check: violation for violation in found}
        yield from (by_check[check] for check in hard if check in by_check)
        if result.case.id in must_pass and result.passed is not True:
            _, check, reason = found[0]
            why = reason if check == MUST_PASS else say("verdicts.by-evaluator", evaluator=check, reason=reason)
            yield Violation(result.case.id, MUST_PASS, why)


def reasons_of(found: Sequence[Violation]) -> Iterator[Sentence]:
    """Yield what fails, each check once with its cases."""
    cases: dict[str, list[str]] = {}
    for violation in found:
        cases.setdefault(violation.check, []).append(violation.case)
    for check, ids in cases.items():
        if check == MUST_PASS:
            yield say("verdicts.must-pass", cases=ids)
        elif check.startswith(CONTRACT):
            yield say("verdicts.outside-contract", number=int(check.removeprefix(CONTRACT)), cases=ids)
        elif ids == [""]:
            yield say("verdicts.hard-missing", check=check)
        else:
            yield say("verdicts.hard-fails", check=check, cases=ids)
