"""Units of measure as people write them, English and French, and whether two of them say the same."""

import re
from typing import NamedTuple

_SPELLINGS = {
    "kg": "kg kgs kilo kilos kilogramme kilogrammes kilogram kilograms",
    "g": "g gr gramme grammes gram grams",
    "mg": "mg milligramme milligrammes milligram milligrams",
    "µg": "µg μg ug mcg microgramme microgrammes microgram micrograms",
    "ng": "ng nanogramme nanogrammes nanogram nanograms",
    "tonne": "tonne tonnes ton tons",
    "l": "l litre litres liter liters",
    "dl": "dl décilitre décilitres deciliter deciliters",
    "cl": "cl centilitre centilitres centiliter centiliters",
    "ml": "ml millilitre millilitres milliliter milliliters",
    "km": "km kms kilomètre kilomètres kilometre kilometres kilometer kilometers",
    "m": "m mètre mètres metre metres meter meters",
    "cm": "cm centimètre centimètres centimetre centimetres centimeter centimeters",
    "mm": "mm millimètre millimètres millimetre millimetres millimeter millimeters",
    "m²": "m² m2",
    "m³": "m³ m3",
    "km²": "km² km2",
    "ha": "ha hectare hectares",
    "foot": "ft foot feet",
    "inch": "inch inches",
    "mile": "mile miles",
    "mph": "mph",
    "oz": "oz ounce ounces",
    "lb": "lb lbs",
    "h": "h hr hrs heure heures hour hours",
    "min": "min mn mins minute minutes",
    "s": "s sec secs seconde secondes second seconds",
    "ms": "ms milliseconde millisecondes millisecond milliseconds",
    "day": "j jr jrs jour jours d day days",
    "week": "sem semaine semaines wk wks week weeks",
    "month": "mois month months",
    "year": "an ans année années yr yrs year years",
    "°C": "°c ℃",
    "°F": "°f ℉",
    "%": "% pct percent",
    "‰": "‰",
    "EUR": "€ eur euro euros",
    "$": "$ usd dollar dollars us$ ca$ au$",
    "GBP": "£ gbp",
    "CHF": "chf",
    "JPY": "¥ jpy yen yens",
    "cent": "¢ ct cts cent cents centime centimes",
    "IU": "ui iu",
    "mol": "mol mole moles",
    "mmol": "mmol",
    "µmol": "µmol μmol umol micromole micromoles",
    "nmol": "nmol",
    "pmol": "pmol",
    "mEq": "meq",
    "pg": "pg",
    "kcal": "kcal",
    "kJ": "kj",
    "W": "w watt watts",
    "kW": "kw",
    "kWh": "kwh",
    "V": "volt volts",
    "Hz": "hz",
    "kHz": "khz",
    "MHz": "mhz",
    "GHz": "ghz",
    "hPa": "hpa",
    "mmHg": "mmhg",
    "dB": "db",
    "bpm": "bpm",
    "px": "px pixel pixels",
}
_EXACT = {"Ko": "kB", "ko": "kB", "KB": "kB", "kB": "kB", "Mo": "MB", "MB": "MB", "Go": "GB", "GB": "GB", "To": "TB",
          "TB": "TB", "L": "l"}  # fmt: skip
_SEVERAL = {"pound": ("GBP", "lb"), "pounds": ("GBP", "lb"), "livre": ("GBP", "lb"), "livres": ("GBP", "lb"),
            "°": ("°C", "°F"), "degré": ("°C", "°F"), "degrés": ("°C", "°F"), "degree": ("°C", "°F"),
            "degrees": ("°C", "°F")}  # fmt: skip
"""Spellings that leave open which unit they are."""
_KNOWN = {spelling: frozenset((unit,)) for unit, spellings in _SPELLINGS.items() for spelling in spellings.split()}
_KNOWN |= {spelling: frozenset(units) for spelling, units in _SEVERAL.items()}
_MONEY = frozenset(("EUR", "$", "GBP", "CHF", "JPY", "cent"))

