"""The page of a run: every case with what was sent, what was answered, and what each check says of it."""

from collections.abc import Callable, Iterable

from promptstead import __version__
from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.results import state_of
from promptstead.model import Json, Sample
from promptstead.report.html.page import Room, cut, page, shown
from promptstead.report.run_json import classification
from promptstead.runs.tally import Rate
from promptstead.runs.writer import Row
from promptstead.verdicts.run_report import WORST_FIRST, Entry, RunReport

Messages = Callable[[Row], list[Json]]
"""Row -> the messages that were sent for it, each with ``role`` and ``content``; raises PromptsteadError."""
MAX_LISTED = 200


def render(report: RunReport, language: str = "en", messages: Messages | None = None) -> str:
    """Return the page of the rows that *report* kept, the worst first; those that do not fit are counted.

    :param messages: what was sent; without it the page shows the inputs alone.
    """
    texts = _Texts()
    room = Room()
    rows: list[Json] = []
    for row in report.rows_worst_first():
        entry = _row(row, texts, messages)
        if not room.take([entry, texts.new()]):
            break
        texts.keep()
        rows.append(entry)
    run = report.run
    data = {
        "version": __version__,
        "place": report.place,
        **{name: getattr(run, name) for name in ("commit", "dirty", "started", "mode", "samples")},
        "shard": list(run.shard),
        "selection": dict(run.selection),
        "violated": report.violated,
        "entries": [_entry(entry) for entry in report.worst_first()],
        "rows": rows,
        "texts": texts.kept,
        "left_out": len(report.rows) - len(rows),
    }
    return page("run", data, language)


class _Texts:
    """Texts that many rows share (a system message), each held once."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self._index: dict[str, int] = {}
        self._new: list[str] = []

    def add(self, text: str) -> int:
        if text not in self._index:
            self._index[text] = len(self.kept) + len(self._new)
            self._new.append(text)
        return self._index[text]

    def new(self) -> list[str]:
        """Return those that came since the last :meth:`keep`."""
        return self._new

    def keep(self) -> None:
        self.kept += self._new
        self._new = []


def _row(row: Row, texts: _Texts, messages: Messages | None) -> dict[str, Json]:
    result, case = row.result, row.result.case
    samples = result.output.samples if result.output else ()
    entry: dict[str, Json] = {
        "prompt": row.prompt,
        "case": case.id,
        "model": result.model,
        "state": state_of(result),
        "why": result.why,
        "tags": list(case.tags),
        "must_pass": case.must_pass,
        "cluster": case.cluster,
        "source": result.output.source if result.output else "",
        "attempts": result.output.attempts if result.output else 0,
        "inputs": [[name, texts.add(shown(value))] for name, value in case.inputs.items()],
        "samples": [
            _sample(sample, result.samples[number] if number < len(result.samples) else {})
            for number, sample in enumerate(samples)
        ],
    }
    if case.has_expected:
        entry["expected"] = shown(case.expected)
    return entry | _sent(row, texts, messages)


def _sent(row: Row, texts: _Texts, messages: Messages | None) -> dict[str, Json]:
    if messages is None:
        return {}
    try:
        sent = messages(row)
    except PromptsteadError as error:
        return {"unsent": error.message}
    return {"messages": [[message["role"], texts.add(shown(message["content"]))] for message in sent]}


def _sample(sample: Sample, judged: Json) -> dict[str, Json]:
    return {
        "output": cut(sample.output),
        "tools": [shown(call) for call in sample.tool_calls],
        "finish": sample.finish_reason,
        "input": sample.usage.input,
        "tokens": sample.usage.output,
        "seconds": sample.seconds,
        "cost": sample.cost,
        "results": [[name, found.value, found.reason] for name, found in judged.items()],
    }


def _entry(entry: Entry) -> dict[str, Json]:
    tally, used = entry.tally, entry.tally.used()
    return {
        "prompt": entry.prompt,
        "path": entry.path,
        "model": entry.model,
        "sources": list(entry.sources),
        "states": {state: tally.states[state] for state in WORST_FIRST},
        "whole": _rate(tally.case_passes()),
        "rates": _rates(tally.rates()),
        "classes": [classification(each) for each in entry.classifications().values()],
        "samples": used.samples,
        "tokens": used.input + used.output if used.samples > used.uncounted else None,
        "cost": used.cost if used.samples > used.unpriced else None,
        "median": used.median,
        "violations": [list(each) for each in entry.violations[:MAX_LISTED]],
        "violated": entry.violated,
    }


def _rates(rates: Iterable[Rate]) -> list[Json]:
    return [_rate(rate) for rate in rates]


def _rate(rate: Rate) -> dict[str, Json]:
    names = ("name", "kind", "cases", "passes", "unscored", "mean", "lower", "upper", "labels")
    return {name: getattr(rate, name) for name in names}
