"""``lint --fix`` and ``lint --diff``: what the rules can mend themselves."""

from collections.abc import Sequence
from difflib import unified_diff

from promptstead.console.output import echo, plural, tell
from promptstead.lint.engine import Engine
from promptstead.lint.fixes import Fixed, fix_prompts
from promptstead.model import Tree
from promptstead.operations.workspace.workspace import Workspace
from promptstead.prompts.library import Library


def fixed(
    workspace: Workspace, paths: Sequence[str], select: tuple[str, ...], ignore: tuple[str, ...], *, unsafe: bool
) -> Fixed:
    """Return the files of the prompts *paths* with every fix applied; nothing is written."""

    def library(tree: Tree) -> Library:
        return Library(tree, workspace.config)

    def engine(prompts: Library) -> Engine:
        return Engine(workspace.config, "edit", select, ignore)

    return fix_prompts(workspace.tree, paths, library, engine, unsafe=unsafe)


def write_fixes(workspace: Workspace, done: Fixed) -> None:
    """Write the fixed files, each at once and whole."""
    for path, text in done.files.items():
        workspace.tree.write(path, text)
    if done.fixes:
        tell(f"{plural(done.fixes, 'finding')} fixed in {plural(len(done.files), 'file')}")


def show_fixes(workspace: Workspace, done: Fixed) -> None:
    """Write the difference that the fixes make to stdout."""
    for path, after in done.files.items():
        before = (workspace.tree.read(path) or b"").decode("utf-8")
        lines = unified_diff(before.splitlines(), after.splitlines(), path, path, lineterm="")
        echo("\n".join(lines))
    tell(f"{plural(done.fixes, 'finding')} would be fixed in {plural(len(done.files), 'file')}")
