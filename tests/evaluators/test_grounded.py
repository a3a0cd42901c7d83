"""``grounded``: what an answer states stands in its inputs, however it is written there."""

import inspect
import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.config.settings import Config
from promptstead.evaluators.examine import effective
from promptstead.evaluators.kinds import grounded
from promptstead.evaluators.registry import prepare
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Result
from promptstead.model import Case, EvaluatorSpec, Input, Prompt
from promptstead.prompts.library import Library
from tests.trees import MemoryTree

_SPANS = re.compile(r"`([^`]*)`")


def judge(answer: str, inputs: dict[str, Any], **options: Any) -> Result:
    check = prepare(EvaluatorSpec("check", "grounded", {"in": list(inputs), **options}, "x.prompt.yml", ()))
    return check(Answer(answer, Case("c", inputs)))


def says(answer: str, text: Any, **options: Any) -> bool | float | str | None:
    return judge(answer, {"text": text}, **options).value


def documented() -> list[tuple[str, str, str]]:
    """Return input, answer and verdict of each answer in the table that the documentation has."""
    lines = inspect.cleandoc(grounded.prepare.__doc__ or "").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return [(_SPANS.findall(row[0])[0], answer, row[2]) for row in rows for answer in _SPANS.findall(row[1])]


@pytest.mark.parametrize(("text", "answer", "verdict"), documented())
def test_every_row_of_the_documentation_is_true(text: str, answer: str, verdict: str) -> None:
    language = re.search(r"language: (..)", verdict)
    options = {"language": language[1]} if language else {}
    inputs = json.loads(text) if text.startswith("{") else {"text": text}
    result = judge(answer, inputs, **options)
    assert result.value is verdict.startswith("yes"), result.reason
    assert ("nothing to check" in result.reason) is ("nothing to check" in verdict)


def test_the_documentation_has_both_verdicts() -> None:
    verdicts = [verdict.partition(",")[0] for _, _, verdict in documented()]
    assert verdicts.count("yes") > 50
    assert verdicts.count("no") > 10


@pytest.mark.parametrize(
    ("text", "answer", "language"),
    [
        ("4 000 UI/0,4 mL", "4000 UI/0,4 ml", "fr"),
        ("1 cp x 3/j", "3 par jour", "fr"),
        ("sevré depuis le 16/11 à 20 h ; sortie le 17/11/2026", "depuis le 16 novembre 2026 à 20:00", "fr"),
        ("du 9 au 12 novembre 2026", "du 09/11/2026 au 12/11/2026", "fr"),
        ("from March 5 to 9, 2026", "5 March 2026 and 9 March 2026", "en"),
        ("a 45-year-old visitor", "45 years old, 45 ans", "en"),
        ("born on 12/03/45", "in 1945, 12 March 1945", "en"),
        ("the 500\nmg tablet of 12\nMarch", "500 mg, 12 March", "en"),
        ("**8,00** € puis $5bn", "8 €, $5 billion, 5 000 000 000 dollars", "fr"),
        ("38.6 on the thermometer", "38,6", "fr"),
        ("in 2025 200 people came", "2025, 200", "en"),
        ("tension 120/80 mmHg", "120 mmHg et 80 mmHg", "fr"),
        ("the 1990s", "1990", "en"),
        ("at 9.20", "9:20", "en"),
        ("2026-03-12T14:30:00Z", "le 12 mars 2026 à 14 h 30", "fr"),
        ("３４ € et ٣ jours", "34 euros, 3 jours", "fr"),
        ("Article L. 1110-4", "article L. 1110-4", "fr"),
        ("In May; received 2026-07-15", "since May 2026", "en"),
        ("41.20 euros, and by your rate it is 64.", "64 euros", "en"),
        ("30x40 cm", "30 cm x 40 cm", "en"),
        ("2½ tablets", "2.5", "en"),
        ("entre 3 et 5 €", "3 € ou 5 €", "fr"),
        ("du 1er au 3 mars", "le 1er mars", "fr"),
        ("matin (8 h), midi (12 h), soir (20 h)", "à 8h, 12h et 20h", "fr"),
        ("2 heures et 30 minutes", "2 h 30", "fr"),
        ("$12,000 per year", "12 000 $, $12k", "fr"),
        ("du 03/03/2026 au 07/03/2026", "du lundi 3 au vendredi 7 mars 2026", "fr"),
        ("1000-1500 EUR, 12 à 15 °C", "1 000 à 1 500 €, 12–15 °C", "fr"),
        ("6 an hour", "6 per hour", "en"),
        ("took 00:00:08.48", "00:00:08.48", "en"),
        ("le 09/71/2026", "le 09/71/2026", "fr"),
        ("four\nmore days; a 2/3rds share", "4 days, 2/3", "en"),
        ("cinq-cents euros et vingt et un jours", "500 €, 21 jours", "fr"),
        ("3 séances en 2026", "3 sessions, 2026 seulement", "fr"),
    ],
)
def test_what_stands_there(text: str, answer: str, language: str) -> None:
    result = judge(answer, {"text": text}, language=language)
    assert result.value is True, result.reason
    assert "nothing" not in result.reason


