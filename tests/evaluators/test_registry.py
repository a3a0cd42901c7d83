"""Every kind of evaluator: what passes, what fails, what stays unscored, and what is refused."""

import json
from typing import Any

import pytest

from promptstead.errors import PromptsteadError
from promptstead.evaluators.registry import MODULES
from promptstead.evaluators.shared.answer import MAX_CHARACTERS, Answer
from tests.evaluators.judged import judge
from tests.evaluators.test_structure_evaluators import TABLE as STRUCTURE_TABLE
from tests.evaluators.test_text_evaluators import TABLE as TEXT_TABLE

TABLE: list[tuple[str, str, dict[str, Any], Any, bool | None]] = [
    ("equals", " card\n", {"value": "card"}, None, True),
    ("equals", " card\n", {"value": "card", "trim": False}, None, False),
    ("equals", "STRASSE", {"value": "straße", "ignore_case": True}, None, True),
    ("equals", "Ada!", {"value": "{{ inputs.name }}!"}, None, True),
    ("equals", '{"b": 2, "a": 1.0}', {"value": {"a": 1, "b": 2}}, None, True),
    ("equals", "true", {"value": 1}, None, False),
    ("equals", "42", {"value": "{{ expected }}"}, 42, True),
    ("equals", "forty-two", {"value": "{{ expected }}"}, 42, False),
    ("equals", '["A", {"k": "B"}]', {"value": ["a", {"k": "b"}], "ignore_case": True}, None, True),
    ("equals", "3", {"value": "{{ expected | length }}"}, "abc", True),
    ("equals", "x", {"value": "{{ expected.category }}"}, {"urgency": "high"}, None),
    ("equals", "x", {"value": "{{ expected }}"}, None, None),
    ("equals", "x", {"value": "is {{ expected.category }}"}, None, None),
    ("contains", "your card", {"value": "card"}, None, True),
    ("contains", "your card", {"value": "CARD"}, None, False),
    ("contains", "your card", {"value": "CARD", "ignore_case": True}, None, True),
    ("contains", "a c", {"any": ["b", "c"]}, None, True),
    ("contains", "a c", {"all": ["a", "b"]}, None, False),
    ("contains", "a c", {"any": ["x", "{{ expected }}"]}, ["y", "c"], True),
    ("contains", "a c", {"value": "a", "all": ["c"], "any": ["z"]}, None, False),
    ("contains", "7 days", {"value": "{{ expected }}"}, 7, True),
    ("contains", "Dear Ada", {"value": "Dear", "at": "start"}, None, True),
    ("contains", "Dear Ada", {"value": "Dear", "at": "end"}, None, False),
    ("contains", "anything", {"value": "{{ expected }}"}, "", None),
    ("contains", "I am sorry", {"value": "sorry", "negate": True}, None, False),
    ("contains", '{"s": "a card"}', {"path": "$.s", "value": "card"}, None, True),
    ("contains", '{"s": "a card", "t": "z"}', {"path": "$.s", "value": "z"}, None, False),
    ("contains", '{"s": ["ab", "b"]}', {"path": "$.s[*]", "value": "b"}, None, True),
    ("contains", '{"s": ["ab", "c"]}', {"path": "$.s[*]", "value": "b"}, None, False),
    ("contains", '{"s": ["ab", "c"]}', {"path": "$.s[*]", "value": "b", "negate": True}, None, False),
    ("contains", '{"s": ["a", "c"]}', {"path": "$.s[*]", "value": "b", "negate": True}, None, True),
    ("contains", '{"s": 1}', {"path": "$.s", "value": "b", "negate": True}, None, False),
    ("contains", "no json", {"path": "$.s", "value": "b", "negate": True}, None, False),
    ("contains", "{}", {"path": "$.s", "value": "b", "negate": True}, None, False),
    ("regex", '{"s": "AB-12"}', {"path": "$.s", "pattern": r"[A-Z]{2}-\d+", "full": True}, None, True),
    ("length", '{"s": "one two"}', {"path": "$.s", "unit": "words", "max": 2}, None, True),
    ("regex", "ref AB-12", {"pattern": r"[A-Z]{2}-\d+"}, None, True),
    ("regex", "ref AB-12", {"pattern": r"[A-Z]{2}-\d+", "full": True}, None, False),
    ("regex", "ab", {"pattern": "a|ab", "full": True}, None, True),
    ("regex", "ab\n", {"pattern": "a|ab", "full": True, "multiline": True}, None, False),
    ("regex", "x\nSORRY\ny", {"pattern": "^sorry$", "multiline": True, "ignore_case": True}, None, True),
    ("regex", "x\nSORRY\ny", {"pattern": "^SORRY$"}, None, False),
    ("regex", "a\nb", {"pattern": "a.b", "dot_all": True}, None, True),
    ("regex", "a\nb", {"pattern": "^A.[.]?b$", "dot_all": True, "ignore_case": True, "full": True}, None, True),
    ("regex", "a\nb", {"pattern": r"a[.]b|a\.b|a[\].]b", "dot_all": True}, None, False),
    ("regex", "fine", {"pattern": "^(?!.*sorry)"}, None, True),
    ("regex", "a" * 50_000, {"pattern": "(?=(a+)+b)a"}, None, None),  # two minutes of work otherwise
    ("regex", "a" * 50_000, {"pattern": "(a+)+b"}, None, False),
    ("regex", "x" * 3000, {"pattern": r"(x+x+)+\1y"}, None, None),
    ("regex", "x" * 3000, {"pattern": r"(x+x+)+y"}, None, False),
    ("length", "é" * 5, {"max": 5}, None, True),
    ("length", "é" * 6, {"max": 5}, None, False),
    ("length", "Vraiment ? Oui, l'été.", {"unit": "words", "min": 3, "max": 3}, None, True),
    ("length", "a\r\nb\rc\n", {"unit": "lines", "min": 3, "max": 3}, None, True),
    ("length", "", {"unit": "lines", "max": 0}, None, True),
    ("length", "\n\na\nb\n \nc\n", {"unit": "paragraphs", "min": 2, "max": 2}, None, True),
    ("length", "M. Martin a 1.5 an. « Vrai ! » Oui…", {"unit": "sentences", "min": 3, "max": 3}, None, True),
    ("length", "A title\n\nOne. Two", {"unit": "sentences", "min": 3, "max": 3}, None, True),
    ("json", ' {"a": [1]}\n', {}, None, True),
    ("json", '{"a": 1} and more', {}, None, False),
    ("json", "[1]", {"kind": "object"}, None, False),
    ("json", '```json\n{"a": 1}\n```', {}, None, False),
    ("json", '```json\n{"a": 1}\n```\n', {"fenced": True}, None, True),
    ("json", 'Here:\n```json\n{"a": 1}\n```', {"fenced": True}, None, False),
    ("json-schema", '{"day": "2026-02-28"}', {"schema": {"properties": {"day": {"format": "date"}}}}, None, True),
    ("json-schema", '{"day": "2026-02-30"}', {"schema": {"properties": {"day": {"format": "date"}}}}, None, False),
    ("json-schema", "no", {"schema": {}}, None, False),
    ("json-schema", '"' + "x" * 3000 + '"', {"schema": {"pattern": r"(x+x+)+\1y"}}, None, None),
    ("json-path", '{"a": {"b": [1, 2]}}', {"path": "$.a.b[1]", "equals": 2.0}, None, True),
    ("json-path", '{"a": {"b": [1, 2]}}', {"path": "$['a'].b[2]"}, None, False),
    ("json-path", '{"a": true}', {"path": "$.a", "equals": 1}, None, False),
    ("json-path", '{"a": null}', {"path": "$.a"}, None, True),
    ("json-path", '{"a": "Card"}', {"path": "$.a", "in": ["card"], "ignore_case": True}, None, True),
    ("json-path", '{"a": "b"}', {"path": "$.a", "in": "{{ expected }}"}, ["a", "b"], True),
    ("json-path", '{"a": "b"}', {"path": "$.a", "in": "{{ expected }}"}, "abc", None),
    ("json-path", '{"a": 1}', {"path": "$.a", "in": "{{ expected }}"}, 1, None),
    ("json-path", '{"a": "x"}', {"path": "$.a", "equals": "{{ expected.a }}"}, {"a": "x"}, True),
    ("json-path", '{"a": "x"}', {"path": "$.a", "equals": "{{ expected.b }}"}, {"a": "x"}, None),
    ("json-path", "[1, 5, 9]", {"path": "$[*]", "min": 1, "max": 5}, None, False),
    ("json-path", "[1, 5, 9]", {"path": "$[*]", "min": 9, "match": "any"}, None, True),
    ("json-path", '{"q": "is\\n Ada"}', {"path": "$.q", "within": "This is {{ inputs.name }}."}, None, True),
    ("json-path", '{"q": "is Eve"}', {"path": "$.q", "within": "This is {{ inputs.name }}."}, None, False),
    ("json-path", '{"q": "IS ada"}', {"path": "$.q", "within": "{{ expected }}", "ignore_case": True}, "is Ada", True),
    ("json-path", '{"q": 1}', {"path": "$.q", "within": "1"}, None, False),
    ("json-path", '["9"]', {"path": "$[*]", "min": 1}, None, False),
    ("json-path", '[{"k": 1, "v": "x"}, {"k": 2}]', {"path": "$[?@.k < 2].v", "equals": "x"}, None, True),
    ("json-path", "not json", {"path": "$.a"}, None, False),
    ("json-path", "[" * 60 + "1" + "]" * 60, {"path": "$" + "[0,0]" * 59}, None, None),
    ("number", "so 3 + 4 = 7.\nA: 7", {"after": "A:", "equals": "{{ expected }}"}, "7", True),
    ("number", "no marker 7", {"after": "A:", "equals": 7}, None, False),
    ("number", "$1,234.50", {"equals": 1234.5}, None, True),
    ("number", "1\u202f234", {"equals": 1234}, None, True),
    ("number", "1.234,50 €", {"equals": 1234.5, "decimal": ","}, None, True),
    ("number", "-$5 then 16-3", {"take": "first", "equals": -5}, None, True),
    ("number", "16-3", {"equals": 3}, None, True),
    ("number", "−5", {"equals": -5}, None, True),
    ("number", "between 3 and 4", {"take": "only"}, None, False),
    ("number", "GPT4", {}, None, False),
    ("number", "The answer is __42__.", {"equals": 42}, None, True),
    ("number", "_-7_", {"equals": -7}, None, True),
    ("number", "item_42 and a_1_b", {}, None, False),
    ("number", "0.1", {"equals": 0.3, "tolerance": 0.2}, None, True),
    ("number", "3", {"min": 1, "max": 2}, None, False),
    ("number", "3", {"equals": "{{ expected }}"}, "three", None),
    ("number", "1" * 500, {}, None, False),
    ("grounded", "5 mg", {"in": ["name"], "allow": ["{{ expected }}"]}, "5 mg", True),
    ("grounded", "5 g", {"in": ["name"], "allow": ["{{ expected }}"]}, "5 mg", False),
    ("grounded", "12/03/2026, 14:30, “not a word there”", {"in": ["name", "tags"]}, None, False),
    ("grounded", "1 2 3 4 5 6", {"in": ["name"]}, None, False),
    ("grounded", "none", {"in": ["name"]}, None, True),
    ("grounded", "5", {"in": ["missing"]}, None, None),
    ("grounded", "1 " * 60_000, {"in": ["name"]}, None, None),
    ("grounded", '"a b c" ' + "".join(f'"a b {n}x" ' for n in range(600)), {"in": ["name"]}, None, None),
]


