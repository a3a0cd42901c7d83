"""What judging gives: a result per check, and a result per case."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from promptstead.errors import one_line
from promptstead.evaluators.samples import total_usage as together
from promptstead.model import Case, EvaluatorSpec, Json, RecordedOutput, Usage
from promptstead.words.sentence import NOTHING_SAID, Sentence, say

MAX_REASON = 500
MAX_QUOTED = 5
MAX_HELD = 3
MAX_LABEL = 200
"""Characters of the longest label that is told apart."""
MAX_SCORE = 1e100
"""Greatest size of a score: sums of squares of larger ones are out of a float's range."""

State = Literal["evaluated", "not evaluated"]


class Unscored(Exception):
    """An evaluator cannot judge this answer, and why. It never leaves :mod:`promptstead.evaluators`."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason)
        self.reason = reason


class Result(NamedTuple):
    """What one evaluator says about one answer.

    *value* is a bool (assertion), a float (score), a str (label), or None: unscored. *reason* is one sentence of at
    most 500 characters. *part*: a combination of checks decides in its place, so that it alone fails no case.
    """

    value: bool | float | str | None
    reason: Sentence
    part: bool = False


class CaseResult(NamedTuple):
    """One case answered by one model, judged; or why it could not be.

    *samples* holds evaluator name -> result for each sample in the order taken; it is empty where *state* is
    ``not evaluated``. *evaluators* are those that judged, with the options they had.
    """

    case: Case
    model: str
    state: State
    why: Sentence = NOTHING_SAID
    output: RecordedOutput | None = None
    samples: tuple[Mapping[str, Result], ...] = ()
    evaluators: tuple[EvaluatorSpec, ...] = ()

    @property
    def passed(self) -> bool | None:
        """Whether every assertion holds on every sample.

        None where nothing says so: not evaluated, something unscored and nothing failed, or no assertion.
        """
        return _all_hold([result for sample in self.samples for result in decisive(sample)])

    def outcome(self, evaluator: str) -> bool | None:
        """Whether the assertion *evaluator* holds on every sample; None where it is unscored or did not run."""
        return _all_hold([sample[evaluator] for sample in self.samples if evaluator in sample])

    def failures(self) -> list[tuple[str, Sentence]]:
        """Return evaluator and reason of each assertion that fails on a sample, one entry per evaluator.

        Parts of a combination are not among them: its own reason names them.
        """
        found: dict[str, Sentence] = {}
        for sample in self.samples:
            for name, result in sample.items():
                if result.value is False and not result.part:
                    found.setdefault(name, result.reason)
        return list(found.items())


def state_of(result: CaseResult) -> str:
    """Return which of STATES a case is in."""
    if result.state != "evaluated":
        return "not evaluated"
    passed = result.passed
    if passed is not None:
        return "pass" if passed else "fail"
    return "measured" if result.samples and all(map(is_measured, result.samples)) else "unscored"


def is_measured(sample: Mapping[str, Result]) -> bool:
    """Tell whether an answer has all its values and none of them says whether it passes: scores and labels only."""
    values = [each.value for each in decisive(sample)]
    return bool(values) and not any(value is None or isinstance(value, bool) for value in values)


STATES = ("pass", "fail", "measured", "unscored", "not evaluated")
"""What a case comes to. *measured*: scores or labels only, all there; *unscored*: one lacks its value, or there is
none."""


def total_usage(result: CaseResult) -> Usage:
    """Return the tokens of all samples together, unknown where those of one are."""
    return together([sample.usage for sample in result.output.samples] if result.output else [])


def decisive(sample: Mapping[str, Result]) -> list[Result]:
    """Return the results that decide about a case: parts of a combination do not."""
    return [result for result in sample.values() if not result.part]


def whole(results: Sequence[Result]) -> Result:
    """Return whether all assertions hold; unscored where one is and none fails. Scores and labels say nothing here."""
    assertions = [result for result in results if result.value is None or isinstance(result.value, bool)]
    for wanted in (False, None):
        found = next((result for result in assertions if result.value is wanted), None)
        if found:
            return found
    return assertions[-1] if assertions else Result(None, say("evaluators.no-assertion"))


def sound(result: Result) -> Result:
    """Return what an evaluator said as it may be kept: no NaN, infinity or score beyond 1e100, and long words cut."""
    value = result.value
    if isinstance(value, float) and not abs(value) <= MAX_SCORE:
        said = result.reason.within(MAX_REASON)
        return Result(None, say("evaluators.not-a-score", value=str(value), reason=said).within(MAX_REASON))
    if len(result.reason) > MAX_REASON or (isinstance(value, str) and len(value) > MAX_LABEL):
        label = one_line(value[: MAX_LABEL + 1], MAX_LABEL) if isinstance(value, str) else value
        return Result(label, result.reason.within(MAX_REASON))
    return result


def as_value(given: Json) -> bool | float | str | None:
    """Return what code of others gave as the value of a result; None for what is no assertion, score or label.

    A whole number is a score, infinite where a float has no room for it.
    """
    if isinstance(given, int) and not isinstance(given, bool):
        return float(given) if abs(given) < 2**1000 else float("inf")
    return given if isinstance(given, (bool, float, str)) else None


def _all_hold(results: list[Result]) -> bool | None:
    assertions = [result.value for result in results if result.value is None or isinstance(result.value, bool)]
    if False in assertions:
        return False
    return None if None in assertions or not assertions else True


def quoted(value: Json, limit: int = 60) -> str:
    """Return *value* as a reason quotes it between back-ticks: on one line, cut after *limit* characters."""
    if not isinstance(value, str):
        from promptstead.runtime.values import text_of

        value = text_of(value)
    return one_line(value[: limit + 1], limit)


def first_quoted(values: Sequence[Json]) -> list[str]:
    """Return the first five of *values* as :func:`quoted` gives them: a reason lists no more."""
    return [quoted(value) for value in values[:MAX_QUOTED]]


def holding(found: Sequence[Sentence]) -> Sentence:
    """Return that an answer holds what it must not, the first three of it."""
    if len(found) > MAX_HELD:
        return say("evaluators.holds-more", found=found[:MAX_HELD], more=len(found) - MAX_HELD)
    return say("evaluators.holds", found=found)
