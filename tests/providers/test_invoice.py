"""What calls cost by our count, beside the invoice of a server that charges by prices of its own."""

import asyncio
import json
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from promptstead.config.prices import Price
from promptstead.config.settings import ProviderSettings
from promptstead.providers.budget import Limits, Totals, most_input_tokens
from promptstead.providers.keys import Keys
from promptstead.providers.pool import run
from promptstead.providers.provider import ProviderError, Reply, Request
from promptstead.providers.server_provider import ServerProvider
from tests.commands.test_eval_live import serving
from tests.conftest import ScratchRepository
from tests.providers.calls import call
from tests.providers.server import KEY, Server
from tests.recorded import at_home

CALLS = 200
PRICE = Price(3.0, 15.0, 0.3, 3.75)
"""Of a million tokens: in, out, read from a cache, written to one."""


CAP = {"max_completion_tokens": 300}
SETTINGS = """\
[models.loop]
provider = "loop"
snapshot = "m"
price_input = 3
price_output = 15
price_cached = 0.3
price_cache_write = 3.75
[providers.loop]
base_url = "{url}"
key_env = "LOOP_KEY"
"""
PROMPT = """\
schema: promptstead/v1
title: A question
model: {name: loop, params: {max_completion_tokens: 300}}
inputs: {text: {schema: {type: string}, trust: trusted}}
messages: [{role: user, content: "{{ text }}"}]
evaluators: {said: {type: length, unit: words, min: 1}}
"""


class Call(NamedTuple):
    """What one call really took."""

    fresh: int
    cached: int
    written: int
    said: int
    thought: int

    def charge(self) -> float:
        """Return what the server charges: it knows four prices, and bills thoughts as it bills words."""
        sent = self.fresh * 3.0 + self.cached * 0.3 + self.written * 3.75
        return (sent + (self.said + self.thought) * 15.0) / 1e6


def chat(took: Call) -> dict[str, Any]:
    """Return it in OpenAI's words: what is cached is part of the input, what is thought of the output."""
    sent, answered = took.fresh + took.cached + took.written, took.said + took.thought
    return {
        "prompt_tokens": sent,
        "completion_tokens": answered,
        "total_tokens": sent + answered,
        "prompt_tokens_details": {"cached_tokens": took.cached, "cache_write_tokens": took.written},
        "completion_tokens_details": {"reasoning_tokens": took.thought},
    }


def responses(took: Call) -> dict[str, Any]:
    names = {"prompt": "input", "completion": "output"}
    counted = chat(took)
    for old, new in names.items():
        counted[f"{new}_tokens"] = counted.pop(f"{old}_tokens")
        counted[f"{new}_tokens_details"] = counted.pop(f"{old}_tokens_details")
    return counted


def messages(took: Call) -> dict[str, Any]:
    """Return it in Anthropic's words: what is cached is counted apart."""
    return {
        "input_tokens": took.fresh,
        "cache_read_input_tokens": took.cached,
        "cache_creation_input_tokens": took.written,
        "output_tokens": took.said + took.thought,
        "output_tokens_details": {"thinking_tokens": took.thought},
    }


def beside(took: Call) -> dict[str, Any]:
    """Return it as a layer says it that counts what was cached, and what was thought (as xAI does), beside the rest."""
    return {**chat(took), "prompt_tokens": took.fresh, "completion_tokens": took.said}


def written_within(took: Call) -> dict[str, Any]:
    """Return it as a layer says it that counts what was read from a cache beside the rest, and nothing else."""
    return {**chat(took), "prompt_tokens": took.fresh + took.written}


def hidden(took: Call) -> dict[str, Any]:
    """Return it as Gemini's layer says it: what was thought is in the total alone."""
    sent = took.fresh + took.cached + took.written
    return {
        "prompt_tokens": sent,
        "completion_tokens": took.said,
        "total_tokens": sent + took.said + took.thought,
    }


SHAPES: dict[str, tuple[Any, Callable[[Call], dict[str, Any]]]] = {
    "OpenAI's": ("chat", chat),
    "OpenAI's Responses": ("responses", responses),
    "Anthropic's": ("messages", messages),
    "cached and thoughts beside": ("chat", beside),
    "cached beside": ("chat", written_within),
}


