"""Templates of sentences: text with the arguments put in, as each language writes numbers and lists.

======================  ================================================================================
``{name}``              an argument: a text as it is, a whole number with its thousands apart, a sentence
                        in the language of the one around it, several of them with semicolons between
``{name:names}``        a list of names between back-ticks, five at most, and how many more there are
``{name:list}``         the same without back-ticks; it may be a list of sentences
``{name:or}``           the same with "or" before the last; ``and`` likewise
``{name:names8}``       at most eight of them; ``{name:names8…}`` with an ellipsis for the rest
``{name:d}``            a whole number as it is (a line, a year)
``{name:.2g}``          a number in a format of Python's, with the decimal mark of the language
``{name:exact}``        a number with all its decimals
``{name#case|cases}``   the first for one, the second for many; in French none is one
``{{`` and ``}}``       braces
======================  ================================================================================
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from operator import itemgetter
from typing import Literal

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")
MAX_NAMES = 5
"""Most names that a sentence lists."""
MAX_SENTENCES = 20
"""Most sentences that one sentence holds side by side."""
_FIELD = re.compile(r"\{\{|\}\}|\{(\w+)(?:#([^{}|]*)\|([^{}|]*)|:([^{}]*))?\}")
_LIST = re.compile(r"(names|list|and|or)(\d*)(…?)")
_LAST = {"en": {"and": " and ", "or": " or "}, "fr": {"and": " et ", "or": " ou "}}
_MORE = {"en": "and {} more", "fr": "et {} de plus"}
_THOUSANDS = {"en": ",", "fr": "\u202f"}
_JOINT = {"en": "; ", "fr": " ; "}

Fill = Callable[[Mapping[str, object]], str]
"""Arguments -> the text of a template, or of one of its fields, in one language."""


def fill(template: str, arguments: Mapping[str, object], language: Language) -> str:
    """Return *template* with the arguments put in.

    :raises KeyError: an argument is missing.
    :raises TypeError, ValueError: an argument is not of the kind that the template takes.
    """
    return filler(template, language)(arguments)


@cache
def filler(template: str, language: Language) -> Fill:
    """Return what fills *template*: evaluators say four sentences about an answer, so that it is made once."""
    parts = _parts(template, language)
    texts = [part if isinstance(part, str) else "" for part in parts]
    fills = [(index, part) for index, part in enumerate(parts) if not isinstance(part, str)]

    def each(arguments: Mapping[str, object]) -> str:
        filled = texts.copy()
        for index, part in fills:
            filled[index] = part(arguments)
        return "".join(filled)

    fields = [match for match in _FIELD.finditer(template) if match[1]]
    plain = [match[1] for match in fields if match[2] is None]
    counted = {match[1] for match in fields if match[2] is not None}
    if not plain or len(counted) > 1 or any(match[4] for match in fields):
        return each
    # texts and small numbers, which most arguments are, are put in at once
    count, values, many, one = next(iter(counted), ""), itemgetter(*plain), *map(partial(_pattern, template), (3, 2))

    def quick(arguments: Mapping[str, object]) -> str:
        for value in arguments.values():
            if type(value) is not str and not (type(value) is int and -1000 < value < 1000):
                return each(arguments)
        return (one if count and _is_one(arguments[count], language) else many) % values(arguments)  # type: ignore[no-any-return]

    return quick


def _pattern(template: str, group: int) -> str:
    """Return *template* as the operator ``%`` takes it, with the words for one (group 2) or for many (3)."""

    def field(match: re.Match[str]) -> str:
        return match[0][0] if match[1] is None else "%s" if match[2] is None else match[group]

    return _FIELD.sub(field, template.replace("%", "%%"))


def names(template: str) -> frozenset[str]:
    """Return the arguments that a template takes."""
    return frozenset(match[1] for match in _FIELD.finditer(template) if match[1])


def _parts(template: str, language: Language) -> tuple[str | Fill, ...]:
    parts: list[str | Fill] = []
    position = 0
    for match in _FIELD.finditer(template):
        parts.append(template[position : match.start()])
        position = match.end()
        parts.append(match[0][0] if match[1] is None else _field(match[1], match[2], match[3], match[4], language))
    parts.append(template[position:])
    return tuple(part for part in parts if part != "")


def _field(name: str, one: str | None, many: str | None, form: str | None, language: Language) -> Fill:
    if one is not None and many is not None:
        return lambda arguments: one if _is_one(arguments[name], language) else many
    listed = _LIST.fullmatch(form or "")
    if listed:
        kind, most, rest = listed.groups()
        return lambda arguments: _listed(arguments[name], language, kind, int(most or MAX_NAMES), rest)
    if form == "exact":
        return lambda arguments: _exact(arguments[name], language)
    if form:
        return lambda arguments: _number(arguments[name], language, form)

    def plain(arguments: Mapping[str, object]) -> str:
        value = arguments[name]
        if type(value) is str:  # nearly all are texts
            return value
        return format(value, ",") if type(value) is int and language == "en" else _plain(value, language)

    return plain


def _is_one(count: object, language: Language) -> bool:
    if not isinstance(count, (int, float)):
        raise TypeError
    return abs(count) < 2 if language == "fr" else count == 1


def _listed(value: object, language: Language, kind: str, most: int, rest: str) -> str:
    if not isinstance(value, (list, tuple)):
        raise TypeError
    mark = "`" if kind == "names" else ""
    if len(value) == 1 and type(value[0]) is str:  # most lists
        return f"{mark}{value[0]}{mark}"
    shown = [f"{mark}{_plain(name, language)}{mark}" for name in value[:most]]
    more = len(value) - most
    if more > 0:
        return ", ".join(shown) + (f", {rest}" if rest else f" {_MORE[language].format(_number(more, language, ','))}")
    if kind in _LAST[language] and len(shown) > 1:
        shown[-2:] = [_LAST[language][kind].join(shown[-2:])]
    return ", ".join(shown)


def _number(value: object, language: Language, form: str) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError
    text = format(value, form)
    if language == "en":
        return text
    return text.translate({ord(","): _THOUSANDS[language], ord("."): ","})


def _exact(value: object, language: Language) -> str:
    if isinstance(value, float) and (value == 0 or 1e-12 <= abs(value) < 1e15):
        text = _number(value, language, ",.12f").rstrip("0")
        return text.removesuffix("." if language == "en" else ",")
    return _number(value, language, "," if isinstance(value, int) else "")


def _plain(value: object, language: Language) -> str:
    if isinstance(value, str):
        within = getattr(value, "to", None)
        return str(within(language)) if within else str(value)
    if isinstance(value, (list, tuple)):
        return _JOINT[language].join(_plain(each, language) for each in value[:MAX_SENTENCES])
    return _number(value, language, "," if isinstance(value, int) else ".4g")
