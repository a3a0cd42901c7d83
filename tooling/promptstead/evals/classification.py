"""Classification over cases: what was right, what was taken for what, computed from the labels of one evaluator."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from promptstead.evals.evaluators.label import NO_LABEL
from promptstead.evals.options import texts
from promptstead.evals.results import CaseResult, Unscored
from promptstead.evals.statistics import wilson


class LabelScore(NamedTuple):
    """One label: how often it was right to give (*support*), given, and both; and what follows from them.

    *precision* is None where it was never given, *recall* where it was never right; *f1* is 0 where it was never both.
    """

    label: str
    support: int
    given: int
    correct: int
    precision: float | None
    recall: float | None
    f1: float


class Classification(NamedTuple):
    """What one evaluator of labels says over cases and samples.

    *answers* counts the pairs of a right label and a given one; *unscored* those that lack either. *lower* and *upper*
    bound the accuracy with 95 % confidence (Wilson), None where cases have several samples, which are no independent
    answers. *macro_f1* is the plain mean of F1 over the labels that are right or given somewhere; no label is none of
    them. *confusion* maps (right, given) to a number.
    """

    evaluator: str
    answers: int
    unscored: int
    accuracy: float | None
    lower: float | None
    upper: float | None
    macro_f1: float | None
    labels: tuple[LabelScore, ...]
    confusion: dict[tuple[str, str], int]


def classify(results: Iterable[CaseResult], evaluator: str) -> Classification | None:
    """Return how *evaluator*, of type ``label`` with ``expected``, did over the results of one model.

    None where no case has it. Cases that were not evaluated are left out, as everywhere.
    """
    pairs: list[tuple[str, str]] = []
    unscored, repeated, known = 0, False, False
    order: dict[str, None] = {}
    for result in results:
        spec = next((spec for spec in result.evaluators if spec.name == evaluator), None)
        if spec is None or spec.type != "label" or "expected" not in spec.options:
            continue
        known = True
        order.update(dict.fromkeys(spec.options.get("labels", ())))
        try:
            right = texts(spec.options["expected"])(result.case)
        except Unscored:
            right = []
        given = [sample[evaluator].value for sample in result.samples if evaluator in sample]
        repeated = repeated or len(given) > 1
        for value in given:
            if len(right) == 1 and isinstance(value, str):
                pairs.append((_spelled(right[0], order), value))
            else:
                unscored += 1
    return score(evaluator, pairs, unscored, tuple(order), repeated) if known else None


def score(
    evaluator: str, pairs: Sequence[tuple[str, str]], unscored: int, order: Sequence[str] = (), repeated: bool = False
) -> Classification:
    """Return the figures of *pairs* of a right and a given label; labels stand in *order*, others after them."""
    confusion = Counter(pairs)
    support, given = Counter(right for right, _ in pairs), Counter(label for _, label in pairs)
    names = [name for name in dict.fromkeys([*order, *support, *given]) if name != NO_LABEL or support[name]]
    scores = tuple(_label(name, support[name], given[name], confusion[name, name]) for name in names)
    met = [item.f1 for item in scores if item.support or item.given]
    correct = sum(item.correct for item in scores)
    lower, upper = wilson(correct, len(pairs)) if pairs and not repeated else (None, None)
    accuracy = correct / len(pairs) if pairs else None
    macro = sum(met) / len(met) if met else None
    return Classification(evaluator, len(pairs), unscored, accuracy, lower, upper, macro, scores, dict(confusion))


def _label(name: str, support: int, given: int, correct: int) -> LabelScore:
    precision = correct / given if given else None
    recall = correct / support if support else None
    f1 = 2 * correct / (support + given) if correct else 0.0
    return LabelScore(name, support, given, correct, precision, recall, f1)


def _spelled(label: str, known: Iterable[str]) -> str:
    """Return *label* as the evaluator's list spells it, where case is all that differs."""
    return next((name for name in known if name.casefold() == label.casefold()), label)
