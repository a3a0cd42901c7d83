"""The results of other checks on the same answer, as combinations read them."""

from collections.abc import Iterable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Result, Unscored


def value_of(answer: Answer, name: str) -> bool | float | str:
    """Return what the check *name* gave.

    :raises Unscored: nothing, or it did not run.
    """
    result = _result(answer, name)
    if result.value is None:
        raise Unscored(f"{name} is unscored: {result.reason}")
    return result.value


def number(answer: Answer, name: str) -> float:
    """Return what the check *name* gave as a number: true is 1, false is 0.

    :raises Unscored: it gave nothing, or a label.
    """
    value = value_of(answer, name)
    if isinstance(value, str):
        raise Unscored(f"{name} gives a label, which is no number")
    return float(value)


def assertions(answer: Answer, names: Iterable[str]) -> dict[str, bool | None]:
    """Return name -> whether that check holds; None where it is unscored, or gives something else."""
    return {name: value if isinstance(value := _result(answer, name).value, bool) else None for name in names}


def first_reason(answer: Answer, found: Mapping[str, bool | None], wanted: bool | None) -> str:
    """Return the name and the reason of the first check of *found* with the value *wanted*."""
    name = next(name for name, value in found.items() if value is wanted)
    result = _result(answer, name)
    known = result.value is None or isinstance(result.value, bool)
    return f"{name}: {result.reason if known else 'it gives no assertion'}"


def _result(answer: Answer, name: str) -> Result:
    return answer.results.get(name) or Result(None, "it did not run")
