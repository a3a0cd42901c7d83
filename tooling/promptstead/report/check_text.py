"""What ``promptstead check`` says of the recorded answers of each prompt, as lines of text."""

from collections.abc import Callable, Iterator, Mapping

from promptstead.errors import one_line
from promptstead.evaluators.examine import CASE_PASSES
from promptstead.evaluators.shared.results import STATES
from promptstead.outputs.counterexamples import CAUGHT, LET_PASS, NOT_EVALUATED, Trial
from promptstead.outputs.counterexamples import STATES as COUNTEREXAMPLE_STATES
from promptstead.report.columns import left, width
from promptstead.report.numbers import counted, number
from promptstead.runs.tally import Rate
from promptstead.verdicts.checks import PromptCheck
from promptstead.words.sentence import say_in
from promptstead.words.template import Language

MAX_LINES = 20
"""Most failing cases of one prompt that the text shows; JSON has them all."""
FEW = 3
"""Most cases of one prompt that fail and may, which are shown unasked."""
MAX_WHY = 200
"""Characters of what a counterexample says to people."""
MANY = 50
"""From this many cases on, a rate says more than a list."""


class CheckText:
    """What is said of prompts, one after the other. Of each its words are kept and none of its results.

    :param verbose: rates, and more of the cases that fail or were not evaluated.
    :param show_missing: the cases that were not evaluated.
    """

    def __init__(
        self,
        language: Language,
        paint: Callable[[str, str], str],
        *,
        verbose: bool = False,
        show_missing: bool = False,
    ) -> None:
        self._language, self._paint, self._verbose, self._show_missing = language, paint, verbose, show_missing
        self._lines: list[tuple[str, list[str]]] = []

    def add(self, check: PromptCheck) -> None:
        """Say what there is to say of one prompt."""
        self._lines.append((one_line(check.prompt.id), list(self._said(check))))

    def lines(self) -> Iterator[str]:
        """Yield one line for each prompt, then what failed, then the rates where cases are many or verbose asks."""
        columns = max((width(name) for name, _ in self._lines), default=0)
        for name, (first, *others) in self._lines:
            yield f"{left(name, columns)}  {first}"
            yield from others

    def _said(self, check: PromptCheck) -> Iterator[str]:
        language = self._language
        several = check.cases != len(check.results)
        first = total_line(check.cases, check.counts, language) if several else _listed(check.counts, language)
        caught = f" · {counterexamples_line(check.counterexamples, language)}" if check.counterexamples else ""
        yield f"{first or say_in(language, 'runs.no-cases')}{_sources(check, language)}{caught}"
        yield from self._let_pass(check)
        yield from self._failures(check)
        for name, unscored, count in check.unscored[:FEW]:
            reason = unscored.to(language)
            yield f"  {one_line(say_in(language, 'runs.unscored', n=count, check=name, reason=reason))}"
        missing = [result for result in check.results if result.state != "evaluated"] if self._show_missing else []
        for result in missing[:MAX_LINES]:
            case = result.case.id + (f" ({result.model})" if result.model else "")
            why = result.why.to(language)
            yield f"  {one_line(say_in(language, 'listings.not-evaluated', case=case, reason=why))}"
        if len(missing) > MAX_LINES:
            yield f"  {say_in(language, 'listings.more-not-evaluated', n=len(missing) - MAX_LINES)}"
        for model, results in check.by_model.items():
            evaluated = [result for result in results if result.state == "evaluated"]
            if evaluated and (
                self._verbose or (len(evaluated) >= MANY and any(result.passed is not True for result in evaluated))
            ):
                yield from (
                    f"  {one_line(model)} · {_rate_line(rate, language)}"
                    for rate in check.rates(model)
                    if rate.mean is not None
                )

    def _let_pass(self, check: PromptCheck) -> Iterator[str]:
        """Yield the counterexamples that are let pass, each with what to do; then those that were not judged."""
        language = self._language
        for trial in check.let_pass[:MAX_LINES]:
            yield self._paint(f"  {_trial(trial, language)}", "red")
            why = one_line(trial.counterexample.why, MAX_WHY)
            yield f"    {say_in(language, 'listings.help', hint=say_in(language, 'listings.let-pass-help', why=why))}"
        unknown = [trial for trial in check.trials if trial.state == NOT_EVALUATED]
        room = MAX_LINES if self._verbose else FEW
        for trial in unknown[:room]:
            yield f"  {_trial(trial, language)}"
        if more := max(len(check.let_pass) - MAX_LINES, 0) + max(len(unknown) - room, 0):
            yield f"  {say_in(language, 'listings.more', n=more)}"

    def _failures(self, check: PromptCheck) -> Iterator[str]:
        """Yield what must not fail and does, then what fails and may: unless all is asked for, the first few."""
        language = self._language
        known = {(id(result), violation.check) for result, violation in check.violations}
        failures = ((result, name, why) for result in check.results for name, why in result.failures())
        soft = [failure for failure in failures if (id(failure[0]), failure[1]) not in known]
        hard = [violation for _, violation in check.violations[:MAX_LINES]]
        room = MAX_LINES - len(hard) if self._verbose else min(FEW, MAX_LINES - len(hard))
        for case, name, reason in hard:
            line = one_line(say_in(language, "runs.violation", case=case, check=name, reason=reason.to(language)))
            yield self._paint(f"  {line}", "red")
        for result, name, why in soft[:room]:
            case, text = result.case.id, why.to(language)
            yield f"  {one_line(say_in(language, 'listings.fail', case=case, check=name, reason=text))}"
        more = len(check.violations) + len(soft) - len(hard) - len(soft[:room])
        if more:
            asked = "" if self._verbose else " (--verbose)"
            yield f"  {say_in(language, 'listings.more', n=more)}{asked}"


