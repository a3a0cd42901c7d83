"""The page of a run: every case with what was sent, what was answered, and what each check says of it."""

from collections.abc import Callable, Iterable

from promptstead import __version__
from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.results import state_of
from promptstead.model import Case, Json, Sample
from promptstead.outputs.calls import answer_text
from promptstead.report.html.interned import Sentences, Texts
from promptstead.report.html.page import Room, cut, page, shown
from promptstead.report.run_json import classification
from promptstead.runs.tally import Rate
from promptstead.runs.writer import Row
from promptstead.verdicts.run_report import WORST_FIRST, Entry, RunReport
from promptstead.words.template import Language

Messages = Callable[[Row], list[Json]]
"""Row -> the messages that were sent for it, each with ``role`` and ``content``; raises PromptsteadError."""
MAX_LISTED = 200


def render(report: RunReport, language: Language = "en", messages: Messages | None = None) -> str:
    """Return the page of the rows that *report* kept, the worst first; those that do not fit are counted.

    :param messages: what was sent; without it the page shows the inputs alone.
    """
    texts, sentences = Texts(), Sentences()
    room = Room()
    rows: list[Json] = []
    for row in report.rows_worst_first():
        entry = _row(row, texts, sentences, messages)
        if not sentences.fits(room, [entry, texts.new()]):
            break
        texts.keep()
        rows.append(entry)
    entries = [_entry(entry, sentences) for entry in report.worst_first()]
    sentences.keep()
    run = report.run
    data = {
        "version": __version__,
        "place": report.place,
        **{name: getattr(run, name) for name in ("commit", "dirty", "started", "mode", "samples")},
        "shard": list(run.shard),
        "selection": dict(run.selection),
        "violated": report.violated,
        "cases": report.cases(),
        "failing": report.failing(),
        "entries": entries,
        "rows": rows,
        "texts": texts.kept,
        "sentences": sentences.by_language(),
        "left_out": len(report.rows) - len(rows),
    }
    return page("run", data, language)


def _row(row: Row, texts: Texts, sentences: Sentences, messages: Messages | None) -> dict[str, Json]:
    result, case = row.result, row.result.case
    samples = result.output.samples if result.output else ()
    entry: dict[str, Json] = {
        "prompt": row.prompt,
        "case": case.id,
        "model": result.model,
        "state": state_of(result),
        "why": sentences.say(result.why) if result.why else None,
        "tags": list(case.tags),
        "must_pass": case.must_pass,
        "cluster": case.cluster,
        "source": result.output.source if result.output else "",
        "attempts": result.output.attempts if result.output else 0,
        "inputs": [[name, texts.intern(shown(value))] for name, value in case.inputs.items()],
        "samples": [
            _sample(sample, case, result.samples[number] if number < len(result.samples) else {}, sentences)
            for number, sample in enumerate(samples)
        ],
    }
    if case.has_expected:
        entry["expected"] = shown(case.expected)
    return entry | _sent(row, texts, sentences, messages)


def _sent(row: Row, texts: Texts, sentences: Sentences, messages: Messages | None) -> dict[str, Json]:
    if messages is None:
        return {}
    try:
        sent = messages(row)
    except PromptsteadError as error:
        return {"unsent": sentences.say(error.message)}
    return {"messages": [[message["role"], texts.intern(shown(message["content"]))] for message in sent]}


def _sample(sample: Sample, case: Case, judged: Json, sentences: Sentences) -> dict[str, Json]:
    return {
        "output": cut(answer_text(sample, case) if sample.steps else sample.output),
        "tools": [shown(call) for call in sample.tool_calls],
        "finish": sample.finish_reason,
        "input": sample.usage.input,
        "tokens": sample.usage.output,
        "parts": [sample.usage.cached, sample.usage.cache_written, sample.usage.reasoning],
        "seconds": sample.seconds,
        "cost": sample.cost,
        "results": [[name, found.value, sentences.say(found.reason)] for name, found in judged.items()],
    }


def _entry(entry: Entry, sentences: Sentences) -> dict[str, Json]:
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
        "parts": [used.cached, used.cache_written, used.reasoning],
        "cost": used.cost if used.samples > used.unpriced else None,
        "median": used.median,
        "violations": [[each.case, each.check, sentences.say(each.reason)] for each in entry.violations[:MAX_LISTED]],
        "violated": entry.violated,
    }


def _rates(rates: Iterable[Rate]) -> list[Json]:
    return [_rate(rate) for rate in rates]


def _rate(rate: Rate) -> dict[str, Json]:
    names = ("name", "kind", "cases", "passes", "unscored", "mean", "lower", "upper", "error", "labels")
    return {name: getattr(rate, name) for name in names}
