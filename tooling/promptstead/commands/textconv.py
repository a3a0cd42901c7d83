"""``promptstead textconv``: what Git calls to show prompt files in its own diffs."""

import click

from promptstead.console.output import echo
from promptstead.errors import OK, PromptsteadError


@click.command()
@click.argument("file", type=click.Path())
def command(file: str) -> int:
    """Print a prompt file, its cases or its answers as plain text, one value or sentence a line.

    `promptstead init --git-diff` makes Git call it, so that `git diff` and `git log -p` show words and values instead
    of YAML. A file that is not YAML is printed as it is.
    """
    from promptstead.documents.yaml_reader import MAX_BYTES, read
    from promptstead.report.outline import outline

    try:
        with open(file, "rb") as source:
            raw = source.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or str(error)
        raise PromptsteadError(f"cannot read the file: {reason}", location=file) from error
    document = read(raw, file)
    text = outline(document) if document.data is not None else raw.decode("utf-8", "backslashreplace")
    echo(text.removesuffix("\n"))
    return OK
