"""``any``: one of the checks it names holds, or as many as are asked."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.combining import assertions, first_reason
from promptstead.evaluators.shared.results import Result
from promptstead.model import Json
from promptstead.words.sentence import say


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Ask that at least one of the checks that ``of`` names holds; ``at_least`` asks for more than one.

    It is unscored where those that are unscored could still decide. A check that gives a score or a label is no
    assertion, and counts as unscored. The checks named fail no case by themselves any more: this one decides in their
    place.
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
