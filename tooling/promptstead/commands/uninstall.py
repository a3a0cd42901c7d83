"""``promptstead uninstall``: take back what ``init`` added."""

import os

import click

from promptstead.console.output import echo, tell
from promptstead.errors import OK
from promptstead.operations.setup.removal import planned, take_back
from promptstead.storage.working_tree import WorkingTree, find_root


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would be done, and change nothing.")
def command(dry_run: bool) -> int:
    """Remove what `promptstead init` added to this repository, and leave everything else as it is.

    This covers promptstead.toml with its baseline, the schemas, the lines in .gitignore and .gitattributes, the hooks
    in .pre-commit-config.yaml, and this clone's settings for Git diffs. What somebody has changed since is left alone
    and named on stderr. Prompts, cases and answers are never touched.
    """
    tree = WorkingTree(find_root(os.curdir))
    plan = planned(tree)
    said = "" if dry_run else take_back(tree, plan)
    for line in plan.lines():
        echo(line)
    for line in plan.stays:
        tell(f"stays: {line}")
    if said:
        tell(said)
    if not plan.changes and not plan.settings:
        tell("there is nothing to remove")
    return OK
