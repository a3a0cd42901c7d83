"""``promptstead init``: set a repository up."""

import click

from promptstead.console.output import echo, tell
from promptstead.errors import OK
from promptstead.operations.setup.enough_cases import enough_cases
from promptstead.operations.setup.first_setup import (
    Done,
    add_hooks,
    install_hooks,
    outside_git,
    set_up,
    show_diffs,
    update,
)
from promptstead.operations.workspace.current import open_workspace
from promptstead.prompts.names import SUFFIXES


@click.command()
@click.option(
    "--hooks",
    is_flag=True,
    help="Also create .pre-commit-config.yaml if there is none, and install the hooks in this clone (pre-commit).",
)
@click.option("--update", "updating", is_flag=True, help="Only refresh the schemas and hooks that init wrote.")
@click.option(
    "--git-diff",
    is_flag=True,
    help="Only make `git diff`, `git log -p` and `git difftool` in this clone show prompts as plain text.",
)
def command(hooks: bool, updating: bool, git_diff: bool) -> int:
    """Set up this repository: configuration, editor schemas, and a baseline for existing prompts.

    The baseline allows what the rules find today, so the first `check` is green and only new findings count. Existing
    files are left as they are, except that lines are added to .gitignore and three hooks to a .pre-commit-config.yaml.

    You can run it again with --hooks, --update or --git-diff at any time, in each clone. What somebody has changed
    since is left alone and named. `promptstead uninstall` undoes everything.
    """
    workspace = open_workspace()
    program = install_hooks(workspace.tree.root) if hooks else None
    if updating:
        _say(update(workspace))
    if git_diff:
        _say(show_diffs(workspace))
        tell("next: git diff, git log -p, git difftool --tool promptstead")
    fresh = not (updating or git_diff) and (not hooks or not workspace.config.file)
    if fresh:
        _say(set_up(workspace, hooks=hooks))
    elif hooks:
        _say(add_hooks(workspace))
    if program:
        tell(program.install())
    if fresh:
        if outside_git(workspace.tree):
            tell("this is not a Git repository: diff, review and bundle build need one (git init)")
        prompts = any(path.endswith(SUFFIXES) for path in workspace.tree.files())
        tell(
            "next: promptstead check" if prompts else "next: promptstead new shop/read-message, then promptstead check"
        )
        tell(enough_cases())
    return OK


def _say(done: Done) -> None:
    for line in done.written:
        echo(line)
    for line in done.left:
        tell(line)
