"""What judging gives: a result per check, and a result per case."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from promptstead.errors import one_line
from promptstead.model import Case, EvaluatorSpec, Json, RecordedOutput, Usage

MAX_REASON = 500
MAX_LABEL = 200
"""Characters of the longest label that is told apart."""
MAX_SCORE = 1e100
"""Greatest size of a score: sums of squares of larger ones are out of a float's range."""

State = Literal["evaluated", "not evaluated"]


class Unscored(Exception):
    """An evaluator cannot judge this answer; the message says why. It never leaves :mod:`promptstead.evals`."""


class Result(NamedTuple):
    """What one evaluator says about one answer.

    *value* is a bool (assertion), a float (score), a str (label), or None: unscored. *reason* is one sentence of at
    most 500 characters. *part*: a combination of checks decides in its place, so that it alone fails no case.
    """

    value: bool | float | str | None
    reason: str
    part: bool = False


class CaseResult(NamedTuple):
    """One case answered by one model, judged; or why it could not be.

    *samples* holds evaluator name -> result for each sample in the order taken; it is empty where *state* is
    ``not evaluated``. *evaluators* are those that judged, with the options they had.
    """

    case: Case
    model: str
    state: State
    why: str = ""
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

    def failures(self) -> list[tuple[str, str]]:
        """Return evaluator and reason of each assertion that fails on a sample, one entry per evaluator.

        Parts of a combination are not among them: its own reason names them.
        """
        found: dict[str, str] = {}
        for sample in self.samples:
            for name, result in sample.items():
                if result.value is False and not result.part:
                    found.setdefault(name, result.reason)
        return list(found.items())


def state_of(result: CaseResult) -> str:
    """Return ``pass``, ``fail``, ``unscored`` or ``not evaluated``."""
    if result.state != "evaluated":
        return "not evaluated"
    return _STATES[result.passed]


STATES = ("pass", "fail", "unscored", "not evaluated")
_STATES = {True: "pass", False: "fail", None: "unscored"}


def total_usage(result: CaseResult) -> Usage:
    """Return the tokens of all samples together, unknown where those of one are."""
    usages = [sample.usage for sample in result.output.samples] if result.output else []
    return Usage(_sum([usage.input for usage in usages]), _sum([usage.output for usage in usages]))


def _sum(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


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
    return assertions[-1] if assertions else Result(None, "there is no assertion")


def sound(result: Result) -> Result:
    """Return what an evaluator said as it may be kept: no NaN, infinity or score beyond 1e100, and long words cut."""
    value = result.value
    if isinstance(value, float) and not abs(value) <= MAX_SCORE:
        return Result(None, reason(f"the evaluator gave {value}, which is no score: {result.reason[:MAX_REASON]}"))
    if len(result.reason) > MAX_REASON or (isinstance(value, str) and len(value) > MAX_LABEL):
        label = one_line(value[: MAX_LABEL + 1], MAX_LABEL) if isinstance(value, str) else value
        return Result(label, reason(result.reason))
    return result


def _all_hold(results: list[Result]) -> bool | None:
    assertions = [result.value for result in results if result.value is None or isinstance(result.value, bool)]
    if False in assertions:
        return False
    return None if None in assertions or not assertions else True


def shown(value: Json, limit: int = 60) -> str:
    """Return *value* as a reason quotes it: on one line, between back-ticks, cut after *limit* characters."""
    if not isinstance(value, str):
        from promptstead.runtime.values import text_of

        value = text_of(value)
    return f"`{one_line(value[: limit + 1], limit)}`"


def reason(text: str) -> str:
    """Return *text* as a reason: one line of at most 500 characters."""
    return one_line(text[: MAX_REASON + 1], MAX_REASON)
