"""A run's results as a table for people, at most 100 columns wide: one row a prompt and model, the worst first."""

from collections.abc import Iterator

from promptstead.errors import one_line
from promptstead.evals.tally import Rate, Used, total
from promptstead.report.run_report import Entry, RunReport

WIDTH = 100
MAX_LINES = 20
"""Most violations, and most reasons, of one prompt and model that the text shows; JSON has more."""
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
    used = total(entry.tally.used() for entry in report.entries)
    if len(report.entries) > 1:
        judged = sum(entry.tally.states.total() for entry in report.entries)
        yield _columns(("total", f"{judged:,}", "", "", _tokens(used), _cost(used), "", ""))
    states = {
        state: sum(entry.tally.states[state] for entry in report.entries)
        for state in ("pass", "fail", "unscored", "not evaluated")
    }
    counted = ", ".join(f"{count:,} {state}" for state, count in states.items() if count)
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
    for rate in tally.rates():
        yield from _rate(rate)
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
        yield _cut(f"    FAIL {violation.case} · {violation.evaluator}: {violation.reason}")
    if entry.violated > MAX_LINES:
        yield f"    … and {entry.violated - MAX_LINES:,} more that may not fail"


def _rate(rate: Rate) -> Iterator[str]:
    name = f"    {rate.name}"
    if rate.kind == "label":
        yield _cut(f"{name}: " + ", ".join(f"{label} {count:,}" for label, count in rate.labels.items()))
        return
    yield _columns((name, f"{rate.cases:,}", _mean(rate), _interval(rate), "", "", "", ""))


def _spread(rate: Rate) -> str:
    """Return how much samples of a case differ, apart from how much cases do."""
    if rate.within is None or rate.between is None:
        return ""
    return f"spread: {rate.within:.3f} between samples of a case, {rate.between:.3f} between cases"


def _mean(rate: Rate) -> str:
    if rate.mean is None:
        return "–"
    return f"{rate.mean * 100:.2f} %" if rate.kind == "assertion" else f"{rate.mean:.4g}"


def _interval(rate: Rate) -> str:
    if rate.lower is None or rate.upper is None:
        return "–"
    if rate.kind == "assertion":
        return f"{rate.lower * 100:.1f} to {rate.upper * 100:.1f}"
    return f"{rate.lower:.4g} to {rate.upper:.4g}"


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
