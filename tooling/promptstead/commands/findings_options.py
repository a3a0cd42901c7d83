"""The form of findings, and where they go, as options."""

import click

from promptstead.commands.options import Decorated, format_option
from promptstead.operations.reviewing.findings_output import FORMATS


def result_options(command: Decorated) -> Decorated:
    """Add ``--format`` and ``--output``."""
    output = click.option(
        "--output", "-o", type=click.Path(dir_okay=False), help="Write the result to this file instead of stdout."
    )
    return format_option("text", "json", *FORMATS, packages=True)(output(command))
