"""``finish-reason``: the answer ended as it should."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Result, Unscored, first_quoted, quoted
from promptstead.model import Json
from promptstead.words.sentence import say


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Compare why the answer ended, in the server's word, with ``in``.

    Usual words: ``stop``, ``length`` (cut off), ``tool_calls``, ``content_filter``, ``refusal``. An answer whose end
    nobody recorded is unscored.
    """
    wanted = options.get("in", ["stop"])

    def judge(answer: Answer) -> Result:
        found = answer.sample.finish_reason
        if not found:
            raise Unscored(say("evaluators.end-unknown"))
        if found in wanted:
            return Result(True, say("evaluators.ended-with", end=quoted(found)))
        return Result(False, say("evaluators.expected-end", ends=first_quoted(wanted), got=quoted(found)))

    return judge
