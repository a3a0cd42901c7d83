"""Numbers with their units, and references such as ``AB12``, ``1.4.2`` and telephone numbers."""

import re
from collections.abc import Iterator
from decimal import Decimal

from promptstead.detectors.written.units import MONEY_BEFORE, Unit, counted, money, unit_after
from promptstead.detectors.written.value import MOST_VALUES, Language, Reading, TooManyValues, Value

MOST_DIGITS = 40
"""Digits of the longest number; what is longer is a reference."""

_WORD = "0-9A-Za-zÀ-ÖØ-öø-ɏ"
_DIGITS = re.compile(r"[0-9½¼¾⅓⅔](?:(?<=[0-9])[0-9]*+(?:[., '][0-9]++)*+)?")
"""Digits, and what may group them or part them; it begins with a set of characters, so that the search is fast."""
_BEFORE = re.compile(
    rf"(?P<sign>(?<![{_WORD}])(?<![)\]%°€.,/\x1f-])-)?(?P<money>{MONEY_BEFORE})?(?P<inner>(?<=[$€£¥])-)?"
    r"(?P<point>(?<![0-9.])\.)?\Z"
)
_REACH = 10
"""Characters before a number in which its sign and its currency stand."""
_REFERENCE = re.compile(r"[A-Za-z]{1,40}[A-Za-z0-9]++(?:\.[0-9]++)*+")
_LONGEST_WORD = 40
_ORDINAL = re.compile(rf"(?:st|nd|rd|th|er|ers|re|ère|e|es|ème|èmes|eme|nde?|s)(?![{_WORD}])")
_BY = re.compile(r"[xX](?![A-Za-zÀ-ɏ])")
_LETTERS = re.compile(rf"[{_WORD}_]++")
_SCALE = re.compile(
    r"[ \n]?(?:(?P<word>(?i:thousand|millions?|milliards?|billions?|bn|mds?|mln))(?![A-Za-zÀ-ɏ€$£])"
    r"(?:[ \n](?:d'|de[ \n]|of[ \n])(?=[A-Za-z€$£]))?"
    r"|(?P<letter>[kKM]|Md)(?=[€$£]|(?:EUR|USD|CHF|GBP)(?![A-Za-z]))|(?P<glued>(?<=[0-9])[kK])(?![A-Za-zÀ-ɏ0-9/]))"
)
_MONEY_SCALE = re.compile(rf" ?(?P<letter>[kKmMbB])(?![{_WORD}])")
_POWERS = {"t": 3, "k": 3, "m": 6, "b": 9}
_SIGNS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}
_HALVES = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_PARTS: dict[str, tuple[Reading, ...]] = {
    "1/2": (Decimal("0.5"), "1/2"), "1/4": (Decimal("0.25"), "1/4"), "3/4": (Decimal("0.75"), "3/4"),
}  # fmt: skip
_SLASHED = re.compile(rf"(?P<part>1/2|1/4|3/4|1/3|2/3)(?:rds?|ths?)?(?![{_WORD}/]|[.,][0-9])")
_NOT_COUNTED = (
    "le la les l un une des du de d au aux et ou à par pour sur dans en si que qui est sont soit puis avec sans ce ces "
    "dont entre chez the a an of and or in on at to for by per with from if is are was were that then than as it but"
)
_COUNTED = re.compile(rf" (?!(?:{'|'.join(_NOT_COUNTED.split())})(?![{_WORD}]))[A-Za-zÀ-ÖØ-öø-ɏ]{{2}}|/[a-z]")
_SPACED = re.compile(r"[0-9]{1,3}(?: [0-9]{3}(?![0-9]))++(?:[.,][0-9]++)?(?![.,'][0-9])")
_PIECE = re.compile(r"[0-9]++(?:[.,'][0-9]++)*+")
_GROUPED = re.compile(r"(?P<whole>[0-9]{1,3}(?P<gap>[., '])[0-9]{3}(?:(?P=gap)[0-9]{3})*+)(?P<fraction>[.,][0-9]++)?")
_SIMPLE = re.compile(r"(?P<whole>[0-9]*+)(?:[.,](?P<fraction>[0-9]++))?")
_JOINT = re.compile(r"(?: ?[-–/×x] ?|[ \n](?:à|a|to|et|and|ou|or|sur|x|au)[ \n])")

