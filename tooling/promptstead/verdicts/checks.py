"""What a check of one prompt comes to: its recorded answers, replayed."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from promptstead.evaluators.examine import CASE_PASSES, by_model
from promptstead.evaluators.shared.results import STATES, CaseResult, state_of
from promptstead.model import Prompt
from promptstead.outputs.counterexamples import LET_PASS, Trial, by_counterexample
from promptstead.outputs.counterexamples import STATES as STATES_OF_COUNTEREXAMPLES
from promptstead.runs.tally import Rate, counted
from promptstead.verdicts.violations import Violation, violations
from promptstead.words.sentence import Sentence


@dataclass(frozen=True)
class PromptCheck:
    """A prompt and the results of its cases, replayed; and of its counterexamples."""

    prompt: Prompt
    results: tuple[CaseResult, ...]
    trials: tuple[Trial, ...] = ()

    @cached_property
    def violations(self) -> list[tuple[CaseResult, Violation]]:
        """What makes the check fail. See :func:`promptstead.verdicts.violations.violations`."""
        hard = self.prompt.gate.hard
        return [(result, violation) for result in self.results for violation in violations(result, hard)]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Number of results by what they come to."""
        counts = dict.fromkeys(STATES, 0)
        for result in self.results:
            counts[state_of(result)] += 1
        return counts

    @cached_property
    def cases(self) -> int:
        """How many cases there are; one has a result for each who answered it."""
        return len({result.case.id for result in self.results})

    @cached_property
    def counterexamples(self) -> dict[str, int]:
        """Number of counterexamples by what becomes of them; empty where there is none."""
        counts = Counter(by_counterexample(self.trials).values())
        return {state: counts[state] for state in STATES_OF_COUNTEREXAMPLES} if counts else {}

    @cached_property
    def let_pass(self) -> list[Trial]:
        """The counterexamples that an evaluator lets pass which must catch them."""
        return [trial for trial in self.trials if trial.state == LET_PASS]

    @cached_property
    def unscored(self) -> list[tuple[str, Sentence, int]]:
        """Which evaluators left cases unscored, why, and how many times, the commonest first."""
        found: Counter[tuple[str, Sentence]] = Counter()
        for result in self.results:
            for sample in result.samples if state_of(result) == "unscored" else ():
                found.update((name, each.reason) for name, each in sample.items() if each.value is None)
        return [(name, why, count) for (name, why), count in found.most_common()]

    @cached_property
    def by_model(self) -> dict[str, list[CaseResult]]:
        """The results of each model."""
        return by_model(self.results)

    def rates(self, model: str) -> list[Rate]:
        """Return the rates of one model, the worst first, and that of whole cases behind them."""
        tally = counted(self.by_model[model])
        return [*tally.rates(), tally.case_passes()._replace(name=CASE_PASSES)]
