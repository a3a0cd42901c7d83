"""Fixes applied to the text itself, again and again until none is left, on a copy that is shown when it is done."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from typing import BinaryIO, NamedTuple

from promptstead.documents.edits import Edit, edited
from promptstead.lint.engine import Engine
from promptstead.lint.finding import Finding
from promptstead.model import Fix, Span, Tree
from promptstead.prompts.library import Library
from promptstead.prompts.loaded import Loaded

MAX_PASSES = 10
"""A fix may uncover what another one mends; no chain of ours is this long."""
_BOM = "\ufeff"


class Overlay:
    """A tree with some files changed, in memory; a :class:`promptstead.model.Tree`."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.label = tree.label
        self.changed: dict[str, str] = {}

    def files(self, under: str = "") -> list[str]:
        """Return the files of the tree below."""
        return self._tree.files(under)

    def read(self, path: str) -> bytes | None:
        """Return the changed text, or what the tree has."""
        return self.changed[path].encode() if path in self.changed else self._tree.read(path)

    def read_many(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of those *paths* that exist."""
        return {path: raw for path in paths if (raw := self.read(path)) is not None}

    def open(self, path: str) -> BinaryIO | None:
        """Return the changed text, or the file of the tree, opened for reading."""
        return BytesIO(self.changed[path].encode()) if path in self.changed else self._tree.open(path)


class Fixed(NamedTuple):
    """Path -> new text of every file that changed, and how many fixes that took."""

    files: Mapping[str, str]
    fixes: int


def fix_prompts(
    tree: Tree,
    paths: Sequence[str],
    library: Callable[[Tree], Library],
    engine: Callable[[Library], Engine],
    *,
    unsafe: bool,
) -> Fixed:
    """Apply the fixes of all findings in the prompts *paths* and return the new texts; nothing is written.

    A fix that would make a prompt unreadable is taken back. Fixes that touch the same text wait for the next pass.

    :param library, engine: make the library and the rules anew, for every pass sees other files.
    :param unsafe: also those that need a review.
    """
    overlay = Overlay(tree)
    refused: set[tuple[str, str, str]] = set()
    count = 0
    waiting = list(paths)
    for _ in range(MAX_PASSES):
        prompts = library(overlay)
        rules = engine(prompts)
        touched = []
        for path in waiting:
            loaded = prompts.load(path)
            fixes = _wanted(rules.check(loaded), refused, unsafe)
            for file, findings in fixes.items():
                applied = _apply(overlay, loaded, file, findings, library)
                if applied is None:
                    refused.update(_key(finding) for finding in findings)
                else:
                    count += applied
                touched.append(path)
        if not touched:
            break
        waiting = list(dict.fromkeys(touched))
    return Fixed(overlay.changed, count)


def _wanted(findings: Iterable[Finding], refused: set[tuple[str, str, str]], unsafe: bool) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.fix and (unsafe or finding.fix.safe) and _key(finding) not in refused:
            found.setdefault(finding.path, []).append(finding)
    return found


def _key(finding: Finding) -> tuple[str, str, str]:
    return (finding.code, finding.path, finding.message)


def _apply(
    overlay: Overlay, loaded: Loaded, file: str, findings: list[Finding], library: Callable[[Tree], Library]
) -> int | None:
    """Put the fixes for one file into *overlay* and return how many.

    None where there are none: the file is gone, is not UTF-8, or they would break the prompt.
    """
    raw = overlay.read(file)
    if raw is None:
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    mark = _BOM if text.startswith(_BOM) else ""
    before = overlay.changed.get(file)
    text = text.removeprefix(_BOM)
    fixes = [finding.fix for finding in findings if finding.fix]
    if file in loaded.documents and loaded.documents[file].text != text:
        fixes = _with_line_ends(text, fixes)
    fixed, count = apply_fixes(text, fixes)
    overlay.changed[file] = mark + fixed
    if loaded.prompt is not None and library(overlay).load(loaded.path).prompt is None:
        if before is None:
            del overlay.changed[file]
        else:
            overlay.changed[file] = before
        return None
    return count


def _with_line_ends(text: str, fixes: Iterable[Fix]) -> list[Fix]:
    """Return *fixes* of a partial, which are made for the text with LF, as they are for *text* with its CRLF."""
    breaks = [match.start() - number for number, match in enumerate(re.finditer("\r\n", text))]

    def moved(span: Span) -> Span:
        return Span(span.start + bisect_left(breaks, span.start), span.end + bisect_left(breaks, span.end))

    return [fix._replace(edits=tuple((moved(span), new) for span, new in fix.edits)) for fix in fixes]


def apply_fixes(text: str, fixes: Iterable[Fix]) -> tuple[str, int]:
    """Return *text* with *fixes* applied, and how many were; one that overlaps an earlier one is left out."""
    taken: list[Edit] = []
    count = 0
    for fix in fixes:
        new = [edit for edit in fix.edits if edit not in taken]
        if any(_overlap(span, other) for span, _ in new for other, _ in taken):
            continue
        taken += new
        count += 1
    return edited(text, taken), count


def _overlap(one: Span, other: Span) -> bool:
    if one.start == one.end or other.start == other.end:
        return one.start <= other.end and other.start <= one.end
    return one.start < other.end and other.start < one.end
