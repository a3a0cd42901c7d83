"""``all``: every one of the checks it names holds."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.combining import assertions, first_reason
from promptstead.evaluators.shared.results import Result
from promptstead.model import Json
from promptstead.words.sentence import say


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Ask that each check that ``of`` names holds.

    It fails where one of them fails, and is unscored where one of them is and none fails. A check that gives a score or
    a label is no assertion, and leaves it unscored: give that check a bound, or use ``formula``. The checks named fail
    no case by themselves any more: this one decides in their place.
    """
    names = options["of"]

    def judge(answer: Answer) -> Result:
        found = assertions(answer, names)
        for wanted in (False, None):
            if wanted in found.values():
                return Result(wanted, first_reason(answer, found, wanted))
        return Result(True, say("evaluators.all-hold", evaluators=len(names)))

    return judge
