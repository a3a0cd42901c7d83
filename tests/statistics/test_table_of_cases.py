"""The table of the page on statistics: how many cases a decision takes, as `promptstead power` counts them."""

import re
from pathlib import Path

import pytest

from promptstead.statistics.power import cases_to_clear, discordance_of

PAGE = Path(__file__).parents[2] / "tooling" / "docs" / "statistics.md"
ROWS = re.findall(r"^\| (no case differs|\d+ %) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", PAGE.read_text("utf-8"), re.M)


def test_the_table_is_there() -> None:
    assert len(ROWS) == 6


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_is_what_power_says(row: tuple[str, ...]) -> None:
    rate = 1.0 if row[0] == "no case differs" else int(row[0].removesuffix(" %")) / 100
    found = [cases_to_clear(margin, discordance_of(rate)) for margin in (0.1, 0.05, 0.02)]
    assert [f"{cases:,}" for cases in found] == list(row[1:])
