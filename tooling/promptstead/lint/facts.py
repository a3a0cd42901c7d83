"""Facts that grow old, as data files in ``lint/data/``: each with the day it was checked and its sources."""

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

TABLES = ("models", "ai-act")
MAX_AGE = 180
"""Days after which a table is old."""


@cache
def load_facts(name: str) -> Mapping[str, Any]:
    """Return the table *name*: ``title``, ``date`` (ISO 8601), ``sources`` and what it is about."""
    with open(os.path.join(os.path.dirname(__file__), "data", f"{name}.json"), encoding="utf-8") as file:
        table: dict[str, Any] = json.load(file)
    return table


def days_between(earlier: str, later: str) -> int:
    """Return the days from one ISO date to another; negative when *later* comes first."""
    from datetime import date

    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days
