"""A stand-in for a server: ``fake/echo`` says the last user message again, ``fake/script`` what a file says.

For tests and demonstrations. Its tokens are words.
"""

import asyncio
import json
import time
from collections.abc import Callable
from typing import NamedTuple, get_args

from promptstead.errors import PromptsteadError
from promptstead.model import Json, Usage
from promptstead.providers.provider import Kind, ProviderError, Reply, Request

MAX_BYTES = 1024 * 1024
MOST = 3600
"""The largest number in a script: seconds, or times."""
_KINDS: dict[str, type | tuple[type, ...]] = {
    "contains": str, "tool": str, "times": int, "seconds": (int, float), "text": str, "finish_reason": str,
    "tool_calls": list, "usage": dict, "failure": str, "retry_after": (int, float),
}  # fmt: skip


class Entry(NamedTuple):
    """One line of a script: for which requests, how often, and what comes."""

    contains: str = ""
    """Text of the last user message; empty for any."""
    tool: str | None = None
    """Text of the result of a tool, which the last message is then; None for any request."""
    times: int = 0
    """How often it applies; 0 for always."""
    seconds: float = 0.0
    """How long the answer takes."""
    text: str | None = None
    """The answer; None says the last user message again."""
    finish_reason: str = "stop"
    tool_calls: tuple[Json, ...] = ()
    usage: Usage | None = None
    """None counts words; a usage of ``{}`` is unknown."""
    failure: str = ""
    """Kind of :class:`ProviderError`; empty for an answer."""
    retry_after: float | None = None


class FakeProvider:
    """Answers without a server: a :class:`promptstead.providers.provider.Provider`.

    :param script: entries for ``fake/script``; the first that applies to a request is used.
    """

    def __init__(self, script: tuple[Entry, ...] = ()) -> None:
        self._script = script
        self._used = [0] * len(script)

    async def complete(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Answer *request*; see :meth:`promptstead.providers.provider.Provider.complete`."""
        started = time.perf_counter()
        messages = request.arguments["messages"]
        asked = last_user_text(messages)
        entry = self._entry(request.model, asked, messages[-1] if messages else {})
        await asyncio.sleep(entry.seconds)
        if entry.failure:
            kind = next(kind for kind in get_args(Kind) if kind == entry.failure)
            raise ProviderError(f"the script fails: {kind}", kind, retry_after=entry.retry_after)
        text = asked if entry.text is None else entry.text
        if on_text:
            for piece in text.splitlines(keepends=True):
                on_text(piece)
        sent = sum(len(_text(message).split()) for message in messages)
        usage = Usage(sent, len(text.split())) if entry.usage is None else entry.usage
        return Reply(text, entry.finish_reason, usage, time.perf_counter() - started, entry.tool_calls)

    async def close(self) -> None:
        """Close nothing: nothing is open."""

    def _entry(self, model: str, asked: str, last: Json) -> Entry:
        if model == "echo":
            return Entry()
        if model != "script":
            raise ProviderError(f"there is no model `fake/{model}`", "refused", hint="use fake/echo or fake/script")
        for index, entry in enumerate(self._script):
            told = entry.tool is None or (last.get("role") == "tool" and entry.tool in _text(last))
            if told and entry.contains in asked and not 0 < entry.times <= self._used[index]:
                self._used[index] += 1
                return entry
        hint = "add one without `contains` and `tool`"
        raise ProviderError("the script has no answer for this request", "refused", hint=hint)


def read_script(raw: bytes, path: str) -> tuple[Entry, ...]:
    """Return the entries of a script: a JSON list of objects with the fields of :class:`Entry`.

    :raises PromptsteadError: it is not that; the location is *path*.
    """
    if len(raw) > MAX_BYTES:
        raise PromptsteadError(f"the script is larger than {MAX_BYTES:,} bytes", location=path)
    try:
        entries = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise PromptsteadError("this script is not JSON", hint="fix its syntax", location=path) from error
    if not isinstance(entries, list):
        raise PromptsteadError("a script is a list of answers and failures", location=path)
    return tuple(_read_entry(entry, f"entry {number}", path) for number, entry in enumerate(entries, 1))


def last_user_text(messages: list[Json]) -> str:
    """Return the text of the last user message, empty where there is none."""
    return next((_text(message) for message in reversed(messages) if message.get("role") == "user"), "")


def _text(message: Json) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _read_entry(entry: Json, where: str, path: str) -> Entry:
    if not isinstance(entry, dict) or not entry.keys() <= _KINDS.keys():
        raise PromptsteadError(f"{where} has an unknown key", hint=f"known: {', '.join(_KINDS)}", location=path)
    for key, value in entry.items():
        far = isinstance(value, (int, float)) and not 0 <= value <= MOST
        if far or isinstance(value, bool) or not isinstance(value, _KINDS[key]):
            raise PromptsteadError(f"{where}: `{key}` is of the wrong kind or out of range", location=path)
    if entry.get("failure", "server") not in get_args(Kind):
        raise PromptsteadError(f"{where}: a failure is one of {', '.join(get_args(Kind))}", location=path)
    values = dict(entry)
    if "tool_calls" in values:
        values["tool_calls"] = tuple(values["tool_calls"])
    if "usage" in values:
        values["usage"] = _usage(values["usage"], where, path)
    return Entry(**values)


def _usage(value: dict[str, Json], where: str, path: str) -> Usage:
    numbers = all(isinstance(number, int) and not isinstance(number, bool) and number >= 0 for number in value.values())
    if not value.keys() <= set(Usage._fields) or not numbers:
        raise PromptsteadError(f"{where}: `usage` has numbers of tokens, `input` and `output`", location=path)
    return Usage(*(value.get(name) for name in Usage._fields))