@pytest.mark.parametrize(
    ("text", "answer", "language", "missing"),
    [
        ("1,250 mg", "1250 mg", "fr", "the number `1250 mg`"),
        ("4 000 UI", "400 UI", "fr", "the number `400 UI`"),
        ("300 mL/h", "300 mL", "fr", "the unit of `300 mL`"),
        ("Créatinine : 85", "85 µmol", "fr", "the unit of `85 µmol`"),
        ("le 16/11", "le 16 novembre 2026", "fr", "the date or time `16 novembre 2026`"),
        ("du 9 au 12 novembre 2026", "le 10 novembre", "fr", "the date or time `10 novembre`"),
        ("9:30", "9:20", "en", "the date or time `9:20`"),
        ("rien", "« la banque rembourse tout »", "fr", "the quotation `la banque rembourse tout`"),
        ("AB12", "AB13", "en", "the number `AB13`"),
        ("9 h, 71 ans, 2026", "le 09/71/2026", "fr", "the date or time `09/71/2026`"),
        ("3 séances, 6 heures", "6 séances", "fr", "the number `6`"),
        ("Séance le 06/11/2026", "6 séances", "fr", "the number `6`"),
        ("2 et 3", "23", "fr", "the number `23`"),
        ("12.5", "12 and 5", "en", "the number `5`"),
        (f"{'1' * 38}2", f"{'1' * 38}3", "en", f"the number `{'1' * 38}3`"),
    ],
)
def test_what_does_not_stand_there(text: str, answer: str, language: str, missing: str) -> None:
    result = judge(answer, {"text": text}, language=language)
    assert result.value is False
    assert missing in result.reason


def test_a_reason_lists_five_and_says_it_in_both_languages() -> None:
    result = judge(
        "11, 12 mg, 13/04/2026, 14h15, “not a word of it”, 16, 17 and 11 again", {"letter": "12 g", "of": "x"}
    )
    assert result.reason == (
        "not in `letter`, `of`: the number `11`; the unit of `12 mg`; the date or time `13/04/2026`; "
        "the date or time `14h15`; the quotation `not a word of it` and 2 more"
    )
    assert result.reason.to("fr").startswith("ne figure pas dans `letter`, `of` : le nombre `11`")
    assert "l’unité de `12 mg`" in result.reason.to("fr")


def test_what_is_looked_at_can_be_chosen() -> None:
    answer = "5 g le 3 mai, « pas un seul mot »"
    for kind in ("numbers", "dates", "units", "quotations"):
        assert says(answer, "5 mg", check=[kind]) is (kind == "numbers")
    assert "nothing to check" in judge(answer, {"text": ""}, check=["units"]).reason


