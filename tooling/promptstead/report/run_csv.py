"""A run as CSV: one line an answer, with two columns an evaluator: what it says, and why."""

from collections.abc import Iterator

from promptstead.evaluators.shared.results import state_of
from promptstead.outputs.calls import answer_text
from promptstead.report.csv_table import Cell, csv_text
from promptstead.runs.writer import Row
from promptstead.verdicts.run_report import RunReport

HEADER = (
    "prompt",
    "case",
    "model",
    "state",
    "why",
    "passes",
    "tags",
    "cluster",
    "source",
    "sample",
    "answer",
    "finish_reason",
    "input_tokens",
    "output_tokens",
    "seconds",
    "cost",
    "cached_tokens",
    "cache_written_tokens",
    "reasoning_tokens",
)


def render(report: RunReport) -> str:
    """Return the rows that *report* kept as CSV; what is unknown is empty, a case without an answer has one line."""
    names = list(dict.fromkeys(name for row in report.rows for judged in row.result.samples for name in judged))
    header = [*HEADER, *(column for name in names for column in (f"{name}: value", f"{name}: reason"))]
    return csv_text(header, (line for row in report.rows for line in _lines(row, names)))


def _lines(row: Row, names: list[str]) -> Iterator[list[Cell]]:
    result, case = row.result, row.result.case
    head: list[Cell] = [row.prompt, case.id, result.model, state_of(result), result.why, result.passed]
    head += [" ".join(case.tags), case.cluster, result.output.source if result.output else None]
    samples = result.output.samples if result.output else ()
    if not samples:
        yield [*head, *[None] * (len(HEADER) - len(head) + 2 * len(names))]
    for number, sample in enumerate(samples):
        judged = result.samples[number] if number < len(result.samples) else {}
        found = [judged.get(name) for name in names]
        said_text = answer_text(sample, case) if sample.steps else sample.output
        said: list[Cell] = [cell for one in found for cell in ((one.value, one.reason) if one else (None, None))]
        tokens = sample.usage
        used: list[Cell] = [tokens.input, tokens.output, sample.seconds, sample.cost]
        used += [tokens.cached, tokens.cache_written, tokens.reasoning]
        yield [*head, number + 1, said_text, sample.finish_reason, *used, *said]
