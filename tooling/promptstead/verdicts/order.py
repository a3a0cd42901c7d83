"""The order in which verdicts and prompts stand in a report: the gravest first."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.gate import Decision
from promptstead.words.sentence import Sentence

ORDER = (
    Verdict.REGRESSION,
    Verdict.INCONCLUSIVE,
    Verdict.WITHIN_MARGIN,
    Verdict.NOT_EVALUATED,
    Verdict.IMPROVEMENT,
    Verdict.NO_REGRESSION,
)
"""What a reviewer should read first."""


class Judged:
    """A prompt of a review or of a comparison."""

    id: str
    error: Sentence | None
    decisions: tuple[Decision, ...]

    @property
    def blocks(self) -> bool:
        """Whether something stands against the head."""
        return bool(self.error) or any(decision.blocks for decision in self.decisions)

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict of the comparisons between models' answers."""
        measured = (decision.verdict for decision in self.decisions if not decision.sides.by_hand)
        return min(measured, key=ORDER.index, default=Verdict.NOT_EVALUATED)


Prompts = TypeVar("Prompts", bound=Judged)


def gravest_first(prompts: Iterable[Prompts]) -> tuple[Prompts, ...]:
    """Return the prompts in the order of a report."""
    return tuple(sorted(prompts, key=lambda prompt: (not prompt.blocks, ORDER.index(prompt.verdict), prompt.id)))


def verdict_counts(prompts: Iterable[Judged]) -> dict[str, int]:
    """Return verdict -> number of prompts, the gravest first."""
    counts = Counter(prompt.verdict for prompt in prompts)
    return {str(verdict): counts[verdict] for verdict in ORDER if counts[verdict]}
