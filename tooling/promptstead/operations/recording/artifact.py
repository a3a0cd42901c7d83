"""Answers that another machine recorded: files from elsewhere, read with suspicion."""

import os
from typing import TYPE_CHECKING

from promptstead.errors import PromptsteadError
from promptstead.evaluators.judgement_file import PENDING, Judgement, parse_judgements
from promptstead.evaluators.samples import kept, kept_calls
from promptstead.model import Sample
from promptstead.operations.recording.answers_to_ask import unusable_sample
from promptstead.outputs.pending import FILE, Attempt, Key, parse_attempts
from promptstead.storage.disk import walk
from promptstead.storage.journal import MAX_BYTES as JOURNAL_BYTES
from promptstead.storage.journal import ROOM
from promptstead.storage.untrusted_file import read_foreign

if TYPE_CHECKING:
    from promptstead.runs.reader import RunReader

MAX_FILES = 1000
MAX_BYTES = ROOM * JOURNAL_BYTES
"""Of all files together: whatever `record --to` may write of one prompt can be taken."""


def read_artifact(origin: str) -> list[Attempt]:
    """Return the attempts in the file *origin*, or in every ``outputs.new.jsonl`` below the folder; links are ignored.

    A folder may hold judgements alone, as ``record --judges`` writes them.

    :raises PromptsteadError: there is neither, they are too many or too large, or a line is no pending answer.
    """
    paths = _below(origin, FILE) if os.path.isdir(origin) else [origin]
    if not paths and not _below(origin, PENDING):
        raise PromptsteadError(
            f"there is no `{FILE}` here", hint="give the folder that `record --to` wrote", location=origin
        )
    attempts: list[Attempt] = []
    left = MAX_BYTES
    for path in paths:
        raw = _bytes(path, left)
        left -= len(raw)
        attempts += _of_run(raw, path) if _is_run(raw) else parse_attempts(raw, path)
    return attempts


def _is_run(raw: bytes) -> bool:
    return raw[:200].startswith(b'{"format":"promptstead/run/')


def _of_run(raw: bytes, path: str) -> list[Attempt]:
    """Return the answers that a live run took; those of a case that waited for others too.

    :raises PromptsteadError: it is no run file, or one whose answers were recorded before.
    """
    from promptstead.runs.writer import Row, TakenAnswer

    reader = _reader(raw, path)
    if reader.run.mode == "replay":
        raise PromptsteadError("this run replays recorded answers, so it has no new ones to take", location=path)
    taken: dict[Key, list[Sample]] = {}
    for line in reader.lines():
        if isinstance(line, TakenAnswer):
            taken.setdefault((line.case, line.model, line.request), []).append(line.sample)
        elif isinstance(line, Row) and line.result.output is not None and line.result.output.source == "live":
            output = line.result.output
            if any(sample.steps for sample in output.samples):
                for step in (step for sample in output.samples for step in sample.steps):
                    taken.setdefault((output.case, output.model, step.request), []).append(step.as_sample())
                continue
            taken[output.case, output.model, output.request] = list(output.samples)
    return [_attempt(key, number, sample) for key, samples in taken.items() for number, sample in enumerate(samples, 1)]


def _judgements_of_run(raw: bytes, path: str) -> list[Judgement]:
    from promptstead.runs.writer import TakenJudgement

    lines = _reader(raw, path).lines()
    return [line.judgement for line in lines if isinstance(line, TakenJudgement) and line.judgement.samples]


def _reader(raw: bytes, path: str) -> "RunReader":
    from promptstead.runs.reader import RunReader

    return RunReader((line.decode("utf-8", "replace") for line in raw.splitlines(keepends=True)), path)


def _attempt(key: Key, number: int, sample: Sample) -> Attempt:
    called = [call["function"] for call in kept_calls(sample.tool_calls) or ()]
    why = unusable_sample(sample, called)  # whether the prompt has these tools its own request says
    return Attempt(*key, number, None if why else kept(sample), why or "")


def read_judgements(origin: str) -> list[Judgement]:
    """Return the judgements in the run file *origin*, or in every ``judgements.new.jsonl`` below the folder.

    :raises PromptsteadError: they are too many or too large, or a line is no judgement.
    """
    found: list[Judgement] = []
    left = MAX_BYTES
    if not os.path.isdir(origin):
        raw = _bytes(origin, left)
        return _judgements_of_run(raw, origin) if _is_run(raw) else []
    for path in _below(origin, PENDING):
        raw = _bytes(path, left)
        left -= len(raw)
        judgements, problems = parse_judgements(raw.decode("utf-8", "replace"))
        if problems:
            raise PromptsteadError(problems[0].message, hint=problems[0].hint, location=path)
        found += judgements
    return found


def _below(folder: str, name: str) -> list[str]:
    found = []
    for parent, folders, names in walk(folder):
        folders.sort()
        if name in names and not os.path.islink(path := os.path.join(parent, name)):
            found.append(path)
        if len(found) > MAX_FILES:
            raise PromptsteadError(f"more than {MAX_FILES:,} files of answers", location=folder)
    return found


def _bytes(path: str, limit: int) -> bytes:
    return read_foreign(path, limit, "the answers", too_large=f"more than {MAX_BYTES // (1024 * 1024)} MiB of answers")
