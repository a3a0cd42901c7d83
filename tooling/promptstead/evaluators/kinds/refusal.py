"""``refusal``: the answer refuses, where it should and nowhere else."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import option
from promptstead.evaluators.shared.refusals import VERSION, refusal_in
from promptstead.evaluators.shared.results import Result, Unscored, quoted
from promptstead.model import Json
from promptstead.words.sentence import say


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Tell whether the answer refuses, and compare that with ``expect``: true, false, or what the case says.

    A heuristic: the answer refuses where the server ended it with ``refusal``, or where one of the phrases of a list,
    English and French, stands in its first 400 characters. The list has a version and is data of this release; it knows
    nothing of refusals in other words or languages, and takes "I can't help but admire" for one. A prompt that refuses
    in words of its own is checked better by ``contains``, and a doubtful case by a ``judge``. An answer without a word
    and without a tool call refuses where ``empty`` says so, and else does not.
    """
    empty = options.get("empty", False)
    expected = option(options.get("expect", True))

    def judge(answer: Answer) -> Result:
        wanted = expected(answer.case)
        if not isinstance(wanted, bool):
            raise Unscored(say("evaluators.refusal-unclear", value=quoted(wanted)))
        phrase = refusal_in(answer.text)
        refuses = True
        if answer.sample.finish_reason == "refusal":
            said = say("evaluators.server-says-refused")
        elif empty and not answer.text.strip() and not answer.sample.tool_calls:
            said = say("evaluators.says-nothing")
        else:
            refuses = bool(phrase)
            said = (
                say("evaluators.says", phrase=quoted(phrase)) if phrase else say("evaluators.no-phrase", list=VERSION)
            )
        return Result(refuses is wanted, say("evaluators.refuse" if wanted else "evaluators.no-refusal", said=said))

    return judge
