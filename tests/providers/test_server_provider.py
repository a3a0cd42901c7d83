"""One call after the other against a server that speaks the protocol."""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from promptstead.config.settings import ProviderSettings
from promptstead.errors import PromptsteadError
from promptstead.model import Usage
from promptstead.providers.keys import Keys
from promptstead.providers.provider import ProviderError, Reply
from promptstead.providers.server_provider import ServerProvider
from tests.providers.calls import call
from tests.providers.server import KEY, Server

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "where is Lyon"}]
PARAMS: dict[str, Any] = {"temperature": 0, "max_completion_tokens": 50, "x-note": "ours"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOL = {"name": "get_weather", "description": "The weather", "parameters": SCHEMA, "x-note": "ours"}


APIS = ("chat", "responses", "messages")
NO_SCHEMA: dict[str, Any] = {}


def ask(
    server: Server,
    messages: list[Any] = MESSAGES,
    *,
    params: dict[str, Any] = PARAMS,
    tools: Sequence[dict[str, Any]] = (),
    output: dict[str, Any] = NO_SCHEMA,
    api: Any = "chat",
    on_text: Callable[[str], None] | None = None,
    key: str = KEY,
    timeout: float = 5.0,
    **more: Any,
) -> Reply:
    """Serve, make one call, close both."""
    request = call("test", "a-model", messages, params, tools, output, api, **more)

    async def run() -> Reply:
        async with server.serve():
            settings = ProviderSettings(server.address(api), api, "TEST_KEY" if key else "", timeout=timeout, **more)
            provider = ServerProvider("test", settings, Keys("test", settings, {"TEST_KEY": key}))
            try:
                return await provider.complete(request, on_text)
            finally:
                await provider.close()

    return asyncio.run(run())


def failure(fault: str, **options: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        ask(Server(lambda body, before: fault), **options)
    return caught.value


def test_a_whole_answer() -> None:
    server = Server()
    reply = ask(server)
    assert reply[:3] == ("answer to where is Lyon", "stop", Usage(5, 5))
    assert reply.seconds > 0
    assert server.bodies == [{"model": "a-model", "messages": MESSAGES, "temperature": 0, "max_completion_tokens": 50}]


def test_a_streamed_answer_is_the_same_and_comes_in_pieces() -> None:
    server, pieces = Server(), list[str]()
    reply = ask(server, on_text=pieces.append)
    assert reply[:3] == ask(Server())[:3]
    assert "".join(pieces) == reply.text
    assert len(pieces) > 1
    assert server.bodies[0]["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("api", APIS)
def test_usage_that_the_server_does_not_say_is_unknown(api: str, stream: bool) -> None:
    reply = ask(Server(usage=False), api=api, on_text=(lambda text: None) if stream else None)
    assert reply.usage == Usage(None, None)
    assert reply.finish_reason == "stop"


@pytest.mark.parametrize("api", APIS)
def test_a_request_in_the_words_of_another_api_is_refused_and_nothing_is_called(api: Any) -> None:
    server = Server()
    other = "chat" if api == "messages" else "messages"

    async def run() -> None:
        async with server.serve():
            settings = ProviderSettings(server.address(api), api, "TEST_KEY")
            provider = ServerProvider("test", settings, Keys("test", settings, {"TEST_KEY": KEY}))
            try:
                await provider.complete(call("test", "a-model", MESSAGES, api=other))
            finally:
                await provider.close()

    with pytest.raises(ProviderError, match=f"in the words of the `{other}` API") as caught:
        asyncio.run(run())
    assert f'api = "{other}"' in caught.value.hint
    assert not caught.value.passing
    assert server.bodies == []


REFUSALS = {
    400: {"error": {"message": "stream_options: extra fields not permitted"}},
    422: {"message": {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}},
}


@pytest.mark.parametrize("status", REFUSALS)
def test_a_server_that_refuses_stream_options_is_asked_without_them(status: int) -> None:
    class Old(Server):
        async def _fail(self, fault: str, request: Any) -> Any:
            if "stream_options" in self.bodies[-1]:
                from aiohttp import web

                return web.json_response(REFUSALS[status], status=status)
            return None

    server = Old()
    reply = ask(server, on_text=lambda text: None)
    assert (reply.text, reply.usage) == ("answer to where is Lyon", Usage())
    assert len(server.bodies) == 2


@pytest.mark.parametrize("stream", [False, True])
def test_tools_and_their_calls(stream: bool) -> None:
    server = Server()
    reply = ask(server, tools=(TOOL,), on_text=(lambda text: None) if stream else None)
    assert reply.finish_reason == "tool_calls"
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Lyon"}'}}
    assert reply.tool_calls == (call,)
    sent = {key: value for key, value in TOOL.items() if key != "x-note"}
    assert server.bodies[0]["tools"] == [{"type": "function", "function": sent}]


def test_a_schema_and_plain_json_are_asked_for() -> None:
    server = Server()
    output = {"format": "json", "name": "answer", "strict": True, "schema": SCHEMA}
    ask(server, output=output)
    schema = {"name": "answer", "strict": True, "schema": SCHEMA}
    assert server.bodies[0]["response_format"] == {"type": "json_schema", "json_schema": schema}
    other = Server()
    ask(other, output={"format": "json"})
    assert other.bodies[0]["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize("cap", ["max_completion_tokens", "max_tokens"])
def test_a_server_that_knows_an_older_form_is_asked_in_it(cap: str) -> None:
    server = Server()
    output = {"format": "json", "name": "answer", "schema": SCHEMA}
    ask(server, params={cap: 50}, output=output, output_cap="max_tokens", json_schema="json_object")
    assert server.bodies[0] == {
        "model": "a-model",
        "messages": MESSAGES,
        "max_tokens": 50,
        "response_format": {"type": "json_object", "schema": SCHEMA},
    }
    plain = Server()
    ask(plain, params={}, output_cap="max_tokens", json_schema="json_object")
    assert plain.bodies == [{"model": "a-model", "messages": MESSAGES}]


PARTS = [
    {"type": "text", "text": "What is this?"},
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "low"}},
    {"type": "file", "file": {"file_data": "data:application/pdf;base64,AAAA", "filename": "a.pdf"}},
    {"type": "file", "file": {"file_data": "file-abc123"}},
]


def test_images_and_files() -> None:
    server = Server()
    ask(server, [{"role": "user", "content": PARTS}])
    assert server.bodies[0]["messages"][0]["content"] == [
        *PARTS[:3],
        {"type": "file", "file": {"file_id": "file-abc123"}},
    ]


def test_the_responses_api_in_its_own_words() -> None:
    server = Server()
    call = {"id": "call_7", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": "sunny", "tool_call_id": "call_7"},
        {"role": "user", "content": PARTS},
    ]
    params = {"max_completion_tokens": 9, "reasoning_effort": "low", "verbosity": "high"}
    output = {"format": "json", "name": "answer", "strict": True, "schema": SCHEMA}
    reply = ask(server, messages, params=params, tools=(TOOL,), output=output, api="responses")
    assert reply[:3] == ("answer to What is this?", "tool_calls", Usage(7, 5))
    assert reply.tool_calls[0]["function"]["name"] == "get_weather"
    body = server.bodies[0]
    assert body["input"] == [
        {"type": "function_call", "call_id": "call_7", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_7", "output": "sunny"},
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "What is this?"},
                {"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "low"},
                {"type": "input_file", "file_data": "data:application/pdf;base64,AAAA", "filename": "a.pdf"},
                {"type": "input_file", "file_id": "file-abc123"},
            ],
        },
    ]
    assert body["text"]["format"] == {"type": "json_schema", "name": "answer", "strict": True, "schema": SCHEMA}
    assert (body["text"]["verbosity"], body["reasoning"], body["max_output_tokens"]) == ("high", {"effort": "low"}, 9)
    assert body["store"] is False
    assert body["tools"][0]["strict"] is False


def test_a_streamed_response() -> None:
    pieces: list[str] = []
    reply = ask(Server(), api="responses", on_text=pieces.append)
    assert reply.text == "".join(pieces) == "answer to where is Lyon"
    assert reply.usage == Usage(7, 5)


@pytest.mark.parametrize("api", APIS)
def test_a_cut_answer_says_length(api: str) -> None:
    assert ask(Server(lambda body, before: "length"), api=api).finish_reason == "length"


@pytest.mark.parametrize("api", ["chat", "messages"])
def test_a_refusal_is_an_answer_that_says_so(api: str) -> None:
    assert ask(Server(lambda body, before: "refusal"), api=api)[:2] == ("I cannot help with that.", "refusal")


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("404", "refused", ("a-model", "404", "snapshot")),
        ("403", "refused", ("a-model", "403", "access")),
        ("400", "refused", ("400", "Invalid schema", "params")),
        ("quota", "refused", ("quota", "billing")),
        ("redirect", "refused", ("307", "base_url")),
        ("429", "rate-limit", ("429",)),
        ("500", "server", ("500", "The server had an error")),
        ("500-schema", "refused", ("500", "json_schema = ")),
        ("error-200", "server", ("503", "overloaded")),
        ("html", "answer", ("text/html", "base_url")),
        ("truncated", "answer", ("cut off",)),
        ("deep", "answer", ("JSON",)),
        ("wrong", "answer", ("not an answer",)),
        ("gzip", "answer", ("compressed",)),
        ("huge", "answer", ("16 MiB",)),
        ("huge-500", "answer", ("16 MiB",)),
        ("huge-307", "answer", ("16 MiB",)),
        ("gzip-500", "answer", ("compressed",)),
        ("reset", "connection", ("broke off",)),
        ("leak", "answer", ("key",)),
    ],
)
@pytest.mark.parametrize("api", ["chat", "messages"])
def test_each_failure_is_one_clear_line(api: str, fault: str, kind: str, words: tuple[str, ...]) -> None:
    error = failure(fault, api=api)
    assert error.kind == kind
    assert all(word in str(error) for word in words), str(error)
    assert "\n" not in str(error)
    assert KEY not in repr(error) + str(error) + repr(error.__cause__)


