import json
import os
import subprocess
import sys

import pytest

from tests.command_line import environment, run
from tests.conftest import ScratchRepository
from tests.samples import PATH, review_of, write_sample

KINDS = """\
schema: promptstead/v1
title: Kinds of input
inputs:
  name: {schema: {type: string}, trust: trusted, description: a name, example: Zoé}
  count: {schema: {type: integer}, trust: trusted, description: a number, default: 2}
  tags: {schema: {type: array, items: {type: string}}, trust: trusted, description: words, required: false, default: []}
messages:
  - role: user
    content: "{{ name }} {{ count }} {{ tags | join('+') }}"
"""

GITHUB = """\
name: Summarise
messages:
  - {role: system, content: "You know {{ spaced }} and {{missing}}."}
  - {role: user, content: "{{text}} {{text}}"}
testData:
  - {text: "{{missing}}", expected: x, extra: 1}
  - {text: two}
"""


def test_a_case_every_case_and_the_examples(repository: ScratchRepository) -> None:
    write_sample(repository)
    one = run("render", "shop/mood", "--case", "r001", cwd=repository.root)
    assert one.code == 0
    head, _, tail = one.out.partition("--- user\n")
    assert head.startswith("--- system\nYou read reviews for a shop.\n")
    assert tail.startswith(f"<review>\n{review_of(1)}\n</review>")
    every = run("render", PATH, "--case", "all", "--format", "json", cwd=repository.root).json
    assert [document["case"] for document in every] == ["r000", "r001", "r002"]
    assert [message["role"] for message in every[2]["messages"]] == ["system", "user"]
    assert review_of(2) in every[2]["messages"][1]["content"]
    example = run("render", "shop/mood", "--format", "json", cwd=repository.root).json
    assert "Nice shoes." in example["messages"][1]["content"]
    unknown = run("render", "shop/mood", "--case", "r01", cwd=repository.root)
    assert unknown.code == 2
    assert unknown.err.startswith(f"promptstead: {PATH}: there is no case `r01` (did you mean `r0")


def test_inputs_from_arguments_files_and_standard_input(repository: ScratchRepository) -> None:
    repository.write("prompts/kinds.prompt.yml", KINDS)
    repository.write("name.txt", "\ufeffAna\nBo")
    repository.write("values.json", json.dumps({"name": "Cy", "tags": ["a", "b"]}))
    folder = repository.root

    def content(*arguments: str, stdin: str = "") -> str:
        done = run("render", "kinds", "--format", "json", *arguments, cwd=folder, stdin=stdin)
        assert done.code == 0, done.err
        text: str = done.json["messages"][0]["content"]
        return text

    assert content() == "Zoé 2 "
    assert content("--input", "name=a=b", "--input", "count=7", "--input", 'tags=["x"]') == "a=b 7 x"
    assert content("--input", "name=@name.txt") == "Ana\nBo 2 "
    assert content("--inputs", "values.json", "--input", "count=1") == "Cy 1 a+b"
    assert content("--inputs", "-", stdin='{"name": "Di"}') == "Di 2 "


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--input", "count=1"], "`name`"),
        (["--input", "name=x", "--input", "count=many"], "`count`"),
        (["--input", "name=x", "--input", "nmae=y"], "`nmae`"),
        (["--input", "name"], "`--input name` has no `=`"),
        (["--input", "name=@none.txt"], "none.txt: cannot read the file"),
        (["--input", "name=@latin.txt"], "latin.txt: this is not UTF-8"),
        (["--input", "name=@large.txt"], "large.txt: the file has more than"),
        (["--inputs", "latin.txt"], "latin.txt: this is not JSON"),
        (["--inputs", "list.json"], "list.json: this is not a JSON object"),
        (["--case", "x", "--input", "name=x"], "a case has its own inputs (give either --case or inputs)"),
    ],
)
def test_inputs_that_do_not_fit(repository: ScratchRepository, arguments: list[str], says: str) -> None:
    repository.write("prompts/kinds.prompt.yml", KINDS)
    repository.write("latin.txt", b"caf\xe9")
    repository.write("large.txt", b"x" * (4 * 1024 * 1024 + 1))
    repository.write("list.json", "[1]")
    done = run("render", "kinds", *arguments, cwd=repository.root)
    assert done.code == 2
    assert done.out == ""
    assert done.err.count("\n") == 1
    assert says in done.err


def test_github_models_placeholders(repository: ScratchRepository) -> None:
    """A name without a value stays as it is, spaces inside the braces too, and a value is not looked into again."""
    repository.write(".github/prompts/summarise.prompt.yml", GITHUB)
    first, second = run("render", "summarise", "--case", "all", "--format", "json", cwd=repository.root).json
    assert first["messages"] == [
        {"role": "system", "content": "You know {{ spaced }} and {{missing}}."},
        {"role": "user", "content": "{{missing}} {{missing}}"},
    ]
    assert second["messages"][1]["content"] == "two two"
    given = run("render", "summarise", "--input", "missing=more", "--format", "json", cwd=repository.root).json
    assert given["messages"][0]["content"] == "You know {{ spaced }} and more."


def test_prompts_that_have_nothing_to_render(repository: ScratchRepository) -> None:
    repository.write("prompts/kinds.prompt.yml", KINDS)
    repository.write("prompts/broken.prompt.yml", KINDS.replace("{{ name }}", "{{ name"))
    none = run("render", "kinds", "--case", "all", "--format", "json", cwd=repository.root)
    assert (none.code, none.json) == (0, [])
    assert none.err == "prompts/kinds.prompt.yml: this prompt has no cases\n"
    broken = run("render", "broken", cwd=repository.root)
    assert broken.code == 2
    assert broken.err.startswith("promptstead: prompts/broken.prompt.yml: this prompt is not valid: ")
    folder = run("render", "prompts", cwd=repository.root)
    assert folder.code == 2
    assert "names 2 prompts (name one)" in folder.err


def test_an_input_called_history(repository: ScratchRepository) -> None:
    text = KINDS.replace("name:", "history:").replace("{{ name }}", "{{ history }}")
    repository.write("prompts/kinds.prompt.yml", text + "cases: [{id: a, inputs: {history: old times}}]\n")
    done = run("render", "kinds", "--case", "a", cwd=repository.root)
    assert done.out == "--- user\nold times 2 \n"


def test_on_a_terminal_nothing_hides_and_in_a_pipe_nothing_changes(repository: ScratchRepository) -> None:
    text = KINDS.replace("{{ name }} {{ count }}", "\\e[2Jred\\u202e {{ name }}")
    repository.write("prompts/kinds.prompt.yml", text)
    assert run("render", "kinds", cwd=repository.root).out == "--- user\n\x1b[2Jred\u202e Zoé \n"
    terminal, child = os.openpty()
    try:
        command = [sys.executable, "-m", "promptstead", "render", "kinds"]
        subprocess.run(command, cwd=repository.root, env=environment(), stdout=child, check=True, timeout=60)
        shown = os.read(terminal, 1000).decode()
    finally:
        os.close(terminal)
        os.close(child)
    assert shown == "--- user\r\n\\x1b[2Jred\\u202e Zoé \r\n"
