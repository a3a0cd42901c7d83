"""What recorded answers cost: their usage by the prices of today, where both are known."""

from promptstead.config.prices import Price, prices_of
from promptstead.model import RecordedOutput
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests


class Pricing:
    """The prices of the models of one prompt, found once for each."""

    def __init__(self, loaded: Loaded) -> None:
        self._prices = prices_of(loaded.models) if loaded.prompt is not None else {}
        self._requests = Requests(loaded)
        self._known: dict[str, Price | None] = {}

    def priced(self, output: RecordedOutput) -> RecordedOutput:
        """Return *output* with what its samples cost; as it is where nobody knows, or where no model answered."""
        if not self._prices or output.source != "live":
            return output
        if output.model not in self._known:
            self._known[output.model] = self._prices.get(self._address(output.model))
        price = self._known[output.model]
        if price is None:
            return output
        return output._replace(samples=tuple(each._replace(cost=price.of(each.usage)) for each in output.samples))

    def _address(self, label: str) -> tuple[str, str]:
        """Return provider and snapshot of the model that *label* names; nothing's where it is another one today."""
        choice = self._requests.choice(label)
        snapshot = label.partition("@")[2]
        return (choice.provider, choice.snapshot) if snapshot in ("", choice.snapshot) else ("", "")
