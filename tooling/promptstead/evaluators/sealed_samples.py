"""Answers that are kept outside the repository: a file in it names them by digest, a store has their text.

What is stored is the sample as JSON with a random salt, and the digest is that of these bytes. So nobody can change an
answer unseen, and nobody can find out a short answer by trying which one has the digest.
"""

import hashlib
import json
from functools import cache
from typing import Any

from promptstead.errors import PromptsteadError
from promptstead.evaluators.samples import kept, plain_sample, read_sample
from promptstead.format_version import refuse_too_new
from promptstead.model import Json, Sample, Stored
from promptstead.prompts.schema_check import load_schema
from promptstead.words.sentence import say

FORMAT = "promptstead/answer/v1"
_OF_SAMPLE = ("steps", "output", "tool_calls", "finish_reason", "usage", "scores")


class ChangedSample(Exception):
    """What is stored is not what the digest names."""


def stored_text(sample: Sample, salt: str) -> str:
    """Return what is stored of an answer.

    :param salt: random, of 128 bits or more; what is stored without one can be guessed from its digest.
    """
    entry = {"format": FORMAT, "salt": salt, **plain_sample(kept(sample))}
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def opened_sample(sample: Sample, stored: Stored | None, imported: bool = False) -> Sample:
    """Return *sample* with the answer that its digest names; one without a digest as it is.

    :param imported: it was taken from elsewhere, so that it may carry scores.
    :raises PromptsteadError: it is not at hand.
    :raises ChangedSample: what is stored is something else.
    """
    if not sample.digest:
        return sample
    raw = stored(sample.digest) if stored else None
    if raw is None:
        raise PromptsteadError(say("answers.not-in-store"))
    if "sha256:" + hashlib.sha256(raw).hexdigest() != sample.digest:
        raise ChangedSample
    try:
        entry: Json = json.loads(raw)
        json.dumps(entry, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise ChangedSample from None
    if not isinstance(entry, dict):
        raise ChangedSample
    refuse_too_new(entry, (FORMAT,), sample.digest)
    if entry.get("format") != FORMAT:
        raise ChangedSample
    plain = {key: entry[key] for key in _OF_SAMPLE if key in entry}
    if not _validator().is_valid(plain) or ("scores" in plain and not imported):
        raise ChangedSample
    return read_sample(plain)._replace(digest=sample.digest)


@cache
def _validator() -> Any:
    import jsonschema_rs

    schema = load_schema("outputs")
    entry = schema["properties"]["outputs"]["items"]["properties"]["samples"]["items"]
    return jsonschema_rs.Draft202012Validator({**entry, "$defs": schema["$defs"]})
