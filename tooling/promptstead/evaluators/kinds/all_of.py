"""``all``: every one of the evaluators it names holds."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.combining import assertions, first_reason
from promptstead.evaluators.shared.results import Result
from promptstead.model import Json
from promptstead.words.sentence import say


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Require every evaluator that ``of`` names to hold.

    It fails if one of them fails, and is unscored if one of them is unscored and none fails. An evaluator that gives a
    score or a label is not an assertion, so it leaves this one unscored: give it a bound, or use ``formula``. The
    evaluators named no longer fail a case by themselves: this one decides in their place.
    """
    names = options["of"]

    def judge(answer: Answer) -> Result:
        found = assertions(answer, names)
        for wanted in (False, None):
            if wanted in found.values():
                return Result(wanted, first_reason(answer, found, wanted))
        return Result(True, say("evaluators.all-hold", evaluators=len(names)))

    return judge
