"""Answers that are kept outside the repository, as :mod:`promptstead.evaluators.sealed_entry` keeps entries."""

from functools import cache
from typing import Any

from promptstead.errors import PromptsteadError
from promptstead.evaluators.samples import kept, plain_sample, read_sample
from promptstead.evaluators.sealed_entry import ChangedEntry, opened_entry, sealed_text
from promptstead.model import Sample, Stored
from promptstead.prompts.schema_check import load_schema
from promptstead.words.sentence import say

FORMAT = "promptstead/answer/v1"
_OF_SAMPLE = ("steps", "output", "tool_calls", "finish_reason", "usage", "scores")


def stored_text(sample: Sample, salt: str) -> str:
    """Return what is stored of an answer.

    :param salt: random, of 128 bits or more; what is stored without one can be guessed from its digest.
    """
    return sealed_text(FORMAT, plain_sample(kept(sample)), salt)


def opened_sample(sample: Sample, stored: Stored | None, imported: bool = False) -> Sample:
    """Return *sample* with the answer that its digest names; one without a digest as it is.

    :param imported: it was taken from elsewhere, so that it may carry scores.
    :raises PromptsteadError: it is not at hand.
    :raises ChangedEntry: what is stored is something else.
    """
    if not sample.digest:
        return sample
    entry = opened_entry(sample.digest, stored, FORMAT)
    if entry is None:
        raise PromptsteadError(say("answers.not-in-store"))
    plain = {key: entry[key] for key in _OF_SAMPLE if key in entry}
    if not _validator().is_valid(plain) or ("scores" in plain and not imported):
        raise ChangedEntry
    return read_sample(plain)._replace(digest=sample.digest)


@cache
def _validator() -> Any:
    import jsonschema_rs

    schema = load_schema("outputs")
    entry = schema["properties"]["outputs"]["items"]["properties"]["samples"]["items"]
    return jsonschema_rs.Draft202012Validator({**entry, "$defs": schema["$defs"]})