_NATIONAL = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9][.,])(?:(?:\+|00)33[ .-]?(?:\(0\))?[ .-]?|0)[1-9](?:[ .-]?[0-9]{2}){4}"
    r"(?![0-9]|[.,][0-9])"
)
_INTERNATIONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:\+[1-9][0-9]{0,2}+(?:[ .-]?\([0-9]{1,4}\))?(?:[ .-]?[0-9]{2,5}+){2,5}"
    r"|\([0-9]{3,5}\) ?[0-9]{3,4}[ .-]?[0-9]{3,4}|[0-9]{3}-[0-9]{3}-[0-9]{4})(?![0-9A-Za-z])"
)
_NOT_DIGITS = re.compile("[^0-9]")


def telephones(text: str, language: Language) -> list[Value]:
    """Return the telephone numbers of a text in order: references of which only digits count, and ``+33`` is ``0``.

    :raises TooManyValues: there are more than 50,000.
    """
    found = []
    for pattern in (_NATIONAL, _INTERNATIONAL):
        for match in pattern.finditer(text):
            found.append(Value("reference", match.start(), match.end(), (_national(match[0]),)))
            if len(found) > MOST_VALUES:
                raise TooManyValues
    return sorted(found, key=lambda value: value.start)


def _national(written: str) -> str:
    digits = _NOT_DIGITS.sub("", written.replace("(0)", ""))
    if written.startswith("+33"):
        return f"0{digits.removeprefix('33')}"
    return f"0{digits.removeprefix('0033')}" if digits.startswith("0033") else digits


def numbers(text: str, language: Language) -> Iterator[Value]:
    """Yield the numbers and references of a text without dates, times and telephone numbers, in its order."""
    last: Value | None = None
    for value in _each(text, language):
        if last is not None:
            if value.start <= last.end + 12 and _JOINT.fullmatch(text, last.end, value.start):
                if last.unit is None and last.kind == "number":
                    last = last._replace(shared=value.unit)
                elif value.unit is None and text[last.start : last.start + 1] in tuple("€$£¥"):
                    value = value._replace(shared=last.unit)
            yield last
        last = value
    if last is not None:
        yield last


def _each(text: str, language: Language) -> Iterator[Value]:
    done = 0
    for match in _DIGITS.finditer(text):
        place = max(match.start(), done)  # what is before belongs to a fraction or a reference
        if place > match.start() and not text[place : place + 1].isdigit():
            place += 1
        if place < match.end():
            for value in _cluster(text, place, match.end(), language):
                yield value
                done = value.end


def _cluster(text: str, place: int, end: int, language: Language) -> Iterator[Value]:
    """Yield what a run of digits is: a fraction, a reference with the letters around it, or numbers between spaces."""
    fraction = _SLASHED.match(text, place)
    written = _SIGNS.get(text[place]) or (fraction["part"] if fraction else "")
    if written:
        unit, after = unit_after(text, fraction.end() if fraction else end)
        yield Value("number", place, after, _PARTS.get(written, (written,)), unit)
        return
    if text[place - 1 : place].isalpha() and not _is_factor(text, place):
        start = _word_start(text, place)
        reference = _REFERENCE.match(text, start)
        after = reference.end() if reference else end
        yield Value("reference", start, after, (text[start:after].lower(),))
        place = after + 1
    before = _BEFORE.search(text, max(0, place - _REACH), place)
    while place < end:
        piece = _SPACED.match(text, place, end) or _PIECE.match(text, place, end)
        if piece is None:
            return
        yield from _number(text, piece, before, language)
        place, before = piece.end() + 1, None


def _is_factor(text: str, place: int) -> bool:
    """Tell whether the letter before *place* is the sign of a multiplication, as in ``x3`` and ``30x40``."""
    return text[place - 1] in "xX" and not text[place - 2 : place - 1].isalpha()


