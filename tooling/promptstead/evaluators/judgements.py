"""What judges said about answers: ``judgements.jsonl`` beside the prompt whose answers were judged, one request a line.

A judgement belongs to the request that asked for it: the judge's prompt, its model and its inputs, among them the
answer. So one that answers a changed judge, or another answer, is simply not found. Judgements that wait are lines of
the same form in ``judgements.new.jsonl``, one sampling each.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from promptstead.digests import digest
from promptstead.documents.document import Document
from promptstead.documents.pairs import unique_keys
from promptstead.documents.text_scalars import scalar
from promptstead.model import Json, Problem, Sample, Span, Usage

FILE = "judgements.jsonl"
PENDING = "judgements.new.jsonl"
MAX_SAMPLES = 1000
CHANGED = "this judgement is not what the judge said: it was changed after it was accepted"

Key = tuple[str, str]
"""Model and digest of the request."""


class Judgement(NamedTuple):
    """What a judge, a prompt's id, said at one request; *attempts* counts how often it was ever asked."""

    judge: str
    model: str
    request: str
    samples: tuple[Sample, ...]
    attempts: int = 1
    why: str = ""
    """Of a sampling that gave nothing to use: why."""
    received: str = ""
    """Digest of what was received, as it was recorded; empty where nobody wrote it."""

    @property
    def key(self) -> Key:
        """Return what tells it apart."""
        return self.model, self.request


def parse_judgements(text: str) -> tuple[list[Judgement], list[Problem]]:
    """Return the judgements of a file, and what is wrong with its lines; such a line counts for nothing.

    A last line without its line feed was never finished: nothing is said of it.
    """
    found: list[Judgement] = []
    problems: list[Problem] = []
    start = 0
    for line in text.split("\n")[:-1]:
        if line.strip():
            judgement = _judgement(line)
            hint = "remove it, and record again"
            if judgement is None:
                problems.append(Problem("SCH001", "this line is no judgement", Span(start, start + len(line)), hint))
            elif judgement.received not in ("", received_digest(judgement)):
                problems.append(Problem("SCH001", CHANGED, Span(start, start + len(line)), hint))
            else:
                found.append(judgement)
        start += len(line) + 1
    return found, problems


def recorded_judgements(document: Document) -> tuple[list[Judgement], list[Problem]]:
    """Return the judgements of a file of the repository, and what is wrong with its lines, the last one too."""
    found: list[Judgement] = []
    problems: list[Problem] = []
    for offset, text in document.pieces():
        judgements, wrong = parse_judgements(text if text.endswith("\n") else text + "\n")
        found += judgements
        for each in wrong:
            span = Span(offset + each.span.start, offset + each.span.end)
            problems.append(each._replace(span=span, path=document.path))
    return found, problems


def dump_judgement(judgement: Judgement) -> str:
    """Return the line of a judgement, with its line feed.

    :raises PromptsteadError: the answer holds half a surrogate pair, which is not text.
    """
    line = json.dumps(judgement_entry(judgement), ensure_ascii=False, separators=(",", ":"))
    scalar(line)
    return line + "\n"


def judgement_entry(judgement: Judgement) -> dict[str, Json]:
    """Return a judgement as its JSON."""
    entry: dict[str, Json] = {"judge": judgement.judge, "model": judgement.model, "request": judgement.request}
    entry["samples"] = [_sample(sample) for sample in judgement.samples]
    if judgement.attempts != 1:
        entry["attempts"] = judgement.attempts
    if judgement.why:
        entry["why"] = judgement.why
    if judgement.received:
        entry["received"] = judgement.received
    return entry


def received_digest(judgement: Judgement) -> str:
    """Return the digest of what was received: what a judge said at a request, and how often it was asked."""
    samples = [_sample(sample) for sample in judgement.samples]
    return digest([judgement.judge, judgement.model, judgement.request, samples, judgement.attempts])


def read_judgement(entry: Json) -> Judgement | None:
    """Return a judgement from its JSON; None where that is none."""
    if not _validator().is_valid(entry):
        return None
    samples = tuple(_read_sample(sample) for sample in entry["samples"])
    return Judgement(
        entry["judge"],
        entry["model"],
        entry["request"],
        samples,
        entry.get("attempts", 1),
        entry.get("why", ""),
        entry.get("received", ""),
    )


def merged(judgements: Iterable[Judgement]) -> dict[Key, Judgement]:
    """Return one judgement a request, its samples in the order of taking; one without any sample is left out."""
    found: dict[Key, Judgement] = {}
    for each in judgements:
        former = found.get(each.key)
        if former is not None:
            each = each._replace(
                samples=(former.samples + each.samples)[:MAX_SAMPLES], attempts=max(former.attempts, each.attempts)
            )
        found[each.key] = each
    return {key: each._replace(why="", received="") for key, each in found.items() if each.samples}


def dump_file(judgements: Iterable[Judgement]) -> str:
    """Return the text of ``judgements.jsonl``: sorted, so that a diff shows what changed, each with its digest."""
    every = sorted(judgements, key=lambda each: (each.judge, each.model, each.request))
    return "".join(dump_judgement(each._replace(received=received_digest(each))) for each in every)


def _sample(sample: Sample) -> dict[str, Json]:
    entry: dict[str, Json] = {"output": sample.output}
    if sample.finish_reason:
        entry["finish_reason"] = sample.finish_reason
    if usage := {key: count for key, count in sample.usage._asdict().items() if count is not None}:
        entry["usage"] = usage
    return entry


def _judgement(line: str) -> Judgement | None:
    try:
        entry = json.loads(line, object_pairs_hook=unique_keys)
        json.dumps(entry, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return read_judgement(entry)


def _read_sample(entry: Mapping[str, Any]) -> Sample:
    usage = entry.get("usage", {})
    return Sample(entry["output"], entry.get("finish_reason", ""), Usage(usage.get("input"), usage.get("output")))


@cache
def _validator() -> Any:
    import jsonschema_rs

    from promptstead.prompts.schema import load_schema

    return jsonschema_rs.Draft202012Validator(load_schema("judgements"))
