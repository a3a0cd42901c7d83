"""What ``diff`` compares: the prompts of two revisions, or two files, and what changed in them."""

from collections.abc import Iterable
from typing import NamedTuple

from promptstead.console.output import tell
from promptstead.diff.prompts import PromptChange, compare_prompts
from promptstead.diff.rendered import Rendered, compare_rendered
from promptstead.operations.workspace.out_of_sight import tell_out_of_sight
from promptstead.operations.workspace.revisions import PromptPair, Revisions, changed_prompts, open_revisions
from promptstead.operations.workspace.selected_prompts import selected_paths
from promptstead.operations.workspace.two_files import open_files
from promptstead.operations.workspace.workspace import Workspace


class Difference(NamedTuple):
    """What changed between two sides, each prompt with what became of its messages; *label* names the sides.

    *unreadable* are the ids of those that are not valid on one side.
    """

    label: str
    changes: list[tuple[PromptChange, Rendered | None]]
    unreadable: list[str]


def diff_revisions(workspace: Workspace, revisions: str, names: tuple[str, ...] = ()) -> Difference:
    """Compare the prompts that differ between *revisions*, of those named: ids, also former ones, files and folders.

    :raises PromptsteadError: there is no such revision, or a name means nothing on either side.
    """
    with open_revisions(workspace, revisions) as opened:
        tell_out_of_sight(opened.base, opened.head, opened.changed)
        wanted = _named(workspace, opened, names)
        return _compare(opened.label, (pair for pair in changed_prompts(opened) if not names or wanted & pair.paths))


def diff_files(*names: str) -> Difference:
    """Compare two files, wherever they lie.

    :raises PromptsteadError: not two files, or one that cannot be read.
    """
    return _compare(f"{names[0]}..{' '.join(names[1:])}", open_files(*names))


def _compare(label: str, pairs: Iterable[PromptPair]) -> Difference:
    """Compare each pair; stderr names those that are not valid on one side."""
    found = Difference(label, [], [])
    for pair in pairs:
        base, head = (loaded.prompt if loaded else None for loaded in (pair.base, pair.head))
        broken = [loaded for loaded in (pair.base, pair.head) if loaded is not None and loaded.prompt is None]
        if broken:
            found.unreadable.append(pair.id)
            side = "base" if broken[0] is pair.base else "head"
            tell(f"{broken[0].path}: not compared: it is not valid in the {side} (run promptstead lint)")
            continue
        change = compare_prompts(base, head)
        if change.kind != "unchanged":
            rendered = compare_rendered(pair.base, pair.head, change) if pair.base and pair.head else None
            found.changes.append((change, rendered))
    return found


def _named(workspace: Workspace, opened: Revisions, names: tuple[str, ...]) -> set[str]:
    """Return the paths that *names* stand for on either side."""
    found: set[str] = set()
    for name in names:
        sides = (opened.base, opened.head)
        paths = {path for side in sides for path in (name if name in side.paths() else side.find(name),) if path}
        found |= paths or set(selected_paths(workspace, (name,)))
    return found