class Till:
    """The invoice of a server: what each call took and costs. The cache is hit more, less, or not at all."""

    def __init__(self, say: Callable[[Call], dict[str, Any]], seed: int = 7, *, caches: bool = True) -> None:
        self._say, self._random, self._caches = say, random.Random(seed), caches
        self.calls: list[Call] = []

    def __call__(self, body: dict[str, Any]) -> dict[str, Any]:
        sent = self._random.randint(800, 4000)
        cached = int(sent * self._random.choice((0, 0, 0.1, 0.4, 0.6, 0.95))) if self._caches else 0
        written = (sent - cached) // 2 if self._caches and self._random.random() < 0.3 else 0
        took = Call(
            sent - cached - written, cached, written, self._random.randint(5, 150), self._random.randint(0, 150)
        )
        self.calls.append(took)
        return self._say(took)

    @property
    def sum(self) -> float:
        return sum(each.charge() for each in self.calls)


def request(number: int, api: Any) -> Request:
    """Return a call of some ten thousand bytes, of which a token may have two to ten."""
    text = f"{number}: " + "This is what the customer wrote. " * 300
    return call("shop", "m", [{"role": "user", "content": text}], CAP, api=api)


def make_calls(api: Any, till: Till, limits: Limits) -> tuple[Totals, list[Reply | ProviderError]]:
    """Make the calls, and return what we count and what came of each."""
    server, results = Server(usage=till), list[Reply | ProviderError]()

    async def everything() -> Totals:
        async with server.serve():
            settings = ProviderSettings(server.address(api), api, "TEST_KEY", timeout=10)
            return await run(
                ((number, request(number, api)) for number in range(CALLS)),
                lambda name: ServerProvider(name, settings, Keys(name, settings, {"TEST_KEY": KEY})),
                limits,
                lambda key, result: results.append(result),
            )

    return asyncio.run(everything()), results


@pytest.mark.parametrize("shape", SHAPES)
def test_our_count_is_the_invoice(shape: str) -> None:
    api, say = SHAPES[shape]
    till = Till(say)
    totals, results = make_calls(api, till, Limits(prices={("shop", "m"): PRICE}))
    assert len(till.calls) == len(results) == CALLS
    assert totals.cost == pytest.approx(till.sum, rel=0.05)
    assert totals.cached == pytest.approx(sum(each.cached for each in till.calls), rel=0.05)
    assert totals.reasoning == sum(each.thought for each in till.calls)
    assert abs(totals.cost - till.sum) < till.sum * 0.05
    without = Price(PRICE.input, PRICE.output)
    dear = sum(without.of(reply.usage) or 0 for reply in results if isinstance(reply, Reply))
    assert dear > till.sum * 1.05, "the prices of a cache do not matter here"


def test_thoughts_that_only_the_total_counts_are_charged() -> None:
    till = Till(hidden, caches=False)
    totals, _ = make_calls("chat", till, Limits(prices={("shop", "m"): PRICE}))
    assert totals.cost == pytest.approx(till.sum)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_limit_on_cost_is_never_exceeded_and_used_but_for_one_call(shape: str) -> None:
    api, say = SHAPES[shape]
    most, till = 1.5, Till(say)
    totals, results = make_calls(api, till, Limits(prices={("shop", "m"): PRICE}, cost=most))
    assert any(isinstance(result, ProviderError) and result.kind == "limit" for result in results)
    assert totals.cost == pytest.approx(till.sum, rel=0.05)
    one = PRICE.most(most_input_tokens(request(0, api)), CAP["max_completion_tokens"])
    assert most - one < till.sum <= most
    assert till.sum > 0.95 * most


def test_a_command_says_what_the_invoice_says(repository: ScratchRepository) -> None:
    till = Till(chat)
    with serving(Server(usage=till)) as server:
        repository.write("promptstead.toml", SETTINGS.format(url=server.base_url))
        repository.write("prompts/ask.prompt.yml", PROMPT)
        cases = [{"id": f"c{number}", "inputs": {"text": f"Question {number}"}} for number in range(CALLS)]
        repository.write("prompts/ask/cases.yml", json.dumps({"schema": "promptstead/cases/v1", "cases": cases}))
        command = ("eval", "--live", "--run-file", "live.run.jsonl", "--format", "json")
        done = at_home(*command, cwd=repository.root, env={"LOOP_KEY": KEY})
    assert done.code == 0, done
    totals = done.json["totals"]
    assert totals["cost"] == pytest.approx(till.sum, rel=0.05)
    assert totals["cached"] == sum(each.cached for each in till.calls)
    assert totals["cache_written"] == sum(each.written for each in till.calls)
    assert totals["reasoning"] == sum(each.thought for each in till.calls)
    parts = f"({totals['cached']:,} cached, {totals['cache_written']:,} written to the cache)"
    assert f"{totals['input']:,} tokens in {parts}" in done.err, done
    shown = at_home("eval", "show", "live.run.jsonl", cwd=repository.root)
    assert f"{totals['input']:,} in {parts}" in shown.out, shown
