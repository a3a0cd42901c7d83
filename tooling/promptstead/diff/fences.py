"""Which lines of a text are code between fences, and which of two texts that are compared.

Alone, a text is read as CommonMark reads it: a fence opens, the next one closes. One fence more or less then turns all
that follows inside out. So of two texts the lines that both have are code in both or in neither.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from promptstead.diff.alignment import Effort, align

FENCE = re.compile(r"\s*(`{3,}(?=[^`]*$)|~{3,})")


class Fences(NamedTuple):
    """For each line whether it is code, a fence too; *open_after*: for each line whether code goes on behind it."""

    code: list[bool]
    open_after: list[bool]

    @property
    def closed(self) -> bool:
        """Whether the last fence closes."""
        return not (self.open_after and self.open_after[-1])


def fences(lines: Sequence[str]) -> Fences:
    """Return what is code in one text."""
    found = Fences([], [])
    fence = ""
    for line in lines:
        was = fence
        fence = _after(line, fence)
        found.code.append(bool(was or fence))
        found.open_after.append(bool(fence))
    return found


def fences_of_both(old: Sequence[str], new: Sequence[str], effort: Effort) -> tuple[Fences, Fences]:
    """Return what is code in two texts that are compared.

    Where the fences of *old* do not come out even and those of *new* do, *new* says what is code.
    """
    before, after = fences(old), fences(new)
    if _turns(old, before) == _turns(new, after):
        return before, after
    matches = align([line.strip() for line in old], [line.strip() for line in new], effort)
    if before.closed or not after.closed:
        return before, _as_in(before, [(i, j, length) for i, j, length in matches], new)
    return _as_in(after, [(j, i, length) for i, j, length in matches], old), after


def _turns(lines: Sequence[str], found: Fences) -> list[str]:
    """Return the lines at which code begins or ends."""
    states = [False, *found.open_after]
    return [line.strip() for line, was, goes_on in zip(lines, states, found.open_after, strict=False) if was != goes_on]


def _after(line: str, fence: str) -> str:
    """Return the fence that is open behind *line*, where *fence* was open before it; empty for none."""
    content = line.strip()
    if fence:
        return "" if content.startswith(fence) and not content.strip(fence[0]) else fence
    opening = FENCE.match(line)
    return opening[1] if opening else ""


def _as_in(known: Fences, matches: Sequence[tuple[int, int, int]], lines: Sequence[str]) -> Fences:
    """Return what is code among *lines*, where those that match a line of *known* are what that line is."""
    same = {j + step: i + step for i, j, length in matches for step in range(length)}
    found = Fences([], [])
    fence = ""
    for place, line in enumerate(lines):
        if place in same:
            code, goes_on = known.code[same[place]], known.open_after[same[place]]
            fence = (fence or _opened(line)) if goes_on else ""
        else:
            was, fence = fence, _after(line, fence)
            code, goes_on = bool(was or fence), bool(fence)
        found.code.append(code)
        found.open_after.append(goes_on)
    return found


def _opened(line: str) -> str:
    """Return the fence that *line* opens; one of any length where it is in the middle of code."""
    opening = FENCE.match(line)
    return opening[1] if opening else "```"