@pytest.mark.parametrize(("kind", "answer", "options", "expected", "value"), TABLE)
def test_value(kind: str, answer: str, options: dict[str, Any], expected: Any, value: bool | None) -> None:
    result = judge(kind, answer, options, expected)
    assert result.value is value, result.reason
    assert 0 < len(result.reason) <= 500
    assert result.reason.isprintable()


def test_every_kind_is_in_the_table() -> None:
    combined = {"all", "any", "weighted", "formula", "judge"}
    of_safety = {"no-secret", "refusal", "canary"}
    of_the_call = {"tokens", "cost", "latency", "finish-reason", "tool-calls"}
    tested = {row[0] for row in (*TABLE, *TEXT_TABLE, *STRUCTURE_TABLE)}
    assert tested | {"no-personal-data"} | combined | of_the_call | of_safety | {"python", "value"} == set(MODULES)


@pytest.mark.parametrize(("kind", "answer", "options", "expected", "value"), TABLE)
def test_negate_turns_round_what_is_scored(
    kind: str, answer: str, options: dict[str, Any], expected: Any, value: bool | None
) -> None:
    if "negate" not in options and (kind == "json-path" or "path" not in options):
        assert judge(kind, answer, {**options, "negate": True}, expected).value is (
            None if value is None else not value
        )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("RIB : FR76 3000 6000 0112 3456 7890 189 merci", "an IBAN"),
        ("card 4111 1111 1111 1111 12/28", "a payment card"),
        ("4111-1111-1111-1111", "a payment card"),
        ("3782 822463 10005", "a payment card"),
        ("2 95 10 99 126 111 93", "a French social security number"),
        ("732 829 320 00074", "a SIRET"),
        ("SIRET 73282932000074", "a SIRET"),
        ("write to jane.doe+x@mail.example.org.", "an e-mail address"),
        ("06 39 98 12 34", "a telephone number"),
        ("0639981234", "a telephone number"),
        ("+33 (0)1 99 00 12 34", "a telephone number"),
        ("+44 20 7946 0958", "a telephone number"),
        ("020 7946 0958", "a telephone number"),
        ("(555) 234-5678", "a telephone number"),
    ],
)
def test_personal_data_is_found_and_masked(text: str, what: str) -> None:
    result = judge("no-personal-data", text, {})
    assert result.value is False
    assert what in result.reason
    digits = "".join(character for character in text if character.isdigit())
    shown = "".join(character for character in result.reason if character.isdigit())
    assert "jane" not in result.reason
    assert not digits or len(shown) <= 4


