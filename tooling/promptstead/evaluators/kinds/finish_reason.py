"""``finish-reason``: the answer ended as it should."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Result, Unscored, shown
from promptstead.model import Json


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Compare why the answer ended, in the server's word, with ``in``.

    Usual words: ``stop``, ``length`` (cut off), ``tool_calls``, ``content_filter``, ``refusal``. An answer whose end
    nobody recorded is unscored.
    """
    wanted = options.get("in", ["stop"])

    def judge(answer: Answer) -> Result:
        found = answer.sample.finish_reason
        if not found:
            raise Unscored("it is not known why this answer ended")
        if found in wanted:
            return Result(True, f"the answer ended with {shown(found)}")
        return Result(False, f"expected the end {' or '.join(map(shown, wanted[:5]))}, got {shown(found)}")

    return judge
