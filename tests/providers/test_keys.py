"""A key is used and never shown: not in an error, a repr, a log, an answer or a command's failure."""

import asyncio
import logging
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from promptstead.config.settings import ProviderSettings
from promptstead.errors import PromptsteadError
from promptstead.providers.budget import Limits
from promptstead.providers.keys import Keys
from promptstead.providers.pool import run
from promptstead.providers.provider import ProviderError, Reply
from promptstead.providers.server_provider import ServerProvider
from tests.providers.calls import call
from tests.providers.server import KEY, Server

HEADER = "gateway-7c1e5b9a3d"
FAULTS = ("", "400", "403", "404", "429", "500", "error-200", "html", "truncated", "reset", "leak", "quota", "redirect")


def command(folder: Path, script: str) -> tuple[str, ...]:
    path = folder / "token.py"
    path.write_text(script)
    return (sys.executable, str(path))


@pytest.mark.parametrize("api", ["chat", "messages"])
def test_a_scan_of_all_that_a_run_hands_over_prints_and_logs_finds_no_key(
    api: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Every fault, with the chattiest logs: errors quote what the server says, and one server sends the key back."""
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    results: dict[str, Reply | ProviderError] = {}

    async def everything() -> None:
        server = Server(lambda body, before: str(body["user"] if "user" in body else body["metadata"]["user_id"]))
        async with server.serve():
            settings = ProviderSettings(server.address(api), api, "K", headers={"api-key": "H"}, timeout=5)
            keys = Keys("local", settings, {"K": KEY, "H": HEADER})
            provider = ServerProvider("local", settings, keys)
            seen.append(repr(keys) + repr(provider) + repr(settings))
            messages = [{"role": "user", "content": "x"}]
            requests = [(fault, call("local", "m", messages, {"user": fault}, api=api)) for fault in FAULTS]
            await run(requests, lambda name: provider, Limits(attempts=1), results.__setitem__)
        assert all(headers["api-key"] == HEADER for headers in server.headers)

    asyncio.run(everything())
    assert set(results) == set(FAULTS)
    assert isinstance(results[""], Reply)
    for result in results.values():
        seen.append(f"{result} {result!r} {vars(result) if isinstance(result, ProviderError) else ''}")
    printed = capfd.readouterr()
    seen += [printed.out, printed.err, caplog.text]
    assert "Invalid schema; you sent Bearer ***" in "".join(seen)
    assert KEY not in "".join(seen)
    assert HEADER not in "".join(seen)


def test_a_token_comes_from_a_command_and_is_asked_for_once(tmp_path: Path) -> None:
    script = f"open({str(tmp_path / 'runs')!r}, 'a').write('x')\nprint({KEY!r})"
    settings = ProviderSettings(key_command=command(tmp_path, script))

    async def tokens() -> list[str]:
        keys = Keys("p", settings, {})
        assert not (tmp_path / "runs").exists()
        return await asyncio.gather(*(keys.token() for _ in range(10)))

    assert asyncio.run(tokens()) == [KEY] * 10
    assert (tmp_path / "runs").read_text() == "x"


def test_a_token_from_a_command_reaches_the_server(tmp_path: Path) -> None:
    async def ask() -> Reply:
        async with Server().serve() as server:
            settings = ProviderSettings(server.base_url, key_command=command(tmp_path, f"print({KEY!r})"))
            provider = ServerProvider("p", settings, Keys("p", settings, {}))
            try:
                return await provider.complete(call("p", "m", [{"role": "user", "content": "x"}]))
            finally:
                await provider.close()

    assert asyncio.run(ask()).text == "answer to x"


def test_a_token_that_comes_in_pieces_is_whole(tmp_path: Path) -> None:
    script = f"import time\nprint({KEY[:5]!r}, end='', flush=True)\ntime.sleep(0.2)\nprint({KEY[5:]!r})"

    async def token() -> str:
        return await Keys("p", ProviderSettings(key_command=command(tmp_path, script)), {}).token()

    assert asyncio.run(token()) == KEY


def test_a_command_that_fails_ends_a_run_with_its_own_error(tmp_path: Path) -> None:
    async def ask() -> None:
        settings = ProviderSettings("http://127.0.0.1:1/v1", key_command=command(tmp_path, "raise SystemExit(3)"))
        provider = ServerProvider("p", settings, Keys("p", settings, {}))
        requests = [(1, call("p", "m", [{"role": "user", "content": "x"}]))]
        await run(requests, lambda name: provider, Limits(), lambda key, result: None)

    with pytest.raises(PromptsteadError, match="exit 3") as caught:
        asyncio.run(ask())
    assert not isinstance(caught.value, ProviderError)


@pytest.mark.parametrize(
    "script",
    [
        f"print({KEY!r})\nraise SystemExit(3)",
        "pass",
        "print('two words')",
        f"print({KEY!r} + chr(10) + 'more')",
        f"import sys\nsys.stderr.write({KEY!r})\nsys.exit(1)",
        "print('x' * 100_000)\nraise SystemExit(1)",
        "while True:\n    print('x' * 100_000)",
    ],
)
def test_a_command_without_a_token_is_one_line_without_what_it_printed(
    tmp_path: Path, script: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async def token() -> str:
        return await Keys("p", ProviderSettings(key_command=command(tmp_path, script)), {}).token()

    with pytest.raises(PromptsteadError, match="key_command") as caught:
        asyncio.run(token())
    assert KEY not in str(caught.value) + "".join(capfd.readouterr())


def test_a_command_that_is_not_there_or_may_not_run(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("x")
    os.chmod(plain, stat.S_IRUSR)
    for name in ("/nowhere/command", str(plain)):
        keys = Keys("p", ProviderSettings(key_command=(name,)), {})
        with pytest.raises(PromptsteadError, match="key_command"):
            asyncio.run(keys.token())


@pytest.mark.parametrize("value", ["", "  ", "sk-é", "sk-a\nb"])
def test_an_environment_variable_that_holds_no_key(value: str) -> None:
    with pytest.raises(PromptsteadError) as caught:
        Keys("p", ProviderSettings(key_env="MY_KEY"), {"MY_KEY": value})
    assert "MY_KEY" in str(caught.value)
    assert "sk-" not in str(caught.value)


def test_a_token_is_fresh_for_a_while_and_not_longer_when_the_clock_goes_backwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = f"open({str(tmp_path / 'runs')!r}, 'a').write('x')\nprint({KEY!r})"
    now = [10_000.0]
    monkeypatch.setattr("promptstead.providers.keys.time.monotonic", lambda: now[0])

    async def runs_at(*moments: float) -> list[int]:
        keys = Keys("p", ProviderSettings(key_command=command(tmp_path, script)), {})
        counted = []
        for now[0] in moments:
            assert await keys.token() == KEY
            counted.append(len((tmp_path / "runs").read_text()))
        return counted

    assert asyncio.run(runs_at(10_000, 10_239, 10_240, 10_100, 10_101)) == [1, 1, 2, 3, 3]
