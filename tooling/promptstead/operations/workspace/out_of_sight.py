"""What is out of sight: prompts that the settings do not name, or no longer, and what they let pass and did not."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from promptstead.config.file import STANDALONE
from promptstead.console.output import first_lines, tell
from promptstead.diff.settings import loosened, out_of_sight
from promptstead.errors import PromptsteadError, one_line
from promptstead.lint.baseline import DEFAULT_FILE, Baseline, parse_baseline
from promptstead.model import Tree
from promptstead.prompts.library import Library
from promptstead.prompts.names import Names
from promptstead.words.sentence import Sentence, own_words, say

if TYPE_CHECKING:
    from promptstead.git.repository import ChangedPath

MAX_LINES = 10


def tell_out_of_sight(base: Library, head: Library, changed: "Iterable[ChangedPath]") -> None:
    """Say what the head's settings take out of sight, and what they let pass and the base's did not."""
    changes = list(changed)
    hidden = unlisted(base, head, changes)
    lines = [*([out_of_sight(hidden)] if hidden else []), *looser_settings(base, head, changes)]
    for line in first_lines(lines, MAX_LINES):
        tell(one_line(line))


def unlisted(base: Library, head: Library, changed: "Iterable[ChangedPath]") -> list[str]:
    """Return the ids of prompts that the head still holds, that the base's settings name and the head's no longer do.

    They lie where they were, or where the change moved them. One whose id another file of the head has now is none.
    """
    listed = set(head.paths())
    ids = {head.id_of(path) for path in listed}
    moved = {change.old_path: change.path for change in changed if change.old_path}
    found = []
    as_before = () if head.config.places == base.config.places else Names(head.tree, base.config).paths()
    for path in sorted({*base.paths(), *as_before} - listed):
        there = moved.get(path, "")
        if base.id_of(path) not in ids and there not in listed and (there or _exists(head.tree, path)):
            found.append(base.id_of(path))
    return found


def looser_settings(base: Library, head: Library, changed: "Iterable[ChangedPath]") -> Iterator[Sentence]:
    """Yield one sentence for each thing that the head's settings let pass and the base's did not."""
    file = head.config.file or base.config.file
    for text in loosened(base.config, head.config):
        yield say("changes.in-settings", path=file, text=text)
    for change in changed:
        if change.path.endswith("/" + STANDALONE) and change.kind != "removed":
            yield say(
                "changes.settings-added" if change.kind == "added" else "changes.settings-changed", path=change.path
            )
    yield from _baseline(base, head)


def _baseline(base: Library, head: Library) -> Iterator[Sentence]:
    old, new = (library.config.baseline or DEFAULT_FILE for library in (base, head))
    try:
        more = _more(_allowed(base.tree, old), _allowed(head.tree, new))
    except PromptsteadError as error:
        yield say("changes.baseline-unreadable", path=new, reason=own_words(error.message))
        return
    if more:
        yield say("changes.baseline-grown", path=new, n=more)


def _more(old: Baseline, new: Baseline) -> int:
    """Return how many findings *new* allows and *old* did not; of two formats, whose keys differ, only the counts."""
    if old.allowed and new.allowed and old.is_former != new.is_former:
        return max(0, new.allowed.total() - old.allowed.total())
    return (new.allowed - old.allowed).total()


def _allowed(tree: Tree, path: str) -> Baseline:
    raw = tree.read(path)
    return Baseline(Counter()) if raw is None else parse_baseline(raw, path)


def _exists(tree: Tree, path: str) -> bool:
    try:
        return tree.read(path) is not None
    except PromptsteadError:
        return True
