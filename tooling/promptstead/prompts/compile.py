"""A loaded prompt -> the JSON that a bundle carries and that the runtime renders, for the toolkit too."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from promptstead.config.model_address import address, api_words
from promptstead.config.settings import ProviderSettings
from promptstead.digests import prompt_digests
from promptstead.errors import PromptsteadError
from promptstead.model import Case, Json, Message, ModelChoice, Part, Prompt
from promptstead.prompts.attached_files import facts, is_unattached
from promptstead.prompts.compiled_input import compiled_input
from promptstead.prompts.loaded import Loaded
from promptstead.runtime.attachments import reference
from promptstead.runtime.bundle import PROMPT_FORMAT, BundledPrompt
from promptstead.runtime.limits import Limits
from promptstead.runtime.program import render
from promptstead.runtime.values import json_text
from promptstead.template.compiler import compile_placeholders, compile_template


def compile_prompt(loaded: Loaded) -> dict[str, Json]:
    """Return the compiled prompt (``tooling/docs/bundle.md``), without digests.

    :raises PromptsteadError: the prompt is not valid, or an example cannot be rendered.
    """
    prompt = loaded.prompt
    if prompt is None or any(problem.code == "TPL106" for problem in loaded.problems):
        problem = next((problem for problem in loaded.problems if problem.code not in ("SCH002", "SCH003")), None)
        raise loaded.not_valid(problem.message if problem else "it cannot be read")
    parts = [part for message in prompt.messages for part in message.parts]
    defaults = [spec.default for spec in prompt.inputs.values() if spec.attachment]
    if any(part.path and part.path not in prompt.attachments for part in parts) or any(map(is_unattached, defaults)):
        loaded.refuse_unread()
    compiled: dict[str, Json] = {
        "format": PROMPT_FORMAT,
        "id": prompt.id,
        "title": prompt.title,
        "contract": prompt.contract,
        "inputs": {name: compiled_input(spec) for name, spec in prompt.inputs.items()},
        "messages": _messages(loaded, prompt),
        "model": compiled_model(prompt.model, loaded.providers),
        "output": _output(prompt),
        "tools": [dict(tool) for tool in prompt.tools],
    }
    if attachments := {each["sha256"]: each for each in _attached(prompt)}:
        compiled["attachments"] = attachments
    return compiled


def compiled_model(choice: ModelChoice, providers: Mapping[str, ProviderSettings]) -> dict[str, Json]:
    """Return a model as the compiled prompt has it: asked at which provider, by what name, in which API's words."""
    written = choice.snapshot or choice.name
    provider, name = address(written, choice.provider, providers)
    said = choice.provider or name != written  # else it is OpenAI's because nobody says anything else
    return {
        "name": name,
        "provider": provider if said else "",
        "params": dict(choice.params),
        **api_words(provider, providers),
    }


def case_messages(
    rendered: BundledPrompt,
    prompt: Prompt,
    case: Case,
    transcript: Sequence[Mapping[str, Json]] = (),
    given: dict[str, bytes] | None = None,
) -> list[Json]:
    """Return the messages of *case*, and what was said since; with digests in place of the data of attachments.

    :param given: gets the bytes of attachments that the case holds itself, by their SHA-256.
    :raises PromptsteadError: the case misses an input, gives a wrong one, or cannot be rendered.
    """
    inputs = case_inputs(prompt, case)
    if case.history and "history" in inputs:
        hint = "rename the input, or leave the turns out"
        raise PromptsteadError("an input is called `history`, so earlier turns cannot be given", hint=hint)
    if transcript and "transcript" in inputs:
        hint = "rename the input, or leave turns and stubs out"
        raise PromptsteadError("an input is called `transcript`, so there is no place for further turns", hint=hint)
    messages: list[Json] = rendered.rendered(inputs, case.history, transcript, given)
    return messages


