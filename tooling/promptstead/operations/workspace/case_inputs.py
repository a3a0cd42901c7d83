"""The cases that ``--case``, ``--input`` and ``--inputs`` name or give, and what a prompt makes of them."""

import json
import sys
from typing import Any

from promptstead.did_you_mean import did_you_mean
from promptstead.digests import script
from promptstead.errors import PromptsteadError
from promptstead.model import Case, Json, Prompt
from promptstead.prompts.loaded import Loaded

MAX_INPUT_BYTES = 4 * 1024 * 1024


def rendered_cases(
    loaded: Loaded, case_id: str | None, given: tuple[str, ...], inputs_file: str | None
) -> list[dict[str, Any]]:
    """Return ``case`` and ``messages`` of each case that the options name or give; of a conversation its script too.

    :raises PromptsteadError: the prompt is not valid, there is no such case, or one cannot be rendered.
    """
    from promptstead.prompts.compile import case_messages, open_prompt

    rendered = open_prompt(loaded)
    assert loaded.prompt is not None
    documents = []
    for case in chosen_cases(loaded.prompt, case_id, given, inputs_file):
        try:
            document = {"case": case.id, "messages": case_messages(rendered, loaded.prompt, case)}
            documents.append(document | script(case))
        except PromptsteadError as error:
            raise PromptsteadError(
                f"case `{case.id}`: {error.message}" if case.id else error.message,
                hint=error.hint,
                location=loaded.path,
            ) from error
    return documents


def chosen_cases(prompt: Prompt, case_id: str | None, given: tuple[str, ...], inputs_file: str | None) -> list[Case]:
    """Return the cases that the options name, or one made of the inputs that they give.

    :raises PromptsteadError: there is no such case, or the inputs cannot be read.
    """
    if case_id is not None and (given or inputs_file is not None):
        raise PromptsteadError("a case has its own inputs", hint="give either --case or inputs")
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
