"""Pending answers: ``outputs.new.jsonl`` beside a prompt, one attempt a line, in the order taken.

A line is written for every sampling of a request, also for one whose answer cannot be used or was rejected, so that
what is accepted in the end says how often the model was asked.
"""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from promptstead.documents.json_keys import unique_keys
from promptstead.documents.text_scalars import scalar
from promptstead.errors import PromptsteadError
from promptstead.evaluators.samples import plain_sample, read_sample
from promptstead.model import Json, RecordedOutput, Sample
from promptstead.outputs.entry_format import follows_schema

FILE = "outputs.new.jsonl"
MAX_SAMPLES = 1000
MAX_ATTEMPTS = 1_000_000
REJECTED = "rejected"
_OF_SAMPLE = ("output", "tool_calls", "finish_reason", "usage")
_KEYS = {"case", "model", "request", "attempt", *_OF_SAMPLE, "why"}

Key = tuple[str, str, str]
"""Case, model and digest of the request."""


class Attempt(NamedTuple):
    """One sampling of a request; *number* counts those of the same request from 1.

    *sample* is None where there is no answer to use, and *why* then says why.
    """

    case: str
    model: str
    request: str
    number: int
    sample: Sample | None
    why: str = ""


def dump_attempt(attempt: Attempt) -> str:
    """Return the line of an attempt, with its line feed.

    :raises PromptsteadError: the answer holds half a surrogate pair, which is not text.
    """
    entry: dict[str, Json] = {
        "case": attempt.case,
        "model": attempt.model,
        "request": attempt.request,
        "attempt": attempt.number,
    }
    if attempt.sample is None:
        entry["why"] = attempt.why
    else:
        entry |= plain_sample(attempt.sample)
    line = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    scalar(line)
    return line + "\n"


def parse_attempts(raw: bytes, path: str) -> list[Attempt]:
    """Return the attempts of a file; a last line without its line feed was never finished and does not count.

    :raises PromptsteadError: a line is none; the location names it.
    """
    return [_attempt(line, f"{path}:{number}") for number, line in enumerate(raw.split(b"\n")[:-1], 1) if line.strip()]


def _attempt(line: bytes, location: str) -> Attempt:
    try:
        entry = json.loads(line, object_pairs_hook=unique_keys)
        scalar(json.dumps(entry, ensure_ascii=False, allow_nan=False))
    except (ValueError, RecursionError, PromptsteadError) as error:
        raise PromptsteadError("this line is not a pending answer", hint="remove it", location=location) from error
    usable = isinstance(entry, dict) and entry.keys() <= _KEYS and ("output" in entry) != ("why" in entry)
    if not usable or not _follows_schema(entry) or not isinstance(entry.get("why", ""), str):
        raise PromptsteadError("this line is not a pending answer", hint="remove it", location=location)
    sample = read_sample(entry) if "output" in entry else None
    why = entry.get("why", "")
    return Attempt(entry["case"], entry["model"], entry["request"], entry["attempt"], sample, why)


def _follows_schema(entry: dict[str, Any]) -> bool:
    """Tell whether an attempt would make a recorded output: one definition of what that is."""
    sample = {key: entry[key] for key in _OF_SAMPLE if key in entry}
    recorded: dict[str, Any] = {key: entry[key] for key in ("case", "model", "request") if key in entry}
    recorded |= {"source": "live", "samples": [sample if "output" in entry else {"output": ""}]}
    recorded["attempts"] = entry.get("attempt")
    counted = isinstance(entry.get("attempt"), int) and entry["attempt"] <= MAX_ATTEMPTS
    return counted and follows_schema(recorded)


def pending_outputs(attempts: Iterable[Attempt]) -> list[RecordedOutput]:
    """Return the answers as they would be recorded, by case, model and request in the order of first attempts.

    A request without an answer that can be used is not among them.
    """
    grouped: dict[Key, list[Attempt]] = {}
    for attempt in attempts:
        grouped.setdefault(key_of(attempt), []).append(attempt)
    found = []
    for (case, model, request), tried in grouped.items():
        samples = tuple(attempt.sample for attempt in tried if attempt.sample is not None)[:MAX_SAMPLES]
        if samples:
            times = max(attempt.number for attempt in tried)
            found.append(RecordedOutput(case, model, "live", samples, request, attempts=times))
    return found


def key_of(answer: Attempt | RecordedOutput) -> Key:
    """Return what an attempt, or a live output, answers."""
    return answer.case, answer.model, answer.request


def rejected(attempt: Attempt) -> Attempt:
    """Return the attempt without its answer: what is left is that the model was asked."""
    return attempt._replace(sample=None, why=attempt.why or REJECTED)
