"""Many calls at once to a server that takes its time, against the ideal: rounds of calls without any work in between.

The process and the import of the client are not in it: they cost the same whether one call follows or a thousand. The
server is a process of its own that does as little as a server can. The same calls by aiohttp alone, in turn with ours,
say how near to the ideal this machine lets anybody come.
"""

import asyncio
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from promptstead.config.settings import ProviderSettings
from promptstead.providers.budget import Limits
from promptstead.providers.keys import Keys
from promptstead.providers.pool import run
from promptstead.providers.provider import ProviderError, Reply
from promptstead.providers.server_provider import ServerProvider
from tests.benchmarks.measure import Result
from tests.providers.calls import call

ROOT = Path(__file__).parents[2]
MESSAGES = [{"role": "system", "content": "Sort the complaint. " * 20}, {"role": "user", "content": "why? " * 100}]


def fifty_at_once(runs: int = 5) -> Result:
    """1,000 calls of 100 ms, 50 at once: 2 s at best."""
    return _measure("1,000 calls, 50 at once", 1000, 50, 0.1, runs, 1.2)


def two_hundred_at_once(runs: int = 2) -> Result:
    """2,000 calls of 1 s, 200 at once: 10 s at best."""
    return _measure("2,000 calls, 200 at once", 2000, 200, 1.0, runs, 1.15)


class Cost(NamedTuple):
    """What a round of calls took: seconds on the clock and of CPU time."""

    seconds: float
    cpu: float


def _measure(name: str, calls: int, at_once: int, seconds: float, runs: int, target: float) -> Result:
    with serving(seconds) as base_url:
        for call in (_call, _call_barely):
            asyncio.run(call(base_url, at_once, at_once))
        pairs = [
            (_cost(_call(base_url, calls, at_once)), _cost(_call_barely(base_url, calls, at_once))) for _ in range(runs)
        ]
    ours, bare = (
        Cost(*(statistics.median(each) for each in zip(*side, strict=True))) for side in zip(*pairs, strict=True)
    )
    ideal = calls / at_once * seconds
    note = (
        f"CPU {ours.cpu / calls * 1000:.2f} ms a call; aiohttp alone {bare.seconds / ideal:.3f} x, "
        f"CPU {bare.cpu / calls * 1000:.2f} ms"
    )
    return Result(name, "the ideal", ours.seconds, ideal, runs, target, note=note)


def _cost(calls: Coroutine[Any, Any, float]) -> Cost:
    before = time.process_time()
    seconds = asyncio.run(calls)
    return Cost(seconds, time.process_time() - before)


@contextmanager
def serving(seconds: float, answer: str = "card") -> Iterator[str]:
    """Run a server that gives *answer* after so many seconds, in a process of its own; yield its address."""
    command = [sys.executable, "-m", "tests.benchmarks.calls", str(seconds), answer]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None  # it is a pipe
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()


async def _call(base_url: str, calls: int, at_once: int) -> float:
    settings = ProviderSettings(base_url, key_env="KEY")
    provider = ServerProvider("bench", settings, Keys("bench", settings, {"KEY": "none-that-counts"}))
    requests = ((number, call("bench", "m", MESSAGES, {"temperature": 0})) for number in range(calls))
    answers: list[Reply | ProviderError] = []
    start = time.perf_counter()
    await run(requests, lambda name: provider, Limits(at_once), lambda key, result: answers.append(result))
    taken = time.perf_counter() - start
    if len(answers) != calls or not all(isinstance(answer, Reply) for answer in answers):
        raise SystemExit("calls failed, so their time means nothing")
    return taken


async def _call_barely(base_url: str, calls: int, at_once: int) -> float:
    """Make the same calls with nothing around aiohttp."""
    body = {"model": "m", "messages": MESSAGES, "temperature": 0}
    headers = {"Content-Type": "application/json", "Authorization": "Bearer none-that-counts"}
    wanted = iter(range(calls))

    async def work(session: aiohttp.ClientSession) -> None:
        for _ in wanted:
            async with session.post(f"{base_url}/chat/completions", data=json.dumps(body), headers=headers) as answer:
                json.loads(await answer.read())

    start = time.perf_counter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(work(session) for _ in range(at_once)))
    return time.perf_counter() - start


async def _serve(seconds: float, text: str) -> None:
    answer = json.dumps(
        {
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 300, "completion_tokens": 1, "total_tokens": 301},
        }
    ).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(answer)}\r\n\r\n".encode()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                length = re.search(rb"(?i)content-length: (\d+)", await reader.readuntil(b"\r\n\r\n"))
                assert length is not None  # the client always says it
                await reader.readexactly(int(length[1]))
                await asyncio.sleep(seconds)
                writer.write(head + answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1]), sys.argv[2]))
