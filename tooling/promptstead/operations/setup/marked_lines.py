"""Lines that are added to a file of lines that a person owns, below a mark that says whose they are.

A file without a line break at its end keeps to that, so that what was there can be told from what came.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

MARK = "# added by promptstead init"


class Unmarked(NamedTuple):
    """A text without the lines below the mark, None where there would be no file; and lines in between that stay."""

    text: str | None
    stay: list[str]


def with_lines(text: str | None, lines: Sequence[str]) -> str | None:
    """Return *text*, or a new one, with those of *lines* that it lacks."""
    there = (text or "").splitlines()
    missing = [line for line in lines if line not in there]
    if not missing:
        return text
    newline = "\r\n" if "\r\n" in (text or "") else "\n"
    if MARK in there:
        start, mark, rest = (text or "").partition(MARK)
        return start + newline.join((mark, *missing)) + rest
    added = newline.join((MARK, *missing))
    if text is None:
        return added + newline
    return text + added + newline if text.endswith("\n") else text + (newline if text else "") + added


def without_lines(text: str, ours: Callable[[str], bool]) -> Unmarked | None:
    """Return *text* without the mark and the lines below it that are *ours*; None where the mark is not there.

    What is below it ends at an empty line and at a comment. A line in between that is not ours stays, and is named.
    """
    lines = text.splitlines(keepends=True)
    plain = [line.rstrip("\r\n") for line in lines]
    if MARK not in plain:
        return None
    start = plain.index(MARK)
    end = last = start + 1
    while end < len(plain) and plain[end].strip() and not plain[end].startswith("#"):
        end += 1
        last = end if ours(plain[end - 1]) else last
    block = range(start + 1, last)
    stay = [plain[number] for number in block if not ours(plain[number])]
    taken = [plain[number] for number in block if ours(plain[number])]
    kept = [line for number, line in enumerate(lines) if number not in block or not ours(plain[number])]
    del kept[start]
    rest = "".join(kept)
    candidates = [*([] if rest else [None]), rest, rest.removesuffix("\n").removesuffix("\r")]
    same = (each for each in candidates if not stay and _alike(with_lines(each, taken), text))
    return Unmarked(next(same, rest), stay)


def _alike(made: str | None, text: str) -> bool:
    """Tell whether two texts are one, but for the line breaks that Git makes of them on another system."""
    return made is not None and made.replace("\r\n", "\n") == text.replace("\r\n", "\n")
