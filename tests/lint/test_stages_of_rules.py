"""Rules whose level depends on the stage, apart from the edit stage that the cases of all rules show."""

from pathlib import Path

import pytest

from promptstead.config.settings import Config
from promptstead.lint.engine import Engine
from promptstead.model import Stage
from promptstead.prompts.library import Library
from promptstead.storage.working_tree import WorkingTree

HEAD = "schema: promptstead/v1\ntitle: Letters\nmessages: [{role: user, content: Hello}]\n"


def levels(root: Path, code: str, text: str, stage: Stage) -> list[str]:
    """Return the levels of what the rule *code* finds in a prompt at *stage*."""
    path = root / "prompts" / "p.prompt.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    loaded = Library(WorkingTree(str(root)), Config()).load("prompts/p.prompt.yml")
    return [finding.level for finding in Engine(Config(), stage, select=(code,)).check(loaded)]


@pytest.mark.parametrize(("stage", "level"), [("edit", "note"), ("review", "warning"), ("release", "error")])
def test_special_data_without_a_basis_blocks_a_release_only(stage: Stage, level: str, tmp_path: Path) -> None:
    text = HEAD + "governance: {personal_data: special}\n"
    assert levels(tmp_path, "SEC304", text, stage) == [level]


@pytest.mark.parametrize(("stage", "level"), [("edit", "note"), ("review", "warning"), ("release", "warning")])
def test_what_is_guessed_never_blocks(stage: Stage, level: str, tmp_path: Path) -> None:
    text = HEAD + "inputs: {lettre: {description: la lettre du patient}}\n"
    assert levels(tmp_path, "SEC304", text, stage) == [level]


@pytest.mark.parametrize(("stage", "level"), [("edit", "note"), ("review", "warning"), ("release", "warning")])
def test_a_bare_input_never_blocks(stage: Stage, level: str, tmp_path: Path) -> None:
    assert levels(tmp_path, "TPL103", HEAD + "inputs: {lettre: {}}\n", stage) == [level]
