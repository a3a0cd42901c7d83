"""Limits on requests, tokens and money, held before a call could exceed them.

What a call will use is not known before it answers, so that the most it can use is set aside and the rest given back.
"""

import asyncio
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from promptstead.config.prices import Price, prices_of
from promptstead.config.settings import Config
from promptstead.model import Json, Usage
from promptstead.providers.provider import ProviderError, Reply, Request

OUTPUT_CAPS = ("max_completion_tokens", "max_tokens", "max_output_tokens")
_ATTACHMENTS = ("image_url", "file", "input_image", "input_file", "image", "document")
SLACK = 16
"""By so many tokens an answer may be longer than its cap: servers do not agree on what counts."""
ATTACHMENT_TOKENS = 50_000
"""The most that an attachment given by its address counts, and an image; a file given as data counts its bytes too."""


class Limits(NamedTuple):
    """What one command may use; None for no limit."""

    concurrency: int = 20
    """Most calls at once to one server."""
    requests: int | None = None
    """Most calls, retries included."""
    tokens: int | None = None
    """Most tokens, in and out together."""
    cost: float | None = None
    """Most money, in the currency of *prices*."""
    prices: Mapping[tuple[str, str], Price] = MappingProxyType({})
    """(provider, model) -> its price."""
    attempts: int = 6
    """How often one request is tried."""
    longest_wait: float = 120.0
    """A server that asks to wait longer, in seconds, is not waited for."""


class Totals(NamedTuple):
    """What was used. *uncounted* calls did not say their usage, or broke off; of *unpriced* ones no price is known."""

    requests: int = 0
    input: int = 0
    output: int = 0
    cost: float = 0.0
    uncounted: int = 0
    unpriced: int = 0
    cached: int = 0
    """Of the input, what was read from a cache, as far as servers said."""
    reasoning: int = 0
    """Of the output, what was thought and not said, as far as servers said."""
    cache_written: int = 0
    """Of the input, what was written to a cache, as far as servers said."""


def prices(config: Config) -> dict[tuple[str, str], Price]:
    """Return the prices that the configuration gives for its models."""
    return prices_of(config.models)


class Hold(NamedTuple):
    """What is set aside for one call: the most that it can use."""

    tokens: int
    cost: float


