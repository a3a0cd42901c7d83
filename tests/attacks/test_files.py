"""Some changed files; ``python -m tests.attacks.run files`` tries a hundred thousand."""

from pathlib import Path

import pytest

from promptstead.lint.engine import Engine
from promptstead.storage.working_tree import WorkingTree
from tests.attacks.files import attack


def test_commands_survive_changed_files(tmp_path: Path) -> None:
    outcome = attack(150, 1, tmp_path)
    assert outcome.failures == []
    assert outcome.tried == 150
    assert min(outcome.facts.values()) > 10, outcome.facts


def test_an_exception_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check = Engine.check

    def broken(self: Engine, *arguments: object) -> object:
        found = check(self, *arguments)  # type: ignore[arg-type]
        if any(each.level == "error" for each in found):
            raise KeyError("planted")
        return found

    monkeypatch.setattr(Engine, "check", broken)
    assert any("KeyError" in failure for failure in attack(40, 1, tmp_path).failures)


def test_a_half_written_file_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(self: WorkingTree, path: str, text: str) -> None:
        (Path(self.root) / path).write_text(text[: len(text) // 2] + '"')

    monkeypatch.setattr(WorkingTree, "write", half)
    assert any("was readable before" in failure for failure in attack(60, 3, tmp_path).failures)
