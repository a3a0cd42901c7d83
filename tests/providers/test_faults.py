"""A thousand cases against a server with every fault at once: none lost, none doubled, each failure named."""

import asyncio
from collections import Counter
from typing import Any

from promptstead.config.settings import ProviderSettings
from promptstead.providers.budget import Limits, Totals
from promptstead.providers.keys import Keys
from promptstead.providers.pool import run
from promptstead.providers.provider import Kind, Provider, ProviderError, Reply
from promptstead.providers.server_provider import ServerProvider
from promptstead.providers.throttle import Clock
from tests.providers.calls import call
from tests.providers.server import KEY, Server, asked

CASES = 1000

FOREVER: dict[int, tuple[str, Kind]] = {
    17: ("hang", "timeout"),
    140: ("truncated", "answer"),
    141: ("truncated", "answer"),
    250: ("html", "answer"),
    333: ("huge", "answer"),
    404: ("404", "refused"),
    405: ("404", "refused"),
    500: ("500", "server"),
    612: ("429", "rate-limit"),
    777: ("reset", "connection"),
    850: ("400", "refused"),
    999: ("error-200", "server"),
}
"""Cases that fail whenever they are asked for."""


def fault(body: dict[str, Any], before: int) -> str:
    number = int(asked(body).split()[-1])
    if number in FOREVER:
        return FOREVER[number][0]
    if number % 10 == 0 and before < 1 + number % 3:
        return "429"
    if number % 20 == 1 and before == 0:
        return "500"
    if number % 33 == 2 and before == 0:
        return "reset"
    return ""


def test_a_thousand_cases_through_every_fault() -> None:
    server = Server(fault)
    results: list[tuple[int, Reply | ProviderError]] = []

    async def soon(seconds: float) -> None:
        await asyncio.sleep(seconds / 20)

    async def all_of_them() -> Totals:
        async with server.serve():
            settings = ProviderSettings(server.base_url, key_env="TEST_KEY", timeout=2.0)

            def open_it(name: str) -> Provider:
                return ServerProvider(name, settings, Keys(name, settings, {"TEST_KEY": KEY}))

            requests = ((n, call("test", "m", [{"role": "user", "content": f"case {n}"}])) for n in range(CASES))
            limits = Limits(concurrency=50, attempts=4)
            return await run(
                requests, open_it, limits, lambda key, result: results.append((key, result)), Clock(sleep=soon)
            )

    totals = asyncio.run(all_of_them())
    assert Counter(key for key, _ in results) == Counter(range(CASES))
    failed = {key: result.kind for key, result in results if isinstance(result, ProviderError)}
    assert failed == {number: kind for number, (_, kind) in FOREVER.items()}
    answers = {key: result.text for key, result in results if isinstance(result, Reply)}
    assert answers == {n: f"answer to case {n}" for n in range(CASES) if n not in FOREVER}
    assert set(server.answered.values()) == {1}
    assert totals.requests == len(server.bodies)
    assert server.most <= 50
    lines = [str(result) for _, result in results if isinstance(result, ProviderError)]
    assert not [line for line in lines if KEY in line or "\n" in line]
