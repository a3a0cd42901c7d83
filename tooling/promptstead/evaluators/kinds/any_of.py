"""``any``: one of the evaluators it names holds, or as many as are asked."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.combining import assertions, first_reason
from promptstead.evaluators.shared.results import Result
from promptstead.model import Json
from promptstead.words.sentence import say


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Require at least one of the evaluators that ``of`` names to hold; ``at_least`` asks for more than one.

    It is unscored if those that are unscored could still decide. An evaluator that gives a score or a label is not an
    assertion, and counts as unscored. The evaluators named no longer fail a case by themselves: this one decides in
    their place.
    """
    names = options["of"]
    least = options.get("at_least", 1)

    def judge(answer: Answer) -> Result:
        found = assertions(answer, names)
        holding = [name for name, value in found.items() if value]
        if len(holding) >= least:
            return Result(True, say("evaluators.any-holds", names=holding))
        possible = len(holding) + sum(value is None for value in found.values())
        wanted = None if possible >= least else False
        first = first_reason(answer, found, wanted)
        said = say("evaluators.too-few-hold", holding=len(holding), evaluators=len(names), least=least, reason=first)
        return Result(wanted, said)

    return judge
