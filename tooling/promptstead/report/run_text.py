"""A run's results as a table for people, at most 100 columns wide: one row a prompt and model, the worst first."""

from collections.abc import Iterator
from textwrap import wrap

from promptstead.errors import one_line
from promptstead.evaluators.shared.results import STATES
from promptstead.runs.classification import Classification
from promptstead.runs.tally import Rate, Used
from promptstead.verdicts.run_report import Entry, RunReport

WIDTH = 100
MAX_LINES = 20
"""Most violations, and most reasons, of one prompt and model that the text shows; JSON has more."""
MAX_LABELS = 12
"""Most labels, and most pairs of labels, of one evaluator that the text shows."""
NAME = 35
HEAD = ("", "cases", "pass", "95 % interval", "tokens", "cost", "median", "p90")
WIDTHS = (NAME, 9, 11, 15, 9, 7, 7, 7)
UNKNOWN = "?"


def render(report: RunReport) -> str:
    """Return the table; every line is safe to print."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: RunReport) -> Iterator[str]:
    yield _columns(HEAD)
    prompt = ""
    for entry in report.worst_first():
        if entry.prompt != prompt:
            prompt = entry.prompt
            yield one_line(prompt, WIDTH)
        yield from _entry(entry)
    used, states = report.used(), report.states()
    if len(report.entries) > 1:
        yield _columns(("total", f"{states.total():,}", "", "", _tokens(used), _cost(used), "", ""))
    counted = ", ".join(f"{states[state]:,} {state}" for state in STATES if states[state])
    yield f"{counted or 'no cases'} · {used.samples:,} answers"
    unknown = [
        f"{what} of {count:,}"
        for what, count in (("tokens", used.uncounted), ("cost", used.unpriced), ("time", used.untimed))
        if count
    ]
    if unknown:
        yield f"not known ({UNKNOWN}): {', '.join(unknown)}"


def _entry(entry: Entry) -> Iterator[str]:
    tally, used = entry.tally, entry.tally.used()
    whole = tally.case_passes()
    judged = tally.states.total() - tally.states["not evaluated"]
    sources = "" if list(entry.sources) in ([], ["live"]) else f" ({', '.join(entry.sources)})"
    yield _columns(
        (
            f"  {entry.model or 'no model'}{sources}",
            f"{judged:,}",
            _mean(whole),
            _interval(whole),
            _tokens(used),
            _cost(used),
            _seconds(used.median),
            _seconds(used.p90),
        )
    )
    labelled = entry.classifications()
    for rate in tally.rates():
        yield from _labels(labelled[rate.name]) if rate.name in labelled else _rate(rate)
    spread = _spread(whole) or next((text for rate in tally.rates() if (text := _spread(rate))), "")
    if spread:
        yield f"    {spread}"
    if whole.repeats:
        k, some, every = whole.repeats
        yield f"    of {k} samples of a case: one passes {some * 100:.2f} %, all pass {every * 100:.2f} %"
    for (name, why), count in tally.unscored.most_common(MAX_LINES):
        yield _cut(f"    unscored: {count:,} × {name}: {why}")
    for why, count in tally.not_evaluated.most_common(MAX_LINES):
        yield _cut(f"    not evaluated: {count:,} × {why}")
    for violation in entry.violations[:MAX_LINES]:
        yield _cut(f"    FAIL {violation.case} · {violation.check}: {violation.reason}")
    if entry.violated > MAX_LINES:
        yield f"    … and {entry.violated - MAX_LINES:,} more that may not fail"


def _rate(rate: Rate) -> Iterator[str]:
    name = f"    {rate.name}"
    if rate.kind == "label":
        yield _cut(f"{name}: " + ", ".join(f"{label} {count:,}" for label, count in rate.labels.items()))
        return
    yield _columns((name, f"{rate.cases:,}", _mean(rate), _interval(rate), "", "", "", ""))


def _labels(found: Classification) -> Iterator[str]:
    """Yield the accuracy as a rate, then each label, then which was taken for which."""
    bounds = "–" if found.lower is None or found.upper is None else _bounds(found.lower, found.upper)
    yield _columns((f"    {found.evaluator}", f"{found.answers:,}", _share(found.accuracy), bounds, "", "", "", ""))
    yield f"      accuracy; macro-F1 {found.macro_f1 or 0:.3f}"
    for label in found.labels[:MAX_LABELS]:
        counted = f"right {label.support:,}, given {label.given:,}, both {label.correct:,}"
        rates = f"precision {_share(label.precision)}, recall {_share(label.recall)}, F1 {label.f1:.3f}"
        yield _cut(f"      {one_line(label.label, NAME)}: {counted}; {rates}")
    wrong = {pair: count for pair, count in found.confusion.items() if pair[0] != pair[1]}
    taken = [
        f"{one_line(right, NAME)} → {one_line(given, NAME)} {count:,}"
        for (right, given), count in sorted(wrong.items(), key=lambda item: -item[1])
    ]
    left = len(found.labels[MAX_LABELS:]) + len(taken[MAX_LABELS:])
    yield from map(
        _cut, wrap(", ".join(taken[:MAX_LABELS]), WIDTH, initial_indent="      wrong: ", subsequent_indent=" " * 8)
    )
    if left:
        yield f"      … and {left:,} more labels and pairs: --format json"


def _spread(rate: Rate) -> str:
    """Return how much samples of a case differ, apart from how much cases do."""
    if rate.within is None or rate.between is None:
        return ""
    return f"spread: {rate.within:.3f} between samples of a case, {rate.between:.3f} between cases"


def _mean(rate: Rate) -> str:
    if rate.mean is None:
        return "–"
    return _share(rate.mean) if rate.kind == "assertion" else f"{rate.mean:.4g}"


def _interval(rate: Rate) -> str:
    if rate.lower is None or rate.upper is None:
        return "–"
    if rate.kind == "assertion":
        return _bounds(rate.lower, rate.upper)
    return f"{rate.lower:.4g} to {rate.upper:.4g}"


def _bounds(lower: float, upper: float) -> str:
    return f"{lower * 100:.1f} to {upper * 100:.1f}"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.2f} %"


def _tokens(used: Used) -> str:
    if used.samples == used.uncounted:
        return UNKNOWN
    return _short(used.input + used.output)


def _cost(used: Used) -> str:
    return UNKNOWN if used.samples == used.unpriced else f"{used.cost:.4f}"[:7]


def _seconds(seconds: float | None) -> str:
    return UNKNOWN if seconds is None else f"{seconds:.2f} s"


def _short(count: int) -> str:
    return f"{count:,}" if count < 1_000_000 else f"{count / 1_000_000:.1f} M"


def _columns(cells: tuple[str, ...]) -> str:
    first, *others = cells
    name = one_line(first, NAME)
    # a cell that is too wide (the interval of a score) moves the others, and is never glued to its neighbour
    apart = (f" {cell}" if cell else "" for cell in others)
    line = f"{name:<{NAME}}" + "".join(f"{cell:>{width}}" for cell, width in zip(apart, WIDTHS[1:], strict=True))
    return line.rstrip()


def _cut(text: str) -> str:
    return one_line(text, WIDTH)
