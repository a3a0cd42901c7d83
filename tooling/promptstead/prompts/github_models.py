"""The ``.prompt.yml`` format of GitHub Models, read natively with its own semantics.

``{{name}}`` is replaced once, exactly as written (no white space inside the braces); a name without a value stays as it
is (``replaceTemplateVariables`` of actions/ai-inference, ``TemplateString`` of gh-models). String evaluators ignore
case, but for ``equals`` (``runStringEvaluator`` of gh-models). Nothing declares inputs, so each placeholder is an
untrusted text input.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from promptstead.config.settings import Config
from promptstead.model import Case, EvaluatorSpec, Input, Json, Message, ModelChoice, Part, Prompt
from promptstead.prompts.prompt import choose_model
from promptstead.template.compiler import placeholders

_OWN_KEYS = {"schema", "title", "inputs", "governance", "cases", "output", "gate"}
_PARAMETERS = {"maxTokens": "max_tokens", "maxCompletionTokens": "max_completion_tokens", "topP": "top_p"}
_STRING_CHECKS = {"contains": "anywhere", "startsWith": "start", "endsWith": "end"}


def is_github_models(data: Json) -> bool:
    """Tell whether the document *data* has this format's shape: messages, and no key that only promptstead has."""
    return isinstance(data, dict) and "messages" in data and not _OWN_KEYS & data.keys()


def build_github_models(data: Mapping[str, Any], prompt_id: str, path: str, config: Config) -> Prompt:
    """Return the prompt of the document *data*, which must be valid against ``github-models.schema.json``."""
    names = {name for entry in data["messages"] for name, _, _ in placeholders(entry["content"])}
    model = choose_model(data.get("model"), config)
    params = {_PARAMETERS.get(key, key): value for key, value in data.get("modelParameters", {}).items()}
    return Prompt(
        id=prompt_id,
        path=path,
        dialect="github-models",
        data=data,
        title=data.get("name", ""),
        description=data.get("description", ""),
        language="",
        inputs={name: Input(name, {}, required=False) for name in sorted(names)},
        messages=tuple(
            Message(entry["role"], (Part("text", entry["content"], ("messages", index, "content")),))
            for index, entry in enumerate(data["messages"])
        ),
        model=ModelChoice(model.name, params, model.provider, model.snapshot),
        output_format="text" if data.get("responseFormat", "text") == "text" else "json",
        output_schema=_output_schema(data.get("jsonSchema")),
        evaluators=tuple(_evaluators(data.get("evaluators", []), path)),
        cases=tuple(_case(row, index, names, path) for index, row in enumerate(data.get("testData", []))),
    )


def _output_schema(text: str | None) -> Mapping[str, Any] | None:
    """Return the schema inside the JSON text ``{"name": …, "schema": …}``; none where the text is something else."""
    try:
        wrapper = json.loads(text or "null")
        json.dumps(wrapper, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    schema = wrapper.get("schema") if isinstance(wrapper, dict) else None
    return schema if isinstance(schema, dict) else None


def _case(row: Mapping[str, Json], index: int, names: set[str], path: str) -> Case:
    """Return a row as a case: its ``name`` is the id, but for a placeholder's value; rows without are numbered."""
    label = row.get("name") if "name" not in names else None
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", label).strip("-.")[:100] if isinstance(label, str) else ""
    inputs = {key: value for key, value in row.items() if key != "expected" and (key != "name" or not slug)}
    at = ("testData", index)
    return Case(slug or f"row-{index + 1}", inputs, row.get("expected"), "expected" in row, file=path, at=at)


def _evaluators(entries: list[Mapping[str, Any]], path: str) -> Iterator[EvaluatorSpec]:
    """Each string criterion becomes an evaluator; judges (``llm``, ``uses``) need a model and are only named."""
    for index, entry in enumerate(entries):
        at = ("evaluators", index)
        criteria = entry.get("string", {})
        if "equals" in criteria:
            yield EvaluatorSpec(
                entry["name"], "equals", {"value": _literal(criteria["equals"]), "trim": False}, path, at
            )
        for criterion, place in _STRING_CHECKS.items():
            if criterion in criteria:
                options = {"value": _literal(criteria[criterion]), "at": place, "ignore_case": True}
                yield EvaluatorSpec(entry["name"], "contains", options, path, at)
        if "llm" in entry or "uses" in entry:
            yield EvaluatorSpec(entry["name"], "judge", {}, path, at)


def _literal(text: str) -> str:
    """Return *text* for a place where braces mean a template: this format's string checks have none."""
    return "{% raw %}" + text + "{% endraw %}" if "{" in text else text
