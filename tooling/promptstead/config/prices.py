"""What tokens cost: prices of models, and what a use of them comes to."""

from collections.abc import Mapping
from typing import NamedTuple

from promptstead.config.settings import ModelAlias
from promptstead.model import Usage


class Price(NamedTuple):
    """Price of a million tokens, in and out, in any one currency."""

    input: float
    output: float
    cached: float | None = None
    """Of input that was read from a cache; as all input where it is not known."""
    cache_write: float | None = None
    """Of input that was written to a cache; as all input where it is not known."""

    def of(self, usage: Usage) -> float | None:
        """Return what *usage* costs, None where the server did not count."""
        if usage.input is None or usage.output is None:
            return None
        read, written = usage.cached or 0, usage.cache_written or 0
        sent = max(0, usage.input - read - written) * self.input
        sent += read * (self.input if self.cached is None else self.cached)
        sent += written * (self.input if self.cache_write is None else self.cache_write)
        return (sent + usage.output * self.output) / 1_000_000

    def most(self, input_tokens: int, output_tokens: int) -> float:
        """Return the most that a call with so many tokens can cost, whatever a cache does."""
        each = max(self.input, self.cached or 0, self.cache_write or 0)
        return (input_tokens * each + output_tokens * self.output) / 1_000_000


def prices_of(models: Mapping[str, ModelAlias]) -> dict[tuple[str, str], Price]:
    """Return (provider, snapshot) -> price, of those models that have one."""
    return {
        (model.provider, model.snapshot): Price(
            model.price_input, model.price_output, model.price_cached, model.price_cache_write
        )
        for model in models.values()
        if model.price_input is not None and model.price_output is not None
    }
