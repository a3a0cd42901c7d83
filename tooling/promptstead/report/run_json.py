"""A run's results as one JSON document, ``promptstead/eval/v2``."""

from collections import Counter

from promptstead.escapes import json_text
from promptstead.evaluators.shared.results import STATES
from promptstead.model import Json
from promptstead.report.check_json import violation_json
from promptstead.runs.classification import Classification
from promptstead.runs.tally import Rate, Used
from promptstead.verdicts.run_report import Entry, RunReport
from promptstead.words.sentence_json import sentence_json

FORMAT = "promptstead/eval/v2"


def render(report: RunReport) -> str:
    """Return the document with its line feed."""
    return json_text(run_json(report), allow_nan=False)


def run_json(report: RunReport) -> Json:
    """Return the document. What is unknown is null."""
    run, states = report.run, report.states()
    return {
        "format": FORMAT,
        "run": report.place or None,
        "mode": run.mode,
        "commit": run.commit,
        "dirty": run.dirty,
        "started": run.started,
        "selection": dict(run.selection),
        "shard": list(run.shard),
        "results": [_entry(entry) for entry in report.worst_first()],
        "counts": {"cases": report.cases(), "results": states.total(), **_states(states)},
        "totals": _used(report.used()),
    }


def _entry(entry: Entry) -> Json:
    tally = entry.tally
    return {
        "prompt": entry.prompt,
        "path": entry.path,
        "model": entry.model,
        "sources": list(entry.sources),
        "cases": _states(tally.states),
        "case_passes": _rate(tally.case_passes()),
        "evaluators": [_rate(rate) for rate in tally.rates()],
        "classifications": [classification(each) for each in entry.classifications().values()],
        "not_evaluated": [
            {"reason": sentence_json(why), "cases": count} for why, count in tally.not_evaluated.most_common()
        ],
        "unscored": [
            {"evaluator": name, "reason": sentence_json(why), "samples": count}
            for (name, why), count in tally.unscored.most_common()
        ],
        "used": _used(tally.used()),
        "violations": [violation_json(each) for each in entry.violations],
        "violated": entry.violated,
    }


def _states(states: Counter[str]) -> dict[str, Json]:
    return {state.replace(" ", "_"): states[state] for state in STATES}


def _rate(rate: Rate) -> Json:
    shown = {
        "kind": rate.kind,
        "cases": rate.cases,
        "passes": rate.passes if rate.kind == "assertion" else None,
        "unscored": rate.unscored,
        "mean": rate.mean,
        "lower": rate.lower,
        "upper": rate.upper,
        "error": rate.error,
        "between_samples": rate.within,
        "between_cases": rate.between,
    }
    if rate.repeats:
        shown["repeats"] = rate.repeats._asdict()
    if rate.labels:
        shown["labels"] = rate.labels
    return {"evaluator": rate.name} | shown if rate.name else shown


def classification(found: Classification) -> dict[str, Json]:
    """Return what an evaluator of labels comes to, its matrix as the pairs that occur."""
    confusion = [
        {"right": right, "given": given, "answers": count}
        for (right, given), count in sorted(found.confusion.items(), key=lambda item: -item[1])
    ]
    labels = [label._asdict() for label in found.labels]
    return {**found._asdict(), "labels": labels, "confusion": confusion}


def _used(used: Used) -> Json:
    def known(value: float, unknown: int) -> float | None:
        return value if used.samples > unknown else None

    return {
        "samples": used.samples,
        "input": known(used.input, used.uncounted),
        "output": known(used.output, used.uncounted),
        "uncounted": used.uncounted,
        "cached": used.cached,
        "cache_written": used.cache_written,
        "reasoning": used.reasoning,
        "cost": known(used.cost, used.unpriced),
        "unpriced": used.unpriced,
        "median_seconds": used.median,
        "p90_seconds": used.p90,
        "untimed": used.untimed,
    }