@pytest.mark.parametrize(
    "text",
    [
        "1 234 567,89 €",
        "+12 345 678 €",
        "01/02/2026, 01.02.2026, 2026-02-01 18:34:05",
        "order 4111111111111112",
        "73282932000074",
        "FR76 3000 6000 0112 3456 7890 188",
        "2 95 10 99 126 111 94",
        "0.4111111111111111",
        "@mention and a@b",
        "between 10 and 12 working days, article 6(1)(c), line 1234567890123456789012",
    ],
)
def test_what_only_looks_like_personal_data_passes(text: str) -> None:
    assert judge("no-personal-data", text, {}).value is True


def test_allowed_values_may_occur_however_they_are_written() -> None:
    options = {"allow": ["+33 1 99 00 12 34", "{{ expected }}"]}
    assert (
        judge("no-personal-data", "call +33199001234 or help@bank.example", options, "HELP@bank.example").value is True
    )
    assert judge("no-personal-data", "call +33199001235", options, "x").value is False


def test_kinds_narrow_the_search() -> None:
    assert judge("no-personal-data", "a@b.fr", {"kinds": ["iban", "phone"]}).value is True


def test_secrets_and_personal_data_in_an_answer_in_json() -> None:
    token = "ghp_Zx81kQm4TvB7nRw2YcL9sHd5PjF3gKa6UeXo"
    for text in (json.dumps({"a": f"x\n{token}"}), json.dumps(json.dumps({"a": f"x\t{token}"}))):
        assert judge("no-secret", text, {}).value is False
        assert judge("no-secret", text, {"allow": [token]}).value is True
    assert judge("no-secret", r'{"url": "mysql:\/\/app:Tr0ub4dor@db.banque.fr"}', {}).value is False
    assert judge("no-secret", '{"a": "x\\npassword: Tr0ub4dor&3xY"}', {"assigned": True}).value is False
    for value in ("marie.durand@orange.fr", "06 12 93 47 85", "DE75512108001245126199"):
        text = json.dumps({"a": f"Écrire :\n{value}\tou"})
        assert judge("no-personal-data", text, {}).value is False
        assert judge("no-personal-data", text, {"allow": [value]}).value is True
    assert "m…@orange.fr" in judge("no-personal-data", r"a\nmarie.durand@orange.fr", {}).reason
    assert judge("no-personal-data", "page id 378282246310005", {}).value is True
    assert judge("no-personal-data", "4970101234567893", {}).value is False


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("equal", {"value": "x"}, "no evaluator type `equal`"),
        ("equals", {"value": "{{ x"}, "never closed"),
        ("equals", {"value": "{{ answer }}"}, "an evaluator cannot use `answer`"),
        ("regex", {"pattern": "a)|(b"}, "malformed"),
        ("regex", {"pattern": "a{999999999}"}, r"`a\{999999999\}` is too large"),
        ("regex", {"pattern": "a{3,1}"}, r"`a\{3,1\}` is malformed"),
        ("regex", {"pattern": "(a"}, r"`\(a` is malformed"),
        ("json-path", {"path": "$.a."}, "malformed"),
        ("contains", {"path": "$.a.", "value": "x"}, "malformed"),
        ("json-path", {"path": "$[?match(@, 'a')]"}, "match"),
        ("json-path", {"path": "$[?" + "(" * 490}, "malformed|nested"),
        ("json-schema", {}, "no schema"),
        ("json-schema", {"schema": {"type": "text"}}, "malformed"),
        ("json-schema", {"schema": {"$ref": "file:///etc/passwd"}}, "outside"),
        ("json-schema", {"schema": {"$ref": "#/$defs/none"}}, "does not exist"),
        ("number", {"equals": "many"}, "not a number"),
        ("length", {"unit": "words", "separator": "*"}, "`unit` is words"),
        ("label", {"labels": ["Card", "card"]}, "equal"),
        ("label", {"labels": ["card", "..."]}, "punctuation"),
    ],
)
def test_wrong_options_are_refused_in_one_line(kind: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(PromptsteadError, match=message) as caught:
        judge(kind, "x", options)
    assert caught.value.location == "x.prompt.yml"
    assert "\n" not in str(caught.value)


def test_a_schema_whose_references_multiply_is_refused() -> None:
    defs: dict[str, Any] = {f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(40)}
    with pytest.raises(PromptsteadError, match="parts"):
        judge("json-schema", '"x"', {"schema": {"$ref": "#/$defs/d0", "$defs": {**defs, "d40": {}}}})


def test_a_recursive_schema_is_fine() -> None:
    schema = {"type": "object", "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}}
    assert judge("json-schema", '{"left": {"right": {}}}', {"schema": schema}).value is True
    assert judge("json-schema", '{"left": {"right": 1}}', {"schema": schema}).value is False


def test_an_answer_that_is_too_long_is_unscored_by_every_kind() -> None:
    tests: dict[str, dict[str, Any]] = {"length": {"max": 1}, "no-personal-data": {}, "regex": {"pattern": "a"}}
    for kind, options in tests.items():
        result = judge(kind, "a" * (MAX_CHARACTERS + 1), options)
        assert result.value is None
        assert "longer" in result.reason


@pytest.mark.parametrize(
    ("kind", "options", "unit", "value"),
    [
        *(("no-personal-data", {}, unit, True) for unit in ("1 ", "a", "FR76", "a@", "+1 1", "a.", "0 1", "1")),
        *(("count", {"element": "highlights", "max": 0}, unit, True) for unit in ("*", "*a", "_", " *", "**a ")),
        *(("count", {"element": "placeholders", "max": 0}, unit, True) for unit in ("[", "]", "[a")),
        *(("count", {"element": "bullets", "max": 0}, unit, True) for unit in ("* ", " ", "\n ", "-")),
        *(("count", {"element": "titles", "max": 0}, unit, True) for unit in ("<", "<<a")),
        *(("count", {"element": "links", "max": 0}, unit, True) for unit in ("[a]", "[a](")),
        *(("count", {"text": "a" * 999 + "b", "whole_words": True, "max": 0}, unit, True) for unit in ("a",)),
        *(("count", {"text": "a" * 999, "whole_words": True, "max": 0}, unit, True) for unit in ("a", "-a")),
        *(("language", {"is": "en"}, unit, None) for unit in ("`", "```\n", " ", "1 ")),
        *(("readability", {"formula": "flesch", "min": 0}, unit, None) for unit in (".", "! ")),
        *(("casing", {"case": "upper"}, unit, False) for unit in ("a", "1")),
        *(("number", {}, unit, False) for unit in ("1", "-", "1.,")),
        *(("length", {"unit": "sentences", "max": 1}, unit, True) for unit in (".", "a.", ".)", "!")),
        *(("json", {"fenced": True}, unit, False) for unit in ("[", '"\\', "```\n", "{")),
    ],
)
def test_a_long_hostile_answer_takes_linear_time(kind: str, options: dict[str, Any], unit: str, value: bool) -> None:
    """Hold every pattern to linear time: a quadratic one would need minutes here."""
    result = judge(kind, unit * (400_000 // len(unit)), options)
    assert result.value is (value if (kind, unit) != ("number", "1.,") else True)


def test_a_crash_is_unscored(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(self: Answer, fenced: bool = False) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(Answer, "json", crash)
    result = judge("json", "1", {})
    assert result.value is None
    assert "ZeroDivisionError" in result.reason
