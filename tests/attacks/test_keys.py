"""A misspelt key is a finding, never a bug; and the attack sees where one is."""

from pathlib import Path

import pytest

from promptstead.outputs import reader as entries
from tests.attacks.keys import attack


def test_no_misspelt_key_breaks_a_command(tmp_path: Path) -> None:
    assert attack(150, 1, tmp_path).failures == []


def test_the_attack_sees_an_entry_that_is_built_without_its_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "can_build", lambda document, kind, problems: True)
    assert attack(60, 1, tmp_path).failures
