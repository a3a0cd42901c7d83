"""A comparison as Markdown, for a job summary or a comment."""

from collections.abc import Iterator, Sequence

from promptstead.report.comparison_text import drawable, models, rates, verdicts_counted
from promptstead.report.markup import cell, code
from promptstead.report.numbers import number
from promptstead.report.review_markdown_table import MARKS
from promptstead.report.some_names import some_names
from promptstead.verdicts.comparison import ComparedPrompt, ComparisonReport
from promptstead.verdicts.gate import Decision
from promptstead.verdicts.pairing import Pair
from promptstead.words.sentence import say_in
from promptstead.words.tables import label
from promptstead.words.template import Language

MAX_ROWS = 200
MAX_CASES = 10


def comparison_markdown(report: ComparisonReport, language: Language = "en") -> str:
    """Return the comparison: the verdicts counted, a table, and the cases that broke. All names stand as code."""
    return "\n".join(_lines(report, language)) + "\n"


def _lines(report: ComparisonReport, language: Language) -> Iterator[str]:
    state = "⛔" if report.blocks else "✔"
    yield f"{state} **{verdicts_counted(report, language)}** · {code(report.base)} → {code(report.head)}"
    for caution in report.cautions:
        yield f"- {code(caution.to(language))}"
    if report.only_base:
        yield f"- {say_in(language, 'runs.only-base', prompts=_listed(language, report.only_base))}"
    if report.only_head:
        yield f"- {say_in(language, 'runs.only-head', prompts=_listed(language, report.only_head))}"
    rows = [(prompt, decision) for prompt in report.prompts for decision in prompt.decisions or (None,)]
    if not rows:
        return
    yield ""
    yield f"| {' | '.join(_heads(language))} |"
    yield "| --- | --- | --- | --- | --- | --- |"
    yield from (_row(report, prompt, decision, language) for prompt, decision in rows[:MAX_ROWS])
    if len(rows) > MAX_ROWS:
        yield "\n" + say_in(language, "runs.more-rows", n=len(rows) - MAX_ROWS)
    broken = [(prompt, decision) for prompt, decision in rows if decision and decision.broken]
    if broken:
        yield ""
    for prompt, decision in broken[:MAX_ROWS]:
        cases = say_in(language, "runs.broken", cases=_listed(language, _cases(decision.broken)))
        yield f"- {code(prompt.id)} {code(models(decision, language))} {cases}"


def _heads(language: Language) -> tuple[str, ...]:
    return (
        say_in(language, "runs.head-prompt"),
        say_in(language, "runs.head-model"),
        say_in(language, "runs.head-cases"),
        say_in(language, "runs.base-head"),
        say_in(language, "runs.head-difference"),
        say_in(language, "runs.head-verdict"),
    )


def _row(report: ComparisonReport, prompt: ComparedPrompt, decision: Decision | None, language: Language) -> str:
    if decision is None:
        error = "⛔ " + cell(prompt.error.to(language)) if prompt.error else "–"
        return f"| {cell(prompt.id)} | – | – | – | – | {error} |"
    said = label(language, decision.verdict.lower())
    verdict = f"{'⛔' if report.fails(decision) else MARKS[decision.verdict]} {said}"
    if decision.alone is not None:
        verdict += say_in(language, "runs.by-itself", verdict=label(language, decision.alone.lower()))
    if decision.further:
        verdict += say_in(language, "runs.further", n=decision.further)
    sides, difference = rates(decision, language) or "–", _difference(decision, language)
    shown = f"{number(len(decision.pairs), language, ',')} | {sides} | {difference} | {verdict}"
    return f"| {cell(prompt.id)} | {cell(models(decision, language))} | {shown} |"


def _difference(decision: Decision, language: Language) -> str:
    comparison = decision.comparison
    if comparison is not None and drawable(decision):
        return say_in(
            language,
            "runs.difference",
            difference=comparison.difference * 100,
            lower=comparison.lower * 100,
            upper=comparison.upper * 100,
        )
    if comparison is None or not decision.score:
        return "–"
    return say_in(
        language,
        "runs.score-difference-less" if decision.less else "runs.score-difference",
        difference=comparison.difference,
        lower=comparison.lower,
        upper=comparison.upper,
    )


def _cases(pairs: Sequence[Pair]) -> list[str]:
    return [pair.head.case.id for pair in pairs]


def _listed(language: Language, names: Sequence[str]) -> str:
    return some_names(language, names, MAX_CASES, lambda name: code(name, 120))
