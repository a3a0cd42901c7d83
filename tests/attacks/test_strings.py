"""No text of theirs does anything in any form that we write; and the attack would see it if one did."""

from pathlib import Path

import pytest

from promptstead import escapes
from promptstead.report import markup
from tests.attacks.strings import attack


def test_no_string_is_obeyed(tmp_path: Path) -> None:
    outcome = attack(40, 1, tmp_path)
    assert outcome.failures == []
    assert outcome.tried == 40
    assert outcome.facts["commands"] >= 20


def test_a_code_span_that_can_be_left_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(markup, "_shown", escapes.visible)
    assert any("<a href" in failure or "zq" in failure for failure in attack(20, 1, tmp_path).failures)


def test_a_command_to_a_log_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("promptstead.console.output.inert", lambda text: text)
    assert any("::" in failure or "##" in failure for failure in attack(20, 1, tmp_path).failures)
