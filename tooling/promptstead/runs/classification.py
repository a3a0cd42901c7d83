"""Classification over cases: what was right, what was taken for what, computed from the labels of one evaluator."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from promptstead.errors import one_line
from promptstead.evaluators.kinds.label import NO_LABEL
from promptstead.evaluators.shared.options import CaseValue, texts
from promptstead.evaluators.shared.results import MAX_LABEL, CaseResult, Result, Unscored
from promptstead.model import Case, Json
from promptstead.runs.tally import Measure
from promptstead.words.sentence import NOTHING_SAID

MAX_FOREIGN = 200
"""Right labels that an evaluator does not list and that are counted apart; what comes after is counted together."""
OTHER_LABELS = "(other labels)"


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
    bound the accuracy with 95 % confidence (Wilson; clustered where cases share a cluster), *error* is its standard
    error; all are None where cases have several samples, which are no independent answers. *macro_f1* is the plain mean
    of F1 over the labels that are right or given somewhere; no label is none of them. *confusion* maps (right, given)
    to a number.
    """

    evaluator: str
    answers: int
    unscored: int
    accuracy: float | None
    lower: float | None
    upper: float | None
    error: float | None
    macro_f1: float | None
    labels: tuple[LabelScore, ...]
    confusion: dict[tuple[str, str], int]


class Confusion:
    """Counts what one evaluator of labels gave against what was right, case by case; nothing of the answers is kept."""

    def __init__(self, evaluator: str) -> None:
        self._evaluator = evaluator
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._hits = Measure(evaluator)
        self._order: dict[str, None] = {}
        self._foreign: set[str] = set()
        self._unscored = 0
        self._known = self._repeated = False
        self._expected: Json = None
        self._right: CaseValue | None = None

    def add(self, result: CaseResult) -> None:
        """Count the result of a case; one that has no such evaluator with ``expected`` does not count."""
        spec = next((spec for spec in result.evaluators if spec.name == self._evaluator), None)
        if spec is None or spec.type != "label" or "expected" not in spec.options:
            return
        self._known = True
        self._order.update(dict.fromkeys(spec.options.get("labels", ())))
        right = self._label(result.case, spec.options["expected"])
        given = [sample[self._evaluator].value for sample in result.samples if self._evaluator in sample]
        self._repeated = self._repeated or len(given) > 1
        hits = []
        for value in given:
            if right is not None and isinstance(value, str):
                self._pairs[right, value] += 1
                hits.append(Result(right == value, NOTHING_SAID))
            else:
                self._unscored += 1
        if hits:
            self._hits.add(hits, result.case.cluster)

    def classification(self) -> Classification | None:
        """Return the figures; None where no case had the evaluator."""
        if not self._known:
            return None
        rate = self._hits.rate()
        worth = (None, None, None) if self._repeated else (rate.lower, rate.upper, rate.error)
        return score(self._evaluator, self._pairs, self._unscored, tuple(self._order), worth)

    def _label(self, case: Case, expected: Json) -> str | None:
        """Return the right label as the evaluator's list spells it; None where the case has none, or several."""
        if self._right is None or expected != self._expected:
            self._right, self._expected = texts(expected), expected
        try:
            found = self._right(case)
        except Unscored:
            return None
        if len(found) != 1:
            return None
        label = _spelled(one_line(found[0][: MAX_LABEL + 1], MAX_LABEL), self._order)
        if label in self._order or label in self._foreign:
            return label
        if len(self._foreign) == MAX_FOREIGN:
            return OTHER_LABELS
        self._foreign.add(label)
        return label


def classify(results: Iterable[CaseResult], evaluator: str) -> Classification | None:
    """Return how *evaluator*, of type ``label`` with ``expected``, did over the results of one model.

    None where no case has it. Cases that were not evaluated are left out, as everywhere.
    """
    confusion = Confusion(evaluator)
    for result in results:
        confusion.add(result)
    return confusion.classification()


def score(
    evaluator: str,
    confusion: Counter[tuple[str, str]],
    unscored: int,
    order: Sequence[str] = (),
    worth: tuple[float | None, float | None, float | None] = (None, None, None),
) -> Classification:
    """Return the figures of the pairs of a right and a given label; labels stand in *order*, others after them.

    :param worth: the bounds of the accuracy, and its standard error.
    """
    support, given = Counter[str](), Counter[str]()
    for (right, label), count in confusion.items():
        support[right] += count
        given[label] += count
    names = [name for name in dict.fromkeys([*order, *support, *given]) if name != NO_LABEL or support[name]]
    scores = tuple(_label(name, support[name], given[name], confusion[name, name]) for name in names)
    met = [item.f1 for item in scores if item.support or item.given]
    answers = confusion.total()
    accuracy = sum(item.correct for item in scores) / answers if answers else None
    macro = sum(met) / len(met) if met else None
    return Classification(evaluator, answers, unscored, accuracy, *worth, macro, scores, dict(confusion))


def _label(name: str, support: int, given: int, correct: int) -> LabelScore:
    precision = correct / given if given else None
    recall = correct / support if support else None
    f1 = 2 * correct / (support + given) if correct else 0.0
    return LabelScore(name, support, given, correct, precision, recall, f1)


def _spelled(label: str, known: Iterable[str]) -> str:
    """Return *label* as the evaluator's list spells it, where case is all that differs."""
    return next((name for name in known if name.casefold() == label.casefold()), label)
