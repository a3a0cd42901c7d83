"""A comparison as Markdown, for a job summary or a comment."""

from collections.abc import Iterator, Sequence

from promptstead.errors import some_of
from promptstead.report.comparison_text import drawable, models, rates
from promptstead.report.markup import cell, code
from promptstead.report.review_markdown import MARKS
from promptstead.verdicts.comparison import ComparedPrompt, ComparisonReport
from promptstead.verdicts.gate import Decision
from promptstead.verdicts.pairing import Pair

MAX_ROWS = 200
MAX_CASES = 10


def comparison_markdown(report: ComparisonReport) -> str:
    """Return the comparison: the verdicts counted, a table, and the cases that broke. All names stand as code."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: ComparisonReport) -> Iterator[str]:
    counted = ", ".join(f"{count} {verdict.lower()}" for verdict, count in report.counts().items())
    state = "⛔" if report.blocks else "✔"
    yield f"{state} **{counted or 'nothing to compare'}** · {code(report.base)} → {code(report.head)}"
    for caution in report.cautions:
        yield f"- {code(caution)}"
    for side, names in (("base", report.only_base), ("head", report.only_head)):
        if names:
            yield f"- only in the {side}: {_listed(names)}"
    rows = [(prompt, decision) for prompt in report.prompts for decision in prompt.decisions or (None,)]
    if not rows:
        return
    yield ""
    yield "| prompt | model | cases | base → head | difference | verdict |"
    yield "| --- | --- | --- | --- | --- | --- |"
    yield from (_row(report, prompt, decision) for prompt, decision in rows[:MAX_ROWS])
    if len(rows) > MAX_ROWS:
        yield f"\n… and {len(rows) - MAX_ROWS} more rows, in the JSON report"
    broken = [(prompt, decision) for prompt, decision in rows if decision and decision.broken]
    if broken:
        yield ""
    for prompt, decision in broken[:MAX_ROWS]:
        yield f"- {code(prompt.id)} {code(models(decision))} broken: {_listed(_cases(decision.broken))}"


def _row(report: ComparisonReport, prompt: ComparedPrompt, decision: Decision | None) -> str:
    if decision is None:
        return f"| {cell(prompt.id)} | – | – | – | – | {'⛔ ' + cell(prompt.error) if prompt.error else '–'} |"
    comparison, difference = decision.comparison, "–"
    if comparison is not None and drawable(decision):
        low, high = comparison.lower * 100, comparison.upper * 100
        difference = f"{comparison.difference * 100:+.1f} [{low:+.1f}, {high:+.1f}]"
    elif comparison is not None and decision.score:
        difference = f"{comparison.difference:+.3g} [{comparison.lower:+.3g}, {comparison.upper:+.3g}]"
        difference += ", less is better" if decision.less else ""
    verdict = f"{MARKS[decision.verdict]} {decision.verdict.lower()}"
    if report.fails(decision):
        verdict = f"⛔ {decision.verdict.lower()}"
    if decision.alone is not None:
        verdict += f" ({decision.alone.lower()} by itself)"
    if decision.further:
        verdict += f": about {decision.further:,} more cases would decide"
    shown = f"{len(decision.pairs)} | {rates(decision) or '–'} | {difference} | {verdict}"
    return f"| {cell(prompt.id)} | {cell(models(decision))} | {shown} |"


def _cases(pairs: Sequence[Pair]) -> list[str]:
    return [pair.head.case.id for pair in pairs]


def _listed(names: Sequence[str]) -> str:
    return some_of(names, MAX_CASES, lambda name: code(name, 120))
