"""Prompts that look renamed without saying so: one is gone, another is new, and most of their cases are the same.

Git finds a file that moved by its text. One that was rewritten as it moved is two prompts to everybody, and nothing
that was measured of the first is compared with the second.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from promptstead.digests import digest, inputs_digest
from promptstead.model import Case
from promptstead.verdicts.review import PromptReview

MOST = 100
"""Prompts that are gone, and that are new, which are looked at: a change of more is a move of folders."""


def with_likely_renames(prompts: Sequence[PromptReview]) -> list[PromptReview]:
    """Return the prompts of one review; a new one that has most cases of one that is gone says of which.

    Cases are the same where they ask and expect the same. It must be more than half of the cases of either prompt.
    """
    gone = [prompt for prompt in prompts if _is(prompt, "removed")][:MOST]
    come = [prompt for prompt in prompts if _is(prompt, "added")][:MOST] if gone else []
    former = {prompt.id: _keys(prompt.cases) for prompt in gone} if come else {}
    found: dict[str, str] = {}
    for prompt in come:
        keys = _keys(prompt.cases)
        shared = {name: len(keys & theirs) for name, theirs in former.items()}
        like = max(shared, key=shared.__getitem__, default="")
        if like and 2 * shared[like] > max(len(keys), len(former[like])):
            found[prompt.id] = like
            del former[like]
    return [replace(prompt, resembles=found.get(prompt.id, "")) for prompt in prompts]


def _is(prompt: PromptReview, kind: str) -> bool:
    return prompt.change is not None and prompt.change.kind == kind and bool(prompt.cases)


def _keys(cases: Sequence[Case]) -> frozenset[str]:
    return frozenset(_each(cases))


def _each(cases: Sequence[Case]) -> Iterator[str]:
    for case in cases:
        yield digest([inputs_digest(case), case.has_expected, case.expected])
