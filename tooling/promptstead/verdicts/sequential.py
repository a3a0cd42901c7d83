"""A comparison that may stop early: looked at four times, with bounds that keep the false alarms at 5 % over all.

It calls nothing and draws nothing: whoever obtains the answers asks for the cases of the next look, compares what has
been answered so far, and gives the comparison back.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from math import ceil, isfinite

from promptstead.model import Json
from promptstead.statistics.distributions import normal_tail
from promptstead.statistics.paired_shares import ALPHA, Comparison
from promptstead.verdicts.decision import Verdict, verdict

BOUNDS = (4.049, 2.863, 2.337, 2.024)
"""|z| at four equally spaced looks, two-sided 5 %: 2.024 · sqrt(4 / look).

O'Brien and Fleming (1979), A multiple testing procedure for clinical trials, Biometrics 35, 549-556; the constant as in
Jennison and Turnbull (2000), Group sequential methods, table 2.3."""

ALPHAS = tuple(normal_tail(bound) for bound in BOUNDS)
"""The alpha of each look. Intervals with the confidence 1 - alpha hold at all looks together: they are the repeated
confidence intervals of Jennison and Turnbull, chapter 9."""

Compare = Callable[[float], Comparison]
"""Compares what has been answered, at a given alpha."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look saw: after how many cases of the plan, the alpha it spent, the comparison and its verdict."""

    number: int
    cases: int
    alpha: float
    comparison: Comparison
    verdict: Verdict

    def as_json(self) -> dict[str, Json]:
        """Return the look as the run file keeps it."""
        seen = self.comparison
        return {
            "look": self.number,
            "cases": self.cases,
            "pairs": seen.n,
            "alpha": self.alpha,
            "difference": seen.difference if seen.n else None,
            "lower": seen.lower if isfinite(seen.lower) else None,
            "upper": seen.upper if isfinite(seen.upper) else None,
            "p_value": seen.p_value,
            "verdict": str(self.verdict),
        }


@dataclass
class Sequential:
    """Four looks at the cases in an order fixed by *seed*: :meth:`due`, then :meth:`look`, until :attr:`done`.

    The order depends on the seed and each case's id alone, so that it is known before the first answer and the same on
    both sides. *level* is the share of each look's alpha that this comparison may spend: see :func:`level_of`.
    """

    cases: Sequence[str]
    margin: float
    seed: int = 0
    level: float = 1.0
    looks: list[Look] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.order = in_random_order(self.cases, self.seed)
        self.plan = tuple(ceil(len(self.order) * number / len(BOUNDS)) for number in range(1, len(BOUNDS) + 1))

    @property
    def done(self) -> bool:
        """Whether there is nothing more to ask: a look decided, or all cases are asked."""
        return bool(self.looks) and (
            self.looks[-1].verdict not in (Verdict.INCONCLUSIVE, Verdict.NOT_EVALUATED)
            or self.looks[-1].cases == len(self.order)
        )

    def due(self) -> list[str]:
        """Return the cases to be answered before the next look, in order; none when it is done."""
        if self.done:
            return []
        asked = self.looks[-1].cases if self.looks else 0
        return list(self.order[asked : self.plan[len(self.looks)]])

    def look(self, compare: Compare) -> Look:
        """Look once at what has been answered: decide, or go on.

        :raises ValueError: the comparison is over.
        """
        if self.done:
            raise ValueError("this comparison is over")
        number = len(self.looks)
        alpha = ALPHAS[number] * self.level
        comparison = compare(alpha)
        look = Look(number + 1, self.plan[number], alpha, comparison, verdict(comparison, self.margin))
        self.looks.append(look)
        return look


def level_of(comparisons: int) -> float:
    """Return the share of each look's alpha that each of several comparisons made together may spend.

    One spends all. More of them share 5 % by Bonferroni over comparisons and looks, which holds however their results
    depend on each other.
    """
    return 1.0 if comparisons <= 1 else ALPHA / (comparisons * sum(ALPHAS))


def in_random_order(cases: Iterable[str], seed: int) -> tuple[str, ...]:
    """Return the ids in an order that *seed* and the ids fix, on any machine and in any version of Python."""

    def place(case: str) -> bytes:
        return sha256(f"{seed}\0{case}".encode("utf-8", "surrogatepass")).digest()

    return tuple(sorted(dict.fromkeys(cases), key=place))
