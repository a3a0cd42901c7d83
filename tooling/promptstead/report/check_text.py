"""What ``promptstead check`` says of the recorded answers of each prompt, as lines of text."""

from collections.abc import Callable, Iterator, Mapping

from promptstead.errors import one_line
from promptstead.evaluators.shared.results import STATES
from promptstead.runs.tally import Rate
from promptstead.verdicts.checks import PromptCheck

MAX_LINES = 20
"""Most failing cases of one prompt that the text shows; JSON has them all."""
FEW = 3
"""Most cases of one prompt that fail and may, which are shown unasked."""
MANY = 50
"""From this many cases on, a rate says more than a list."""


class CheckText:
    """What is said of prompts, one after the other. Of each its words are kept and none of its results.

    :param verbose: rates, and more of the cases that fail or were not evaluated.
    :param show_missing: the cases that were not evaluated.
    """

    def __init__(self, paint: Callable[[str, str], str], *, verbose: bool = False, show_missing: bool = False) -> None:
        self._paint, self._verbose, self._show_missing = paint, verbose, show_missing
        self._lines: list[tuple[str, list[str]]] = []

    def add(self, check: PromptCheck) -> None:
        """Say what there is to say of one prompt."""
        self._lines.append((one_line(check.prompt.id), list(self._said(check))))

    def lines(self) -> Iterator[str]:
        """Yield one line for each prompt, then what failed, then the rates where cases are many or verbose asks."""
        width = max((len(name) for name, _ in self._lines), default=0)
        for name, (first, *others) in self._lines:
            yield f"{name:<{width}}  {first}"
            yield from others

    def _said(self, check: PromptCheck) -> Iterator[str]:
        yield f"{_listed(check.counts) or 'no cases'}{_sources(check)}"
        yield from self._failures(check)
        missing = [result for result in check.results if result.state != "evaluated"] if self._show_missing else []
        for result in missing[:MAX_LINES]:
            model = f" ({result.model})" if result.model else ""
            yield f"  not evaluated {one_line(f'{result.case.id}{model}: {result.why}')}"
        if len(missing) > MAX_LINES:
            yield f"  … and {len(missing) - MAX_LINES} more that were not evaluated"
        for model, results in check.by_model.items():
            evaluated = [result for result in results if result.state == "evaluated"]
            if evaluated and (
                self._verbose or (len(evaluated) >= MANY and any(result.passed is not True for result in evaluated))
            ):
                yield from (
                    f"  {one_line(model)} · {_rate_line(rate)}" for rate in check.rates(model) if rate.mean is not None
                )

    def _failures(self, check: PromptCheck) -> Iterator[str]:
        """Yield what must not fail and does, then what fails and may: unless all is asked for, the first few."""
        known = {(id(result), violation.check) for result, violation in check.violations}
        failures = ((result, name, why) for result in check.results for name, why in result.failures())
        soft = [failure for failure in failures if (id(failure[0]), failure[1]) not in known]
        hard = [violation for _, violation in check.violations[:MAX_LINES]]
        room = MAX_LINES - len(hard) if self._verbose else min(FEW, MAX_LINES - len(hard))
        yield from (self._paint(f"  FAIL {one_line(f'{case} · {name}: {why}')}", "red") for case, name, why in hard)
        yield from (f"  fail {one_line(f'{result.case.id} · {name}: {why}')}" for result, name, why in soft[:room])
        more = len(check.violations) + len(soft) - len(hard) - len(soft[:room])
        if more:
            yield f"  … and {more:,} more" + ("" if self._verbose else " (--verbose)")


def total_line(counts: Mapping[str, int]) -> str:
    """Return the sum over all prompts: ``72 cases: 72 pass``."""
    count = sum(counts.values())
    return f"{count:,} case{'' if count == 1 else 's'}: {_listed(counts)}" if count else "no cases"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[state]:,} {state}" for state in STATES if counts[state])


def _rate_line(rate: Rate) -> str:
    """Return an evaluator's rate with its interval: ``correct 21.68 % (286 of 1,319; 95 % interval 19.5 to 24.0)``.

    A score has its mean: ``closeness 0.7312 (1,319 cases; 95 % interval 0.7211 to 0.7413)``.
    """
    share = rate.kind == "assertion"
    mean = "–" if rate.mean is None else f"{rate.mean * 100:.2f} %" if share else f"{rate.mean:.4g}"
    facts = [f"{rate.passes:,} of {rate.cases:,}" if share else f"{rate.cases:,} case{'s' * (rate.cases != 1)}"]
    if rate.lower is not None and rate.upper is not None:
        low, high = (f"{bound * 100:.1f}" if share else f"{bound:.4g}" for bound in (rate.lower, rate.upper))
        facts.append(f"95 % interval {low} to {high}")
    if rate.unscored:
        facts.append(f"{rate.unscored:,} unscored")
    return f"{rate.name} {mean} ({'; '.join(facts)})"


def _sources(check: PromptCheck) -> str:
    sources = list(dict.fromkeys(result.output.source for result in check.results if result.output is not None))
    return f"  ({', '.join(sources)} answers)" if sources else ""
