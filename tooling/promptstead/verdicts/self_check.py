"""How often each gate would be wrong on answers like these: base and head with their labels shuffled.

Under the hypothesis that the change makes no difference, which side an answer came from is a coin's toss (Fisher's
randomisation test). So every claim about shuffled sides is a false alarm. Cases of one cluster are tossed together, and
a case is tossed alike for all models of a prompt.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple

from promptstead.statistics.paired_shares import ALPHA, among, wilson
from promptstead.verdicts.comparison import ComparisonReport
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.gate import Decision, compared, outcome_of
from promptstead.verdicts.pairing import Pair

DRAWS = 1_000
CLAIMS = (Verdict.REGRESSION, Verdict.WITHIN_MARGIN, Verdict.IMPROVEMENT)
"""The verdicts that say that there is a difference."""


class FalseAlarms(NamedTuple):
    """How many of *draws* shuffled comparisons a gate would have raised an alarm on, whatever the prompt."""

    gate: str
    alarms: int
    draws: int

    @property
    def rate(self) -> float:
        """The share of draws with an alarm; 0 without any draw."""
        return self.alarms / self.draws if self.draws else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the rate: Wilson's."""
        return wilson(self.alarms, self.draws)

    @property
    def alarms_too_often(self) -> bool:
        """Whether the gate surely raises more false alarms than the level that it promises."""
        return self.interval[0] > ALPHA


def self_check(
    report: ComparisonReport, draws: int = DRAWS, seed: int = 0, on_draw: Callable[[int], None] = lambda done: None
) -> tuple[FalseAlarms, ...]:
    """Return the false alarms of each gate over *draws* shuffles of the pairs that *report* compares.

    The gates: ``regression``, which blocks; ``difference``, any claim; ``regression alone``, the verdict of each
    comparison by itself, as though it were the only one of the report; ``any drop``, a lower mean on the head.

    :param on_draw: told how many draws are done.
    """
    groups = [[each for each in prompt.decisions if each.comparison is not None] for prompt in report.prompts]
    groups = [group for group in groups if group]
    random = Random(seed)
    alarms = dict.fromkeys(("regression", "difference", "regression alone", "any drop"), 0)
    for done in range(draws if groups else 0):
        shuffled = [decision for group in groups for decision in _shuffled(group, random)]
        single = [compared(decision) for decision in shuffled]
        alone = [outcome_of(*each)[0] for each in zip(shuffled, single, strict=True)]
        found = [outcome_of(*each)[0] for each in zip(shuffled, among(single), strict=True)]
        alarms["regression"] += Verdict.REGRESSION in found
        alarms["difference"] += any(verdict in CLAIMS for verdict in found)
        alarms["regression alone"] += Verdict.REGRESSION in alone
        alarms["any drop"] += any(map(_fell, shuffled))
        on_draw(done + 1)
    return tuple(FalseAlarms(gate, count, draws if groups else 0) for gate, count in alarms.items())


def _shuffled(group: Sequence[Decision], random: Random) -> list[Decision]:
    """Return the decisions about one prompt with both sides of each unit swapped, or not, at random."""
    coins: dict[Hashable, bool] = {}

    def tossed(pair: Pair) -> Pair:
        case = pair.base.case
        unit = ("cluster", case.cluster) if case.cluster else ("case", case.id)
        if unit not in coins:
            coins[unit] = random.random() < 0.5
        return _swapped(pair) if coins[unit] else pair

    return [_of(decision, [tossed(pair) for pair in decision.pairs]) for decision in group]


def _of(decision: Decision, pairs: Sequence[Pair]) -> Decision:
    return replace(
        decision,
        fixed=tuple(pair for pair in pairs if pair.gain > 0),
        broken=tuple(pair for pair in pairs if pair.gain < 0),
        unchanged=tuple(pair for pair in pairs if pair.gain == 0),
    )


def _swapped(pair: Pair) -> Pair:
    return replace(pair, base_measured=pair.head_measured, head_measured=pair.base_measured)


def _fell(decision: Decision) -> bool:
    before, after = decision.base_mean, decision.head_mean
    if before is None or after is None:
        return False
    return after > before if decision.less else after < before
