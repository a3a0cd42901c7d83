"""What judges said about answers: ``judgements.jsonl`` beside the prompt whose answers were judged, one request a line.

A judgement belongs to the request that asked for it: the judge's prompt, its model and its inputs, among them the
answer. So one that answers a changed judge, or another answer, is simply not found. Judgements that wait are lines of
the same form in ``judgements.new.jsonl``, one sampling each. Those of a prompt whose answers are kept outside the
repository are named by digest, as these are.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from promptstead.digests import digest
from promptstead.documents.json_keys import unique_keys
from promptstead.documents.text_scalars import scalar
from promptstead.documents.version_line import said_version, version_line, wrong_version
from promptstead.errors import PromptsteadError
from promptstead.evaluators.samples import plain_sample, read_sample
from promptstead.evaluators.sealed_entry import ChangedEntry
from promptstead.evaluators.sealed_samples import opened_sample
from promptstead.model import Json, Problem, Sample, Span
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.own_data import own_data
from promptstead.words.sentence import say

VERSION = "promptstead/judgements/v1"
FILE = "judgements.jsonl"
PENDING = "judgements.new.jsonl"
MAX_SAMPLES = 1000

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
    unavailable: str = ""
    """Why what is kept outside the repository is not at hand."""
    own: str = ""
    """Keys that begin with ``x-``, which are anybody's own data, as JSON; empty where there are none."""

    @property
    def key(self) -> Key:
        """Return what tells it apart."""
        return self.model, self.request

    @property
    def is_sealed(self) -> bool:
        """Tell whether something of it is kept outside the repository."""
        return any(sample.digest for sample in self.samples)


def parse_judgements(text: str) -> tuple[list[Judgement], list[Problem]]:
    """Return the judgements of a file of pending ones, and what is wrong with its lines, which count for nothing.

    A last line without its line feed was never finished: nothing is said of it. What only names words that are kept
    elsewhere was said by nobody knows whom.
    """
    found: list[Judgement] = []
    problems: list[Problem] = []
    for span, judgement, problem in _lines([(0, text[: text.rfind("\n") + 1])]):
        if judgement is None or judgement.is_sealed:
            problems.append(problem or _problem(span))
        else:
            found.append(judgement)
    return found, problems


def judgements_of(loaded: Loaded) -> tuple[list[Judgement], list[Problem]]:
    """Return what is recorded of a prompt's judges, and what is wrong with its lines, the last one too."""
    found: list[Judgement] = []
    problems: list[Problem] = []
    for path, span, judgement, problem in _recorded(loaded):
        if judgement is None:
            problems.append((problem or _problem(span))._replace(path=path))
            continue
        try:
            samples = tuple(opened_sample(sample, loaded.stored) for sample in judgement.samples)
            found.append(judgement._replace(samples=samples))
        except ChangedEntry:
            hint = say("files.put-judgement-back")
            problems.append(Problem("SCH001", say("files.stored-judgement-changed"), span, hint, path=path))
        except PromptsteadError as error:
            found.append(judgement._replace(unavailable=error.message))
    return found, problems


def exposed_judgements(loaded: Loaded) -> Iterator[Problem]:
    """Yield a problem for each judgement in the repository whose prompt keeps its answers outside."""
    for path, span, judgement, _ in _recorded(loaded) if loaded.private else ():
        if judgement is not None and not judgement.is_sealed:
            message = say("files.judgement-in-repository")
            yield Problem("SCH001", message, span, say("files.run-outputs-move"), path=path)


def _problem(span: Span, is_changed: bool = False) -> Problem:
    message = say("files.judgement-changed" if is_changed else "files.no-judgement")
    return Problem("SCH001", message, span, say("files.remove-and-record"))


def _recorded(loaded: Loaded) -> Iterator[tuple[str, Span, Judgement | None, Problem | None]]:
    if (document := loaded.judgements) is not None:
        for line in _lines(document.pieces()):
            yield document.path, *line


def _lines(pieces: Iterable[tuple[int, str]]) -> Iterator[tuple[Span, Judgement | None, Problem | None]]:
    """Yield each line with its place: a judgement, or None and what is wrong with it.

    Behind a line that says another version nothing is read: any other problem would be a guess.

    :param pieces: whole lines, each with the offset of its first character.
    """
    for start, text in pieces:
        for line in text.split("\n"):
            span = Span(start, start + len(line))
            start += len(line) + 1
            if (said := said_version(line)) is not None:
                if wrong := wrong_version(said, VERSION):
                    yield span, None, Problem("SCH001", wrong[0], span, wrong[1])
                    return
            elif line.strip():
                judgement = _judgement(line)
                if judgement is None:
                    yield span, None, _problem(span)
                elif judgement.received in ("", received_digest(judgement)):
                    yield span, judgement, None
                else:
                    yield span, None, _problem(span, is_changed=True)


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
    entry["samples"] = [plain_sample(sample) for sample in judgement.samples]
    if judgement.attempts != 1:
        entry["attempts"] = judgement.attempts
    if judgement.why:
        entry["why"] = judgement.why
    if judgement.received:
        entry["received"] = judgement.received
    entry.update(json.loads(judgement.own or "{}"))
    return entry


def received_digest(judgement: Judgement) -> str:
    """Return the digest of what was received: what a judge said at a request, and how often it was asked."""
    samples = [plain_sample(sample) for sample in judgement.samples]
    return digest([judgement.judge, judgement.model, judgement.request, samples, judgement.attempts])


def read_judgement(entry: Json) -> Judgement | None:
    """Return a judgement from its JSON; None where that is none, or only names words that are kept elsewhere."""
    judgement = _read(entry)
    return None if judgement is None or judgement.is_sealed else judgement


def _read(entry: Json) -> Judgement | None:
    if not _validator().is_valid(entry):
        return None
    samples = tuple(read_sample(sample) for sample in entry["samples"])
    return Judgement(
        entry["judge"],
        entry["model"],
        entry["request"],
        samples,
        entry.get("attempts", 1),
        entry.get("why", ""),
        entry.get("received", ""),
        own=own_data(entry),
    )


def merged(judgements: Iterable[Judgement]) -> dict[Key, Judgement]:
    """Return one judgement a request, its samples in the order of taking; one without any sample is left out."""
    found: dict[Key, Judgement] = {}
    for each in judgements:
        former = found.get(each.key)
        if former is not None:
            each = each._replace(
                samples=(former.samples + each.samples)[:MAX_SAMPLES],
                attempts=max(former.attempts, each.attempts),
                own=former.own or each.own,
            )
        found[each.key] = each
    return {key: each._replace(why="", received="") for key, each in found.items() if each.samples}


def dump_file(judgements: Iterable[Judgement]) -> str:
    """Return the text of ``judgements.jsonl``: sorted, so that a diff shows what changed, each with its digest."""
    every = sorted(judgements, key=lambda each: (each.judge, each.model, each.request))
    return version_line(VERSION) + "".join(
        dump_judgement(each._replace(received=received_digest(each))) for each in every
    )


def _judgement(line: str) -> Judgement | None:
    try:
        entry = json.loads(line, object_pairs_hook=unique_keys)
        json.dumps(entry, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return _read(entry)


@cache
def _validator() -> Any:
    import jsonschema_rs

    from promptstead.prompts.schema_check import load_schema

    return jsonschema_rs.Draft202012Validator(load_schema("judgements")["$defs"]["judgement"])
