"""``casing``: the answer's letters are capitals, or small."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import bounds
from promptstead.evaluators.shared.results import Result
from promptstead.model import Json
from promptstead.words.sentence import say


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Take the share of the answer's cased letters that have ``case``, and compare it with ``min`` and ``max``.

    Cased letters are those that Unicode calls upper, lower or title case; digits, punctuation and scripts without case
    (Arabic, Chinese) do not count. Without ``min`` and ``max`` all of them must have the case. An answer without any
    cased letter fails.

    :raises PromptsteadError: ``min`` is above ``max``.
    """
    case: str = options["case"]
    limits = {key: options[key] for key in ("min", "max") if key in options} or {"min": 1}
    judged = bounds(limits)

    def judge(answer: Answer) -> Result:
        text = answer.text
        upper = sum(map(str.isupper, text))
        lower = sum(map(str.islower, text))
        cased = upper + lower + sum(map(str.istitle, text)) - upper
        if not cased:
            return Result(False, say("evaluators.no-cased-letter"))
        share = (upper if case == "upper" else lower) / cased
        return judged(share, say("evaluators.upper-case" if case == "upper" else "evaluators.lower-case", share=share))

    return judge
