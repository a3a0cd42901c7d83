"""``grounded``: what the answer states stands in the inputs."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from promptstead.detectors.written.plain_text import PARAGRAPH, plain
from promptstead.detectors.written.quotations import quotations
from promptstead.detectors.written.value import Language, TooManyValues, Value
from promptstead.detectors.written.values import blanked, values
from promptstead.evaluators.shared.answer import MAX_CHARACTERS, Answer
from promptstead.evaluators.shared.json_query import selector
from promptstead.evaluators.shared.options import texts
from promptstead.evaluators.shared.results import Result, Unscored, quoted
from promptstead.evaluators.shared.stated import Stated, contents
from promptstead.evaluators.shared.strict_json import NotJson, parse, unfenced
from promptstead.evaluators.shared.target import not_json
from promptstead.model import Case, Json
from promptstead.words.sentence import Sentence, say

KINDS = ("numbers", "dates", "units", "quotations")
MOST_QUOTATIONS = 500
"""Quotations of an answer that are looked for."""
MOST_SHOWN = 5
"""Statements that a reason lists."""

_KIND = {"number": "numbers", "reference": "numbers", "date": "dates", "time": "dates"}
_MARKERS = re.compile(
    r"(?:(?<=[\n\x1e])|(?<!.)) ?(?:[-*>#•]+ ?)?\(?[0-9]{1,2}[.)](?= [^\W0-9_])|\[[0-9]{1,2}(?:, ?[0-9]{1,2}){0,20}\]",
    re.DOTALL,
)
"""The number of a list's item, and one or more in square brackets, which name a source: neither is a statement."""


