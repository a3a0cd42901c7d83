"""A call as the toolkit makes it, of the parts that a test is about."""

from collections.abc import Mapping, Sequence

from promptstead.model import NOTHING, Json
from promptstead.providers.provider import Request
from promptstead.runtime.request import build_request


def call(
    provider: str,
    model: str,
    messages: list[Json],
    params: Mapping[str, Json] = NOTHING,
    tools: Sequence[Mapping[str, Json]] = (),
    output: Mapping[str, Json] = NOTHING,
    api: str = "chat",
    **words: str,
) -> Request:
    """Return the call; *words* are those of the provider's API (``output_cap``, ``json_schema``)."""
    compiled = {"model": {"name": model, "params": params, **words}, "tools": tools, "output": output}
    return Request(provider, build_request(compiled, messages, api=api), api)
