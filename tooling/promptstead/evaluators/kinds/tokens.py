"""``tokens``: how many tokens the call used."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import bounds
from promptstead.evaluators.shared.results import Result, Unscored
from promptstead.model import Json
from promptstead.words.sentence import say


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Compare the tokens that the server counted with ``min`` and ``max``, both inclusive.

    Without both they are a score, and fewer are better. ``of`` chooses those of the ``input`` or of the ``output``; by
    default both together. Nothing is estimated: where the server did not say, or nobody asked a server (an answer
    written by hand), the answer is unscored.
    """
    of = options.get("of", "total")
    judge_number = bounds(options)

    def judge(answer: Answer) -> Result:
        usage = answer.sample.usage
        counts = {"input": (usage.input,), "output": (usage.output,), "total": (usage.input, usage.output)}[of]
        known = [count for count in counts if count is not None]
        if len(known) < len(counts):
            raise Unscored(say("evaluators.no-tokens"))
        return judge_number(sum(known), say("evaluators.tokens", n=sum(known)))

    return judge
