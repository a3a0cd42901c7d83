"""A server on loopback that speaks OpenAI's two APIs and Anthropic's as they are documented, with faults on demand."""

import asyncio
import json
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import web

KEY = "sk-test-4f9aQ2zR8mXw7LkP3vB6"
HUGE = 50 * 1024 * 1024

ANTHROPIC_ERRORS = {
    "529": (529, "overloaded_error", "Overloaded"),
    "429-anthropic": (429, "rate_limit_error", "This request would exceed the rate limit of your organization"),
    "413": (413, "request_too_large", "Request exceeds the maximum size"),
    "402": (402, "billing_error", "There is an issue with the payment information"),
    "unpaid": (400, "invalid_request_error", "Your credit balance is too low to access the API"),
}
"""Fault -> what Anthropic's servers say with it: status, kind and message."""

Fault = Callable[[dict[str, Any], int], str]
"""Body and how often this very body came before -> the name of a fault, or empty."""


def no_fault(body: dict[str, Any], before: int) -> str:
    return ""


def asked(body: dict[str, Any]) -> str:
    """Return the text of the last message."""
    last = (body["messages"] if "messages" in body else body["input"])[-1]["content"]
    return last if isinstance(last, str) else "".join(part.get("text", "") for part in last)


class Server:
    """Answers what *say* makes of the body, by default ``answer to <last message>``; its tokens are words.

    :param seconds: how long each answer takes.
    :param usage: whether it says what was used; what it says, or what gives that for a body.
    """

    def __init__(
        self,
        fault: Fault = no_fault,
        *,
        key: str = KEY,
        seconds: float = 0.0,
        usage: bool | dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]] = True,
        say: Callable[[dict[str, Any]], str] = lambda body: f"answer to {asked(body)}",
    ) -> None:
        self.fault, self.key, self.seconds, self.usage = fault, key, seconds, usage
        self.say = say
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answered: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()
        self.running = 0
        self.most = 0
        self.base_url = ""

    @asynccontextmanager
    async def serve(self, context: ssl.SSLContext | None = None) -> AsyncIterator["Server"]:
        app = web.Application(client_max_size=HUGE)
        app.router.add_post("/v1/chat/completions", self._handle)
        app.router.add_post("/v1/responses", self._handle)
        app.router.add_post("/v1/messages", self._handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        port = runner.addresses[0][1]
        self.base_url = f"{'https' if context else 'http'}://127.0.0.1:{port}/v1"
        try:
            yield self
        finally:
            await runner.cleanup()

    def address(self, api: str) -> str:
        """Return the address as the client of an API writes it."""
        return self.base_url.removesuffix("/v1") if api == "messages" else self.base_url

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        if request.path.endswith("/messages") and "anthropic-version" not in request.headers:
            return _error(400, "anthropic-version: header is required", "invalid_request_error")
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            said = request.headers.get("Authorization", "none")
            return _error(401, f"Incorrect API key provided: {said}.", "invalid_api_key")
        name = json.dumps(body, sort_keys=True)
        fault = self.fault(body, self._seen[name])
        self._seen[name] += 1
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(self.seconds)
            refused = await self._fail(fault, request)
            if refused is not None:
                return refused
            self.answered[asked(body)] += 1
            answer = {"responses": _responses, "messages": _messages}.get(request.path.rpartition("/")[2], _chat)
            usage = self.usage(body) if callable(self.usage) else self.usage
            return await answer(request, body, self.say(body), usage, fault)
        finally:
            self.running -= 1

    async def _fail(self, fault: str, request: web.Request) -> web.StreamResponse | None:
        match fault:
            case "429":
                return _error(429, "Rate limit reached", "rate_limit_exceeded", {"retry-after-ms": "30"})
            case "quota":
                return _error(429, "You exceeded your current quota", "insufficient_quota")
            case "500":
                return _error(500, "The server had an error", "server_error")
            case "500-schema":
                said = (
                    "1 validation error: 'response_format', \"Input should be 'text' or 'json_object'\": 'json_schema'"
                )
                return _error(500, said, "internal_server_error")
            case "404":
                return _error(404, "The model `nothing` does not exist", "model_not_found")
            case "403":
                return _error(403, "Project does not have access to model", "model_not_found")
            case "400":
                return _error(400, f"Invalid schema; you sent {request.headers['Authorization']}", "invalid_request")
            case "redirect":
                return web.Response(status=307, headers={"location": "http://127.0.0.1:1/v1/elsewhere"})
            case "529" | "429-anthropic" | "413" | "402" | "unpaid":
                status, kind, message = ANTHROPIC_ERRORS[fault]
                body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
                headers = {"retry-after": "2"} if status == 429 else {}
                return web.json_response(body, status=status, headers=headers)
            case "error-200":
                return web.json_response({"error": {"message": "upstream is overloaded", "code": 503}})
            case "html":
                return web.Response(text="<html>login</html>", content_type="text/html")
            case "truncated":
                return web.Response(body=b'{"choices": [{"message": {"content": "tr', content_type="application/json")
            case "deep":
                return web.Response(body=b"[" * 200_000, content_type="application/json")
            case "wrong":
                return web.json_response({"choices": [{"message": "none"}]})
            case "gzip":
                return web.Response(body=b"x", headers={"content-encoding": "gzip"}, content_type="application/json")
            case "hang":
                await asyncio.sleep(60)
            case "reset" | "huge" | "huge-500" | "huge-307" | "gzip-500":
                return await _raw(request, fault)
        return None


async def _raw(request: web.Request, fault: str) -> web.StreamResponse:
    response = web.StreamResponse(status=int(fault.partition("-")[2] or 200))
    response.content_type = "application/json"
    response.content_length = HUGE
    if fault.startswith("gzip"):
        response.headers["content-encoding"] = "gzip"
    await response.prepare(request)
    await response.write(b'{"choices": [{"message": {"content": "')
    assert request.transport is not None
    if fault == "reset":
        request.transport.abort()
        return response
    with suppress(ConnectionError):
        for _ in range(HUGE // 65536 - 1):
            await response.write(b"x" * 65536)
    request.transport.abort()
    return response


def _error(status: int, message: str, code: str, headers: dict[str, str] | None = None) -> web.Response:
    body = {"error": {"message": message, "type": code, "param": None, "code": code}}
    return web.json_response(body, status=status, headers={"x-ratelimit-remaining-requests": "0", **(headers or {})})


async def _events(
    request: web.Request, events: list[tuple[str, dict[str, Any]]], end: str, fault: str
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    await response.write(b": a comment\n\n")
    for number, (name, event) in enumerate(events):
        line = f"event: {name}\r\n" if name else ""
        await response.write(f"{line}data: {json.dumps(event)}\r\n\r\n".encode())
        if number == 1 and fault == "stream-overloaded":
            error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
            await response.write(f"event: error\ndata: {json.dumps(error)}\n\n".encode())
            return response
        if number == 1 and fault == "stream-error":
            await response.write(b'data: {"error": {"message": "the engine stopped", "code": null}}\n\n')
            return response
        if number == 1 and fault == "stream-reset":
            assert request.transport is not None
            request.transport.abort()
            return response
        if number == 1 and fault == "stream-end":
            return response
    await response.write(end.encode())
    return response


async def _chat(
    request: web.Request, body: dict[str, Any], text: str, usage: bool | dict[str, Any], fault: str
) -> web.StreamResponse:
    words = sum(len(str(message["content"]).split()) for message in body["messages"])
    counted: Any = {"prompt_tokens": words, "completion_tokens": len(text.split()), "total_tokens": 0}
    counted = usage if isinstance(usage, dict) else counted if usage else None
    calls: list[dict[str, Any]] = [
        {
            "id": "call_1",
            "type": "function",
            "function": {"name": tool["function"]["name"], "arguments": '{"city": "Lyon"}'},
        }
        for tool in body.get("tools", [])
    ]
    head: dict[str, Any] = {"id": "chatcmpl-1", "created": 1, "model": body["model"]}
    if not body.get("stream"):
        message: dict[str, Any] = {"role": "assistant", "content": None if calls else text, "refusal": None}
        if calls:
            message["tool_calls"] = calls
        if fault == "refusal":
            message |= {"content": None, "refusal": "I cannot help with that."}
        if fault == "leak":
            message["content"] = f"your key is {KEY}"
        choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}
        if fault == "length":
            choice["finish_reason"] = "length"
        whole = {"object": "chat.completion", **head, "choices": [choice], **({"usage": counted} if usage else {})}
        return web.json_response(whole)
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    for call in calls:
        opening = {**call, "index": 0, "function": {"name": call["function"]["name"], "arguments": ""}}
        deltas.append({"tool_calls": [opening]})
        deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in ('{"city": ', '"Lyon"}')]
    if not calls:
        deltas += [{"content": piece} for piece in (text[:3], text[3:9], text[9:])]
    chunks: list[dict[str, Any]] = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    chunks.append({"index": 0, "delta": {}, "finish_reason": "tool_calls" if calls else "stop"})
    events: list[dict[str, Any]] = [
        {"object": "chat.completion.chunk", **head, "choices": [chunk], "usage": None} for chunk in chunks
    ]
    if usage and body.get("stream_options", {}).get("include_usage"):
        events.append({"object": "chat.completion.chunk", **head, "choices": [], "usage": counted})
    return await _events(request, [("", event) for event in events], "data: [DONE]\n\n", fault)


async def _responses(
    request: web.Request, body: dict[str, Any], text: str, usage: bool | dict[str, Any], fault: str
) -> web.StreamResponse:
    part = {"type": "output_text", "text": text, "annotations": []}
    output: list[dict[str, Any]] = [{"type": "reasoning", "id": "rs_1", "summary": []}]
    output.append({"type": "message", "id": "msg_1", "role": "assistant", "content": [part]})
    for tool in body.get("tools", []):
        output.append({"type": "function_call", "call_id": "call_1", "name": tool["name"], "arguments": "{}"})
    response = {
        "id": "resp_1", "object": "response", "status": "completed", "error": None, "incomplete_details": None,
        "model": body["model"], "output": output,
        "usage": usage
        if isinstance(usage, dict)
        else {"input_tokens": 7, "output_tokens": len(text.split()), "total_tokens": 0}
        if usage
        else None,
    }  # fmt: skip
    if fault == "length":
        response |= {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    if fault == "failed":
        response |= {"status": "failed", "error": {"code": "server_error", "message": "it broke"}}
    if not body.get("stream"):
        return web.json_response(response)
    events: list[dict[str, Any]] = [{"type": "response.created", "response": {**response, "status": "in_progress"}}]
    events += [{"type": "response.output_text.delta", "delta": piece} for piece in (text[:5], text[5:])]
    events.append({"type": f"response.{response['status']}", "response": response})
    return await _events(request, [(event["type"], event) for event in events], "", fault)


async def _messages(
    request: web.Request, body: dict[str, Any], text: str, usage: bool | dict[str, Any], fault: str
) -> web.StreamResponse:
    content: list[dict[str, Any]] = [{"type": "thinking", "thinking": "Lyon is a city.", "signature": "c2ln"}]
    content.append({"type": "text", "text": f"your key is {KEY}" if fault == "leak" else text})
    for number, tool in enumerate(body.get("tools", []), 1):
        given = {"city": "Lyon"}
        content.append({"type": "tool_use", "id": f"toolu_{number}", "name": tool["name"], "input": given})
    reason = "tool_use" if body.get("tools") else "max_tokens" if fault == "length" else "end_turn"
    details = None
    if fault == "refusal":
        reason, details = "refusal", {"type": "refusal", "category": None, "explanation": "I cannot help with that."}
    cached = {"cache_creation_input_tokens": 100, "cache_read_input_tokens": 20}
    counted: dict[str, Any] = {"input_tokens": 7, **cached, "output_tokens": len(text.split())}
    counted = usage if isinstance(usage, dict) else counted
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "stop_sequence": None}
    ending = {"stop_reason": reason, "stop_sequence": None, "stop_details": details}
    if not body.get("stream"):
        whole = {**head, "content": content, **ending, **({"usage": counted} if usage else {})}
        return web.json_response(whole)
    begun = {
        **head,
        "content": [],
        "stop_reason": None,
        **({"usage": {**counted, "output_tokens": 1}} if usage else {}),
    }
    events: list[dict[str, Any]] = [{"type": "message_start", "message": begun}]
    for index, block in enumerate(content):
        empty: dict[str, dict[str, Any]] = {
            "thinking": {"thinking": "", "signature": ""},
            "text": {"text": ""},
            "tool_use": {"input": {}},
        }
        opening = {**block, **empty[block["type"]]}
        events += [{"type": "content_block_start", "index": index, "content_block": opening}, {"type": "ping"}]
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in _deltas(block)]
        events.append({"type": "content_block_stop", "index": index})
    last: dict[str, Any] = {"type": "message_delta", "delta": ending}
    if usage:
        last["usage"] = {key: value for key, value in counted.items() if key.startswith("output_tokens")}
        last["usage"] |= {"input_tokens": None}
    events += [last, {"type": "message_stop"}]
    return await _events(request, [(event["type"], event) for event in events], "", fault)


def _deltas(block: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pieces in which a block of a message is streamed."""
    if block["type"] == "text":
        return [{"type": "text_delta", "text": piece} for piece in (block["text"][:5], block["text"][5:])]
    if block["type"] == "thinking":
        deltas = [{"type": "thinking_delta", "thinking": block["thinking"]}]
        return [*deltas, {"type": "signature_delta", "signature": block["signature"]}]
    pieces = ("", '{"city": ', '"Lyon"}')
    return [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
