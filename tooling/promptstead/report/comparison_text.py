"""A comparison as lines of text for people: a table whose intervals are drawn on one axis."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from promptstead.errors import one_line, some_of
from promptstead.report.bars import axis, bar, reach
from promptstead.report.diff_text import Paint
from promptstead.verdicts.comparison import ComparedPrompt, ComparisonReport
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.gate import FEW_CASES, Decision
from promptstead.verdicts.pairing import Pair

WIDTH = 100
NAME, RATES, PAIRS, BAR = 32, 15, 7, 23
LISTED = 20
"""Most case ids listed of one kind."""
STYLES = {
    Verdict.REGRESSION: "red",
    Verdict.WITHIN_MARGIN: "yellow",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.IMPROVEMENT: "green",
    Verdict.NO_REGRESSION: "green",
}


def comparison_lines(report: ComparisonReport, paint: Paint = lambda text, style: text) -> Iterator[str]:
    """Yield the comparison: the verdicts counted, what weakens them, and one row a prompt and pair of models."""
    counted = ", ".join(f"{count} {verdict.lower()}" for verdict, count in report.counts().items())
    yield paint(counted or "nothing to compare", "bold") + f"  {one_line(report.base)} → {one_line(report.head)}"
    for caution in report.cautions:
        yield from _wrapped(f"caution: {caution}", "  ")
    for side, names in (("base", report.only_base), ("head", report.only_head)):
        if names:
            yield from _wrapped(f"only in the {side}: {_names(names)}", "  ")
    if not report.prompts:
        return
    bounds = [
        bound
        for prompt in report.prompts
        for decision in prompt.decisions
        if decision.comparison is not None and drawable(decision)
        for bound in (decision.comparison.lower, decision.comparison.upper)
    ]
    end = reach(bounds)
    yield ""
    head = f"{'prompt, model':<{NAME}} {'base → head':<{RATES}} {'cases':>{PAIRS}}  "
    yield paint((head + (axis(end, BAR) if bounds else "").ljust(BAR) + "  verdict").rstrip(), "dim")
    for prompt in report.prompts:
        yield from _prompt(report, prompt, end, paint)


def _prompt(report: ComparisonReport, prompt: ComparedPrompt, end: float, paint: Paint) -> Iterator[str]:
    yield paint(one_line(prompt.id, WIDTH), "bold")
    if prompt.error:
        yield from _wrapped(prompt.error, "  ")
    for decision in prompt.decisions:
        yield _row(report, decision, end, paint)
        for label, pairs in (("broken", decision.broken), ("fixed", decision.fixed)):
            if pairs:
                yield from _wrapped(f"{label}: {_names(list(map(_case, pairs)))}", "    ")
        for reason in decision.reasons:
            yield from _wrapped(reason, "    ")
        if decision.left_out:
            yield from _wrapped(f"not compared: {_left_out(decision)}", "    ")


def _row(report: ComparisonReport, decision: Decision, end: float, paint: Paint) -> str:
    comparison, drawn = decision.comparison, ""
    if comparison is not None and drawable(decision):
        drawn = bar(comparison.lower, comparison.difference, comparison.upper, end, BAR)
    said = str(decision.verdict)
    style = STYLES.get(decision.verdict, "")
    if report.fails(decision) and decision.verdict != Verdict.REGRESSION:
        said, style = f"FAILS: {said}", "red"
    name = f"  {models(decision):.{NAME - 2}}"
    shown, said = rates(decision) or "-", paint(said, style) if style else said
    return f"{name:<{NAME}} {shown:<{RATES}} {len(decision.pairs):>{PAIRS},}  {drawn:<{BAR}}  {said}"


def rates(decision: Decision) -> str:
    """Return the means of both sides: scores, numbers of passes where they are few, else per cent; or nothing."""
    before, after, count = decision.base_mean, decision.head_mean, len(decision.pairs)
    if before is None or after is None:
        return ""
    if decision.score:
        return f"{before:.4g} → {after:.4g}"
    if count < FEW_CASES:
        return f"{before * count:.4g} → {after * count:.4g} pass"
    return f"{before * 100:.1f} → {after * 100:.1f} %"


def drawable(decision: Decision) -> bool:
    """Tell whether the interval goes on the common axis of shares: there are enough cases, and it is no score's."""
    return decision.comparison is not None and decision.comparison.n >= FEW_CASES and not decision.score


def models(decision: Decision) -> str:
    """Return what a row is about: the model, ``old → new`` where another came, or that people wrote the answers."""
    if decision.sides.by_hand:
        return "reference answers"
    names = dict.fromkeys(filter(None, (decision.sides.base_model, decision.sides.head_model)))
    return " → ".join(one_line(name) for name in names) or "no model"


def _left_out(decision: Decision) -> str:
    reasons: dict[str, list[str]] = {}
    for left in decision.left_out:
        reasons.setdefault(left.why, []).append(left.case)
    shown = [f"{_names(cases, 5)}: {one_line(why)}" for why, cases in list(reasons.items())[:5]]
    more = [f"and {len(reasons) - 5} more reasons"] if len(reasons) > 5 else []
    return "; ".join([*shown, *more])


def _case(pair: Pair) -> str:
    return pair.head.case.id


def _names(names: Sequence[str], most: int = LISTED) -> str:
    return some_of(names, most, lambda name: one_line(name, 120))


def _wrapped(text: str, margin: str) -> Iterator[str]:
    yield from wrap(one_line(text, 2_000), WIDTH, initial_indent=margin, subsequent_indent=margin + "  ")
