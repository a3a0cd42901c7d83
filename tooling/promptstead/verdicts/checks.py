"""What ``promptstead check`` says of the recorded answers of each prompt."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from promptstead.errors import one_line
from promptstead.evaluators.examine import CASE_PASSES, by_model
from promptstead.evaluators.shared.results import CaseResult, state_of
from promptstead.model import Json, Prompt
from promptstead.runs.tally import Rate, counted
from promptstead.verdicts.violations import violations

MAX_LINES = 20
"""Most failing cases of one prompt that the text shows; JSON has them all."""
FEW = 3
"""Most cases of one prompt that fail and may, which are shown unasked."""
MANY = 50
"""From this many cases on, a rate says more than a list."""

STATES = ("pass", "fail", "unscored", "not evaluated")


@dataclass(frozen=True)
class PromptCheck:
    """A prompt and the results of its cases, replayed."""

    prompt: Prompt
    results: tuple[CaseResult, ...]

    @cached_property
    def violations(self) -> list[tuple[CaseResult, str, str]]:
        """Case, evaluator and reason of what makes the check fail.

        See :func:`promptstead.verdicts.violations.violations`.
        """
        hard = self.prompt.gate.hard
        return [(result, name, why) for result in self.results for name, why in violations(result, hard)]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Number of results that pass, fail, are unscored, or were not evaluated."""
        counts = dict.fromkeys(STATES, 0)
        for result in self.results:
            counts[state_of(result)] += 1
        return counts


class CheckReport:
    """What is said of prompts, one after the other. Of each its words are kept and none of its results.

    :param form: what is wanted in the end: lines, a JSON document, or counts alone.
    :param verbose: rates, and more of the cases that fail or were not evaluated.
    :param show_missing: the cases that were not evaluated.
    """

    def __init__(self, form: Literal["text", "json", "counts"], *, verbose: bool = False, show_missing: bool = False):
        self._form = form
        self._verbose, self._show_missing = verbose, show_missing
        self._lines: list[tuple[str, list[str]]] = []
        self._prompts: list[Json] = []
        self.counts: Counter[str] = Counter()
        """Number of cases that pass, fail, are unscored, or were not evaluated."""
        self.violations = 0
        """How many there are of what makes the check fail."""

    def add(self, check: PromptCheck) -> None:
        """Say what there is to say of one prompt."""
        self.counts.update(check.counts)
        self.violations += len(check.violations)
        if self._form == "text":
            lines = list(_lines(check, verbose=self._verbose, show_missing=self._show_missing))
            self._lines.append((one_line(check.prompt.id), lines))
        elif self._form == "json":
            self._prompts.append(_prompt_json(check))

    def lines(self) -> Iterator[str]:
        """Yield one line for each prompt, then what failed, then the rates where cases are many or verbose asks."""
        width = max((len(name) for name, _ in self._lines), default=0)
        for name, (first, *others) in self._lines:
            yield f"{name:<{width}}  {first}"
            yield from others

    def document(self) -> dict[str, Json]:
        """Return the same as one JSON document, complete."""
        return {"format": "promptstead/check/v1", "prompts": self._prompts}

    def total_line(self) -> str:
        """Return the sum over all prompts: ``72 cases: 72 pass``."""
        count = self.counts.total()
        return f"{count:,} case{'' if count == 1 else 's'}: {_listed(self.counts)}" if count else "no cases"


def _lines(check: PromptCheck, *, verbose: bool, show_missing: bool) -> Iterator[str]:
    yield f"{_listed(check.counts) or 'no cases'}{_sources(check)}"
    yield from _failures(check, verbose=verbose)
    missing = [result for result in check.results if result.state != "evaluated"] if show_missing else []
    for result in missing[:MAX_LINES]:
        model = f" ({result.model})" if result.model else ""
        yield f"  not evaluated {one_line(f'{result.case.id}{model}: {result.why}')}"
    if len(missing) > MAX_LINES:
        yield f"  … and {len(missing) - MAX_LINES} more that were not evaluated"
    for model, results in by_model(check.results).items():
        evaluated = [result for result in results if result.state == "evaluated"]
        if evaluated and (
            verbose or (len(evaluated) >= MANY and any(result.passed is not True for result in evaluated))
        ):
            yield from (f"  {one_line(model)} · {rate_line(rate)}" for rate in _rates(results) if rate.mean is not None)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[state]:,} {state}" for state in STATES if counts[state])


def _failures(check: PromptCheck, *, verbose: bool) -> Iterator[str]:
    """Yield what must not fail and does, then what fails and may: unless *verbose* the first few."""
    known = {(id(result), name) for result, name, _ in check.violations}
    failures = ((result, name, why) for result in check.results for name, why in result.failures())
    soft = [failure for failure in failures if (id(failure[0]), failure[1]) not in known]
    hard = [("FAIL", *violation) for violation in check.violations[:MAX_LINES]]
    room = MAX_LINES - len(hard) if verbose else min(FEW, MAX_LINES - len(hard))
    for label, result, name, why in [*hard, *(("fail", *failure) for failure in soft[:room])]:
        yield f"  {label} {one_line(f'{result.case.id} · {name}: {why}')}"
    more = len(check.violations) + len(soft) - len(hard) - len(soft[:room])
    if more:
        yield f"  … and {more:,} more" + ("" if verbose else " (--verbose)")


def rate_line(rate: Rate) -> str:
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


def _rates(results: Sequence[CaseResult]) -> list[Rate]:
    """Return the rates of one model, the worst first, and that of whole cases behind them."""
    tally = counted(results)
    return [*tally.rates(), tally.case_passes()._replace(name=CASE_PASSES)]


def _sources(check: PromptCheck) -> str:
    sources = list(dict.fromkeys(result.output.source for result in check.results if result.output is not None))
    return f"  ({', '.join(sources)} answers)" if sources else ""


def _prompt_json(check: PromptCheck) -> Json:
    models = {}
    for model, results in by_model(check.results).items():
        models[model] = [
            {
                "evaluator": each.name,
                "kind": each.kind,
                "rate": each.mean,
                "lower": each.lower,
                "upper": each.upper,
                "cases": each.cases,
                "passes": each.passes if each.kind == "assertion" else None,
                "unscored": each.unscored,
            }
            for each in _rates(results)
        ]
    return {
        "id": check.prompt.id,
        "path": check.prompt.path,
        "counts": check.counts,
        "rates": models,
        "violations": [
            {"case": result.case.id, "evaluator": name, "reason": why} for result, name, why in check.violations
        ],
        "cases": [
            {
                "case": result.case.id,
                "model": result.model,
                "state": state_of(result),
                "why": result.why,
                "source": result.output.source if result.output else None,
                "failures": [{"evaluator": name, "reason": why} for name, why in result.failures()],
            }
            for result in check.results
        ],
    }
