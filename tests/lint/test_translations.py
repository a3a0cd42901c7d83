"""LOC961 where the other language version comes from the repository, through the command."""

import pytest

from promptstead.config.settings import Config
from promptstead.lint.engine import Engine
from promptstead.prompts.library import Library
from promptstead.prompts.loaded import Loaded
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.trees import MemoryTree

ORIGINAL = """\
schema: promptstead/v1
title: Summary
language: en
aliases: [old/name]
messages: [{role: user, content: At most 60 words.}]
"""
VERSION = """\
schema: promptstead/v1
title: Résumé
language: fr
translation_of: NAME
messages: [{role: user, content: 80 mots au plus.}]
"""
DRIFT = [
    "`hr/summary` has numbers that this version lacks: 60",
    "the number 80 is not in `hr/summary`",
]


def found(files: dict[str, str], path: str, *, others: bool = True) -> list[str]:
    library = Library(MemoryTree(files), Config())

    def find(prompt_id: str) -> Loaded | None:
        place = library.find(prompt_id)
        return None if place is None else library.load(place)

    engine = Engine(Config(), select=("LOC961",), find=find if others else None)
    return [finding.message for finding in engine.check(library.load(path))]


@pytest.mark.parametrize("name", ["hr/summary", "old/name"])
def test_the_original_is_found_by_its_id_and_by_a_former_one(name: str) -> None:
    files = {"prompts/hr/summary.prompt.yml": ORIGINAL, "prompts/hr/resume.prompt.yml": VERSION.replace("NAME", name)}
    assert found(files, "prompts/hr/resume.prompt.yml") == DRIFT


def test_nothing_is_said_where_other_prompts_are_not_at_hand() -> None:
    files = {"prompts/hr/resume.prompt.yml": VERSION}
    assert found(files, "prompts/hr/resume.prompt.yml", others=False) == []


def test_three_versions_in_a_circle_end(repository: ScratchRepository) -> None:
    for name, original in (("a", "b"), ("b", "c"), ("c", "a")):
        repository.write(f"prompts/{name}.prompt.yml", VERSION.replace("NAME", original))
    result = run("lint", "--select", "LOC961", "--format", "json", cwd=repository.root)
    assert result.code == 0, result.err
    assert {entry["message"] for entry in result.json["findings"]} == {
        f"`{name}` is in the same language, `fr`" for name in "abc"
    }