class _Missing(NamedTuple):
    kind: str
    start: int
    text: str


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Ask that everything of these kinds that the answer states stands in the inputs that ``in`` names.

    In a conversation it may also stand in what ``said_by`` names: what the tools answered until then, what the user
    said. Read are all texts and numbers of these, at any depth, also of what a tool answered in JSON, and of an answer
    in JSON (one code fence around it may be there); keys are not. The reason lists the first five statements that do
    not stand there. An answer that states nothing of the kind passes, for nothing in it is made up, and the reason
    says that there was nothing to check. An answer is unscored where the case gives none of the inputs, and where
    there is more to read than 2,000,000 characters, 50,000 values or 500 quotations.

    What is compared is what is meant, not how it is written:

    | in the input | in the answer | stands there | because |
    | --- | --- | --- | --- |
    | `1 234,56 €` | `1234.56 EUR`, `€1,234.56`, `1.234,56 euros` | yes | marks of thousands and decimals |
    | `8,00 €` | `8 €` | yes | zeros at the end say nothing |
    | `1,250 g` | `1250 g` | no, `language: fr` | a comma before three digits is a decimal mark |
    | `1,250 g` | `1250 g` | yes, `language: en` | it groups thousands; without a language, either |
    | `1.250 g` | `1250 g`, `1,25 g` | yes, `language: fr` | a full stop may be either in French |
    | `1,2 million d’euros` | `1 200 000 €`, `1.2 M€`, `€1.2m` | yes | thousands, millions, billions |
    | `½ comprimé` | `0,5 comprimé`, `1/2 comprimé` | yes | halves and quarters |
    | `500 mg` | `500 milligrammes`, `500mg`, `500` | yes | a unit may be left out |
    | `500 mg` | `500 g` | no | another unit |
    | `500 mg` | `0,5 g` | no | units are not converted |
    | `3 comprimés` | `3 mg` | no | a unit is not put in |
    | `Dose (mg) : 3` | `3 mg` | yes | no word is about the number; the unit stands elsewhere |
    | `classe 3, 5 mg` | `3 mg` | no | here one is |
    | `5 mg, le 07/11/2026` | `5 comprimés`, `7 comprimés` | no | what counts things is no measure and no day |
    | `5 injections` | `5 tablets` | yes | the things that are counted are not compared |
    | `les 30 derniers jours` | `30 jours` | yes | words such as “last”, “more”, “working” between the two |
    | `10 à 15 mg` | `10 mg` | yes | numbers that share a unit |
    | `5 mg/kg` | `5 mg` | no | what a slash divides by belongs to the unit |
    | `2,00 € par mois` | `2 €`, `€2.00 per month`, `2 €/mois` | yes | said in words, or of money, it may be left out |
    | `2,00 € par mois` | `2 € par an` | no | another time |
    | `38 °C` | `38 degrés`, `38°` | yes | a unit that may be this one |
    | `2,70 %` | `2.7 per cent`, `2,7 pour cent` | yes | percent in words |
    | `-5 %` | `5 %` | yes | “a fall of 5 %”: a sign may be left out |
    | `5 %` | `moins -5 %` | no | and is not put in |
    | `le 1er étage` | `1st floor`, `étage 1` | yes | ordinal endings |
    | `12/03/2026` | `12 mars 2026`, `2026-03-12`, `March 12th, 2026` | yes, `language: fr` | day first |
    | `12/03/2026` | `3 décembre 2026` | no, `language: fr` | day first |
    | `12/03/2026` | `12 March 2026`, `3 December 2026` | yes, `language: en` | British or American: both count |
    | `les 5, 12 et 19 octobre 2026` | `12/10/2026`, `October 19` | yes | days that share a month |
    | `le 16/11, en 2026` | `16 novembre 2026` | yes | a year that stands elsewhere completes a date |
    | `12/03/2026` | `en 2026`, `le 12`, `mars 2026` | yes | a part of a date |
    | `12/03/2026` | `12 mars 2025`, `13 mars` | no | another year, another day |
    | `14h30` | `14 h 30`, `14:30`, `2:30 pm`, `2.30 p.m.` | yes | times of day |
    | `20 h` | `20:00`, `8 pm`, `20 heures` | yes | an hour, or so many hours |
    | `2:30 pm` | `2:30` | yes | the half of the day may be left out |
    | `2:30` | `14:30` | no | and is not put in |
    | `06 39 98 12 34` | `+33 6 39 98 12 34`, `06.39.98.12.34` | yes | telephone numbers, digit by digit |
    | `06 39 98 12 34` | `06 39 98 12 35` | no | |
    | `dossier AB12, version 1.4.2` | `dossier ab12`, `1.4.2` | yes | references, whatever the case |
    | `dossier AB12` | `AB13`, `B12` | no | as a whole |
    | `cinq gouttes, vingt-quatre heures` | `5 gouttes`, `24 h` | yes | words of the input, up to one hundred |
    | `two hundred people` | `200` | yes | and hundreds and thousands |
    | `5 gouttes` | `cinq gouttes, six au plus` | yes, nothing to check | words of the answer are not read |
    | `3 gouttes` | `1. Boire.`, `Voir [2].` | yes, nothing to check | items of a list, sources in brackets |
    | `Sans l’accord de la banque` | `« sans l'accord  de la Banque »` | yes | case, marks, white space |
    | `Ni repris, ni échangé, ni remboursé.` | `“Ni repris […] ni remboursé”` | yes | what is left out is marked |
    | `Ni repris, ni échangé.` | `"ni échangé ou repris"` | no | word by word |
    | `une offre` | `l’« offre spécifique »` | yes, nothing to check | fewer than three words are a term |
    | `{"montant": 8, "le": "3 mai"}` | `8 €`, `3 May` | yes | a number in data may be given a unit |

    Units are those of mass, length, area, volume, time, temperature, money, energy and data that French and English
    texts write most; any other word behind a number is no unit. The digits of all scripts are read, weekdays are not.
    What a text says about a value is not judged: 8 € may be the price of something else there. What a stranger may
    write into an input stands there too, so that ``in`` had better not name a customer's message where only the bank's
    data may be repeated. What a prompt itself says, what was computed and what may always be said goes into ``allow``;
    a case that has its own evaluator of the same name may allow more.
    """
    names: list[str] = options.get("in", [])
    speakers = frozenset(options.get("said_by", ()))
    places = [*names, *(f"said_by: {speaker}" for speaker in options.get("said_by", ()))]
    checked = frozenset(options.get("check", KINDS))
    language: Language = options.get("language", "")
    allow = texts(options.get("allow", []))
    defaults: Mapping[str, Json] = options.get("defaults", {})
    select = selector(options["path"]) if "path" in options else None

    def judge(answer: Answer) -> Result:
        given = _given(names, answer.case, defaults) if names else ()
        known = _known(_bounded((*given, *_heard(speakers, answer))), tuple(allow(answer.case)), language)
        try:
            stated = _answer(answer, select)
        except NotJson as error:
            return not_json(answer.text, error)
        if stated is None:
            return Result(False, say("evaluators.path-selects-nothing"))
        count, missing = _look(stated, known, checked, language)
        if missing:
            shown = [_said(each) for each in missing[:MOST_SHOWN]]
            if len(missing) > MOST_SHOWN:
                more = len(missing) - MOST_SHOWN
                return Result(False, say("evaluators.ungrounded-more", inputs=places, found=shown, more=more))
            return Result(False, say("evaluators.ungrounded", inputs=places, found=shown))
        if not count:
            return Result(True, say("evaluators.grounded-nothing"))
        return Result(True, say("evaluators.grounded", inputs=places, n=count))

    return judge


def _given(names: list[str], case: Case, defaults: Mapping[str, Json]) -> tuple[str | Decimal, ...]:
    """Return the texts and numbers of the inputs that *names* lead to.

    :raises Unscored: the case gives none of them.
    """
    found = [value for name in names for value in _follow({**defaults, **case.inputs}, name.split("."))]
    if not found:
        raise Unscored(say("evaluators.case-gives-none", inputs=names))
    return tuple(item for value in found for item in contents(value))


def _heard(speakers: frozenset[str], answer: Answer) -> Iterator[str | Decimal]:
    """Yield the texts and numbers that *speakers* said before the answer; what a tool says may be JSON."""
    for turn in (*answer.case.history, *answer.transcript) if speakers else ():
        said = turn.get("content")
        if turn["role"] not in speakers or not isinstance(said, str):
            continue
        if turn["role"] == "tool":
            with suppress(NotJson):
                said = parse(said)
        yield from contents(said)


def _bounded(read: tuple[str | Decimal, ...]) -> tuple[str | Decimal, ...]:
    """Return what is to be read.

    :raises Unscored: it is too much.
    """
    if sum(len(item) for item in read if isinstance(item, str)) > MAX_CHARACTERS:
        raise Unscored(say("evaluators.inputs-too-long", most=MAX_CHARACTERS))
    return read


def _follow(value: Json, keys: list[str]) -> Iterator[Json]:
    """Yield what *keys* lead to in maps, and in each item of lists on the way."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _follow(item, keys)
    elif not keys:
        yield value
    elif isinstance(value, Mapping) and keys[0] in value:
        yield from _follow(value[keys[0]], keys[1:])