@pytest.mark.parametrize("fault", ["stream-error", "stream-reset", "stream-end"])
@pytest.mark.parametrize("api", APIS)
def test_a_stream_that_breaks_is_no_answer(api: str, fault: str) -> None:
    error = failure(fault, api=api, on_text=lambda text: None)
    assert error.kind == ("answer" if fault == "stream-error" else "connection")


def test_a_response_that_the_server_fails_may_succeed_later() -> None:
    assert failure("failed", api="responses").passing


@pytest.mark.parametrize("api", ["chat", "messages"])
def test_a_server_that_hangs_is_left(api: str) -> None:
    error = failure("hang", api=api, timeout=0.3)
    assert (error.kind, error.passing) == ("timeout", True)
    assert error.message.endswith("did not finish its answer within 0.3 s")
    assert "raise `timeout`" in error.hint


def test_a_rate_limit_says_how_long_to_wait() -> None:
    assert failure("429").retry_after == pytest.approx(0.03)


def test_a_wrong_key_is_named_by_its_place_and_never_shown() -> None:
    wrong = "sk-wrong-9d8f7a6s5d4f3"
    with pytest.raises(ProviderError) as caught:
        ask(Server(), key=wrong)
    assert "TEST_KEY" in str(caught.value)
    assert "401" in str(caught.value)
    assert wrong not in str(caught.value)


