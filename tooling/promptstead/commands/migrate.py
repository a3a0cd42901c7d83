"""``promptstead migrate``: files of earlier versions in today's form."""

import click

from promptstead.console.output import echo, plural, tell
from promptstead.errors import FINDINGS, OK
from promptstead.operations.workspace.current import open_workspace


@click.command()
@click.option("--check", "check_only", is_flag=True, help="Write nothing; exit 1 if a file is in an earlier form.")
def command(check_only: bool) -> int:
    """Bring files that an earlier version wrote into today's form.

    Every form that promptstead ever wrote is read for ever, so nothing breaks without this. A baseline of format 1
    becomes one of format 2, which says in words what it allows; it allows the same findings. Recorded answers,
    judgements and labels in lines get a first line that says their version.

    Each file is written whole or not at all, and everything else in it stays as it is. A second run finds nothing.
    """
    from promptstead.operations.setup.migrations import migrations

    workspace = open_workspace()
    found = list(migrations(workspace))  # all are read before the first is written
    for each in found:
        if not check_only:
            workspace.tree.write_parts(each.path, each.parts())
        echo(f"{each.path}: {each.what}")
    if not found:
        tell("nothing to migrate")
    elif check_only:
        tell(f"{plural(len(found), 'file')} would change (run promptstead migrate)")
    else:
        tell(f"{plural(len(found), 'file')} changed")
    return FINDINGS if found and check_only else OK
