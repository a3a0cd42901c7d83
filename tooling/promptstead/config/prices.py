"""What tokens cost: prices of models, and what a use of them comes to."""

from collections.abc import Mapping
from typing import NamedTuple

from promptstead.config.settings import ModelAlias
from promptstead.model import Usage


class Price(NamedTuple):
    """Price of a million tokens, in and out, in any one currency."""

    input: float
    output: float

    def of(self, usage: Usage) -> float | None:
        """Return what *usage* costs, None where the server did not count."""
        if usage.input is None or usage.output is None:
            return None
        return (usage.input * self.input + usage.output * self.output) / 1_000_000


def prices_of(models: Mapping[str, ModelAlias]) -> dict[tuple[str, str], Price]:
    """Return (provider, snapshot) -> price, of those models that have one."""
    return {
        (model.provider, model.snapshot): Price(model.price_input, model.price_output)
        for model in models.values()
        if model.price_input is not None and model.price_output is not None
    }
