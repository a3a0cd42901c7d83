"""The cases that ``--case``, ``--input`` and ``--inputs`` name or give, and what a prompt makes of them."""

import json
import sys
from typing import Any

from promptstead.did_you_mean import did_you_mean
from promptstead.errors import PromptsteadError
from promptstead.model import Case, Json, Prompt
from promptstead.prompts.attached_files import facts
from promptstead.prompts.conversation import stub_json
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.runtime.attachments import MOST, references

MAX_INPUT_BYTES = 4 * 1024 * 1024


def rendered_cases(
    loaded: Loaded, case_id: str | None, given: tuple[str, ...], inputs_file: str | None
) -> list[dict[str, Any]]:
    """Return ``case`` and ``messages`` of each case that the options name or give; ``attachments`` where it has any.

    The messages have their digests; what is said of each is its type, and its path and size where it is a file. Of a
    conversation the script is there too.

    :raises PromptsteadError: the prompt is not valid, there is no such case, or one cannot be rendered.
    """
    from promptstead.prompts.compile import case_messages, open_prompt

    rendered = open_prompt(loaded)
    assert loaded.prompt is not None
    documents = []
    for case in chosen_cases(loaded, case_id, given, inputs_file):
        try:
            messages = case_messages(rendered, loaded.prompt, case)
            files = _attachments(loaded.prompt, case, messages)
            more = {"attachments": files} if files else {}
            documents.append({"case": case.id, "messages": messages, **more, **_script(case)})
        except PromptsteadError as error:
            raise PromptsteadError(
                f"case `{case.id}`: {error.message}" if case.id else error.message,
                hint=error.hint,
                location=loaded.path,
            ) from error
    return documents


def _script(case: Case) -> dict[str, Json]:
    """Return what the user says next in a conversation, and what the tools answer."""
    script: dict[str, Json] = {"turns": [{"user": turn.user} for turn in case.turns[1:]]} if case.turns else {}
    if case.stubs:
        script["stubs"] = [stub_json(stub) for stub in case.stubs]
    return script


def chosen_cases(loaded: Loaded, case_id: str | None, given: tuple[str, ...], inputs_file: str | None) -> list[Case]:
    """Return the cases that the options name, or one made of the inputs that they give.

    :raises PromptsteadError: the prompt is not valid, there is no such case, or the inputs cannot be read.
    """
    prompt = Requests(loaded).prompt
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
        values[name] = _value(prompt, name, value)
    if loaded.attachments is not None:
        found, wrong = loaded.attachments.values(values, prompt.inputs)
        for each in wrong:
            raise PromptsteadError(each.message, hint=each.hint)
        values = dict(found)
    if not given and inputs_file is None:
        values = {name: spec.example for name, spec in prompt.inputs.items() if spec.has_example}
    return [Case("", values)]


def _attachments(prompt: Prompt, case: Case, messages: list[Json]) -> list[Json]:
    """Return what is known of each attachment of rendered messages, each once."""
    defaults = [spec.default for spec in prompt.inputs.values() if spec.attachment]
    named = [*case.inputs.values(), *defaults, *map(facts, prompt.attachments.values())]
    known = {each["sha256"]: each for each in reversed(named) if isinstance(each, dict) and "sha256" in each}
    return [
        known.get(digest, {"type": media, "sha256": digest}) for media, digest in dict.fromkeys(references(messages))
    ]


def _value(prompt: Prompt, name: str, value: str) -> Any:
    """Return the value of an input as it is given: text, JSON, or with ``@`` in front what a file holds."""
    spec = prompt.inputs.get(name)
    if spec and spec.attachment and value.startswith("@"):
        return _bytes(value[1:], MOST[spec.attachment])
    return _typed(prompt, name, _file(value[1:]) if value.startswith("@") else value)


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


def _bytes(path: str, most: int = MAX_INPUT_BYTES) -> bytes:
    """Return what a file holds, or standard input for ``-``."""
    try:
        if path == "-":
            raw = sys.stdin.buffer.read(most + 1)
        else:
            with open(path, "rb") as file:
                raw = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise PromptsteadError(
            f"cannot read the file: {getattr(error, 'strerror', '') or error}", location=path
        ) from error
    if len(raw) > most:
        raise PromptsteadError(f"the file has more than {most:,} bytes", location=path)
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
