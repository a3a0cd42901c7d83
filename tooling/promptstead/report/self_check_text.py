"""How often each gate raises a false alarm on shuffled answers, as lines of text."""

from collections.abc import Iterator, Sequence

from promptstead.errors import one_line
from promptstead.report.columns import left, width
from promptstead.report.numbers import number
from promptstead.verdicts.comparison import ComparisonReport
from promptstead.verdicts.self_check import FalseAlarms
from promptstead.words.sentence import say_in
from promptstead.words.template import Language


def self_check_lines(
    report: ComparisonReport, found: Sequence[FalseAlarms], language: Language = "en"
) -> Iterator[str]:
    """Yield what was shuffled, and a line a gate with its rate and the 95 % interval of that."""
    yield f"{say_in(language, 'runs.self-check', n=found[0].draws)}  {one_line(report.base)} → {one_line(report.head)}"
    names = [_name(each.gate, language) for each in found]
    columns = max(map(width, names))
    for name, each in zip(names, found, strict=True):
        lower, upper = (number(100 * bound, language, ".1f") for bound in each.interval)
        interval = say_in(language, "listings.interval", lower=lower, upper=upper)
        yield f"  {left(name, columns)}  {number(100 * each.rate, language, '.1f'):>5} %  ({interval})"
    if found[0].alarms_too_often:
        yield say_in(language, "runs.self-check-broken")


def _name(gate: str, language: Language) -> str:
    if gate == "regression":
        return say_in(language, "runs.gate-regression")
    if gate == "difference":
        return say_in(language, "runs.gate-difference")
    if gate == "regression alone":
        return say_in(language, "runs.gate-alone")
    return say_in(language, "runs.gate-any-drop")
