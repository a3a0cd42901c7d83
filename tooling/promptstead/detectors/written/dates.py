"""Dates and times of day as people write them, English and French."""

import re
from collections.abc import Iterator

from promptstead.detectors.written.value import MOST_VALUES, Date, Language, TooManyValues, Value

_NAMES = (
    "janvier janv january jan", "février fevrier févr fevr fév february feb", "mars march mar",
    "avril avr april apr", "mai may", "juin june jun", "juillet juil july jul", "août aout august aug",
    "septembre sept september sep", "octobre oct october", "novembre nov november",
    "décembre decembre déc december dec",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_NAME = r"[A-Za-zéèûô]{3,9}+(?![^\W_])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])"
_TH = r"(?:er|st|nd|rd|th)?"
_GAP = r"[ \n]"
_YEAR = r"(?:1[0-9]|20)[0-9]{2}(?![0-9])"
_JOINT = (
    rf"(?:,{_GAP}(?:et|and|ou|or){_GAP}|,{_GAP}|{_GAP}(?:et|and|&|ou|or|au|to|à|puis){_GAP}(?:le{_GAP}|the{_GAP})?"
    rf"|{_GAP}?[-–]{_GAP}?)"
)

_ISO = re.compile(
    r"(?<![0-9A-Za-z/.-])(?P<y>[12][0-9]{3})(?P<sep>[-/])(?P<m>0[1-9]|1[0-2])"
    r"(?:(?P=sep)(?P<d>0[1-9]|[12][0-9]|3[01])"
    r"(?:[T ](?P<h>[01][0-9]|2[0-3]):(?P<min>[0-5][0-9])(?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-][0-2][0-9]:?[0-5][0-9])?)?)?(?![0-9A-Za-z]|[-/.][0-9])"
)
_NUMERIC = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9][/.,-])(?P<a>[0-9]{1,2})(?:(?P<sep>[/.-])(?P<b>[0-9]{1,2})(?P=sep)(?P<y>[0-9]{4})"
    r"|/(?P<b2>[0-9]{1,2})/(?P<y2>[0-9]{2})|/(?P<m>[0-9]{2})(?:(?<=[0-9]{2}/[0-9]{2})|(?<=[12][0-9]/[0-9]{2})))"
    r"(?![0-9A-Za-z/]|[.,-][0-9])"
)
_MONTH_YEAR = re.compile(r"(?<![0-9A-Za-z/.,-])(?P<m>0?[1-9]|1[0-2])/(?P<y>[12][0-9]{3})(?![0-9A-Za-z/])")
_DAY_FIRST = re.compile(
    rf"(?<![0-9A-Za-z])(?<![0-9][.,])(?P<d>{_DAY}){_TH}(?:{_GAP}|-)(?:(?:of|de){_GAP})?(?P<month>{_NAME})\.?"
    rf"(?:(?:,?{_GAP}|-|{_GAP}de{_GAP})(?P<y>{_YEAR}))?"
)
_MONTH_FIRST = re.compile(
    rf"(?<![^\W_])(?P<month>[A-Z][a-z]{{2,8}}+)\.?{_GAP}(?:the{_GAP})?(?P<days>{_DAY}{_TH}(?:{_JOINT}{_DAY}{_TH}(?![0-9A-Za-z%€$]|[.,:/][0-9])){{0,12}}+)"
    rf"(?![0-9A-Za-z]|[:/][0-9])(?:(?:,?{_GAP})(?P<y>{_YEAR}))?"
)
_MONTH_OF_YEAR = re.compile(rf"(?<![^\W_])(?P<month>{_NAME})\.?(?:,?{_GAP}|{_GAP}(?:de|of){_GAP}|-)(?P<y>{_YEAR})")
_WORDS = re.compile(r"[a-zéèûô]{3,9}+(?![^\W_])")
_LEFT_DAY = re.compile(rf"(?<![0-9A-Za-z])(?<![0-9][.,/:])(?P<d>{_DAY}){_TH}{_JOINT}\Z")
_DAY_IN_LIST = re.compile(rf"({_DAY}){_TH}")
_MOST_DAYS = 31

_H = r"(?P<h>[01]?[0-9]|2[0-4])"
_MIN = r"(?P<min>[0-5][0-9])(?![0-9])"
_NOON = r"[ ]?(?P<noon>[aApP])\.?[mM](?:\.|(?![A-Za-z]))"
_BARE = r"(?<![0-9A-Za-z])(?<![0-9][.,:/])"
_TIMES = (
    re.compile(rf"{_BARE}{_H}:{_MIN}(?::[0-5][0-9](?:\.[0-9]++)?)?(?!:[0-9])(?:{_NOON})?"),
    re.compile(rf"{_BARE}{_H}(?:\.{_MIN})?{_NOON}"),
    re.compile(rf"{_BARE}(?P<h>[0-9]{{1,2}}){_GAP}?"
               rf"(?:[hH]|heures?|hours?|hrs?)(?:{_GAP}(?:et|and){_GAP}(?=[0-9]{{2}}{_GAP}?mi?n)|{_GAP})?{_MIN}(?! ?h)"
               rf"(?:{_GAP}?(?:min(?:utes?)?|mn)(?![a-z]))?(?![.,][0-9])"),
    re.compile(rf"(?<=\b[aA]t ){_H}\.{_MIN}(?![.,][0-9])"),
)  # fmt: skip


