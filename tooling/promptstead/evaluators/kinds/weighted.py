"""``weighted``: the weighted mean of the evaluators it names."""

from collections.abc import Callable, Mapping

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.combining import number
from promptstead.evaluators.shared.results import Result
from promptstead.model import Json
from promptstead.words.sentence import say


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Give the weighted mean of the evaluators that ``of`` names, or with ``threshold`` whether it is at least that.

    ``of`` maps names to weights, or lists names, each having its own ``weight`` (1 where it has none). True counts 1,
    false 0, a score as it is; a label, or anything unscored, leaves the whole unscored. Scores of other ranges than 0
    to 1 are brought there by ``formula``. With a threshold, the evaluators named no longer fail a case by themselves:
    this one decides in their place. Without one it is a score, and they count as before.
    """
    weights = _weights(options)
    total = sum(weights.values())
    threshold = options.get("threshold")

    def judge(answer: Answer) -> Result:
        score = sum(weight * number(answer, name) for name, weight in weights.items()) / total
        if threshold is None:
            return Result(score, say("evaluators.weighted-mean", evaluators=len(weights), score=round(score, 6)))
        # what floating point loses in a sum of weights is no miss
        reached = score >= threshold - 1e-9
        return Result(reached, say("evaluators.weighted-at-least", score=round(score, 6), least=threshold))

    return judge


def _weights(options: Mapping[str, Json]) -> dict[str, float]:
    of = options["of"]
    parts = options.get("parts", {})
    weights = dict(of) if isinstance(of, dict) else {name: parts.get(name, ["", {}])[1].get("weight", 1) for name in of}
    if not 0 < sum(weights.values()) < float("inf"):
        raise PromptsteadError(say("evaluators.no-weight"), hint=say("evaluators.give-weights"))
    return weights
