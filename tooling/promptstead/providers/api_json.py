"""What the APIs share on the wire: reading JSON, events and text that a server may get wrong."""

import json
from collections.abc import AsyncIterator
from itertools import product
from typing import NoReturn

from promptstead.model import Json, Usage
from promptstead.providers.provider import ProviderError

MAX_BYTES = 16 * 1024 * 1024
"""The largest answer that is read."""
MAX_TOOL_CALLS = 128


def bad_answer(reason: str) -> NoReturn:
    """Raise the error of an answer that is none: the server *reason*."""
    raise ProviderError(f"the server {reason}", "answer", hint="check `base_url` and `api`")


def read_json(raw: bytes | str) -> Json:
    """Return the JSON value *raw*.

    :raises ProviderError: it is none.
    """
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        bad_answer("sent JSON that is cut off or damaged")


async def read_events(chunks: AsyncIterator[bytes]) -> AsyncIterator[Json]:
    """Yield the JSON data of server-sent events until ``[DONE]`` or the end; comments and other fields are skipped."""
    rest = b""
    data: list[bytes] = []
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n") if b"\n" in chunk else (rest + chunk,)
        for line in lines:
            line = line.removesuffix(b"\r")
            if line.startswith(b"data:"):
                data.append(line[5:].removeprefix(b" "))
            elif not line and data:
                text, data = b"\n".join(data), []
                if text == b"[DONE]":
                    return
                yield read_json(text)
    if rest.startswith(b"data:"):
        data.append(rest[5:].strip())
    if data and data != [b"[DONE]"]:
        yield read_json(b"\n".join(data))


def whole_text(text: str) -> str:
    """Return *text* with surrogate pairs joined (a stream may cut between the two), and what stays half replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def usage_of(
    sent: Json,
    answered: Json,
    cached: Json = None,
    reasoning: Json = None,
    *,
    cache_written: Json = None,
    total: Json = 0,
) -> Usage:
    """Return the usage of numbers that a server sent: its input with what was cached, its output with the reasoning.

    Some servers count a part beside the rest: xAI its reasoning, layers before Anthropic's API what they read from a
    cache. The total tells, and so does a part that is more than the whole. Gemini's layer leaves its reasoning out of
    everything but the total.
    """
    whole, answer = count(sent), count(answered)
    known = count(cached), count(cache_written), count(reasoning)
    if whole is None or answer is None:
        return Usage(whole, answer, *known)
    read, written, thought = (part or 0 for part in known)
    beside = (count(total) or 0) - whole - answer
    for of_input, of_output in product((0, read, read + written), (0, thought)):
        if beside > 0 and of_input + of_output == beside:
            return Usage(whole + of_input, answer + of_output, *known)
    if beside > 0 and not read and not thought:
        return Usage(whole, answer + beside, *known[:2], beside)
    return Usage(whole + (read if read > whole else 0), answer + (thought if thought > answer else 0), *known)


def detail(value: Json, key: str) -> Json:
    """Return what a map has for *key*; None where there is none or it is no map."""
    return value.get(key) if isinstance(value, dict) else None


def count(value: Json) -> int | None:
    """Return a number of tokens, None where it is not one: unknown."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
