"""``promptstead diff``: what changed, semantically."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from promptstead.commands.options import format_option, prompts_argument
from promptstead.console.output import colour, echo, echo_json, plural, tell
from promptstead.errors import OK
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import selected_paths
from promptstead.operations.workspace.workspace import Workspace

if TYPE_CHECKING:
    from promptstead.diff.prompts import PromptChange
    from promptstead.diff.rendered import Rendered
    from promptstead.operations.workspace.revisions import PromptPair, Revisions

    Change = tuple[PromptChange, Rendered | None]


@click.command()
@click.argument("revisions", metavar="BASE..HEAD")
@prompts_argument
@click.option(
    "--rendered", "whole", is_flag=True, help="Show the rendered messages, one case for all that change alike."
)
@click.option(
    "--no-index", is_flag=True, help="Compare two files instead: OLD NEW, wherever they lie; for git difftool."
)
@format_option("text", "json")
def command(revisions: str, prompts: tuple[str, ...], whole: bool, no_index: bool, output_format: str) -> int:
    """Show what changed in prompts from BASE to HEAD.

    `A..B` compares two revisions, `A...B` the second with the merge base of both, and one revision alone is compared
    with the working tree. Comments and layout are no change; a partial that changed shows every prompt that it reaches.
    Each case that both sides have is rendered on both; --rendered shows what becomes of the messages.
    """
    if no_index:
        from promptstead.operations.workspace.two_files import open_files

        found = _compare(open_files(revisions, *prompts))
        return _write(*found, f"{revisions}..{' '.join(prompts)}", whole, output_format)
    from promptstead.operations.workspace.out_of_sight import tell_out_of_sight
    from promptstead.operations.workspace.revisions import changed_prompts, open_revisions

    workspace = open_workspace()
    with open_revisions(workspace, revisions) as opened:
        tell_out_of_sight(opened.base, opened.head, opened.changed)
        wanted = _named(workspace, opened, prompts)
        found = _compare(pair for pair in changed_prompts(opened) if not prompts or wanted & pair.paths)
        label = opened.label
    return _write(*found, label, whole, output_format)


def _compare(pairs: "Iterable[PromptPair]") -> "tuple[list[Change], list[str]]":
    """Return the prompts that changed, and the ids of those that are not valid on one side, which stderr names."""
    from promptstead.diff.prompts import compare_prompts
    from promptstead.diff.rendered import compare_rendered

    changes, unreadable = [], []
    for pair in pairs:
        base, head = (loaded.prompt if loaded else None for loaded in (pair.base, pair.head))
        broken = [loaded for loaded in (pair.base, pair.head) if loaded is not None and loaded.prompt is None]
        if broken:
            unreadable.append(pair.id)
            side = "base" if broken[0] is pair.base else "head"
            tell(f"{broken[0].path}: not compared, as it is not valid in the {side} (run promptstead lint)")
            continue
        change = compare_prompts(base, head)
        if change.kind != "unchanged":
            rendered = compare_rendered(pair.base, pair.head, change) if pair.base and pair.head else None
            changes.append((change, rendered))
    return changes, unreadable


def _write(changes: "Sequence[Change]", unreadable: Sequence[str], label: str, whole: bool, output_format: str) -> int:
    from promptstead.report.changes import as_lines, rendered_lines
    from promptstead.report.review_json import change_json, rendered_json

    if output_format == "json":
        prompts = [{**change_json(change), "rendered": rendered_json(rendered)} for change, rendered in changes]
        echo_json({"format": "promptstead/diff/v1", "range": label, "prompts": prompts, "unreadable": list(unreadable)})
        return OK
    for change, rendered in changes:
        for line in (*as_lines(change, colour()), *rendered_lines(rendered, whole=whole, paint=colour())):
            echo(line)
    tell(
        f"{label}: {plural(len(changes), 'prompt')} changed" + (f", {len(unreadable)} not valid" if unreadable else "")
    )
    return OK


def _named(workspace: Workspace, opened: "Revisions", names: tuple[str, ...]) -> set[str]:
    """Return the paths that *names* stand for on either side: ids, also former ones, files and folders."""
    found: set[str] = set()
    for name in names:
        sides = (opened.base, opened.head)
        paths = {path for side in sides for path in (name if name in side.paths() else side.find(name),) if path}
        found |= paths or set(selected_paths(workspace, (name,)))
    return found
