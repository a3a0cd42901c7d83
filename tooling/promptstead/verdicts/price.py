"""What it takes to decide an inconclusive comparison: cases, calls, money, and the command."""

from math import ceil
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from promptstead.model import RecordedOutput
from promptstead.words.sentence import Sentence, say

if TYPE_CHECKING:
    from promptstead.verdicts.gate import Decision


class Price(NamedTuple):
    """Calls on both sides at most, all cases asked anew; *cost* is by what the answers seen cost, None if unknown."""

    cases: int
    calls: int
    cost: float | None


def price(decision: "Decision", further: int) -> Price:
    """Return what *further* cases cost beside those that are compared, on both sides, if they are like them."""
    pairs = decision.pairs
    samples = max((pair.samples for pair in pairs), default=1)
    cases = len(pairs) + further
    sides = [_mean_cost([pair.base.output for pair in pairs]), _mean_cost([pair.head.output for pair in pairs])]
    known = [each for each in sides if each is not None]
    cost = samples * cases * sum(known) if len(known) == len(sides) else None
    return Price(further, len(sides) * samples * cases, cost)


def shortfall(decision: "Decision") -> int:
    """Return how many cases more must be comparable before the policy lets a comparison say anything."""
    judged = sum(result.state == "evaluated" for result in decision.sides.base)
    return max(0, ceil(decision.rules.comparable * judged) - len(decision.pairs))


def price_said(decision: "Decision") -> Sentence:
    """Return what an inconclusive *decision* takes, in a sentence with the command."""
    missing = shortfall(decision)
    if not (missing or decision.further):
        return say("verdicts.no-further-cases")
    found = price(decision, missing or decision.further or 0)
    cost = say("verdicts.cost-unknown") if found.cost is None else say("verdicts.cost", cost=found.cost)
    command = decision.ask_again or "promptstead compare BASE --live"
    if missing:
        return say("verdicts.shortfall", n=found.cases, calls=found.calls, cost=cost, command=command)
    return say("verdicts.further-cases", n=found.cases, calls=found.calls, cost=cost, command=command)


def live_comparison(prompt_id: str) -> str:
    """Return the command that asks two revisions of a prompt; BASE stands for the revision compared with."""
    return f"promptstead compare BASE --live --prompt {quote(prompt_id)}"


def live_evaluation(prompt_id: str) -> str:
    """Return the command that asks one side of two runs again."""
    return f"promptstead eval {quote(prompt_id)} --live"


def _mean_cost(outputs: "list[RecordedOutput | None]") -> float | None:
    costs = [sample.cost for output in outputs if output is not None for sample in output.samples]
    known = [cost for cost in costs if cost is not None]
    return sum(known) / len(known) if known and len(known) == len(costs) else None
