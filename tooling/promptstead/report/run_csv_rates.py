"""The rates of a run as CSV: one line a prompt, model and evaluator; one without an evaluator is of whole cases."""

from collections.abc import Iterator

from promptstead.report.csv_table import Cell, csv_text
from promptstead.runs.tally import Rate
from promptstead.verdicts.run_report import Entry, RunReport

HEADER = (
    *("prompt", "model", "evaluator", "kind", "cases", "passes", "unscored"),
    *("mean", "standard_error", "lower", "upper", "between_samples", "between_cases"),
)


def render(report: RunReport) -> str:
    """Return the rates as CSV; the numbers are those of the JSON, and what is unknown is empty.

    *mean* is a share, a mean score, or the accuracy of labels; *lower* and *upper* bound it with 95 % confidence.
    """
    return csv_text(HEADER, (line for entry in report.worst_first() for line in _lines(entry)))


def _lines(entry: Entry) -> Iterator[list[Cell]]:
    labelled = entry.classifications()
    for rate in (entry.tally.case_passes(), *entry.tally.rates()):
        head: list[Cell] = [entry.prompt, entry.model, rate.name, rate.kind, rate.cases, _passes(rate), rate.unscored]
        found = labelled.get(rate.name)
        if found is not None:
            yield [*head, found.accuracy, found.error, found.lower, found.upper, None, None]
        else:
            yield [*head, rate.mean, rate.error, rate.lower, rate.upper, rate.within, rate.between]


def _passes(rate: Rate) -> int | None:
    return rate.passes if rate.kind == "assertion" else None
