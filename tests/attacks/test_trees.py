"""A few commands in the hostile trees; ``python -m tests.attacks.run trees`` takes every command in each of them."""

from pathlib import Path

import pytest

from tests.attacks import trees

FEW = ("embedded-bare", "hooks", "programs", "links")


def test_a_tree_runs_nothing_and_changes_nothing_elsewhere(tmp_path: Path) -> None:
    outcome = trees.attack(1, 1, tmp_path, trees=FEW, commands=("review of the working tree",))
    assert outcome.failures == []
    assert outcome.tried == len(FEW)


def test_the_attack_notices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = tmp_path / "faulty"
    faulty.write_text(
        f'#!/bin/sh\n[ "$1" = eval ] && exec {trees.COMMAND} "$@"\n'
        "git status\necho x > ../outside/x\necho Traceback\nexit 3\n",
        encoding="utf-8",
    )
    faulty.chmod(0o755)
    monkeypatch.setattr(trees, "COMMAND", str(faulty))
    outcome = trees.attack(1, 1, tmp_path, trees=("filters",), commands=("check",))
    found = "\n".join(outcome.failures)
    for what in ("its payload ran", "exit code 3", "a traceback", "outside/x was changed, outside the tree"):
        assert what in found
    monkeypatch.setitem(trees.TREES, "tame", trees.Hostile(trees.filters, ("true",)))
    (failure,) = trees.attack(1, 1, tmp_path, trees=("tame",), commands=()).failures
    assert "the tree is not hostile here" in failure
