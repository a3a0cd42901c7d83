import asyncio
import json
from typing import Any

import pytest

from promptstead.errors import PromptsteadError
from promptstead.model import Usage
from promptstead.providers.fake import FakeProvider, read_script
from promptstead.providers.provider import ProviderError, Reply
from tests.providers.calls import call

MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "a first "}, {"type": "text", "text": "line\na second"}]},
    {"role": "assistant", "content": "sure"},
]


def script(*entries: dict[str, Any]) -> FakeProvider:
    return FakeProvider(read_script(json.dumps(entries).encode(), "answers.json"))


def ask(provider: FakeProvider, model: str = "script", text: str = "") -> Reply:
    messages = [{"role": "user", "content": text}] if text else MESSAGES
    return asyncio.run(provider.complete(call("fake", model, messages)))


def test_echo_says_the_last_user_message_and_counts_words() -> None:
    reply = ask(FakeProvider(), "echo")
    assert reply[:3] == ("a first line\na second", "stop", Usage(8, 5))


def test_echo_streams_line_by_line() -> None:
    pieces: list[str] = []
    asyncio.run(FakeProvider().complete(call("fake", "echo", MESSAGES), pieces.append))
    assert pieces == ["a first line\n", "a second"]


def test_the_first_entry_that_applies_is_used_as_often_as_it_says() -> None:
    provider = script(
        {"contains": "card", "failure": "rate-limit", "retry_after": 2, "times": 1},
        {"contains": "card", "text": "card", "finish_reason": "length", "usage": {"input": 3}},
        {"text": "other", "tool_calls": [{"id": "1"}], "usage": {}},
    )
    with pytest.raises(ProviderError) as caught:
        ask(provider, text="my card")
    assert (caught.value.kind, caught.value.retry_after) == ("rate-limit", 2)
    assert ask(provider, text="my card")[:3] == ("card", "length", Usage(3, None))
    assert ask(provider, text="x")[:3] == ("other", "stop", Usage())
    assert ask(provider, text="x").tool_calls == ({"id": "1"},)


def test_what_the_script_does_not_know_is_refused() -> None:
    for provider, model in ((script({"contains": "z"}), "script"), (FakeProvider(), "gpt")):
        with pytest.raises(ProviderError) as caught:
            ask(provider, model, "x")
        assert caught.value.kind == "refused"


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        b"[",
        b"\xff",
        b"[1]",
        b"[" * 100_000,
        b'[{"answer": "x"}]',
        b'[{"text": 1}]',
        b'[{"times": 1.5}]',
        b'[{"times": true}]',
        b'[{"seconds": -1}]',
        b'[{"seconds": NaN}]',
        b'[{"seconds": 1e999}]',
        b'[{"failure": "bored"}]',
        b'[{"usage": {"input": "many"}}]',
        b'[{"usage": {"tokens": 1}}]',
        b'[{"text": "' + b"x" * 2**20 + b'"}]',
    ],
    ids=range(16),
)
def test_a_script_that_is_none_is_one_line(raw: bytes) -> None:
    with pytest.raises(PromptsteadError) as caught:
        read_script(raw, "answers.json")
    assert str(caught.value).startswith("answers.json: ")
