"""A run's results as a table for people, at most 100 columns wide: one row a prompt and model, the worst first."""

from collections.abc import Iterator
from textwrap import wrap

from promptstead.errors import one_line
from promptstead.report.columns import left, right
from promptstead.report.numbers import number
from promptstead.report.rate_cells import error, interval, mean, share
from promptstead.report.run_counts import counts_of, parts_of_tokens
from promptstead.runs.classification import Classification
from promptstead.runs.tally import Rate, Used
from promptstead.verdicts.run_report import Entry, RunReport
from promptstead.words.sentence import say_in
from promptstead.words.template import Language

WIDTH = 100
MAX_LINES = 20
"""Most violations, and most reasons, of one prompt and model that the text shows; JSON has more."""
MAX_LABELS = 12
"""Most labels, and most pairs of labels, of one evaluator that the text shows."""
NAME = 31
WIDTHS = (NAME, 8, 9, 8, 15, 8, 7, 7, 7)
UNKNOWN = "?"


def render(report: RunReport, language: Language = "en") -> str:
    """Return the table; every line is safe to print."""
    return "".join(f"{line}\n" for line in _RunText(report, language).lines())


class _RunText:
    def __init__(self, report: RunReport, language: Language) -> None:
        self._report, self._language = report, language

    def lines(self) -> Iterator[str]:
        report, language = self._report, self._language
        yield _columns(_heads(language))
        prompt = ""
        for entry in report.worst_first():
            if entry.prompt != prompt:
                prompt = entry.prompt
                yield one_line(prompt, WIDTH)
            yield from self._entry(entry)
        used = report.used()
        if len(report.entries) > 1:
            total = say_in(language, "runs.total")
            yield _columns(
                (total, self._count(report.judged()), "", "", "", self._tokens(used), self._cost(used), "", "")
            )
        yield counts_of(report, language)
        yield from parts_of_tokens(report, language)
        yield from self._unknown(used)
        if report.has_error():
            yield say_in(language, "runs.error-is")

    def _unknown(self, used: Used) -> Iterator[str]:
        language = self._language
        tokens = [say_in(language, "runs.tokens-of", n=used.uncounted)] if used.uncounted else []
        cost = [say_in(language, "runs.cost-of", n=used.unpriced)] if used.unpriced else []
        time = [say_in(language, "runs.time-of", n=used.untimed)] if used.untimed else []
        if tokens or cost or time:
            yield say_in(language, "runs.not-known", mark=UNKNOWN, what=", ".join(tokens + cost + time))

    def _entry(self, entry: Entry) -> Iterator[str]:
        language = self._language
        tally, used = entry.tally, entry.tally.used()
        whole = tally.case_passes()
        judged = tally.states.total() - tally.states["not evaluated"]
        sources = "" if list(entry.sources) in ([], ["live"]) else f" ({', '.join(entry.sources)})"
        yield _columns(
            (
                f"  {entry.model or say_in(language, 'runs.no-model')}{sources}",
                self._count(judged),
                *self._figures(whole),
                self._tokens(used),
                self._cost(used),
                self._seconds(used.median),
                self._seconds(used.p90),
            )
        )
        labelled = entry.classifications()
        rates = tally.rates()
        for rate in rates:
            yield from self._labels(labelled[rate.name]) if rate.name in labelled else self._rate(rate)
        yield from self._repeats(whole, rates)
        for (name, why), count in tally.unscored.most_common(MAX_LINES):
            reason = why.to(language)
            yield _indented(say_in(language, "runs.unscored", n=count, check=name, reason=reason))
        for why, count in tally.not_evaluated.most_common(MAX_LINES):
            yield _indented(say_in(language, "runs.not-evaluated", n=count, reason=why.to(language)))
        for found in entry.violations[:MAX_LINES]:
            reason = found.reason.to(language)
            yield _indented(say_in(language, "runs.violation", case=found.case, check=found.check, reason=reason))
        if entry.violated > MAX_LINES:
            yield _indented(say_in(language, "runs.more-violations", n=entry.violated - MAX_LINES))

    def _repeats(self, whole: Rate, rates: list[Rate]) -> Iterator[str]:
        """Yield how much samples of a case differ, apart from how much cases do, and how often samples agree."""
        spread = next((rate for rate in (whole, *rates) if rate.within is not None and rate.between is not None), None)
        if spread is not None:
            within, between = spread.within or 0.0, spread.between or 0.0
            yield _indented(say_in(self._language, "runs.spread", within=within, between=between))
        if whole.repeats:
            k, some, every = whole.repeats
            yield _indented(say_in(self._language, "runs.repeats", k=k, some=some * 100, every=every * 100))

    def _rate(self, rate: Rate) -> Iterator[str]:
        name = f"    {rate.name}"
        if rate.kind == "label":
            labels = ", ".join(f"{label} {self._count(count)}" for label, count in rate.labels.items())
            yield _indented(say_in(self._language, "runs.labels", name=rate.name, labels=labels))
            return
        yield _columns((name, self._count(rate.cases), *self._figures(rate), "", "", "", ""))

    def _labels(self, found: Classification) -> Iterator[str]:
        """Yield the accuracy as a rate, then each label, then which was taken for which."""
        language = self._language
        figures = share(found.accuracy, language), error(found, language), interval(found, language)
        yield _columns((f"    {found.evaluator}", self._count(found.answers), *figures, "", "", "", ""))
        yield _indented(say_in(language, "runs.accuracy", f1=found.macro_f1 or 0.0), 6)
        for label in found.labels[:MAX_LABELS]:
            yield _indented(
                say_in(
                    language,
                    "runs.label",
                    label=one_line(label.label, NAME),
                    right=label.support,
                    given=label.given,
                    both=label.correct,
                    precision=share(label.precision, language),
                    recall=share(label.recall, language),
                    f1=label.f1,
                ),
                6,
            )
        wrong = {pair: count for pair, count in found.confusion.items() if pair[0] != pair[1]}
        taken = [
            f"{one_line(expected, NAME)} → {one_line(given, NAME)} {self._count(count)}"
            for (expected, given), count in sorted(wrong.items(), key=lambda item: -item[1])
        ]
        if taken:
            pairs = say_in(language, "runs.wrong", pairs=", ".join(taken[:MAX_LABELS]))
            yield from map(_cut, wrap(pairs, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 8))
        more = len(found.labels[MAX_LABELS:]) + len(taken[MAX_LABELS:])
        if more:
            yield _indented(say_in(language, "runs.more-labels", n=more), 6)

    def _figures(self, rate: Rate) -> tuple[str, str, str]:
        return mean(rate, self._language), error(rate, self._language), interval(rate, self._language)

    def _count(self, count: int) -> str:
        return number(count, self._language, ",")

    def _tokens(self, used: Used) -> str:
        if used.samples == used.uncounted:
            return UNKNOWN
        count = used.input + used.output
        return self._count(count) if count < 1_000_000 else f"{number(count / 1_000_000, self._language, '.1f')} M"

    def _cost(self, used: Used) -> str:
        return UNKNOWN if used.samples == used.unpriced else number(used.cost, self._language, ".4f")[:7]

    def _seconds(self, seconds: float | None) -> str:
        return UNKNOWN if seconds is None else f"{number(seconds, self._language, '.2f')} s"


def _heads(language: Language) -> tuple[str, ...]:
    return (
        "",
        say_in(language, "runs.head-cases"),
        say_in(language, "runs.head-pass"),
        say_in(language, "runs.head-error"),
        say_in(language, "runs.head-interval"),
        say_in(language, "runs.head-tokens"),
        say_in(language, "runs.head-cost"),
        say_in(language, "runs.head-median"),
        say_in(language, "runs.head-p90"),
    )


def _columns(cells: tuple[str, ...]) -> str:
    first, *others = cells
    # a cell that is too wide (the interval of a score) moves the others, and is never glued to its neighbour
    apart = (f" {cell}" if cell else "" for cell in others)
    line = left(one_line(first, NAME), NAME) + "".join(map(right, apart, WIDTHS[1:]))
    return line.rstrip()


def _indented(text: str, columns: int = 4) -> str:
    return _cut(" " * columns + text)


def _cut(text: str) -> str:
    return one_line(text, WIDTH)
