"""A run's results as Markdown, for a job summary: one row a prompt, model and evaluator, the worst first."""

from collections.abc import Iterator

from promptstead.report.markup import cell, code
from promptstead.report.numbers import number
from promptstead.report.rate_cells import NOTHING, error, interval, mean, share
from promptstead.report.run_counts import counts_of, parts_of_tokens
from promptstead.verdicts.run_report import Entry, RunReport
from promptstead.words.sentence import say_in
from promptstead.words.template import Language

MAX_ROWS = 200
MAX_VIOLATIONS = 20


def render(report: RunReport, language: Language = "en") -> str:
    """Return the cases counted, a table, and what fails that may not. All names stand as code."""
    return "\n".join(_lines(report, language)) + "\n"


def _lines(report: RunReport, language: Language) -> Iterator[str]:
    yield f"{'⛔' if report.violated else '✔'} **{counts_of(report, language)}**"
    yield from (f"\n{line}" for line in parts_of_tokens(report, language))
    rows = [row for entry in report.worst_first() for row in _rows(entry, language)]
    if rows:
        yield ""
        yield f"| {' | '.join(_heads(language))} |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
        yield from (f"| {' | '.join(row)} |" for row in rows[:MAX_ROWS])
    if len(rows) > MAX_ROWS:
        yield "\n" + say_in(language, "runs.more-rows", n=len(rows) - MAX_ROWS)
    if report.has_error():
        yield "\n" + say_in(language, "runs.error-is")
    found = [violation for entry in report.worst_first() for violation in entry.violations]
    if found:
        yield ""
    for one in found[:MAX_VIOLATIONS]:
        yield f"- {code(say_in(language, 'runs.violation', case=one.case, check=one.check, reason=one.reason))}"
    if report.violated > MAX_VIOLATIONS:
        yield "- " + say_in(language, "runs.more-violations", n=report.violated - MAX_VIOLATIONS)


def _heads(language: Language) -> tuple[str, ...]:
    return (
        say_in(language, "runs.head-prompt"),
        say_in(language, "runs.head-model"),
        say_in(language, "runs.head-evaluator"),
        say_in(language, "runs.head-cases"),
        say_in(language, "runs.head-pass"),
        say_in(language, "runs.head-error"),
        say_in(language, "runs.head-interval"),
    )


def _rows(entry: Entry, language: Language) -> Iterator[tuple[str, ...]]:
    head = cell(entry.prompt), cell(entry.model or say_in(language, "runs.no-model"))
    labelled = entry.classifications()
    for rate in (entry.tally.case_passes(), *entry.tally.rates()):
        name = cell(rate.name) or say_in(language, "runs.whole-cases")
        found = labelled.get(rate.name)
        if found is not None:
            figures = share(found.accuracy, language), error(found, language), interval(found, language)
        elif rate.kind == "label":
            labels = (f"{cell(label)} {number(count, language, ',')}" for label, count in rate.labels.items())
            figures = ", ".join(labels), NOTHING, NOTHING
        else:
            figures = mean(rate, language), error(rate, language), interval(rate, language)
        yield *head, name, number(rate.cases, language, ","), *figures