def test_values_may_be_allowed() -> None:
    assert says("Appelez le 15 ou le 112.", "rien") is False
    assert says("Appelez le 15 ou le 112.", "rien", allow=[15, "112"]) is True
    check = prepare(EvaluatorSpec("c", "grounded", {"in": ["a"], "allow": ["{{ expected.sum }}"]}, "x", ()))
    assert check(Answer("soit 8,00 €", Case("c", {"a": "4,00 €"}, {"sum": "8 €"}, True))).value is True
    assert check(Answer("soit 8,00 €", Case("c", {"a": "4,00 €"}))).value is None


def test_inputs_are_read_at_any_depth_and_by_a_path() -> None:
    file = {"parts": [{"text": "le 3 mai", "page": 7}, {"text": "5 mg", "page": 8}], "9 mg": True}
    assert says("le 3 mai, 5 mg, page 8", file) is True
    assert says("9 mg", file) is False  # a key
    check = prepare(EvaluatorSpec("c", "grounded", {"in": ["file.parts.text"]}, "x", ()))
    assert check(Answer("le 3 mai, 5 mg", Case("c", {"file": file}))).value is True
    assert check(Answer("page 7", Case("c", {"file": file}))).value is False


def test_without_the_input_it_is_unscored() -> None:
    check = prepare(EvaluatorSpec("c", "grounded", {"in": ["letter", "date"]}, "x", ()))
    result = check(Answer("5", Case("c", {"other": "5"})))
    assert result.value is None
    assert result.reason == "the case gives nothing for `letter`, `date`"
    assert check(Answer("5", Case("c", {"date": "5"}))).value is True
    assert check(Answer("5", Case("c", {"letter": ""}))).value is False


def test_of_json_values_are_looked_at_and_keys_are_not() -> None:
    assert says('{"7": "5 mg", "b": [5, null, true]}', "5 mg") is True
    assert says('```json\n{"a": 6}\n```', "5") is False
    assert says('{"a": 6, "s": {"t": "5 mg"}}', "5 mg", path="$.s") is True
    assert says('{"a": 6, "s": {"t": "5 mg"}}', "5 mg", path="$.a") is False
    assert says('{"a": 6}', "5 mg", path="$.s") is False
    assert says("no JSON", "5 mg", path="$.s") is False
    assert says('{"a": 6, broken', "6") is True  # read as text


def test_a_prompt_says_its_language_and_its_defaults(make_prompt: Callable[..., Prompt]) -> None:
    one = Input("limit", {"type": "number"}, default=80, has_default=True, required=False)
    spec = EvaluatorSpec("c", "grounded", {"in": ["limit"]}, "x", ())
    found = effective(spec, make_prompt()._replace(language="fr-CA", inputs={"limit": one}))
    assert found.options == {"in": ["limit"], "language": "fr", "defaults": {"limit": 80}}
    assert prepare(found)(Answer("80 €", Case("c", {}))).value is True
    assert effective(spec, make_prompt()._replace(language="de", inputs={})).options == {"in": ["limit"]}


PROMPT = """\
schema: promptstead/v1
title: Fees
inputs:
  letter: {trust: trusted}
messages: [{role: user, content: "{{ letter }}"}]
evaluators:
  stands-there: {type: grounded, in: [letter, leter.text]}
cases:
  - id: one
    inputs: {letter: 8 EUR}
    evaluators: {own: {type: grounded, in: [other]}}
"""


def test_an_input_that_the_prompt_has_not_is_an_error_at_its_place() -> None:
    loaded = Library(MemoryTree({"fees.prompt.yml": PROMPT}), Config()).load("fees.prompt.yml")
    found = [(each.message, each.hint, loaded.document.text[slice(*each.span)]) for each in loaded.problems]
    assert found == [
        ("evaluator `stands-there`: the prompt has no input `leter`", "did you mean `letter`?", "leter.text"),
        ("evaluator `own`: the prompt has no input `other`", "name inputs that the prompt declares", "other"),
    ]


