"""``latency``: how long the answer took."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import bounds
from promptstead.evaluators.shared.results import Result, Unscored
from promptstead.model import Json
from promptstead.words.sentence import say


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Compare the seconds around the call, without the time in a queue, with ``min`` and ``max``, both inclusive.

    Without both they are a score, and fewer are better. Recorded answers hold no time, as it changes without meaning:
    they are unscored, and a live run or its run file has the time.
    """
    judge_number = bounds(options)

    def judge(answer: Answer) -> Result:
        if answer.sample.seconds is None:
            raise Unscored(say("evaluators.not-timed"))
        seconds = round(answer.sample.seconds, 3)
        return judge_number(seconds, say("evaluators.seconds", n=seconds))

    return judge