_LETTERS = "A-Za-zµμÀ-ÖØ-öø-ɏ"
_BETWEEN = (
    "more|extra|additional|further|other|full|whole|consecutive|business|working|calendar|last|next|first|autres|bons|bonnes"
    "|derniers|dernières|prochains|prochaines|premiers|premières|longs|longues|petits|petites"
)
"""What stands between a number and its unit and says nothing of either: ``30 derniers jours``."""
_AFTER = re.compile(
    rf"(?:[ \n](?:(?:{_BETWEEN})[ \n])?|-(?=[a-z]))?"
    r"(?P<unit>(?P<percent>pour[ \n]cent|per[ \n]cent|p\. ?cent)(?![a-z])"
    r"|°[ ]?[CF](?![A-Za-z])|(?:degrés|degré|degrees|degree)[ \n](?P<scale>[CcFf])[a-z]+"
    r"|(?:US|CA|AU)?[€$£¥]|[%‰¢℃℉°]|[kcdm]?m[²³23](?![0-9A-Za-z])"
    rf"|[{_LETTERS}]{{1,16}}+(?![{_LETTERS}0-9']))"
)
_PER = re.compile(rf"(?:/ ?|[ \n](?P<word>par|per|a|an)[ \n])(?P<unit>[{_LETTERS}]{{1,16}}+)(?![{_LETTERS}0-9'])")
MONEY_BEFORE = r"(?:(?:US|CA|AU)?[$€£¥]|(?<![0-9] )(?<![^\s(\x1e])(?:(?:US|CA|AU)?[$€£¥]|EUR|USD|GBP|CHF) )"
"""A currency as it is written before a number."""


class Unit(NamedTuple):
    """A unit: the ones that its spelling may stand for, and what it is counted by (``month``, ``kg/day``).

    *loose*: what it is counted by was said in words, or is a time beside money, so that it may be left out.
    """

    of: frozenset[str]
    per: str = ""
    loose: bool = False


ANY = Unit(frozenset())
"""That of a number in data, which has none and may be given one."""


def agree(one: Unit, other: Unit) -> bool:
    """Tell whether two units can be the same."""
    if one is ANY or other is ANY:
        return True
    if not one.of & other.of:
        return False
    return one.per == other.per or (not one.per and other.loose) or (not other.per and one.loose)


def unit_after(text: str, start: int) -> tuple[Unit | None, int]:
    """Return the unit that stands at *start*, behind a number, and where it ends; None and *start* where none does."""
    match = _AFTER.match(text, start)
    if match is None or (match["unit"] == "an" and _PER.match(text, start)):  # 6 an hour
        return None, start
    of = frozenset(("%",)) if match["percent"] else _degrees(match["scale"]) or named(match["unit"].replace("° ", "°"))
    return (None, start) if of is None else counted(of, text, match.end())


def money(spelling: str) -> frozenset[str]:
    """Return the currency that *spelling*, found by :data:`MONEY_BEFORE`, is."""
    return _KNOWN[spelling.strip().lower()]


def counted(of: frozenset[str], text: str, end: int) -> tuple[Unit, int]:
    """Return the unit *of* with what follows it at *end* as ``/kg`` or ``per month``, and where that ends."""
    per: list[str] = []
    loose = False
    while len(per) < 3 and (match := _PER.match(text, end)):
        by = named(match["unit"])
        if by is None:
            break
        loose = loose or match["word"] is not None or bool(of & _MONEY)
        per.append(min(by))
        end = match.end()
    return Unit(of, "/".join(per), loose), end


def named(spelling: str) -> frozenset[str] | None:
    """Return the units that a spelling may stand for; None where it is no unit."""
    if spelling in _EXACT:
        return frozenset((_EXACT[spelling],))
    if len(spelling) == 1 and spelling.isupper():  # M is no metre, G no gram
        return _KNOWN.get(spelling.lower()) if spelling == "H" else None
    return _KNOWN.get(spelling.lower())


def _degrees(scale: str | None) -> frozenset[str] | None:
    return frozenset((f"°{scale.upper()}",)) if scale else None
