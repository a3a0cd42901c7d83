"""``promptstead render``: the messages as a model would get them."""

from collections.abc import Callable

import click

from promptstead.commands.options import Decorated, format_option
from promptstead.console.output import echo, echo_data, echo_json, tell
from promptstead.errors import OK
from promptstead.operations.workspace.case_inputs import rendered_cases
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import one_prompt
from promptstead.report.part_text import part_text


def input_options(case_help: str) -> Callable[[Decorated], Decorated]:
    """Add ``--case``, ``--input`` and ``--inputs``, which name or give what a prompt is rendered for."""

    def add(command: Decorated) -> Decorated:
        for option in (
            click.option(
                "--inputs", "inputs_file", metavar="FILE", help="Read inputs from a JSON file (- for standard input)."
            ),
            click.option(
                "--input",
                "given",
                multiple=True,
                metavar="NAME=VALUE",
                help="Set an input; @FILE reads the value from a file. May be repeated.",
            ),
            click.option("--case", "case_id", metavar="ID", help=case_help),
        ):
            command = option(command)
        return command

    return add


@click.command()
@click.argument("prompt")
@input_options("Render this case; `all` renders every case.")
@format_option("text", "json")
def command(
    prompt: str,
    case_id: str | None,
    given: tuple[str, ...],
    inputs_file: str | None,
    output_format: str,
) -> int:
    """Show the messages of PROMPT, an id or a file.

    They are filled from a case, from the inputs you give, or else from the examples that the inputs declare. On a
    terminal and in CI logs, anything that these would obey is escaped; a file or --format json has the exact text.
    """
    loaded = one_prompt(open_workspace((prompt,)), prompt)
    documents = rendered_cases(loaded, case_id, given, inputs_file)
    if not documents:
        tell(f"{loaded.path}: this prompt has no cases")
    if output_format == "json":
        echo_json(documents if case_id == "all" else documents[0])
        return OK
    for document in documents:
        if case_id == "all":
            echo(f"### {document['case']}")
        for message in document["messages"]:
            echo(f"--- {message['role']}")
            content = message["content"]
            for part in [content] if isinstance(content, str) else content:
                echo_data(part_text(part, document.get("attachments", ())))
        for number, said in enumerate(document.get("turns", ()), 2):
            echo(f"--- user, turn {number}")
            echo_data(said["user"])
    return OK
