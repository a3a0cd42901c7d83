"""The results of other checks on the same answer, as combinations read them."""

from collections.abc import Iterable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Result, Unscored
from promptstead.words.sentence import Sentence, say


def value_of(answer: Answer, name: str) -> bool | float | str:
    """Return what the check *name* gave.

    :raises Unscored: nothing, or it did not run.
    """
    result = _result(answer, name)
    if result.value is None:
        raise Unscored(say("evaluators.is-unscored", name=name, reason=result.reason))
    return result.value


def number(answer: Answer, name: str) -> float:
    """Return what the check *name* gave as a number: true is 1, false is 0.

    :raises Unscored: it gave nothing, or a label.
    """
    value = value_of(answer, name)
    if isinstance(value, str):
        raise Unscored(say("evaluators.gives-label", name=name))
    return float(value)


def assertions(answer: Answer, names: Iterable[str]) -> dict[str, bool | None]:
    """Return name -> whether that check holds; None where it is unscored, or gives something else."""
    return {name: value if isinstance(value := _result(answer, name).value, bool) else None for name in names}


def first_reason(answer: Answer, found: Mapping[str, bool | None], wanted: bool | None) -> Sentence:
    """Return the name and the reason of the first check of *found* with the value *wanted*."""
    name = next(name for name, value in found.items() if value is wanted)
    result = _result(answer, name)
    known = result.value is None or isinstance(result.value, bool)
    reason = result.reason if known else say("evaluators.gives-no-assertion")
    return say("evaluators.of", name=name, reason=reason)


def _result(answer: Answer, name: str) -> Result:
    return answer.results.get(name) or Result(None, say("evaluators.did-not-run"))
