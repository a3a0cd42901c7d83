"""A few hundred changed bundles; ``python -m tests.attacks.run bundles`` tries ten thousand."""

from pathlib import Path
from typing import Any

import pytest

from promptstead.runtime import bundle as runtime_bundle
from tests.attacks.bundles import archive_of, attack, build, tried


def test_changed_bundles_are_read_as_they_are_or_refused(tmp_path: Path) -> None:
    outcome = attack(300, 1, tmp_path)
    assert outcome.failures == []
    assert outcome.tried == 300
    assert all(count > 0 for count in outcome.facts.values()), outcome.facts


def test_an_unchanged_bundle_is_read_alike(tmp_path: Path) -> None:
    original = build(tmp_path / "original.bundle")
    path = tmp_path / "same.bundle"
    path.write_bytes(archive_of(original, {}))
    assert tried(path, original, intact=True) == "read alike"
    assert len(original.said) > 5


def test_a_reader_that_guesses_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unseen(_: Any) -> str:
        return ""

    monkeypatch.setattr(runtime_bundle, "damage", unseen)
    assert any("mutant" in failure for failure in attack(300, 1, tmp_path).failures)
