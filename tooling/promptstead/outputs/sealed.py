"""Answers that are kept outside the repository: its outputs file names them by digest, a store has their text.

What is stored is the sample as JSON with a random salt, and the digest is that of these bytes. So nobody can change an
answer unseen, and nobody can find out a short answer by trying which one has the digest.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import NamedTuple

from promptstead.errors import PromptsteadError
from promptstead.model import Json, Problem, RecordedOutput, Sample, Stored
from promptstead.outputs.calls import kept
from promptstead.outputs.store import follows_schema, plain_sample, read_sample

FORMAT = "promptstead/answer/v1"
NOT_THERE = "its answer is not in the store of answers"
CHANGED = "the stored answer is not the one that was accepted"
_OF_SAMPLE = ("output", "tool_calls", "finish_reason", "usage")


class Opened(NamedTuple):
    """Outputs with their answers, as far as they are at hand, and those whose answer is not what was accepted."""

    outputs: list[RecordedOutput]
    changed: list[RecordedOutput]


def stored_text(sample: Sample, salt: str) -> str:
    """Return what is stored of an answer.

    :param salt: random, of 128 bits or more; what is stored without one can be guessed from its digest.
    """
    entry = {"format": FORMAT, "salt": salt, **plain_sample(kept(sample))}
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def opened(outputs: Iterable[RecordedOutput], stored: Stored | None) -> Opened:
    """Return *outputs* with the answers that their digests name; where one is not at hand, *unavailable* says why."""
    found: list[RecordedOutput] = []
    changed: list[RecordedOutput] = []
    for output in outputs:
        samples, why = [], ""
        for sample in output.samples:
            try:
                samples.append(_opened(sample, stored) if sample.digest else sample)
            except _Changed:
                changed.append(output)
                why = CHANGED
                break
            except PromptsteadError as error:
                why = error.message
                break
        found.append(output._replace(unavailable=why, samples=output.samples if why else tuple(samples)))
    return Opened(found, changed)


def changed_problems(changed: Iterable[RecordedOutput]) -> list[Problem]:
    """Return a problem for each output whose stored answer was changed, without its place."""
    hint = "put the accepted answer back into the store, or record it again"
    return [Problem("SCH001", f"case `{each.case}`, {each.model}: {CHANGED}", hint=hint) for each in changed]


class _Changed(Exception):
    """What is stored is not what the digest names."""


def _opened(sample: Sample, stored: Stored | None) -> Sample:
    raw = stored(sample.digest) if stored else None
    if raw is None:
        raise PromptsteadError(NOT_THERE)
    if "sha256:" + hashlib.sha256(raw).hexdigest() != sample.digest:
        raise _Changed
    try:
        entry: Json = json.loads(raw)
        json.dumps(entry, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise _Changed from None
    if not isinstance(entry, dict) or entry.get("format") != FORMAT:
        raise _Changed
    plain = {key: entry[key] for key in _OF_SAMPLE if key in entry}
    if (
        not follows_schema({"case": "a", "model": "m", "source": "imported", "samples": [plain]})
        or "output" not in plain
    ):
        raise _Changed
    return read_sample(plain)._replace(digest=sample.digest)
