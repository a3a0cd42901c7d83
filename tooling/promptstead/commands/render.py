"""``promptstead render``: the messages as a model would get them."""

import json
import sys
from collections.abc import Callable

import click

from promptstead.commands.options import Decorated, format_option
from promptstead.console.output import echo, echo_data, echo_json, tell
from promptstead.errors import OK, PromptsteadError, did_you_mean
from promptstead.escapes import json_text
from promptstead.model import Case, Json, Prompt
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import selected_paths

MAX_INPUT_BYTES = 4 * 1024 * 1024


def input_options(case_help: str) -> Callable[[Decorated], Decorated]:
    """Add ``--case``, ``--input`` and ``--inputs``, which :func:`chosen_cases` turns into cases."""

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
                help="Give an input; @FILE as value reads a file. May be repeated.",
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

    They are rendered for a case, for given inputs, or else for the examples that the inputs declare.
    On a terminal, and in the log of a CI job, what these would obey is escaped; a file or --format json has it exactly.
    """
    from promptstead.prompts.compile import case_messages, open_prompt

    workspace = open_workspace((prompt,))
    paths = selected_paths(workspace, (prompt,))
    if len(paths) != 1:
        raise PromptsteadError(f"`{prompt}` names {len(paths)} prompts", hint="name one")
    loaded = workspace.library.load(paths[0])
    rendered = open_prompt(loaded)
    assert loaded.prompt is not None
    cases = chosen_cases(loaded.prompt, case_id, given, inputs_file)
    documents = []
    for case in cases:
        try:
            documents.append({"case": case.id, "messages": case_messages(rendered, loaded.prompt, case)})
        except PromptsteadError as error:
            raise PromptsteadError(
                f"case `{case.id}`: {error.message}" if case.id else error.message,
                hint=error.hint,
                location=loaded.path,
            ) from error
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
            echo_data(content if isinstance(content, str) else json_text(content).removesuffix("\n"))
    return OK


def chosen_cases(prompt: Prompt, case_id: str | None, given: tuple[str, ...], inputs_file: str | None) -> list[Case]:
    """Return the cases that the options name, or one made of the inputs that they give.

    :raises PromptsteadError: there is no such case, or the inputs cannot be read.
    """
    if case_id is not None and (given or inputs_file is not None):
        raise PromptsteadError("a case has inputs of its own", hint="give either --case or inputs")
    if case_id == "all":
        return list(prompt.cases)
    if case_id is not None:
        for case in prompt.cases:
            if case.id == case_id:
                return [case]
        hint = did_you_mean(case_id, [case.id for case in prompt.cases], "`--case all` renders every case")
        raise PromptsteadError(f"there is no case `{case_id}`", hint=hint, location=prompt.path)
    values: dict[str, Json] = {}
    if inputs_file is not None:
        values.update(_json_object(_bytes(inputs_file), inputs_file))
    for assignment in given:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise PromptsteadError(f"`--input {assignment}` has no `=`", hint="write --input name=value")
        values[name] = _typed(prompt, name, _file(value[1:]) if value.startswith("@") else value)
    if not given and inputs_file is None:
        values = {name: spec.example for name, spec in prompt.inputs.items() if spec.has_example}
    return [Case("", values)]


def _json_object(raw: bytes, name: str) -> dict[str, Json]:
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise PromptsteadError(
            "this is not JSON", hint="write one object: input name -> value", location=name
        ) from error
    if not isinstance(data, dict):
        raise PromptsteadError("this is not a JSON object", hint="write one object: input name -> value", location=name)
    return data


def _file(path: str) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PromptsteadError("this is not UTF-8", location=path) from error


def _bytes(path: str) -> bytes:
    """Return what a file holds, or standard input for ``-``."""
    try:
        if path == "-":
            raw = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
        else:
            with open(path, "rb") as file:
                raw = file.read(MAX_INPUT_BYTES + 1)
    except (OSError, ValueError) as error:
        raise PromptsteadError(
            f"cannot read the file: {getattr(error, 'strerror', '') or error}", location=path
        ) from error
    if len(raw) > MAX_INPUT_BYTES:
        raise PromptsteadError(f"the file has more than {MAX_INPUT_BYTES:,} bytes", location=path)
    return raw


def _typed(prompt: Prompt, name: str, value: str) -> Json:
    """Read a value as JSON where the input is not text; a value that is no JSON is left for the input's own check."""
    spec = prompt.inputs.get(name)
    types = spec.schema.get("type", "string") if spec else "string"
    if types == "string" or (isinstance(types, list) and "string" in types):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
