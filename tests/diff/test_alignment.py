"""Alignment of sequences, against a textbook longest common subsequence."""

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.diff.alignment import LARGE, Effort, Match, align

SEQUENCES = st.lists(st.integers(0, 4), max_size=14)


def longest(a: list[int], b: list[int]) -> int:
    row = [0] * (len(b) + 1)
    for x in a:
        before = row
        row = [0]
        for j, y in enumerate(b):
            row.append(before[j] + 1 if x == y else max(row[j], before[j + 1]))
    return row[-1]


def check(a: list[int], b: list[int], matches: list[Match]) -> int:
    for i, j, length in matches:
        assert length > 0
        assert a[i : i + length] == b[j : j + length]
    for (i, j, length), (p, q, _) in pairwise(matches):
        assert i + length <= p
        assert j + length <= q
        assert (i + length, j + length) != (p, q)
    return sum(length for *_, length in matches)


@settings(max_examples=200, deadline=None)
@given(SEQUENCES, SEQUENCES)
def test_as_many_matches_as_there_can_be(a: list[int], b: list[int]) -> None:
    assert check(a, b, align(a, b, Effort())) == longest(a, b)


def test_large_sequences_with_scattered_edits_keep_nearly_everything() -> None:
    chance = random.Random(7)
    a = [int(chance.paretovariate(0.7)) for _ in range(20_000)]
    b = [x for x in a if chance.random() > 0.01]
    assert len(a) + len(b) > LARGE
    assert check(a, b, align(a, b, Effort())) >= 0.99 * len(b)


def test_the_work_is_bounded_whatever_the_sequences() -> None:
    chance = random.Random(8)
    size = 60_000
    noise = [[chance.randrange(2) for _ in range(size)] for _ in range(2)]
    shuffled = chance.sample(range(size), size)
    for a, b in (
        (noise[0], noise[1]),
        (list(range(size)), shuffled),
        ([1] * size, [1] * (size - 9)),
        ([0] * size, [1] * size),
    ):
        effort = Effort()
        check(a, b, align(a, b, effort))
        assert effort.steps > -2 * size


def test_without_effort_only_the_ends_match() -> None:
    assert align([1, 2, 3, 4, 5], [1, 2, 9, 3, 8, 5], Effort(0)) == [(0, 0, 2), (4, 5, 1)]