def dates(text: str, language: Language) -> list[Value]:
    """Return the dates of a text and the times that ISO 8601 puts behind them, in order; no two of them overlap.

    Of days that share a month (``5, 12 et 19 octobre``, ``from 9 to 12 March``) each is a date.

    :raises TooManyValues: there are more than 50,000.
    """
    found: list[Value] = []
    taken = bytearray(len(text))
    for pattern, read in _PATTERNS:
        for match in pattern.finditer(text):
            if taken.find(1, match.start(), match.end()) < 0:
                for value in read(match, text, language):
                    taken[value.start : value.end] = b"\1" * (value.end - value.start)
                    found.append(value)
                    if len(found) > MOST_VALUES:
                        raise TooManyValues
    return sorted(found, key=lambda value: value.start)


def months(text: str) -> set[int]:
    """Return the months that a text names, with a day or a year and without."""
    return {_MONTHS[name] for name in set(_WORDS.findall(text.lower())) & _MONTHS.keys()}


def times(text: str, language: Language) -> list[Value]:
    """Return the times of day, and durations in hours and minutes, which are written the same way, in order.

    :raises TooManyValues: there are more than 50,000.
    """
    found: list[Value] = []
    taken = bytearray(len(text))
    for pattern in _TIMES:
        for match in pattern.finditer(text):
            if taken.find(1, match.start(), match.end()) < 0:
                taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                found.append(Value("time", match.start(), match.end(), (_time(match.groupdict()),)))
                if len(found) > MOST_VALUES:
                    raise TooManyValues
    return sorted(found, key=lambda value: value.start)


def _time(said: dict[str, str | None]) -> tuple[int, int]:
    hour, minute, noon = int(said["h"] or 0), int(said["min"] or 0), (said.get("noon") or "").lower()
    if noon and hour <= 12:
        hour = hour % 12 + (12 if noon == "p" else 0)
    return hour, minute


def _iso(match: re.Match[str], text: str, language: Language) -> Iterator[Value]:
    end = match.end("d") if match["d"] else match.end("m")
    yield Value("date", match.start(), end, ((int(match["y"]), int(match["m"]), int(match["d"] or 0)),))
    if match["h"]:
        yield Value("time", end, match.end(), (_time(match.groupdict()),))


def _numeric(match: re.Match[str], text: str, language: Language) -> Iterator[Value]:
    first, second = int(match["a"]), int(match["b"] or match["b2"] or match["m"])
    years = _years(match["y"] or match["y2"] or "")
    orders = [(first, second)] if language == "fr" else [(first, second), (second, first)]
    readings = tuple((year, month, day) for day, month in orders for year in years if _is_day(month, day))
    if not readings and _is_day(first, second):  # 03/25/2026 has one reading only
        readings = tuple((year, first, second) for year in years)
    if not readings and match["y"]:  # 09/71/2026
        yield Value("date", match.start(), match.end(), ((years[0], first, second),))
    if not readings or (not any(years) and (first, second) == (24, 7)):
        return
    start = match.start()
    if any(years) and len({reading[1] for reading in readings}) == 1:
        yield from reversed(list(_days_before(text, start, readings[0])))
    yield Value("date", start, match.end(), readings)


def _month_year(match: re.Match[str], text: str, language: Language) -> Iterator[Value]:
    yield Value("date", match.start(), match.end(), ((int(match["y"]), int(match["m"]), 0),))


def _day_first(match: re.Match[str], text: str, language: Language) -> Iterator[Value]:
    month = _MONTHS.get(match["month"].lower())
    if month is None:
        return
    date = int(match["y"] or 0), month, int(match["d"])
    yield from reversed(list(_days_before(text, match.start(), date)))
    yield Value("date", match.start(), match.end(), (date,))


def _days_before(text: str, start: int, date: Date) -> Iterator[Value]:
    """Yield the days that stand before a date and share its month and year, the last first."""
    for _ in range(_MOST_DAYS):
        match = _LEFT_DAY.search(text, max(0, start - 16), start)
        if match is None:
            return
        yield Value("date", match.start(), match.end("d"), ((date[0], date[1], int(match["d"])),))
        start = match.start()


def _month_first(match: re.Match[str], text: str, language: Language) -> Iterator[Value]:
    year, month = int(match["y"] or 0), _MONTHS.get(match["month"].lower())
    if month is None:
        return
    days = list(_DAY_IN_LIST.finditer(text, *match.span("days")))
    comma = text.find(",", *match.span("days"))
    if not year and comma >= 0:  # March 5, 12 people
        days = [day for day in days if day.start() < comma]
    for index, day in enumerate(days):
        start = match.start() if index == 0 else day.start()
        end = match.end() if day is days[-1] and year else day.end()
        yield Value("date", start, end, ((year, month, int(day[1])),))


def _month_of_year(match: re.Match[str], text: str, language: Language) -> Iterator[Value]:
    month = _MONTHS.get(match["month"].lower())
    if month is not None:
        yield Value("date", match.start(), match.end(), ((int(match["y"]), month, 0),))


_PATTERNS = (
    (_ISO, _iso),
    (_NUMERIC, _numeric),
    (_DAY_FIRST, _day_first),
    (_MONTH_FIRST, _month_first),
    (_MONTH_OF_YEAR, _month_of_year),
    (_MONTH_YEAR, _month_year),
)


def _years(written: str) -> tuple[int, ...]:
    if len(written) == 2:
        return 1900 + int(written), 2000 + int(written)
    return (int(written or 0),)


def _is_day(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31)
