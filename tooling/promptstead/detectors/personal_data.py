"""Personal data in a text: bank and card numbers, French social security and company numbers, addresses, telephones.

Numbers count when their checksum holds. python-stdnum is imported only where a pattern and the arithmetic found a
candidate.
"""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Literal, NamedTuple

from promptstead.detectors.written_breaks import unbroken

Kind = Literal["iban", "card", "nir", "siret", "email", "phone"]

KINDS: tuple[Kind, ...] = ("iban", "card", "nir", "siret", "email", "phone")

NAMES: dict[Kind, str] = {
    "iban": "an IBAN",
    "card": "a payment card number",
    "nir": "a French social security number",
    "siret": "a SIRET",
    "email": "an e-mail address",
    "phone": "a telephone number",
}

_PATTERNS: dict[Kind, re.Pattern[str]] = {
    "iban": re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ \u00a0\u202f-]?[A-Za-z0-9]){11,30}"),
    "card": re.compile(r"(?<![\w.,])[2-6][0-9]{3}(?:[ \u00a0\u202f-]?[0-9]){9,15}(?![0-9])"),
    "nir": re.compile(
        r"(?<![\w.,])[12]_[0-9]{2}_(?:0[1-9]|1[0-2]|[2-9][0-9])_(?:[0-9]{2}|2[ABab])_[0-9]{3}_[0-9]{3}_[0-9]{2}(?![0-9])".replace(
            "_", "[ \u00a0\u202f]?"
        )
    ),
    "siret": re.compile(
        r"(?<![\w.,])[0-9]{3}(?P<gap>[ \u00a0\u202f]?)[0-9]{3}(?P=gap)[0-9]{3}(?P=gap)[0-9]{5}(?![0-9])"
    ),
    "email": re.compile(
        r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}"
        r"(?:[^\W\d_A-Z]{2,24}|[A-Z][a-z]{1,3}|[A-Z]{2,24})(?![\w-]|(?:\.[A-Za-z]+)*\.[A-Z][a-z]+[A-Z])"
    ),
    "phone": re.compile(
        r"(?<![\w.,+])(?:"
        r"(?:\+|00)33[ .\u00a0\u202f-]?(?:\(0\)[ \u00a0]?)?[1-9](?:[ .\u00a0\u202f-]?[0-9]{2}){4}"
        r"|0[1-9](?P<gap>[ .\u00a0\u202f-]?)[0-9]{2}(?:(?P=gap)[0-9]{2}){3}"
        r"|\+(?!33)[1-9][0-9]{0,2}(?:[ .\u00a0\u202f-]?\(?[0-9]{1,5}\)?){2,6}"
        r"|(?:\([2-9][0-9]{2}\)[ \u00a0]?|[2-9][0-9]{2}[.-])[2-9][0-9]{2}[.-][0-9]{4}"
        r"|0(?:20 [0-9]{4} [0-9]{4}|[17][0-9]{3} [0-9]{6})"
        r")(?![0-9]|[ \u00a0\u202f]?(?:[€$£%]|EUR|USD|GBP))"
    ),
}

_NETWORKS: dict[int, tuple[tuple[int, int], ...]] = {
    14: ((3000, 3059), (3600, 3699), (3800, 3999)),
    15: ((3400, 3499), (3700, 3799)),
    16: ((2221, 2720), (3528, 3589), (4000, 4999), (5100, 5599), (6011, 6011), (6200, 6299), (6440, 6599)),
    19: ((4000, 4999), (6200, 6299)),
}
"""Length of a card number -> the ranges of its first four digits."""

_SEPARATORS = re.compile(r"[\s.()\u00a0\u202f-]+")
_CARD_NEAR = re.compile(
    r"(?i)(?<![a-z])(?:(?:credit|debit|payment|bank)?[-_ ]?cards?|cartes?(?: bancaires?)?|cb|visa|mastercard|amex"
    r"|american express|discover|diners|jcb|unionpay|pan|cvv2?|cvc|expir(?:y|es?)|exp|kreditkarten?|karte|tarjeta|carta"
    r"|cart[aã]o|paiements?|payments?)(?![a-z])"
)
"""What is written near the number of a card."""
_SIRET_NEAR = re.compile(r"siret", re.IGNORECASE)


