"""What is sent is what the vendor's own client sends, also where a request is made like an earlier one."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest

from promptstead.config.settings import ProviderSettings
from promptstead.providers import keys as keys_module
from promptstead.providers.keys import Keys
from promptstead.providers.server_provider import ServerProvider
from tests.providers.calls import call
from tests.providers.server import Server

TEXTS = ("short", "é — 日本 " * 50, ".")


def body(text: str) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": text}], "temperature": 0}


def ask(server: Server, settings: dict[str, Any], environment: dict[str, str] | None = None) -> None:
    """Ask about each of the texts through one provider."""
    api = settings.get("api", "chat")

    async def run() -> None:
        async with server.serve():
            options = ProviderSettings(server.address(api), **settings)
            provider = ServerProvider("p", options, Keys("p", options, environment or {}))
            for text in TEXTS:
                await provider.complete(call("p", "m", body(text)["messages"], {"temperature": 0}, api=api))
            await provider.close()

    asyncio.run(run())


def ask_plainly(server: Server, **options: Any) -> None:
    """Ask the same through OpenAI's client as it comes."""

    async def run() -> None:
        async with server.serve():
            client = openai.AsyncOpenAI(
                base_url=server.base_url,
                max_retries=0,
                timeout=None,
                http_client=openai.DefaultAioHttpClient(),
                **options,
            )
            for text in TEXTS:
                await client.post("/chat/completions", body=body(text), cast_to=object)
            await client.close()

    asyncio.run(run())


def without_host(headers: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{name.lower(): value for name, value in each.items() if name != "Host"} for each in headers]


def test_every_request_is_what_the_client_as_it_comes_sends() -> None:
    ours, plain = Server(key="K"), Server(key="K")
    ask(ours, {"key_env": "KEY", "headers": {"api-key": "OTHER"}}, {"KEY": "K", "OTHER": "other"})
    ask_plainly(plain, api_key="K", default_headers={"Accept-Encoding": "identity", "api-key": "other"})
    assert ours.bodies == plain.bodies == [body(text) for text in TEXTS]
    assert without_host(ours.headers) == without_host(plain.headers)
    lengths = [len(json.dumps(body(text), ensure_ascii=False, separators=(",", ":")).encode()) for text in TEXTS]
    assert [int(headers["Content-Length"]) for headers in ours.headers] == lengths


def test_every_message_is_what_the_client_as_it_comes_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "of-somebody-else")
    ours, plain = Server(key="K"), Server(key="K")
    ask(ours, {"api": "messages", "key_env": "KEY", "headers": {"x-team": "TEAM"}}, {"KEY": "K", "TEAM": "shop"})

    async def run() -> None:
        async with plain.serve():
            client = anthropic.AsyncAnthropic(
                api_key="K",
                base_url=plain.address("messages"),
                max_retries=0,
                timeout=None,
                http_client=anthropic.DefaultAioHttpClient(),
                default_headers={"Accept-Encoding": "identity", "x-team": "shop"},
            )
            for text in TEXTS:
                arguments = call("p", "m", body(text)["messages"], {"temperature": 0}, api="messages").arguments
                await client.messages.create(**arguments)
            await client.close()

    asyncio.run(run())
    assert ours.bodies == plain.bodies
    assert without_host(ours.headers) == without_host(plain.headers)  # their Content-Length too
    assert ours.headers[0]["anthropic-version"]


def test_headers_for_another_server_are_not_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "x-gateway-key: of-somebody-else")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-of-somebody-else")
    server = Server(key="")
    ask(server, {"api": "messages"})
    assert len(server.headers) == len(TEXTS)
    assert "somebody-else" not in str(server.headers)
    assert not any("authorization" in map(str.lower, headers) for headers in server.headers)


@pytest.mark.parametrize("api", ["chat", "messages"])
def test_each_request_has_the_token_of_its_time(api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_module, "FRESH_SECONDS", 0.0)
    script = tmp_path / "token.py"
    script.write_text("import time\nprint(f'token-{time.time_ns()}')")
    server = Server(key="")
    ask(server, {"api": api, "key_command": (sys.executable, str(script))})
    tokens = [headers["Authorization"] for headers in server.headers]
    assert all(token.startswith("Bearer token-") for token in tokens)
    assert len(set(tokens)) == len(TEXTS)


def test_no_request_has_a_key_where_the_server_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    server = Server(key="")
    ask(server, {})
    assert len(server.headers) == len(TEXTS)
    assert not any("Authorization" in headers for headers in server.headers)
