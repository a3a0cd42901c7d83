"""``cost``: what the call cost."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import bounds
from promptstead.evaluators.shared.results import Result, Unscored
from promptstead.model import Json
from promptstead.words.sentence import say


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Compare what the answer cost with ``min`` and ``max``, both inclusive, in the currency of the configured prices.

    Without both it is a score, and less is better.
    The cost is worked out from the tokens that the server counted and the prices of ``[models]`` as they are now. An
    answer whose tokens or whose price nobody knows is unscored.
    """
    judge_number = bounds(options)

    def judge(answer: Answer) -> Result:
        if answer.sample.cost is None:
            raise Unscored(say("evaluators.no-cost"))
        return judge_number(answer.sample.cost, say("evaluators.cost", cost=answer.sample.cost))

    return judge
