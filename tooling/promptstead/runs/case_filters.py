"""Which cases an evaluation takes. Nothing here reads a file, and no filter makes a case.

Filters act in this order: tags, ids and the failures of an earlier run; then the sample; then the shard. So every shard
of a run draws the same sample, and takes its own part of it.
"""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from hashlib import blake2b
from heapq import heappush, heappushpop
from typing import NamedTuple

from promptstead.errors import PromptsteadError, one_line
from promptstead.model import Case, Json
from promptstead.runs.writer import Row

MAX_SHARDS = 1000
MAX_SAMPLE = 1_000_000
"""The cases of a sample are held in memory until the last one is known."""


class Selection(NamedTuple):
    """What the filters of one command ask for; the default takes every case.

    A case is taken when it has one of *tags* (or there are none) and none of *without*; when one of the globs *ids*
    matches its id (or there are none); when *failed* has its prompt's id and its own (or is None). Of those, *sample*
    draws so many of each prompt by *seed*, and *shard* is (2, 4) for the second of four.
    """

    tags: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    failed: frozenset[tuple[str, str]] | None = None
    sample: int | None = None
    seed: int = 0
    shard: tuple[int, int] = (1, 1)

    def takes(self, prompt: str, case: Case) -> bool:
        """Tell whether the case passes the filters that look at it alone: all but the sample and the shard."""
        if self.tags and not any(tag in case.tags for tag in self.tags):
            return False
        if any(tag in case.tags for tag in self.without):
            return False
        if self.ids and not any(fnmatchcase(case.id, pattern) for pattern in self.ids):
            return False
        return self.failed is None or (prompt, case.id) in self.failed

    def cases(self, prompt: str, cases: Iterable[Case]) -> Iterator[Case]:
        """Yield the cases taken of the prompt *prompt*, in their order.

        Without a sample each case is passed on as it comes. A sample is known when the last case has come.
        """
        taken: Iterable[Case] = (case for case in cases if self.takes(prompt, case))
        if self.sample is not None:
            taken = _sample(taken, self.sample, self.seed)
        for case in taken:
            if in_shard(prompt, case.id, self.shard):
                yield case

    def as_json(self) -> dict[str, Json]:
        """Return the filters that are set, by name, as a run file keeps them; the shard has a place of its own there.

        Of *failed* only the number of its cases is kept.
        """
        entry: dict[str, Json] = {}
        if self.tags or self.without:
            entry["tag"] = [*self.tags, *(f"!{tag}" for tag in self.without)]
        if self.ids:
            entry["case"] = list(self.ids)
        if self.failed is not None:
            entry["failed"] = len(self.failed)
        if self.sample is not None:
            entry |= {"sample": self.sample, "seed": self.seed}
        return entry


def select(
    tags: Iterable[str] = (),
    ids: Iterable[str] = (),
    failed: frozenset[tuple[str, str]] | None = None,
    sample: int | None = None,
    seed: int = 0,
    shard: str = "",
) -> Selection:
    """Return the selection that command-line options ask for; ``!tag`` leaves out.

    :raises PromptsteadError: an option says nothing that can be done.
    """
    tags = list(tags)
    if any(tag in ("", "!") for tag in tags):
        raise PromptsteadError("a tag has no name", hint="write --tag NAME, or --tag '!NAME' to leave it out")
    if sample is not None and not 1 <= sample <= MAX_SAMPLE:
        raise PromptsteadError(f"--sample {sample}: a sample has 1 to {MAX_SAMPLE:,} cases")
    return Selection(
        tuple(tag for tag in tags if not tag.startswith("!")),
        tuple(tag[1:] for tag in tags if tag.startswith("!")),
        tuple(ids),
        failed,
        sample,
        seed,
        parse_shard(shard) if shard else (1, 1),
    )


def parse_shard(text: str) -> tuple[int, int]:
    """Return (2, 4) for ``2/4``.

    :raises PromptsteadError: it is no such thing.
    """
    match = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
    number, count = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= number <= count <= MAX_SHARDS:
        hint = f"write 2/4 for the second of four; there are {MAX_SHARDS:,} at most"
        raise PromptsteadError(f"`{one_line(text, 40)}` is not a shard", hint=hint)
    return number, count


def in_shard(prompt: str, case: str, shard: tuple[int, int]) -> bool:
    """Tell whether a case belongs to the shard: by a hash of both ids, so that each belongs to exactly one."""
    number, count = shard
    return count == 1 or _hash("shard", prompt, case) % count == number - 1


def rank(seed: int, case: str) -> int:
    """Return the place of a case in the draw of *seed*; it does not depend on any other case."""
    return _hash("sample", str(seed), case)


def failed_cases(rows: Iterable[Row]) -> frozenset[tuple[str, str]]:
    """Return (prompt id, case id) of each case of a run that a model failed, or that is not known to have passed.

    That is: an assertion failed on a sample, a result is unscored, or the case was not evaluated.
    """
    return frozenset((row.prompt, row.result.case.id) for row in rows if _failed(row))


def _failed(row: Row) -> bool:
    if row.result.state != "evaluated":
        return True
    return any(result.value is False or result.value is None for each in row.result.samples for result in each.values())


def _sample(cases: Iterable[Case], size: int, seed: int) -> Iterator[Case]:
    """Yield the *size* cases of the lowest rank in their order, holding no more than that at a time."""
    held: list[tuple[int, int]] = []
    kept: dict[int, Case] = {}
    for number, case in enumerate(cases):
        entry = (-rank(seed, case.id), number)
        if len(held) < size:
            heappush(held, entry)
        else:
            dropped = heappushpop(held, entry)
            if dropped == entry:
                continue
            del kept[dropped[1]]
        kept[number] = case
    yield from kept.values()


def _hash(*parts: str) -> int:
    return int.from_bytes(blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
