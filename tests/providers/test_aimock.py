"""The same client against a server that others wrote: npm's @copilotkit/aimock."""

import asyncio
import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from promptstead.config.settings import ProviderSettings
from promptstead.providers.budget import Limits
from promptstead.providers.keys import Keys
from promptstead.providers.pool import run
from promptstead.providers.provider import ProviderError, Reply
from promptstead.providers.server_provider import ServerProvider
from promptstead.providers.throttle import Clock
from tests import npm
from tests.providers.calls import call

VERSION = "1.43.0"
FIXTURES = {
    "fixtures": [
        {"match": {"userMessage": "capital"}, "response": {"content": "Paris is the capital of France."}},
        {
            "match": {"userMessage": "weather"},
            "response": {"toolCalls": [{"name": "get_weather", "arguments": '{"city":"Lyon"}'}]},
        },
    ]
}
TOOL = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("aimock")
    npm.install(folder, f"@copilotkit/aimock@{VERSION}")
    (folder / "fixtures.json").write_text(json.dumps(FIXTURES))
    return folder


@pytest.fixture
def serve(installed: Path) -> Iterator[Callable[..., str]]:
    """Return a function that starts the server with some options and returns its address."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> str:
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            port = free.getsockname()[1]
        command: list[str | Path] = [
            installed / "node_modules/.bin/llmock",
            "-p",
            str(port),
            "-f",
            "fixtures.json",
            "--strict",
        ]
        started.append(
            subprocess.Popen([*command, *options], cwd=installed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return f"http://127.0.0.1:{port}/v1"
            except OSError:
                time.sleep(0.1)
        raise AssertionError("aimock did not start")

    yield start
    for process in started:
        process.terminate()
        process.wait(10)


def open_it(base_url: str, api: Any = "chat") -> ServerProvider:
    address = base_url.removesuffix("/v1") if api == "messages" else base_url
    settings = ProviderSettings(address, api, "K", timeout=10)
    return ServerProvider("aimock", settings, Keys("aimock", settings, {"K": "sk-anything-at-all"}))


def ask(base_url: str, text: str, api: Any, stream: bool, **options: Any) -> tuple[Reply, list[str]]:
    pieces: list[str] = []

    async def once() -> Reply:
        provider = open_it(base_url, api)
        try:
            request = call("aimock", "gpt-4o", [{"role": "user", "content": text}], api=api, **options)
            return await provider.complete(request, pieces.append if stream else None)
        finally:
            await provider.close()

    return asyncio.run(once()), pieces


def test_each_api_whole_and_streamed(serve: Callable[..., str]) -> None:
    base_url = serve()
    for api in ("chat", "responses", "messages"):
        for stream in (False, True):
            reply, pieces = ask(base_url, "the capital of France?", api, stream)
            assert (reply.text, reply.finish_reason) == ("Paris is the capital of France.", "stop")
            assert "".join(pieces) == (reply.text if stream else "")
            assert reply.usage.input is not None
            assert reply.usage.output is not None
            reply, _ = ask(base_url, "the weather in Lyon?", api, stream, tools=(TOOL,))
            assert reply.finish_reason == "tool_calls"
            assert reply.tool_calls[0]["function"]["name"] == "get_weather"
            assert json.loads(reply.tool_calls[0]["function"]["arguments"]) == {"city": "Lyon"}
        with pytest.raises(ProviderError):
            ask(base_url, "nothing that it knows", api, False)


def test_its_own_chaos_ends_complete_or_named(serve: Callable[..., str]) -> None:
    base_url = serve("--chaos-drop", "0.1", "--chaos-malformed", "0.05", "--chaos-disconnect", "0.05")
    results: list[tuple[int, Reply | ProviderError]] = []

    async def soon(seconds: float) -> None:
        await asyncio.sleep(seconds / 50)

    async def everything() -> None:
        messages = [{"role": "user", "content": "the capital of France?"}]
        requests = ((number, call("aimock", "gpt-4o", messages)) for number in range(300))
        await run(
            requests,
            lambda name: open_it(base_url),
            Limits(concurrency=20, attempts=8),
            lambda key, result: results.append((key, result)),
            Clock(sleep=soon),
        )

    asyncio.run(everything())
    assert sorted(key for key, _ in results) == list(range(300))
    assert {result.text for _, result in results if isinstance(result, Reply)} == {"Paris is the capital of France."}
    failed = [result.kind for _, result in results if isinstance(result, ProviderError)]
    assert set(failed) == {"answer"}
    assert len(failed) < 60