def test_a_server_without_a_key_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_ORG_ID", "org-ours")
    server = Server(key="")
    assert ask(server, key="").text
    assert not {"authorization", "openai-organization"} & {name.lower() for name in server.headers[0]}
    assert KEY not in str(server.headers)


@pytest.mark.parametrize("listens", [True, False])
def test_nobody_there_is_told_apart_from_somebody_who_says_nothing(listens: bool) -> None:
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        if listens:
            there.listen()
        settings = ProviderSettings(f"http://127.0.0.1:{there.getsockname()[1]}/v1", timeout=0.5)

        async def run() -> None:
            provider = ServerProvider("test", settings, Keys("test", settings, {}))
            try:
                await provider.complete(call("test", "a-model", MESSAGES))
            finally:
                await provider.close()

        with pytest.raises(ProviderError) as caught:
            asyncio.run(run())
    error = caught.value
    assert (error.kind, error.passing) == ("timeout" if listens else "connection", True)
    said = "did not finish its answer within 0.5 s" if listens else "cannot be reached: nothing listens there"
    assert error.message.endswith(said)
    assert ("`timeout`" in error.hint, "`base_url`" in error.hint) == (listens, not listens)


@pytest.mark.parametrize(("api", "param"), [("chat", "n"), ("chat", "stream"), ("responses", "stop")])
def test_a_param_that_cannot_be_sent_is_refused_and_nothing_is_called(api: str, param: str) -> None:
    server = Server()
    with pytest.raises(PromptsteadError, match=param):
        ask(server, params={param: 1}, api=api)
    assert server.bodies == []


def test_a_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is its own proxy: it is asked for a host that does not exist, by its whole address."""

    async def run() -> Reply:
        server = Server()
        async with server.serve():
            monkeypatch.setenv("HTTP_PROXY", server.base_url.removesuffix("/v1"))
            monkeypatch.delenv("NO_PROXY", raising=False)
            monkeypatch.delenv("no_proxy", raising=False)
            settings = ProviderSettings("http://model.invalid/v1", key_env="TEST_KEY")
            provider = ServerProvider("test", settings, Keys("test", settings, {"TEST_KEY": KEY}))
            try:
                return await provider.complete(call("test", "a-model", MESSAGES))
            finally:
                await provider.close()

    assert asyncio.run(run()).text == "answer to where is Lyon"
    assert os.environ["HTTP_PROXY"]
