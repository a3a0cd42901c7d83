"""The limits of calls, what calls cost, and what they used."""

from typing import TYPE_CHECKING, NamedTuple

from promptstead.config.settings import Config
from promptstead.console.output import plural

if TYPE_CHECKING:  # what calls needs asyncio, which a replay does without
    from promptstead.prompts.requests import Requests
    from promptstead.providers.budget import Limits, Totals
    from promptstead.providers.protocol import ProviderError, Reply


class Calling(NamedTuple):
    """The limits as the options give them; None for no limit."""

    max_requests: int | None = None
    max_tokens: int | None = None
    max_cost: float | None = None
    concurrency: int = 20

    def limits(self, config: Config) -> "Limits":
        """Return them with the prices of *config*."""
        from promptstead.providers.budget import Limits, prices

        return Limits(self.concurrency, self.max_requests, self.max_tokens, self.max_cost, prices(config))


def cost_of(
    requests: "Requests", model: str, outcome: "Reply | ProviderError", config: Config, limits: "Limits"
) -> float | None:
    """Return what a call cost; None where nobody knows: no price, no usage, or it broke off."""
    from promptstead.providers.opening import address
    from promptstead.providers.protocol import ProviderError

    if isinstance(outcome, ProviderError):
        return None if outcome.kind in ("connection", "timeout", "answer") else 0.0
    price = limits.prices.get(address(requests.compiled(model)["model"], config))
    return price.of(outcome.usage) if price else None


def allowed_of(calls: int, limits: "Limits") -> str:
    """Return what to add to a number of calls where the limit on requests lets fewer be made; else nothing."""
    if limits.requests is None or limits.requests >= calls:
        return ""
    return f", at most {limits.requests:,} of them now" if limits.requests else ", none of them now"


def used(totals: "Totals") -> str:
    """Return what calls used, as one line for people."""
    known = "at least " if totals.uncounted else ""
    cost = "unknown" if totals.uncounted or totals.unpriced else f"{totals.cost:.4f}"
    tokens = f"{known}{totals.input:,} tokens in, {totals.output:,} out"
    return f"{plural(totals.requests, 'call')} · {tokens} · cost {cost}"
