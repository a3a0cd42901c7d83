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


def of_which(**parts: int | None) -> str:
    """Return what to say behind a number of tokens of parts of them; nothing where there are none, or none are known.

    :param parts: what a part is called -> how many tokens; an underscore stands for a space.
    """
    said = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in parts.items() if count)
    return f" ({said})" if said else ""


def used(totals: "Totals") -> str:
    """Return what calls used, as one line for people."""
    known = "at least " if totals.uncounted else ""
    cost = "unknown" if totals.uncounted or totals.unpriced else f"{totals.cost:.4f}"
    cached = of_which(cached=totals.cached, written_to_the_cache=totals.cache_written)
    thought = of_which(reasoning=totals.reasoning)
    tokens = f"{known}{totals.input:,} tokens in{cached}, {totals.output:,} out{thought}"
    return f"{plural(totals.requests, 'call')} · {tokens} · cost {cost}"