def case_inputs(prompt: Prompt, case: Case) -> dict[str, Json]:
    """Return the inputs that *case* gives; in GitHub Models' format, those that a placeholder asks for."""
    every = prompt.dialect != "github-models"
    return {name: value for name, value in case.inputs.items() if every or name in prompt.inputs}


def open_prompt(loaded: Loaded) -> BundledPrompt:
    """Return a loaded prompt as an application gets it from a bundle, digests included.

    :raises PromptsteadError: see :func:`compile_prompt`.
    """
    compiled = compile_prompt(loaded)
    assert loaded.prompt is not None  # compile_prompt has refused it
    document = compiled | {"digests": prompt_digests(loaded.prompt, compiled)}
    return BundledPrompt(loaded.id, document, loaded.path, loaded.attachments.data if loaded.attachments else None)


def _attached(prompt: Prompt) -> Iterator[dict[str, Json]]:
    """Yield what the files are that belong to the prompt itself: those of its parts, and defaults of its inputs."""
    yield from map(facts, prompt.attachments.values())
    for spec in prompt.inputs.values():
        if spec.attachment and isinstance(spec.default, Mapping):
            yield dict(spec.default)


def _output(prompt: Prompt) -> dict[str, Json]:
    output: dict[str, Json] = {"format": prompt.output_format}
    if prompt.output_schema is not None:
        declared = prompt.data.get("output", {}) if prompt.dialect == "promptstead" else {}
        output["name"] = declared.get("name", prompt.id.rpartition("/")[2].replace(".", "-")[:64])
        output["strict"] = declared.get("strict", True)
        output["schema"] = dict(prompt.output_schema)
    return output


def _messages(loaded: Loaded, prompt: Prompt) -> list[Json]:
    messages: list[Json] = []
    for message in prompt.messages:
        if message.slot == "examples":
            messages.extend(_examples(loaded, prompt))
        elif message.slot:
            messages.append({"slot": message.slot})
        else:
            messages.append(_message(loaded, message))
    return messages


def _message(loaded: Loaded, message: Message) -> dict[str, Json]:
    if message.plain:
        return {"role": message.role, "content": _program(loaded, message.parts[0])}
    return {"role": message.role, "content": [_part(loaded, part) for part in message.parts]}


def _part(loaded: Loaded, part: Part) -> dict[str, Json]:
    compiled: dict[str, Json] = {"type": part.type, part.type: _program(loaded, part)}
    if part.path:
        assert loaded.prompt is not None
        found = loaded.prompt.attachments[part.path]
        compiled[part.type] = [reference(found.type, found.sha256)]
    if part.detail:
        compiled["detail"] = part.detail
    if part.filename:
        compiled["filename"] = part.filename
    return compiled


def _program(loaded: Loaded, part: Part) -> list[Any]:
    template = loaded.templates.get(part.at)
    return compile_placeholders(part.template) if template is None else compile_template(template)


def _examples(loaded: Loaded, prompt: Prompt) -> list[Json]:
    """Each example as the last user message would ask it, and the answer as an assistant turn, both fixed text."""
    turns: list[Json] = []
    asking = next((message for message in reversed(prompt.messages) if message.role == "user"), None)
    if asking is None or not asking.plain:
        raise PromptsteadError(
            "`slot: examples` needs a user message whose content is text",
            hint="add one, or remove the slot",
            location=prompt.path,
        )
    program = _program(loaded, asking.parts[0])
    limits = Limits()
    for index, example in enumerate(prompt.examples):
        values = {name: spec.default for name, spec in prompt.inputs.items() if spec.has_default} | dict(example.inputs)
        try:
            question = render(program, values, limits)
        except PromptsteadError as error:
            line, column = loaded.document.position(loaded.document.span(example.at).start)
            location = f"{prompt.path}:{line}:{column}"
            raise PromptsteadError(
                f"example {index + 1}: {error.message}", hint=error.hint, location=location
            ) from error
        answer = example.output if isinstance(example.output, str) else json_text(example.output)
        turns += [{"role": "user", "content": [question]}, {"role": "assistant", "content": [answer]}]
    return turns
