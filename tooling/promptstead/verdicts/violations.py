"""What makes a check fail outside the statistics: one rule for every command that judges answers."""

from collections.abc import Collection
from typing import NamedTuple

from promptstead.evaluators.shared.results import CaseResult
from promptstead.words.sentence import Sentence, say

MUST_PASS = "must_pass"
CONTRACT = "contract "
"""How the name begins of the check that holds answers to a contract: names of evaluators hold no space."""


class Violation(NamedTuple):
    """A case that fails what may not fail.

    *check* is the evaluator, or ``must_pass`` where it is the case as a whole, or a contract, whose name no evaluator
    can have; *case* is empty where a hard check does not run at all.
    """

    case: str
    check: str
    reason: Sentence

    @property
    def of_contract(self) -> bool:
        """Whether an answer is outside a contract that it is held to."""
        return self.check.startswith(CONTRACT)


def violations(
    result: CaseResult,
    hard: Collection[str],
    *,
    must_pass: bool = False,
    reference: bool = True,
    unscored: bool = True,
) -> list[Violation]:
    """Return what may not fail and does, failures before what could not be judged; *hard* are the hard checks.

    A model's answer must pass the hard checks, and every check of a ``must_pass`` case. A check that gives no pass and
    no fail does not hold. A case without an answer violates nothing.

    :param must_pass: whether the case must pass whatever it says of itself: another revision of it may say so.
    :param reference: whether a reference answer must pass every check, since a person wrote both. Not where two
        revisions are compared: what the answers of the base fail as well is not the change's.
    :param unscored: whether a check must have judged. Not where a person is about to accept an answer, which its judge
        is asked about only afterwards.
    """
    must_pass = must_pass or result.case.must_pass
    by_hand = reference and result.output is not None and result.output.source == "reference"
    if result.state != "evaluated" or not (by_hand or must_pass or hard):
        return []
    failed: dict[str, Sentence] = {}
    unknown: dict[str, Sentence] = {}
    for sample in result.samples:
        for name, item in sample.items():
            demanded = name in hard or (must_pass and not item.part)
            if item.value is False and (demanded or (by_hand and not item.part)):
                failed.setdefault(name, item.reason)
            elif item.value is None and demanded:
                unknown.setdefault(name, say("verdicts.unscored", reason=item.reason))
    if unscored:
        failed |= {name: why for name, why in unknown.items() if name not in failed}
        ran = {name for sample in result.samples for name in sample}
        failed |= {
            name: say("verdicts.no-assertion")
            for name in hard
            if name in ran - failed.keys() and result.outcome(name) is not True
        }
        if must_pass and not failed and result.passed is not True:
            failed[MUST_PASS] = say("verdicts.no-assertion")
    return [Violation(result.case.id, name, why) for name, why in failed.items()]
