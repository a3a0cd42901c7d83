"""Pending answers: ``outputs.new.jsonl`` beside a prompt, one attempt a line, in the order taken.

A line is written for every sampling of a request, also for one whose answer cannot be used or was rejected, so that
what is accepted in the end says how often the model was asked.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from promptstead.documents.json_keys import unique_keys
from promptstead.documents.text_scalars import scalar
from promptstead.documents.version_line import said_version, wrong_version
from promptstead.errors import PromptsteadError
from promptstead.evaluators.samples import plain_sample, read_sample
from promptstead.model import Json, RecordedOutput, Sample
from promptstead.outputs.entry_format import follows_schema
from promptstead.outputs.threads import KeptReply, asked_by, broken_replies, recorded, threads
from promptstead.prompts.requests import Requests

VERSION = "promptstead/pending/v1"
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

    :raises PromptsteadError: a line is none, or says that a newer promptstead wrote the file; the location names it.
    """
    found = []
    for number, line in enumerate(raw.split(b"\n")[:-1], 1):
        if said := said_version(line.decode("utf-8", "replace")):
            if wrong := wrong_version(said, VERSION):
                raise PromptsteadError(wrong[0], hint=wrong[1], location=f"{path}:{number}")
        elif line.strip():
            found.append(_attempt(line, f"{path}:{number}"))
    return found


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


def pending_outputs(
    attempts: Iterable[Attempt], requests: Requests | None = None, accepted: Iterable[RecordedOutput] = ()
) -> list[RecordedOutput]:
    """Return the answers as they would be recorded, by case, model and request in the order of first attempts.

    A request without an answer that can be used is not among them, and a conversation that was not led to its end.

    :param requests: those of the prompt, which say what belongs to a conversation; None where it has none.
    :param accepted: what is recorded, opened; a conversation may go on where an accepted one changed.
    """
    found: list[RecordedOutput] = []
    others = list(attempts)
    if requests is not None:
        spoken, others = told_apart(others, requests)
        found, left = _conversations(spoken, requests, accepted) if spoken else ([], [])
        others += left
    grouped: dict[Key, list[Attempt]] = {}
    for attempt in others:
        grouped.setdefault(key_of(attempt), []).append(attempt)
    for (name, model, request), tried in grouped.items():
        samples = tuple(attempt.sample for attempt in tried if attempt.sample is not None)[:MAX_SAMPLES]
        if samples:
            times = max(attempt.number for attempt in tried)
            found.append(RecordedOutput(name, model, "live", samples, request, attempts=times))
    return found


def _conversations(
    spoken: Mapping[tuple[str, str], Sequence[Attempt]], requests: Requests, accepted: Iterable[RecordedOutput]
) -> tuple[list[RecordedOutput], list[Attempt]]:
    """Return the conversations that are whole, and the attempts at what no conversation asks any more."""
    broken = broken_replies(requests, accepted)
    found: list[RecordedOutput] = []
    others: list[Attempt] = []
    for (name, model), tried in spoken.items():
        case = requests.case(name)
        assert case is not None  # it is a conversation
        try:
            talks = threads(requests, case, model, [*broken.get((name, model), ()), *kept_replies(tried)])
        except PromptsteadError:
            continue  # the prompt makes no request now; the replies wait
        if output := recorded(case, model, talks):
            found.append(output)
        reached = asked_by(talks) | {requests.digest(case, model)}
        others += (each for each in tried if each.request not in reached)
    return found, others


def told_apart(
    attempts: Iterable[Attempt], requests: Requests
) -> tuple[dict[tuple[str, str], list[Attempt]], list[Attempt]]:
    """Return the attempts at conversations by case and model, and all others, each in order."""
    spoken: dict[tuple[str, str], list[Attempt]] = {}
    others: list[Attempt] = []
    for attempt in attempts:
        case = requests.case(attempt.case)
        of = spoken.setdefault((attempt.case, attempt.model), []) if case and case.is_conversation else others
        of.append(attempt)
    return spoken, others


def kept_replies(attempts: Iterable[Attempt]) -> list[KeptReply]:
    """Return the answers of attempts as replies."""
    return [KeptReply(each.request, each.sample, each.number) for each in attempts if each.sample is not None]


def without_accepted(attempts: Iterable[Attempt], outputs: Iterable[RecordedOutput]) -> list[Attempt]:
    """Return the attempts that are left when *outputs*, which were pending, are accepted.

    Of an answer that is every attempt at its request. Of a conversation that is each reply in it, and what came to
    nothing: another conversation that began alike waits for its end.
    """
    gone: set[Key] = set()
    used: Counter[tuple[Key, str, str]] = Counter()
    asked: set[Key] = set()
    for output in outputs:
        steps = [step for sample in output.samples for step in sample.steps]
        if not steps:
            gone.add(key_of(output))
        for step in steps:
            key = output.case, output.model, step.request
            asked.add(key)
            used[key, step.output, repr(step.tool_calls)] += 1
    left = []
    for attempt in attempts:
        key = key_of(attempt)
        if key in gone or (key in asked and attempt.sample is None):
            continue
        said = (key, attempt.sample.output, repr(attempt.sample.tool_calls)) if attempt.sample is not None else None
        if said is not None and used[said] > 0:
            used[said] -= 1
            continue
        left.append(attempt)
    return left


def keys_of(output: RecordedOutput) -> set[Key]:
    """Return what an output answers: its request, and in a conversation that of each reply."""
    return {
        key_of(output),
        *((output.case, output.model, step.request) for sample in output.samples for step in sample.steps),
    }


def key_of(answer: Attempt | RecordedOutput) -> Key:
    """Return what an attempt, or a live output, answers."""
    return answer.case, answer.model, answer.request


def rejected(attempt: Attempt) -> Attempt:
    """Return the attempt without its answer: what is left is that the model was asked."""
    return attempt._replace(sample=None, why=attempt.why or REJECTED)
