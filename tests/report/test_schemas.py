"""What programs read keeps to its schema, and the schema is closed and described."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from promptstead.prompts.schema_check import load_schema
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import CASES, OUTPUTS, PATH, PROMPT, answered, cases, outputs, write_sample


def check(kind: str, document: Any) -> None:
    jsonschema.validate(document, load_schema(kind), jsonschema.Draft202012Validator)


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from parts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from parts(value)


@pytest.mark.parametrize("kind", ["review", "compare", "run"])
def test_every_key_of_a_schema_is_described(kind: str) -> None:
    for part in parts(load_schema(kind)):
        for name, described in part.get("properties", {}).items():
            if isinstance(described, dict) and "$ref" not in described:
                assert described.get("description"), f"{kind}: {name}"


def test_a_review_keeps_to_its_schema(repository: ScratchRepository) -> None:
    """One with changed words, values, cases and checks, broken and fixed cases, violations and findings."""
    write_sample(repository, 60, recorded=outputs(answered(60, wrong=2)))
    repository.write("prompts/shop/gone.prompt.yml", PROMPT)
    repository.commit()
    changed = (
        PROMPT.replace("one word", "a single word").replace("max: 3", "max: 4").replace("margin: 0.05", "margin: 0.9")
    )
    changed = changed.replace("margin: 0.05", "margin: 0.9").replace("_tokens: 50", "_tokens: 60")
    repository.write(PATH, changed.replace("    example: Nice shoes.\n", "").replace("title: Mood", "title: The mood"))
    repository.write(CASES, cases(59, must_pass=(3,)).replace("Review 7:", "Report 7:"))
    head = {**answered(60), **dict.fromkeys(range(3, 25), "bad bad bad bad bad")}
    repository.write(OUTPUTS, outputs(head))
    repository.write("prompts/shop/new.prompt.yml", PROMPT)
    repository.write("prompts/shop/broken.prompt.yml", "schema: promptstead/v1\n")
    (repository.root / "prompts/shop/gone.prompt.yml").unlink()
    done = run("review", "HEAD", "--format", "json", cwd=repository.root)
    assert done.code == 1
    check("review", done.json)
    kinds = {prompt["id"]: prompt["change"] and prompt["change"]["kind"] for prompt in done.json["prompts"]}
    assert kinds["shop/mood"] == "changed"
    mood = next(prompt for prompt in done.json["prompts"] if prompt["id"] == "shop/mood")
    comparison = mood["comparisons"][0]
    for part in ("broken", "fixed", "left_out", "violations"):
        assert comparison[part], part
    assert mood["change"]["messages"]
    assert mood["change"]["model"]


def test_an_empty_review_keeps_to_its_schema(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.commit()
    check("review", run("review", "HEAD..HEAD", "--format", "json", cwd=repository.root).json)
    check("compare", run("compare", "HEAD..HEAD", "--format", "json", cwd=repository.root).json)


def test_comparison_and_review_say_the_same_of_a_pair_of_models() -> None:
    shared, own = load_schema("review")["$defs"], load_schema("compare")["$defs"]
    assert own == {name: shared[name] for name in own}
    assert json.dumps(own)