def total_line(cases: int, counts: Mapping[str, int], language: Language = "en") -> str:
    """Return a sum: ``72 cases: 72 pass``, or ``72 cases, 90 results: 90 pass`` where several answered one case.

    :param counts: how many results there are by what they come to.
    """
    results, listed = sum(counts.values()), _listed(counts, language)
    if not results:
        return say_in(language, "runs.no-cases")
    if results != cases:
        return say_in(language, "listings.results", n=cases, results=results, counts=listed)
    return say_in(language, "listings.cases", n=cases, counts=listed)


def counterexamples_line(counts: Mapping[str, int], language: Language = "en") -> str:
    """Return a sum: ``3 counterexamples caught``, or ``3 counterexamples: 2 caught, 1 let pass``.

    :param counts: how many counterexamples there are by what becomes of them.
    """
    count = sum(counts.values())
    if counts.get(CAUGHT) == count:
        return say_in(language, "listings.counterexamples-caught", n=count)
    listed = ", ".join(counted(language, state, counts[state]) for state in COUNTEREXAMPLE_STATES if counts.get(state))
    return say_in(language, "listings.counterexamples", n=count, counts=listed)


def _trial(trial: Trial, language: Language) -> str:
    found = trial.counterexample
    said = say_in(
        language,
        "listings.let-pass" if trial.state == LET_PASS else "listings.counterexample-not-evaluated",
        place=f"{found.file}:{trial.line}",
        counterexample=found.id,
        case=found.case,
        check=trial.evaluator,
        reason=trial.reason.to(language),
    )
    return one_line(said)


def _listed(counts: Mapping[str, int], language: Language) -> str:
    return ", ".join(counted(language, state, counts[state]) for state in STATES if counts.get(state))


def _rate_line(rate: Rate, language: Language) -> str:
    """Return an evaluator's rate with its interval: ``correct 21.68 % (286 of 1,319; 95 % interval 19.5 to 24.0)``.

    A score has its mean: ``closeness 0.7312 (1,319 cases; 95 % interval 0.7211 to 0.7413)``.
    """
    share = rate.kind == "assertion"
    if share:
        mean = "–" if rate.mean is None else f"{number(rate.mean * 100, language, '.2f')} %"
        facts = [say_in(language, "listings.of-cases", n=rate.passes, all=rate.cases)]
    else:
        mean = "–" if rate.mean is None else number(rate.mean, language, ".4g")
        facts = [counted(language, "case", rate.cases)]
    if rate.lower is not None and rate.upper is not None:
        lower, upper = (
            number(bound * 100, language, ".1f") if share else number(bound, language, ".4g")
            for bound in (rate.lower, rate.upper)
        )
        facts.append(say_in(language, "listings.interval", lower=lower, upper=upper))
    if rate.unscored:
        facts.append(counted(language, "unscored", rate.unscored))
    name = say_in(language, "listings.case-passes") if rate.name == CASE_PASSES else rate.name
    return say_in(language, "listings.rate", check=name, mean=mean, facts=facts)


def _sources(check: PromptCheck, language: Language) -> str:
    sources = list(dict.fromkeys(result.output.source for result in check.results if result.output is not None))
    return "  " + say_in(language, "listings.sources", sources=", ".join(sources)) if sources else ""