class Budget:
    """What is used and what is set aside, against the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.totals = Totals()
        self._spent = Hold(0, 0.0)
        self._held = Hold(0, 0.0)
        self._returned = asyncio.Event()
        self._uncapped: set[str] = set()
        """Servers that gave an answer longer than its cap."""

    async def reserve(self, request: Request) -> Hold:
        """Set aside the most that *request* can use; wait while only calls that run now stand in the way.

        :raises ProviderError: of kind ``limit``: the call could exceed a limit.
        """
        most = self._most(request)
        while not self._fits(most, self._held):
            if not self._fits(most, Hold(0, 0.0)):
                raise self._reached(most)
            self._returned.clear()
            await self._returned.wait()
        if self._limits.requests is not None and self.totals.requests >= self._limits.requests:
            raise ProviderError(
                f"not called: the limit of {self._limits.requests:,} requests is reached", "limit", hint="raise it"
            )
        self.totals = self.totals._replace(requests=self.totals.requests + 1)
        self._held = Hold(self._held.tokens + most.tokens, self._held.cost + most.cost)
        return most

    def settle(self, hold: Hold, request: Request, outcome: Reply | ProviderError | None) -> None:
        """Give *hold* back and count what was used.

        A call that broke off, was cancelled (None) or did not say its usage may be charged in full: it counts as all
        that was held for it. One that the server turned away counts nothing.
        """
        self._held = Hold(self._held.tokens - hold.tokens, self._held.cost - hold.cost)
        self._returned.set()
        if isinstance(outcome, ProviderError) and outcome.kind in ("rate-limit", "server", "refused"):
            return
        usage = outcome.usage if isinstance(outcome, Reply) else Usage()
        if usage.input is None or usage.output is None:
            self.totals = self.totals._replace(uncounted=self.totals.uncounted + 1)
            self._spend(hold)
            return
        cap = _cap(request)
        if cap is not None and usage.output > cap + SLACK:
            self._uncapped.add(request.provider)
        price = self._limits.prices.get((request.provider, request.model))
        cost = (price.of(usage) if price else None) or 0.0
        self.totals = self.totals._replace(
            input=self.totals.input + usage.input,
            output=self.totals.output + usage.output,
            cost=self.totals.cost + cost,
            unpriced=self.totals.unpriced + (price is None),
            cached=self.totals.cached + (usage.cached or 0),
            reasoning=self.totals.reasoning + (usage.reasoning or 0),
            cache_written=self.totals.cache_written + (usage.cache_written or 0),
        )
        self._spend(Hold(usage.input + usage.output, cost))

    def _spend(self, used: Hold) -> None:
        self._spent = Hold(self._spent.tokens + used.tokens, self._spent.cost + used.cost)

    def _most(self, request: Request) -> Hold:
        if self._limits.tokens is None and self._limits.cost is None:
            return Hold(0, 0.0)
        cap = _cap(request)
        if cap is None:
            raise ProviderError(
                "not called: no limit can be kept without a cap on the answer",
                "limit",
                hint="set `max_completion_tokens` in the prompt's params",
            )
        if request.provider in self._uncapped:
            raise ProviderError(
                f"not called: `{request.provider}` ignores the cap on an answer, so no limit can be kept",
                "limit",
                hint='if it uses the older name of the cap, set `output_cap = "max_tokens"` of the provider',
            )
        sent = most_input_tokens(request)
        price = self._limits.prices.get((request.provider, request.model))
        if price is None and self._limits.cost is not None:
            raise ProviderError(
                f"not called: the price of `{request.model}` is not known, so no limit on cost can be kept",
                "limit",
                hint="set `price_input` and `price_output` of the model in the configuration",
            )
        return Hold(sent + cap, price.most(sent, cap) if price else 0.0)

    def _fits(self, most: Hold, held: Hold) -> bool:
        tokens, cost = self._limits.tokens, self._limits.cost
        return (tokens is None or self._spent.tokens + held.tokens + most.tokens <= tokens) and (
            cost is None or self._spent.cost + held.cost + most.cost <= cost
        )

    def _reached(self, most: Hold) -> ProviderError:
        tokens = self._limits.tokens
        if tokens is not None and self._spent.tokens + most.tokens > tokens:
            reason = f"it may use {most.tokens:,} tokens, and {self._spent.tokens:,} of {tokens:,} are used"
        else:
            reason = f"it may cost {most.cost:.4f}, and {self._spent.cost:.4f} of {self._limits.cost:.4f} are used"
        return ProviderError(f"not called: {reason}", "limit", hint="raise the limit")


def _cap(request: Request) -> int | None:
    """Return the most tokens that the answer may have, None where the prompt does not say."""
    body = request.body()
    caps = [body[name] for name in OUTPUT_CAPS if name in body]
    return int(min(caps)) if caps else None


def most_input_tokens(request: Request) -> int:
    """Return the most tokens that a server can count for what *request* sends: no token is less than a byte."""
    turns = request.arguments.get("messages") or request.arguments.get("input") or ()
    parts = [part for turn in turns if isinstance(turn.get("content"), list) for part in turn["content"]]
    attachments = sum(part.get("type") in _ATTACHMENTS for part in parts)
    text = json.dumps(request.arguments, ensure_ascii=False)
    text_bytes = len(text.encode("utf-8", "surrogatepass")) - sum(map(_image_bytes, parts))
    return text_bytes + attachments * ATTACHMENT_TOKENS


def _image_bytes(part: Mapping[str, Json]) -> int:
    """Return the bytes of an image that is given as data: servers count its pixels, and never so many as these."""
    if part.get("type") == "image":
        return len(part.get("source", {}).get("data", ""))
    address = part.get("image_url", "")
    address = address.get("url", "") if isinstance(address, Mapping) else address
    return len(address) if address.startswith("data:") else 0