class Found(NamedTuple):
    """Personal data in a text: ``text[start:end]``, and the same without separators, in lower case."""

    kind: Kind
    start: int
    end: int
    compact: str


def find(kind: Kind, text: str, *, named: bool = False) -> Iterator[Found]:
    """Yield what is personal data of one *kind* in *text*.

    IBAN: its country's layout and checksum. Payment card: Luhn, the prefix of a known network, and 16 digits or groups
    of them; any other number in one piece within 60 characters of a word such as *card* or *Visa*. NIR: its key. SIRET:
    Luhn; written as ``732 829 320 00074``, or in one piece within 40 characters of the word SIRET. Telephone: French
    numbers, UK and North American ones as they are usually grouped, any with ``+`` and 8 to 15 digits; no amounts.

    :param named: 16 digits in one piece, which one in ten identifiers passes for, need such a word too.
    """
    text = unbroken(text)
    for start, end in _cards(text, named) if kind == "card" else _FINDERS[kind](text):
        yield Found(kind, start, end, compact(text[start:end]))


def compact(value: str) -> str:
    """Return *value* without the separators that numbers are written with, case folded."""
    return _SEPARATORS.sub("", value).casefold()


def masked(value: str) -> str:
    """Return *value* with all but its ends hidden; of an address the domain stays."""
    name, at, domain = value.partition("@")
    if at:
        return f"{name[0]}…@{domain[:40]}"
    return f"{value[:2]}…{value[-2:]}"


def _matches(kind: Kind, text: str) -> Iterator[re.Match[str]]:
    return _PATTERNS[kind].finditer(text)


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for match in _matches("iban", text):
        places = [place for place, character in enumerate(match[0]) if character.isalnum()]
        value = "".join(match[0][place] for place in places).upper()
        for length in range(15, len(value) + 1):  # words may follow the number
            if _mod97(value[:length]) == 1 and import_module("stdnum.iban").is_valid(value[:length]):
                yield match.start(), match.start() + places[length - 1] + 1
                break


def _mod97(value: str) -> int:
    return int("".join(str(int(character, 36)) for character in value[4:] + value[:4])) % 97


def _cards(text: str, named: bool = False) -> Iterator[tuple[int, int]]:
    for match in _matches("card", text):
        # digits that follow a card number after a space, an expiry date say, are not part of it
        places = [place for place, character in enumerate(match[0]) if character.isdigit()]
        ends = [places[length - 1] + 1 for length in _NETWORKS if length <= len(places)]
        for end in (end for end in ends if not match[0][end : end + 1].isdigit()):
            number = compact(match[0][:end])
            whole = len(number) == end and (named or len(number) != 16)
            if whole and not _CARD_NEAR.search(text, max(0, match.start() - 60), match.start() + end + 60):
                continue
            if _network(number) and import_module("stdnum.luhn").is_valid(number):
                yield match.start(), match.start() + end
                break


def _network(number: str) -> bool:
    """Tell whether length and prefix are those of a payment network.

    Visa, Mastercard, American Express, Discover, JCB, Diners Club or UnionPay.
    """
    first = int(number[:4])
    return any(low <= first <= high for low, high in _NETWORKS.get(len(number), ()))


def _nirs(text: str) -> Iterator[tuple[int, int]]:
    for match in _matches("nir", text):
        if import_module("stdnum.fr.nir").is_valid(match[0]):
            yield match.span()


def _sirets(text: str) -> Iterator[tuple[int, int]]:
    for match in _matches("siret", text):
        near = text[max(0, match.start() - 40) : match.end() + 40]
        if (match["gap"] or _SIRET_NEAR.search(near)) and import_module("stdnum.fr.siret").is_valid(compact(match[0])):
            yield match.span()


def _emails(text: str) -> Iterator[tuple[int, int]]:
    if "@" in text:
        yield from (match.span() for match in _matches("email", text))


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for match in _matches("phone", text):
        if 8 <= sum(character.isdigit() for character in match[0]) <= 15:
            yield match.span()


_FINDERS: dict[Kind, Callable[[str], Iterator[tuple[int, int]]]] = {
    "iban": _ibans,
    "card": _cards,
    "nir": _nirs,
    "siret": _sirets,
    "email": _emails,
    "phone": _phones,
}
