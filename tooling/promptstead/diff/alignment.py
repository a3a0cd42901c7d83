"""Which elements of two sequences belong together, in bounded time.

Common ends are trimmed; then Myers' greedy algorithm ("An O(ND) Difference Algorithm and Its Variations", 1986) finds a
longest common subsequence. Where that is too much work, elements that occur once on each side are anchors (Bram Cohen's
patience diff) and what lies between is aligned on its own.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import pairwise

Match = tuple[int, int, int]
"""``a[i:i+n] == b[j:j+n]`` as (i, j, n)."""

LARGE = 3_000
"""Elements from which anchors are tried first."""
STEPS_AT_ONCE = 300_000
"""Steps that one run of Myers' algorithm may take: about 750 differences, a tenth of a second."""


class Effort:
    """How many elementary steps are left; shared by the alignments of one comparison, so that all of it is bounded."""

    def __init__(self, steps: int = 2_000_000) -> None:
        self.steps = steps


def align(a: Sequence[Hashable], b: Sequence[Hashable], effort: Effort) -> list[Match]:
    """Return the matches in order, each as long as it can be; once *effort* is spent, fewer than there are."""
    pairs: list[tuple[int, int]] = []
    gaps = [(0, len(a), 0, len(b))]
    while gaps:
        i, i_end, j, j_end = gaps.pop()
        while i < i_end and j < j_end and a[i] == b[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        while i < i_end and j < j_end and a[i_end - 1] == b[j_end - 1]:
            i_end, j_end = i_end - 1, j_end - 1
            pairs.append((i_end, j_end))
        if i == i_end or j == j_end or effort.steps <= 0:
            continue
        effort.steps -= i_end - i + j_end - j
        common = set(a[i:i_end]).intersection(b[j:j_end])
        xs = [x for x in range(i, i_end) if a[x] in common]
        ys = [y for y in range(j, j_end) if b[y] in common]
        large = len(xs) + len(ys) > LARGE
        found = None if large else _longest_common(a, b, xs, ys, effort)
        if found is None and (anchors := _anchors(a, b, xs, ys)):
            pairs.extend(anchors)
            corners = [(i - 1, j - 1), *anchors, (i_end, j_end)]
            gaps.extend((p + 1, r, q + 1, s) for (p, q), (r, s) in pairwise(corners))
        elif found is None and large:
            found = _longest_common(a, b, xs, ys, effort)
        pairs.extend(found or ())
    return _joined(sorted(pairs))


def _joined(pairs: list[tuple[int, int]]) -> list[Match]:
    matches: list[Match] = []
    for i, j in pairs:
        if matches and matches[-1][0] + matches[-1][2] == i and matches[-1][1] + matches[-1][2] == j:
            start, other, length = matches[-1]
            matches[-1] = (start, other, length + 1)
        else:
            matches.append((i, j, 1))
    return matches


def _anchors(a: Sequence[Hashable], b: Sequence[Hashable], xs: list[int], ys: list[int]) -> list[tuple[int, int]]:
    """Return the longest increasing chain of elements that occur once among *xs* and once among *ys*."""
    counts, others = Counter(a[x] for x in xs), Counter(b[y] for y in ys)
    where = {b[y]: y for y in ys if others[b[y]] == 1}
    ends: list[int] = []
    tips: list[int] = []
    links: list[tuple[int, int, int]] = []
    for x in xs:
        y = where.get(a[x]) if counts[a[x]] == 1 else None
        if y is None:
            continue
        place = bisect_left(ends, y)
        links.append((x, y, tips[place - 1] if place else -1))
        ends[place : place + 1] = [y]
        tips[place : place + 1] = [len(links) - 1]
    chain: list[tuple[int, int]] = []
    link = tips[-1] if tips else -1
    while link >= 0:
        x, y, link = links[link]
        chain.append((x, y))
    return chain[::-1]


def _longest_common(
    a: Sequence[Hashable], b: Sequence[Hashable], xs: list[int], ys: list[int], effort: Effort
) -> list[tuple[int, int]] | None:
    """Return a longest common subsequence of the elements at *xs* and *ys*, or None where that takes too many steps."""
    left, right = [a[x] for x in xs], [b[y] for y in ys]
    n, m = len(left), len(right)
    limit = min(STEPS_AT_ONCE, effort.steps)
    reach = [0] * (
        2 * (n + m) + 3
    )  # reach[k] is the furthest x on diagonal k = x - y; negative indices wrap on purpose
    rows: list[list[int]] = []
    steps = 0
    for d in range(n + m + 1):
        rows.append([reach[k] for k in range(-d - 1, d + 2)])
        steps += d + 1
        for k in range(-d, d + 1, 2):
            x = reach[k + 1] if k == -d or (k != d and reach[k - 1] < reach[k + 1]) else reach[k - 1] + 1
            start = x
            while x < n and x - k < m and left[x] == right[x - k]:
                x += 1
            steps += x - start
            reach[k] = x
            if x >= n and x - k >= m:
                effort.steps -= steps
                return [(xs[p], ys[q]) for p, q in _walk_back(rows, n, m)]
        if steps > limit:
            break
    effort.steps -= steps
    return None


def _walk_back(rows: list[list[int]], n: int, m: int) -> list[tuple[int, int]]:
    """Return the matched positions on the path taken; ``rows[d][k + d + 1]`` is diagonal k's reach before step d."""
    path: list[tuple[int, int]] = []
    x, y = n, m
    for d in range(len(rows) - 1, -1, -1):
        k = x - y
        below, above = rows[d][k + d], rows[d][k + d + 2]
        down = k == -d or (k != d and below < above)
        before = above if down else below
        start = before if down else before + 1
        path.extend((position, position - k) for position in range(x - 1, start - 1, -1))
        x, y = before, before - (k + 1 if down else k - 1)
    return path[::-1]
