"""A merge that was not finished is one finding for the file, and nothing else is said about the prompt."""

import json

import pytest

from promptstead.config.file import load_config
from promptstead.config.settings import Config
from promptstead.conflict_markers import unresolved
from promptstead.errors import PromptsteadError
from promptstead.lint.engine import Engine
from promptstead.prompts.library import Library
from tests.trees import MemoryTree

PROMPT = """schema: promptstead/v1
title: Greeting
inputs: {name: {}}
messages:
  - role: user
    content: |
      {% include "partials/a.md" %}
      Hello {{ name }}
datasets: [{path: rows.jsonl}]
"""
CASES = "schema: promptstead/cases/v1\ncases:\n  - id: one\n    inputs: {name: Ann}\n"
ROW = json.dumps({"id": "two", "inputs": {"name": "Bob"}}) + "\n"
OUTPUT = json.dumps({"case": "one", "model": "m", "source": "imported", "inputs": "sha256:" + "0" * 64, "samples": []})
FILES = {
    "prompts/p.prompt.yml": PROMPT,
    "prompts/p/cases.yml": CASES,
    "prompts/p/rows.jsonl": ROW,
    "prompts/p/outputs.jsonl": OUTPUT + "\n",
    "prompts/partials/a.md": "Be kind.\n",
}


def conflicting(text: str) -> str:
    """Return a text whose last line two branches have changed."""
    head, last = text.rstrip("\n").rsplit("\n", 1) if "\n" in text.rstrip("\n") else ("", text.rstrip("\n"))
    sides = f"<<<<<<< HEAD\n{last}\n=======\n{last} \n>>>>>>> feature\n"
    return f"{head}\n{sides}" if head else sides


@pytest.mark.parametrize("path", FILES)
def test_a_conflict_is_one_finding_for_the_file_and_nothing_else(path: str) -> None:
    text = conflicting(FILES[path])
    first = text.split("\n").index("<<<<<<< HEAD") + 1
    library = Library(MemoryTree({**FILES, path: text}), Config())
    found = Engine(Config(), "release").check(library.load("prompts/p.prompt.yml"))
    assert [(each.path, each.line, each.level) for each in found] == [(path, first, "error")], found
    assert found[0].message == f"a merge conflict was not resolved: lines {first}–{first + 4}"
    assert found[0].hint == "keep what is right, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`"


def test_several_conflicts_are_one_finding() -> None:
    text = conflicting(conflicting(PROMPT) + "owners: [a]\n")
    library = Library(MemoryTree({"prompts/p.prompt.yml": text}), Config())
    found = Engine(Config()).check(library.load("prompts/p.prompt.yml"))
    assert [each.message for each in found] == ["2 merge conflicts were not resolved; the first is on lines 9–13"]


@pytest.mark.parametrize("name", ["promptstead.toml", "pyproject.toml"])
def test_a_conflict_in_the_settings(name: str) -> None:
    table = "" if name == "promptstead.toml" else "[tool.promptstead]\n"
    text = f'{table}<<<<<<< HEAD\nroots = ["a"]\n=======\nroots = ["b"]\n>>>>>>> feature\n'
    first = text.split("\n").index("<<<<<<< HEAD") + 1
    with pytest.raises(PromptsteadError) as refused:
        load_config(MemoryTree({name: text}))
    assert refused.value.message == f"a merge conflict was not resolved: lines {first}–{first + 4}"
    assert refused.value.location == f"{name}:{first}"


@pytest.mark.parametrize(
    "text",
    [
        "Title\n=======\n\ntext\n",
        ">>>>>>> a quotation in a quotation\n",
        "<<<<<<< one marker\nalone\n",
        "<<<<<<<<\n=======\n>>>>>>>\n",
        "    <<<<<<< HEAD\n    =======\n    >>>>>>> shown in an example\n",
    ],
)
def test_what_is_no_conflict(text: str) -> None:
    assert unresolved(text) == []


def test_a_style_of_three_sides_and_windows_line_ends() -> None:
    text = "a\r\n<<<<<<< HEAD\r\nb\r\n||||||| base\r\nc\r\n=======\r\nd\r\n>>>>>>> x\r\n"
    assert unresolved(text) == [(text.index("<"), text.index(">"))]
