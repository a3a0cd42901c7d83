"""Counting a run as it comes, row by row: rates, scores and labels, what was not judged and why, and what it took.

One number a case and evaluator is kept, and nothing of the answers, so that a run may be larger than memory.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil, isfinite, sqrt
from typing import NamedTuple, TypeVar

from promptstead.evaluators.shared.results import CaseResult, Result, decisive, is_measured, state_of, whole
from promptstead.model import Sample
from promptstead.statistics.means import mean_of
from promptstead.statistics.paired_shares import wilson
from promptstead.statistics.repeats import pass_at_k, pass_hat_k
from promptstead.words.sentence import Sentence, say

MAX_REASONS = 100
"""Different reasons that are counted apart; what comes after is counted together."""

Key = TypeVar("Key")


class Rate(NamedTuple):
    """One evaluator over the cases of one prompt and model.

    *kind*: ``assertion`` (*mean* is the share that holds), ``score``, or ``label``, which has counts and no mean.
    *cases* are those with a value, *passes* those of them where it holds on every sample. *lower* and *upper* bound the
    mean with 95 % confidence: Wilson's interval for assertions over one sample a case, else the t interval over the
    means of cases; clustered where cases share a cluster. Where an assertion holds everywhere or nowhere it is Wilson's
    over the independent units. *within* is the standard deviation between samples of one
    case, *between* that between cases beyond what samples explain; None where there are too few. *repeats* is set where
    an assertion ran on several samples.
    """

    name: str
    kind: str
    cases: int
    passes: int
    unscored: int
    mean: float | None
    lower: float | None
    upper: float | None
    within: float | None
    between: float | None
    labels: dict[str, int]
    repeats: "Repeats | None" = None
    error: float | None = None
    """The standard error of the mean over cases, clustered as the interval; None below two independent units, and where
    an assertion holds everywhere or nowhere, so that nothing varies."""


class Repeats(NamedTuple):
    """Of *k* samples of a case, the fewest that any case has: how often one passes, and how often all do."""

    k: int
    pass_at_k: float
    pass_hat_k: float


class Used(NamedTuple):
    """What answers took. Each sum has beside it how many answers do not say: unknown is not zero."""

    samples: int = 0
    input: int = 0
    output: int = 0
    uncounted: int = 0
    cost: float = 0.0
    unpriced: int = 0
    median: float | None = None
    p90: float | None = None
    untimed: int = 0
    cached: int | None = None
    """Of the input, what was read from a cache, as far as servers said; None where none did."""
    cache_written: int | None = None
    reasoning: int | None = None
    """Of the output, what was thought and not said."""


class Measure:
    """What one evaluator says, case by case. Of each case its mean, its samples and its passes are kept."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._means = array("d")
        self._samples, self._passed = array("I"), array("I")
        self._clusters: list[str] = []
        self._labels: Counter[str] = Counter()
        self._unscored = self._cases = 0
        self._inside = 0.0
        self._assertion = True

    def add(self, results: Sequence[Result], cluster: str = "") -> None:
        """Count one case: a result for each of its samples."""
        if len(results) == 1 and isinstance(results[0].value, bool):  # most cases
            self._cases += 1
            self._means.append(results[0].value)
            self._samples.append(1)
            self._passed.append(results[0].value)
            self._clusters.append(cluster)
            return
        values = [result.value for result in results if result.value is not None]
        self._unscored += len(results) - len(values)
        if not values:
            return
        self._cases += 1
        self._assertion = self._assertion and all(isinstance(value, bool) for value in values)
        numbers = [float(value) for value in values if not isinstance(value, str)]
        self._labels.update(value for value in values if isinstance(value, str))
        if numbers:
            mean = sum(numbers) / len(numbers)
            self._means.append(mean)
            self._samples.append(len(numbers))
            self._passed.append(sum(value is True for value in values))
            self._clusters.append(cluster)
            self._inside += sum((number - mean) ** 2 for number in numbers)

    def rate(self) -> Rate:
        """Return what it comes to."""
        kind = "label" if self._labels else "assertion" if self._assertion else "score"
        passes = sum(passed == samples for passed, samples in zip(self._passed, self._samples, strict=True))
        rate = Rate(
            self._name,
            kind,
            self._cases,
            passes,
            self._unscored,
            *(None, None, None, None, None),
            dict(self._labels.most_common(MAX_REASONS)),
        )
        if not self._means or self._labels:
            return rate
        repeated = max(self._samples) > 1
        mean = mean_of(self._means, self._clusters if any(self._clusters) else None)
        lower, upper = mean.lower, mean.upper
        if kind == "assertion":
            if not repeated and not any(self._clusters):
                lower, upper = wilson(passes, self._cases)
            elif mean.mean in (0.0, 1.0):  # nothing varies, so that the errors know nothing
                lower, upper = wilson(round(mean.mean * mean.units), mean.units)
            lower, upper = max(0.0, lower), min(1.0, upper)
        within, between = self._spread() if repeated else (None, None)
        return rate._replace(
            mean=mean.mean,
            lower=lower if isfinite(lower) else None,
            upper=upper if isfinite(upper) else None,
            within=within,
            between=between,
            repeats=self._repeats() if repeated and kind == "assertion" else None,
            error=None if not isfinite(mean.error) or (kind == "assertion" and not mean.error) else mean.error,
        )

    def _spread(self) -> tuple[float | None, float | None]:
        """Return the variance components, as standard deviations: see :func:`promptstead.statistics.repeats.spread`."""
        n, count = sum(self._samples), len(self._means)
        if n == count:
            return None, None
        within = self._inside / (n - count)
        if count < 2:
            return sqrt(within), None
        pairs = list(zip(self._samples, self._means, strict=True))
        grand = sum(size * mean for size, mean in pairs) / n
        among = sum(size * (mean - grand) ** 2 for size, mean in pairs) / (count - 1)
        size = (n - sum(size**2 for size in self._samples) / n) / (count - 1)
        return sqrt(within), sqrt(max(0.0, (among - within) / size))

    def _repeats(self) -> Repeats:
        k = min(self._samples)
        pairs = list(zip(self._samples, self._passed, strict=True))
        some = sum(pass_at_k(n, passes, k) for n, passes in pairs) / len(pairs)
        every = sum(pass_hat_k(n, passes, k) for n, passes in pairs) / len(pairs)
        return Repeats(k, some, every)