def _known(given: tuple[str | Decimal, ...], allowed: tuple[str, ...], language: Language) -> Stated:
    try:
        return _read(given, allowed, language)
    except TooManyValues:
        raise Unscored(say("evaluators.inputs-too-many-values")) from None


@lru_cache(2)  # the samples of a case come one after another
def _read(given: tuple[str | Decimal, ...], allowed: tuple[str, ...], language: Language) -> Stated:
    return Stated((*given, *allowed), language)


def _answer(answer: Answer, select: Callable[[Json], list[Json]] | None) -> list[str | Decimal] | None:
    """Return the texts and numbers of the answer; None where the path selects nothing.

    :raises NotJson: there is a path, and the answer is not JSON.
    """
    if select is not None:
        values = select(answer.json())
        return list(contents(values)) if values else None
    if answer.text.lstrip()[:1] in ("{", "[", "`", "~"):
        try:
            return list(contents(parse(unfenced(answer.text))))
        except NotJson:
            pass
    return [answer.text]


def _look(
    stated: Iterable[str | Decimal], known: Stated, checked: frozenset[str], language: Language
) -> tuple[int, list[_Missing]]:
    """Return how many statements there are, and those that do not stand there, each once and in order."""
    items = list(stated)
    text = PARAGRAPH.join(plain(item) if isinstance(item, str) else f"{item:f}" for item in items)
    text = blanked(text, [match.span() for match in _MARKERS.finditer(text)])
    missing: list[_Missing] = []
    count = 0
    if checked != {"quotations"}:
        try:
            for value in values(text, language):
                kind = _wrong(value, known, checked)
                count += kind is not None
                if kind:
                    missing.append(_Missing(kind, value.start, text[value.start : value.end]))
        except TooManyValues:
            raise Unscored(say("evaluators.too-many-values")) from None
    if "quotations" in checked:
        words = dict(reversed([(quotation, start) for start, quotation in quotations(text)]))
        if len(words) > MOST_QUOTATIONS:
            raise Unscored(say("evaluators.too-many-quotations", most=MOST_QUOTATIONS))
        count += len(words)
        missing += [_Missing("quotations", start, said) for said, start in words.items() if not known.has_words(said)]
    once = {(each.kind, each.text): each for each in sorted(missing, key=lambda each: -each.start)}
    return count, sorted(once.values(), key=lambda each: each.start)


def _wrong(value: Value, known: Stated, checked: frozenset[str]) -> str | None:
    """Return what kind of statement does not stand there; nothing where it does, None where it is not looked at."""
    kind = _KIND[value.kind]
    if not known.has_value(value):
        return kind if kind in checked else None
    if value.unit is not None and "units" in checked:
        return "" if known.has_unit(value) else "units"
    return "" if kind in checked else None


def _said(missing: _Missing) -> Sentence:
    text = quoted(missing.text.strip())
    match missing.kind:
        case "numbers":
            return say("evaluators.ungrounded-number", text=text)
        case "dates":
            return say("evaluators.ungrounded-date", text=text)
        case "units":
            return say("evaluators.ungrounded-unit", text=text)
        case _:
            return say("evaluators.ungrounded-quotation", text=text)
