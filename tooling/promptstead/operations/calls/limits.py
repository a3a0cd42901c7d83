"""The limits of calls as the options give them, and what calls used."""

from typing import TYPE_CHECKING, NamedTuple

from promptstead.config.settings import Config
from promptstead.console.output import plural

if TYPE_CHECKING:  # what calls needs asyncio, which a replay does without
    from promptstead.providers.budget import Limits, Totals


class CallLimits(NamedTuple):
    """The limits as the options give them; None for no limit."""

    max_requests: int | None = None
    max_tokens: int | None = None
    max_cost: float | None = None
    concurrency: int = 20

    def limits(self, config: Config) -> "Limits":
        """Return them with the prices of *config*."""
        from promptstead.providers.budget import Limits, prices

        return Limits(self.concurrency, self.max_requests, self.max_tokens, self.max_cost, prices(config))


def of_which(count: int | None, what: str) -> str:
    """Return what to say behind a number of tokens of a part of them; nothing where there is none, or none is known."""
    return f" ({count:,} {what})" if count else ""


def used(totals: "Totals") -> str:
    """Return what calls used, as one line for people."""
    known = "at least " if totals.uncounted else ""
    cost = "unknown" if totals.uncounted or totals.unpriced else f"{totals.cost:.4f}"
    cached, thought = of_which(totals.cached, "cached"), of_which(totals.reasoning, "reasoning")
    tokens = f"{known}{totals.input:,} tokens in{cached}, {totals.output:,} out{thought}"
    return f"{plural(totals.requests, 'call')} · {tokens} · cost {cost}"