class Tally:
    """The results of one prompt and model. :attr:`states` counts cases by what they come to (``STATES``)."""

    def __init__(self) -> None:
        self.states: Counter[str] = Counter()
        self.not_evaluated: Counter[Sentence] = Counter()
        """Reason -> cases."""
        self.unscored: Counter[tuple[str, Sentence]] = Counter()
        """(Evaluator, reason) -> samples."""
        self._measures: dict[str, Measure] = {}
        self._cases = Measure("")
        self._answers = self._input = self._output = self._uncounted = self._unpriced = 0
        self._cost = 0.0
        self._cached: int | None = None
        self._cache_written: int | None = None
        self._reasoning: int | None = None
        self._seconds = array("d")

    def add(self, result: CaseResult) -> None:
        """Count one row."""
        self.states[state_of(result)] += 1
        for sample in result.output.samples if result.output is not None else ():
            self._count(sample)
        if result.state != "evaluated":
            _bounded(self.not_evaluated, result.why, say("answers.other-reasons"))
            return
        cluster = result.case.cluster
        by_name: dict[str, list[Result]] = {}
        for judged in result.samples:
            for name, each in judged.items():
                if name in by_name:
                    by_name[name].append(each)
                else:
                    by_name[name] = [each]
                if each.value is None:
                    _bounded(self.unscored, (name, each.reason), (name, say("answers.other-reasons")))
        for name, results in by_name.items():
            measure = self._measures.get(name)
            if measure is None:
                measure = self._measures[name] = Measure(name)
            measure.add(results, cluster)
        judged_whole = [whole(decisive(judged)) for judged in result.samples if not is_measured(judged)]
        if judged_whole:
            self._cases.add(judged_whole, cluster)

    def case_passes(self) -> Rate:
        """Return the rate of whole cases."""
        return self._cases.rate()

    def rates(self) -> list[Rate]:
        """Return the evaluators' rates, the worst first; scores and labels, on scales of their own, behind them."""
        rates = [measure.rate() for measure in self._measures.values()]
        assertions = sorted((rate for rate in rates if rate.kind == "assertion"), key=lambda rate: rate.mean or 0.0)
        return [*assertions, *(rate for rate in rates if rate.kind != "assertion")]

    def used(self) -> Used:
        """Return what the answers took."""
        seconds = self._seconds
        return Used(
            self._answers,
            self._input,
            self._output,
            self._uncounted,
            self._cost,
            self._unpriced,
            quantile(seconds, 0.5),
            quantile(seconds, 0.9),
            self._answers - len(seconds),
            self._cached,
            self._cache_written,
            self._reasoning,
        )

    def _count(self, sample: Sample) -> None:
        self._answers += 1
        tokens = sample.usage
        if tokens.input is None or tokens.output is None:
            self._uncounted += 1
        self._input += tokens.input or 0
        self._output += tokens.output or 0
        if tokens.cached is not None:
            self._cached = (self._cached or 0) + tokens.cached
        if tokens.cache_written is not None:
            self._cache_written = (self._cache_written or 0) + tokens.cache_written
        if tokens.reasoning is not None:
            self._reasoning = (self._reasoning or 0) + tokens.reasoning
        if sample.cost is None:
            self._unpriced += 1
        else:
            self._cost += sample.cost
        if sample.seconds is not None:
            self._seconds.append(sample.seconds)


def counted(results: Iterable[CaseResult]) -> Tally:
    """Return the tally of *results*, which are those of one prompt and model."""
    tally = Tally()
    for result in results:
        tally.add(result)
    return tally


def total(uses: Iterable[Used]) -> Used:
    """Return the sums of several; latencies have none."""
    every = list(uses)
    return Used(
        sum(use.samples for use in every),
        sum(use.input for use in every),
        sum(use.output for use in every),
        sum(use.uncounted for use in every),
        sum(use.cost for use in every),
        sum(use.unpriced for use in every),
        untimed=sum(use.untimed for use in every),
        cached=_known_sum(use.cached for use in every),
        cache_written=_known_sum(use.cache_written for use in every),
        reasoning=_known_sum(use.reasoning for use in every),
    )


def _known_sum(counts: Iterable[int | None]) -> int | None:
    """Return the sum of those that are known; None where none is."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return the value that at least *share* of *values* do not exceed (nearest rank): one that was measured."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else None


def _bounded(counter: Counter[Key], key: Key, other: Key) -> None:
    counter[key if key in counter or len(counter) < MAX_REASONS else other] += 1
