"""What texts state, so that an answer can be held against them: every reading of every value, and their words."""

import re
from collections.abc import Iterable, Iterator, Set
from decimal import Decimal
from functools import cached_property
from typing import Any

from promptstead.detectors.written.dates import months
from promptstead.detectors.written.number_words import number_words
from promptstead.detectors.written.plain_text import PARAGRAPH, plain, wording
from promptstead.detectors.written.quotations import holds
from promptstead.detectors.written.units import ANY, Unit, agree, named
from promptstead.detectors.written.value import Date, Language, Reading, Value
from promptstead.detectors.written.values import values
from promptstead.model import Json, is_number

_HOUR = "h"
_WITH_YEAR = -1
"""In place of the year: the date stands there with one."""
_OPEN = Unit(frozenset(("",)))
"""In place of the unit: it may stand elsewhere."""
_DAY = Unit(frozenset(("",)), "month")
"""In place of the unit: the day of a date."""
_MOST_UNITS = 100
"""Units of one number that are remembered."""
_NONE: frozenset[Unit | None] = frozenset()
_UNMEASURED = (None, ANY, _OPEN)
_LEADS = re.compile(r"(?:[:=|(>]|(?<![^\W])(?:is|are|was|were|est|sont|était))\s?\Z")
"""What may stand before a number that nothing names, as ``class 3`` is named."""
_HEADING = re.compile(r"\(([^()\s]{1,12})\)")
"""A unit as it stands in the heading of a table: ``Dose (mg)``."""


class Stated:
    """The values and the words of texts and of numbers in data.

    :raises TooManyValues: they state more than are read.
    """

    def __init__(self, found: Iterable[str | Decimal], language: Language) -> None:
        items = tuple(found)
        self._text = PARAGRAPH.join(plain(item) for item in items if isinstance(item, str))
        self._units: dict[Reading, set[Unit | None]] = {}
        self._measures = {measure for found in _HEADING.findall(self._text) for measure in named(found) or ()}
        self._dates: set[Date] = set()
        self._years: set[int] = set()
        self._times: set[Reading] = set()
        for item in items:
            if isinstance(item, Decimal):
                self._put(item, ANY)
        for value in (*values(self._text, language), *number_words(self._text)):
            self._add(value)
        self._dates.update((0, month, 0) for month in months(self._text))

    @cached_property
    def _words(self) -> str:
        return wording(self._text)

    def has_value(self, value: Value) -> bool:
        """Tell whether a value stands here, whatever its unit."""
        if value.counts:
            return any(each in _UNMEASURED for reading in value.readings for each in self._of(reading))
        return any(self._has(value.kind, reading) for reading in value.readings)

    def has_unit(self, value: Value) -> bool:
        """Tell whether a number that has a unit stands here with that unit."""
        unit = value.unit
        if unit is None:
            return True
        if _HOUR in unit.of and any((int(reading), 0) in self._times for reading in _whole(value)):
            return True
        beside = [each for reading in value.readings for each in self._of(reading)]
        if _OPEN in beside and unit.of & self._measures:
            return True
        return any(each is not None and agree(unit, each) for each in beside)

    def has_words(self, quotation: str) -> bool:
        """Tell whether a quotation stands here."""
        return holds(self._words, quotation)

    def _add(self, value: Value) -> None:
        for reading in value.readings:
            if value.kind == "date":
                self._add_date(reading)
            elif value.kind == "time":
                self._add_time(reading, self._text[value.start : value.end])
            else:
                self._put(reading, value.unit or self._open(value))
                if value.shared is not None:
                    self._put(reading, value.shared)
        if value.unit is not None:
            self._measures |= value.unit.of
        if value.unit is not None and _HOUR in value.unit.of:
            self._times.update((int(reading), 0) for reading in _whole(value))
        if value.kind == "number":
            self._years.update(int(reading) for reading in _whole(value) if reading >= 1000)

    def _add_time(self, time: Any, written: str) -> None:
        self._times.add(time)
        if time[0] > 12 and written.rstrip(".").lower().endswith("m"):  # of 2:30 pm, pm may be left out
            self._times.add((time[0] - 12, time[1]))

    def _open(self, value: Value) -> Unit | None:
        """Return that the unit of a number may stand elsewhere, as in the heading of a table: no word is about it."""
        if value.kind != "number" or value.counts or value.shared is not None:
            return None
        return _OPEN if _LEADS.search(self._text, max(0, value.start - 8), value.start) else None

    def _add_date(self, date: Any) -> None:
        year, month, day = date
        self._dates.update(((year, month, day), (0, month, day), (year, month, 0), (0, month, 0)))
        if year:
            self._years.add(year)
            self._dates.update((_WITH_YEAR, month, each) for each in (day, 0))
            self._put(Decimal(year), None)
        if day:
            self._put(Decimal(day), _DAY)

    def _has(self, kind: str, reading: Any) -> bool:
        if kind == "date":
            return reading in self._dates or self._is_completed(reading)
        if kind == "time":
            return reading in self._times
        return bool(self._of(reading)) or (isinstance(reading, Decimal) and self._is_hour(reading))

    def _is_completed(self, date: Date) -> bool:
        """Tell whether a date stands here without its year, and the year stands elsewhere."""
        year, month, day = date
        return year in self._years and (0, month, day) in self._dates and (_WITH_YEAR, month, day) not in self._dates

    def _is_hour(self, reading: Decimal) -> bool:
        return 0 <= reading <= 99 and reading == int(reading) and (int(reading), 0) in self._times

    def _put(self, reading: Reading, unit: Unit | None) -> None:
        units = self._units.setdefault(reading, set())
        if len(units) < _MOST_UNITS:
            units.add(unit)

    def _of(self, reading: Reading) -> Set[Unit | None]:
        """Return the units of a number; one without a sign may be below zero here."""
        found = self._units.get(reading, _NONE)
        if isinstance(reading, Decimal) and reading > 0:
            return found | self._units.get(reading.copy_negate(), _NONE)
        return found


def _whole(value: Value) -> Iterator[Decimal]:
    """Yield the readings of a number that are whole and as small as hours and years."""
    for reading in value.readings:
        if isinstance(reading, Decimal) and 0 <= reading < 3000 and reading == int(reading):
            yield reading


def contents(value: Json) -> Iterator[str | Decimal]:
    """Yield the texts and numbers of a JSON value, in its order; keys, true, false and null are neither."""
    if isinstance(value, str):
        yield value
    elif is_number(value):
        yield Decimal(repr(value))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from contents(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from contents(item)
