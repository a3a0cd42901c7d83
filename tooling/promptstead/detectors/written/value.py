"""A value that a text states: a number, date, time or reference, with everything that it may mean."""

from decimal import Decimal
from typing import Literal, NamedTuple

from promptstead.detectors.written.units import Unit

MOST_VALUES = 50_000
"""Values of one text that are read."""

Language = Literal["fr", "en", ""]
"""Whose habits decide where a spelling has two readings; without one it has both."""
Date = tuple[int, int, int]
"""Year, month and day; 0 where it is not said."""
Reading = Decimal | str | Date | tuple[int, int]
"""A number; a fraction as ``1/3``, or a reference in small letters and digits; a date; hour and minute."""


class TooManyValues(ValueError):
    """A text states more values than are read."""


class Value(NamedTuple):
    """A value and where it stands: ``text[start:end]``.

    *readings*: one of them is meant. *unit* stands with it; *shared* stands with its neighbour, as in ``10 à 15 mg``.
    *counts*: it has no unit, and a word follows it that it seems to count, as in ``3 tablets``.
    """

    kind: Literal["number", "reference", "date", "time"]
    start: int
    end: int
    readings: tuple[Reading, ...]
    unit: Unit | None = None
    shared: Unit | None = None
    counts: bool = False