SPACES = st.sampled_from([" ", "\u00a0", "\u202f", "\u2009"])
EURO = st.sampled_from([" €", "€", " EUR", " euros", "\u00a0€", "\u202f€"])


@st.composite
def amounts(draw: st.DrawFn, number: Decimal) -> str:
    """Draw a spelling of an amount in euros, French or English in a way that says which."""
    whole, _, cents = f"{number:.2f}".partition(".")
    groups = [whole[max(0, end - 3) : end] for end in range(len(whole), 0, -3)][::-1]
    gap, point = draw(
        st.sampled_from([("", ","), ("", "."), (",", "."), (".", ","), ("'", ".")]) | st.tuples(SPACES, st.just(","))
    )
    written = gap.join(groups) + f"{point}{cents}"
    if cents[1] == "0" and draw(st.booleans()):
        written = written[:-1]
    return f"€{written}" if draw(st.booleans()) else written + draw(EURO)


@given(st.data(), st.decimals(0, 9_999_999, places=2))
def test_an_amount_is_found_in_any_spelling_and_another_is_not(data: st.DataObject, number: Decimal) -> None:
    text = f"La banque a perçu {data.draw(amounts(number))} hier."
    answer = f"It was {data.draw(amounts(number))}, as stated"
    language = data.draw(st.sampled_from(["fr", "en", ""]))
    options = {"language": language} if language else {}
    assert says(answer, text, **options) is True
    place = data.draw(st.sampled_from([index for index, digit in enumerate(answer) if digit.isdigit()]))
    digit = data.draw(st.sampled_from([digit for digit in "123456789" if digit != answer[place]]))
    assert says(answer[:place] + digit + answer[place + 1 :], text, **options) is False


_MONTHS = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip


def spellings(day: date) -> st.SearchStrategy[str]:
    french, english = _MONTHS["fr"][day.month - 1], _MONTHS["en"][day.month - 1]
    short = english[:3]
    ending = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(day.day, "th")
    first = "1er" if day.day == 1 else str(day.day)
    return st.sampled_from([
        f"{day:%d/%m/%Y}", f"{day:%d.%m.%Y}", day.isoformat(), f"{day.day}/{day.month}/{day.year}",
        f"{first} {french} {day.year}", f"{day.day}\u00a0{french}\u00a0{day.year}",
        f"{day.day} {english} {day.year}", f"{english} {day.day}, {day.year}",
        f"{day.day}{ending} of {english} {day.year}", f"{english} {day.day}{ending} {day.year}",
        f"{day.day} {short} {day.year}", f"{short}. {day.day}, {day.year}",
    ])  # fmt: skip


