"""Every gate on offer, on real answers where nothing changed: it raises no more false alarms than its nominal rate."""

from pathlib import Path

import pytest

from tests.statistics.false_alarms import GAME24, SPLITS, dilution, table

PAGE = Path(__file__).parents[2] / "tooling" / "docs" / "statistics.md"


@pytest.mark.skipif(not GAME24.exists(), reason="the Game of 24 answers are not here")
def test_the_table_of_the_documentation_is_what_the_data_give_and_nominal() -> None:
    found = table()
    bound = 0.05 + 2 * (0.05 * 0.95 / SPLITS) ** 0.5  # what 1,000 splits can tell from 5 %
    for line in found.splitlines()[2:]:
        name, *shares = (part.strip() for part in line.strip("|").split("|"))
        for share in shares:
            alarms = float(share.rstrip("%")) / 100
            assert alarms > 0.1 if name.startswith("*naive:*") else alarms <= bound, line
    assert found in PAGE.read_text(encoding="utf-8")


@pytest.mark.skipif(not GAME24.exists(), reason="the Game of 24 answers are not here")
def test_prompts_that_hardly_change_hide_nothing() -> None:
    found = dilution()
    for line in found.splitlines()[2:]:
        alone, holm, ours = (float(part.strip().rstrip("%")) for part in line.strip("|").split("|")[1:])
        assert holm < ours <= alone
    assert found in PAGE.read_text(encoding="utf-8")
