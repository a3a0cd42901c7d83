"""Output schemas whose keywords have values of a wrong type: rules say so, and fixes leave them be."""

import json
from typing import Any

import pytest

from promptstead.config.settings import Config
from promptstead.lint.engine import Engine
from promptstead.lint.fixes import fix_prompts
from promptstead.model import Tree
from promptstead.prompts.library import Library
from tests.trees import MemoryTree

PATH = "prompts/shop/mood.prompt.yml"
KEYWORDS = [
    *("type", "enum", "const", "properties", "required", "additionalProperties", "items", "anyOf", "$ref", "$defs"),
    *("not", "if", "pattern", "patternProperties", "minLength", "multipleOf", "format", "default", "dependentSchemas"),
]
WRONG: list[Any] = [None, True, 3, "(", ["x", 3], [["x"]], {"a": None}, {"a": ["x", None]}]


def library(tree: Tree) -> Library:
    return Library(tree, Config())


@pytest.mark.parametrize("keyword", KEYWORDS)
@pytest.mark.parametrize("dialect", ["promptstead", "github-models"])
def test_no_rule_trips_over_a_keyword(keyword: str, dialect: str) -> None:
    for wrong in WRONG:
        for below in (False, True):
            schema: dict[str, Any] = {"type": "object", "properties": {"k": {"enum": ["a", "b"]}}, "required": ["k"]}
            (schema["properties"]["k"] if below else schema)[keyword] = wrong
            document: dict[str, Any] = {"messages": [{"role": "user", "content": "Sort it."}]}
            if dialect == "promptstead":
                model = {"name": "gpt-5.4-mini-2026-03-17"}
                document |= {"schema": "promptstead/v1", "title": "T", "model": model}
                document["output"] = {"format": "json", "schema": schema}
            else:
                document |= {"name": "T", "model": "openai/gpt-4o", "responseFormat": "json_schema"}
                document["jsonSchema"] = json.dumps({"name": "a", "strict": wrong, "schema": schema})
            tree = MemoryTree({PATH: json.dumps(document)})
            prompts = library(tree)
            codes = [found.code for found in Engine(Config()).check(prompts.load(PATH))]
            assert codes, "even what is right here has notes"
            fix_prompts(tree, [PATH], library, lambda _: Engine(Config()), unsafe=True)


@pytest.mark.parametrize("output", ['{"k": "\\ud800"}', '{"\\ud800": "a"}', '{"k": NaN}', '{"k": 1e999}'])
def test_an_example_that_is_no_text_is_no_exception(output: str) -> None:
    schema = {"type": "object", "properties": {"k": {"enum": ["a", "b"]}}, "additionalProperties": False}
    document = {
        "schema": "promptstead/v1",
        "title": "T",
        "messages": [{"slot": "examples"}, {"role": "user", "content": "Sort it."}],
        "examples": [{"inputs": {}, "output": output}],
        "output": {"format": "json", "schema": schema},
    }
    prompts = library(MemoryTree({PATH: json.dumps(document)}))
    assert "EXA501" in [found.code for found in Engine(Config()).check(prompts.load(PATH))]


@pytest.mark.parametrize("schema", ['{"enum": ["\\ud800", "b"]}', '{"minimum": NaN}', '{"minimum": 1e999}'])
def test_a_schema_text_that_is_no_json_is_said_to_be_none(schema: str) -> None:
    document: dict[str, Any] = {
        "name": "T",
        "model": "openai/gpt-4o",
        "messages": [{"role": "user", "content": "Sort it."}],
    }
    document |= {"responseFormat": "json_schema", "jsonSchema": f'{{"name": "a", "schema": {schema}}}'}
    prompts = library(MemoryTree({PATH: json.dumps(document)}))
    found = Engine(Config()).check(prompts.load(PATH))
    assert any("`jsonSchema` is not the JSON text" in each.message for each in found)
