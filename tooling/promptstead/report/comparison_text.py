"""A comparison as lines of text for people: a table whose intervals are drawn on one axis."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from promptstead.errors import one_line
from promptstead.report.bars import axis, bar, reach
from promptstead.report.columns import left, right
from promptstead.report.diff_text import Paint
from promptstead.report.numbers import counted, number
from promptstead.report.review_words import declared_text, numbered_text
from promptstead.report.some_names import some_names
from promptstead.verdicts.comparison import ComparedPrompt, ComparisonReport
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.gate import Decision
from promptstead.verdicts.pairing import Pair
from promptstead.verdicts.verdict_numbers import FEW_CASES
from promptstead.words.sentence import Sentence, say_in
from promptstead.words.tables import label
from promptstead.words.template import Language

WIDTH = 100
NAME, RATES, PAIRS, BAR = 32, 15, 7, 23
LISTED = 20
"""Most case ids listed of one kind."""
REASONS = 5
"""Most reasons for which cases are not compared, and most cases of each."""
STYLES = {
    Verdict.REGRESSION: "red",
    Verdict.WITHIN_MARGIN: "yellow",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.IMPROVEMENT: "green",
    Verdict.NO_REGRESSION: "green",
}


def comparison_lines(
    report: ComparisonReport, language: Language = "en", paint: Paint = lambda text, style: text
) -> Iterator[str]:
    """Yield the comparison: the verdicts counted, what weakens them, and one row a prompt and pair of models."""
    yield paint(verdicts_counted(report, language), "bold") + f"  {one_line(report.base)} → {one_line(report.head)}"
    for caution in report.cautions:
        yield from _wrapped(say_in(language, "runs.caution", text=caution.to(language)), "  ")
    if report.only_base:
        yield from _wrapped(say_in(language, "runs.only-base", prompts=_names(language, report.only_base)), "  ")
    if report.only_head:
        yield from _wrapped(say_in(language, "runs.only-head", prompts=_names(language, report.only_head)), "  ")
    if not report.prompts:
        return
    intervals = [
        (decision.comparison.lower, decision.comparison.upper)
        for prompt in report.prompts
        for decision in prompt.decisions
        if decision.comparison is not None and drawable(decision)
    ]
    end = reach(intervals)
    yield ""
    yield paint(_head(language, axis(end, BAR) if intervals else ""), "dim")
    for prompt in report.prompts:
        yield from _prompt(report, prompt, end, language, paint)


def _head(language: Language, drawn: str) -> str:
    who = left(say_in(language, "runs.prompt-model"), NAME)
    sides = left(say_in(language, "runs.base-head"), RATES)
    cases = right(say_in(language, "runs.head-cases"), PAIRS)
    return f"{who} {sides} {cases}  {drawn:<{BAR}}  {say_in(language, 'runs.head-verdict')}"


def _prompt(
    report: ComparisonReport, prompt: ComparedPrompt, end: float, language: Language, paint: Paint
) -> Iterator[str]:
    yield paint(one_line(prompt.id, WIDTH), "bold")
    if prompt.error:
        yield from _wrapped(prompt.error.to(language), "  ")
    for decision in prompt.decisions:
        yield _row(report, decision, end, language, paint)
        if decision.broken:
            yield from _wrapped(say_in(language, "runs.broken", cases=_cases(language, decision.broken)), "    ")
        if decision.fixed:
            yield from _wrapped(say_in(language, "runs.fixed", cases=_cases(language, decision.fixed)), "    ")
        for reason in decision.reasons:
            yield from _wrapped(reason.to(language), "    ")
        if decision.left_out:
            left_out = _left_out(decision, language)
            yield from _wrapped(say_in(language, "runs.not-compared", reasons=left_out), "    ")


def _row(report: ComparisonReport, decision: Decision, end: float, language: Language, paint: Paint) -> str:
    comparison, drawn = decision.comparison, ""
    if comparison is not None and drawable(decision):
        drawn = bar(comparison.lower, comparison.difference, comparison.upper, end, BAR)
    said = label(language, decision.verdict.lower()).upper()
    style = STYLES.get(decision.verdict, "")
    if report.fails(decision) and decision.verdict != Verdict.REGRESSION:
        said, style = say_in(language, "runs.fails", verdict=said), "red"
    name = left(f"  {models(decision, language):.{NAME - 2}}", NAME)
    shown, said = left(rates(decision, language) or "-", RATES), paint(said, style) if style else said
    return f"{name} {shown} {right(number(len(decision.pairs), language, ','), PAIRS)}  {drawn:<{BAR}}  {said}"


def verdicts_counted(report: ComparisonReport, language: Language) -> str:
    """Return which contract breaks and says so, or has another number, and how many prompts have which verdict."""
    counts = (counted(language, verdict.lower(), count) for verdict, count in report.counts().items())
    found = ", ".join(counts) or say_in(language, "runs.nothing-to-compare")
    contracts = [(old, new) for _, old, new in report.declared]
    numbered = [(old, new) for _, old, new in report.numbered]
    said = [declared_text(contracts, language)] if contracts else []
    said += [numbered_text(numbered, language)] if numbered else []
    return " · ".join((*said, found))


def rates(decision: Decision, language: Language = "en") -> str:
    """Return the means of both sides: scores, numbers of passes where they are few, else per cent; or nothing."""
    before, after, count = decision.base_mean, decision.head_mean, len(decision.pairs)
    if before is None or after is None:
        return ""
    if decision.score:
        return f"{number(before, language, '.4g')} → {number(after, language, '.4g')}"
    if count < FEW_CASES:
        return say_in(language, "runs.passes", before=before * count, after=after * count)
    return f"{number(before * 100, language, '.1f')} → {number(after * 100, language, '.1f')} %"


def drawable(decision: Decision) -> bool:
    """Tell whether the interval goes on the common axis of shares: there are enough cases, and it is no score's."""
    return decision.comparison is not None and decision.comparison.n >= FEW_CASES and not decision.score


def models(decision: Decision, language: Language = "en") -> str:
    """Return what a row is about: the model, ``old → new`` where another came, or that people wrote the answers."""
    if decision.sides.by_hand:
        return say_in(language, "runs.reference-answers")
    names = dict.fromkeys(filter(None, (decision.sides.base_model, decision.sides.head_model)))
    return " → ".join(one_line(name) for name in names) or say_in(language, "runs.no-model")


def _left_out(decision: Decision, language: Language) -> list[str]:
    reasons: dict[Sentence, list[str]] = {}
    for one in decision.left_out:
        reasons.setdefault(one.why, []).append(one.case)
    shown = [
        say_in(
            language,
            "runs.left-out",
            cases=_names(language, cases, REASONS),
            reason=one_line(why.to(language)),
        )
        for why, cases in list(reasons.items())[:REASONS]
    ]
    more = len(reasons) - REASONS
    return [*shown, say_in(language, "runs.more-reasons", n=more)] if more > 0 else shown


def _cases(language: Language, pairs: Sequence[Pair]) -> str:
    return _names(language, [pair.head.case.id for pair in pairs])


def _names(language: Language, names: Sequence[str], most: int = LISTED) -> str:
    return some_names(language, names, most, lambda name: one_line(name, 120))


def _wrapped(text: str, margin: str) -> Iterator[str]:
    yield from wrap(one_line(text, 2_000), WIDTH, initial_indent=margin, subsequent_indent=margin + "  ")