@given(st.data(), st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_date_is_found_in_any_spelling_and_another_is_not(data: st.DataObject, day: date, other: date) -> None:
    text = f"Sortie le {data.draw(spellings(day))} au matin."
    assert says(f"Discharged on {data.draw(spellings(day))}.", text, language="fr") is True
    if other != day:
        assert says(f"Discharged on {data.draw(spellings(other))}.", text, language="fr") is False


@given(st.data(), st.integers(0, 23), st.integers(1, 59))
def test_a_time_is_found_in_any_spelling_and_another_is_not(data: st.DataObject, hour: int, minute: int) -> None:
    noon = "am" if hour < 12 else "pm"
    written = st.sampled_from(
        [
            f"{hour}h{minute:02}",
            f"{hour} h {minute:02}",
            f"{hour:02}:{minute:02}",
            f"{(hour - 1) % 12 + 1}:{minute:02} {noon}",
        ]
    )
    text = f"Rendez-vous à {data.draw(written)}."
    assert says(f"at {data.draw(written)}", text) is True
    hour = (hour + data.draw(st.integers(1, 23))) % 24
    assert says(f"at {hour:02}:{minute:02}", text) is False


UNITS = [
    ("mg", "milligrammes", "milligrams"),
    ("h", "heures", "hours"),
    ("%", "pour cent", "per cent"),
    ("j", "jours", "days"),
    ("mL", "millilitres", "milliliters"),
    ("°C", "° C", "degrés Celsius"),
    ("UI", "IU", "ui"),
]


@given(st.data(), st.integers(25, 99), st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_a_unit_is_found_in_any_spelling_and_another_is_not(
    data: st.DataObject, number: int, unit: tuple[str, ...], other: tuple[str, ...]
) -> None:
    text = f"Dose de {number}{data.draw(SPACES)}{data.draw(st.sampled_from(unit))}, puis rien."
    assert says(f"{number} {data.draw(st.sampled_from(unit))}.", text) is True
    if unit is not other:
        assert "unit" in judge(f"{number} {data.draw(st.sampled_from(other))}.", {"text": text}).reason


WORDS = st.lists(
    st.sampled_from(["la", "banque", "n’a", "rien", "promis", "ce", "jour-là", "à", "l'assuré"]), min_size=3, max_size=9
)


@given(st.data(), WORDS)
def test_a_quotation_is_found_in_any_marks_and_another_is_not(data: st.DataObject, words: list[str]) -> None:
    text = f"Il écrit : {data.draw(SPACES).join(words)}. Puis il part."
    before, after = data.draw(
        st.sampled_from([("«\u00a0", "\u00a0»"), ("“", "”"), ('"', '"'), ("« ", ". »"), ("„", "“")])
    )
    said = " ".join(words).replace("’", "'").upper()
    assert says(f"Selon la lettre, {before}{said}{after}", text) is True
    place = data.draw(st.integers(0, len(words) - 1))
    changed = " ".join([*words[:place], "jamais", *words[place + 1 :]])
    assert says(f"Selon la lettre, {before}{changed}{after}", text) is False


@given(st.text("0123456789.,' €$%-/:hx()«»\"aé\nmg½[]", max_size=60))
def test_a_text_stands_in_itself(text: str) -> None:
    result = judge(text, {"text": text})
    assert result.value is True, result.reason


HOSTILE = [
    "1", "1 ", "1,", "1 000 ", '"', "« ", '"a b c" ', "1, 2, 3 et ", "12 mars ", "March 5, 6, ", "a1 ", "[", "[1, ",
    "+1 ", "06 ", "€ ", " ", " \n", "10 h 3", "a", "1'", "1.", "5 mg/kg/j ", "mg/", "½", "1/", "-1", "12:30:", "5 au ",
    "{", "'", "…", "((", "<<", "1x", "\x1e", "٣",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_large_hostile_texts_come_to_an_end(piece: str) -> None:
    """What backtracks, or reads a text again for each of its values, would take hours."""
    text = piece * (40_000 // len(piece))
    for result in (judge(text, {"text": "12 mars 2026"}), judge("12", {"text": text})):
        assert len(result.reason) <= 500
        assert "failed" not in result.reason


def test_more_than_is_read_of_the_inputs_leaves_the_answer_unscored() -> None:
    assert judge("5", {"text": "5 " * 50_001}).reason == "the inputs state more values than are read"
    assert judge("5", {"text": "a" * 2_000_001}).value is None
    assert judge("5", {"text": "a" * 2_000_000}).value is False


def test_many_values_on_both_sides_come_to_an_end() -> None:
    text = " ".join(f"1 mg/kg/{unit}" for unit in ("j", "h", "min", "s", "mois")) + " 1 mg" * 40_000
    assert judge("1 g, " * 40_000, {"text": text}).reason == "not in `text`: the unit of `1 g`"
    assert judge("« a b c » " * 40_000, {"text": text}).reason == "not in `text`: the quotation `a b c`"
