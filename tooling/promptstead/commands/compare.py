"""``promptstead compare``: two runs, two models of one run, or two revisions, paired case by case."""

import click

from promptstead.commands.common import colour, echo, format_option, open_workspace, plain
from promptstead.errors import FINDINGS, OK, PromptsteadError


@click.command()
@click.argument("sources", nargs=-1, metavar="RUN RUN | A..B", required=True)
@format_option("text", "json", "junit", "csv", "md")
@click.option("--base-model", default="", metavar="MODEL", help="Compare only this model's answers of the base.")
@click.option("--head-model", default="", metavar="MODEL", help="Compare only this model's answers of the head.")
@click.option("--output", "-o", type=click.Path(dir_okay=False), help="Write the comparison to this file.")
def command(sources: tuple[str, ...], output_format: str, base_model: str, head_model: str, output: str | None) -> int:
    """Compare answers case by case and say what the difference shows, for each prompt and model.

    RUN RUN are two run files, base first; one RUN with --base-model and --head-model compares two of its models.
    `A..B` are two revisions, whose recorded answers are replayed for every prompt that has some. Nothing is called.
    Exit 1 when the gate fails: a regression, a hard check or a `must_pass` case that fails.
    """
    from promptstead.commands.comparing import compare, rendered
    from promptstead.workspace import write_file

    if len(sources) > 2:
        raise PromptsteadError("more than two things to compare", hint="name two run files, or `A..B`")
    report = compare(open_workspace(), sources, base_model, head_model)
    paint = plain if output else colour()
    text = rendered(report, output_format, paint).removesuffix("\n")
    if output:
        write_file(output, text.encode("utf-8", "backslashreplace").decode() + "\n")  # a name may hold any byte
    else:
        echo(text)
    return FINDINGS if report.blocks else OK