def _word_start(text: str, place: int) -> int:
    start = place
    while start > max(0, place - _LONGEST_WORD) and text[start - 1].isalpha():
        start -= 1
    return start


def _signs(before: re.Match[str] | None) -> tuple[int, ...]:
    """Return the signs that a number may have: a hyphen at the start of a line may be a bullet."""
    if before is None or not (before["sign"] or before["inner"]):
        return (1,)
    inside = before["inner"] or _is_inside(before.string, before.start())
    return (-1,) if inside else (1, -1)


def _is_inside(text: str, start: int) -> bool:
    """Tell whether something stands before *start* in its line: a hyphen that begins one may be a bullet."""
    return start > 0 and text[start - 1] not in "\n\x1e"


def _number(text: str, piece: re.Match[str], before: re.Match[str] | None, language: Language) -> Iterator[Value]:
    """Yield the number that a run of digits and marks is; where it is none, a reference or the numbers in it."""
    start = piece.start() if before is None else before.start()
    end = piece.end()
    if before and before["money"]:  # $12,000 is no French spelling
        language = ""
    read = _read(("." if before and before["point"] else "") + piece[0], language)
    if not read:
        if "," in piece[0]:  # 5,12,19
            yield from _list(piece, language)
        else:
            yield Value("reference", start, end, (piece[0],))
        return
    half = _HALVES.get(text[end : end + 1])
    if half and len(read) == 1 and read[0] == int(read[0]):  # 2½
        read, end = (read[0] + half,), end + 1
    readings, unit, after = _measured(text, end, read, before["money"] if before else None)
    ordinal = None
    if after == end and text[end : end + 1].isalpha() and not _BY.match(text, end):
        ordinal = _ORDINAL.match(text, end)
        if ordinal is None:
            letters = _LETTERS.match(text, end)
            after = letters.end() if letters else end
            yield Value("reference", start, after, (text[piece.start() : after].lower(),))
            return
        after = ordinal.end()
    counts = unit is None and ordinal is None and _COUNTED.match(text, after) is not None
    signed = tuple(each if sign > 0 else each.copy_negate() for sign in _signs(before) for each in readings)
    yield Value("number", start, after, signed, unit, counts=counts)


def _list(piece: re.Match[str], language: Language) -> Iterator[Value]:
    start = piece.start()
    for item in piece[0].split(","):
        read = _read(item, language)
        if read:
            yield Value("number", start, start + len(item), read)
        start += len(item) + 1


def _measured(
    text: str, end: int, read: tuple[Decimal, ...], before: str | None
) -> tuple[tuple[Decimal, ...], Unit | None, int]:
    """Return readings with their thousands and millions, the unit before or behind them, and where it all ends."""
    scale = _SCALE.match(text, end) or (_MONEY_SCALE.match(text, end) if before else None)
    if scale:
        end = scale.end()
        said = next(group for group in scale.groups() if group).lower()
        power = 9 if said.startswith(("milliard", "md")) else _POWERS[said[0]]
        read = tuple(Decimal(f"{number}e{power}") for number in read)
    if before:
        unit, end = counted(money(before), text, end)
        return read, unit, end
    return read, *unit_after(text, end)


def _read(written: str, language: Language) -> tuple[Decimal, ...]:
    """Return what a number may be: ``1,234`` is one thing in French, another in English, and both where nobody says."""
    if len(written) > MOST_DIGITS:
        return ()
    grouped, simple = _GROUPED.fullmatch(written), _SIMPLE.fullmatch(written)
    if grouped and grouped["fraction"] and grouped["fraction"][0] == grouped["gap"]:
        grouped = None
    found = []
    if simple and simple["fraction"] != "":
        found.append(Decimal(f"{simple['whole'] or 0}.{simple['fraction'] or 0}"))
    if grouped and not (simple and written.startswith("0")):
        whole = Decimal(grouped["whole"].replace(grouped["gap"], "") + (grouped["fraction"] or "").replace(",", "."))
        if simple and language == "en":
            return (whole,) if grouped["gap"] == "," else tuple(found)
        if simple and language == "fr" and grouped["gap"] == ",":
            return tuple(found)
        found.append(whole)
    return tuple(found)
