"""A report on ten unchanged prompts raises an alarm in at most 5 % of draws from real answers."""

import pytest

from tests.statistics.false_alarms import GAME24
from tests.statistics.ten_prompts import shares

pytestmark = pytest.mark.skipif(not GAME24.exists(), reason="the Game of 24 answers are not beside this checkout")


def test_ten_unchanged_prompts() -> None:
    """500 draws; two standard errors of 5 % are 1.9 points."""
    found = shares(500)
    assert found["promptstead"] <= 0.069
    assert found["each by itself"] > 0.15
    assert found["any drop"] > 0.9
