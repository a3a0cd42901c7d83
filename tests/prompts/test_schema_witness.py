"""Two implementations of JSON Schema about one contract: they agree, or the keyword is named; and it ends."""

import http.server
import threading
from typing import Any

import pytest

from promptstead.errors import PromptsteadError
from promptstead.prompts.schema_witness import Budget, Spent, Witness
from promptstead.prompts.value_schema import validator_class, value_validator

DRAFT = "http://json-schema.org/draft-{}/schema#"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "object", "required": ["a"], "properties": {"a": {"enum": [1, 2]}}}, {"a": 3}),
        ({"multipleOf": 0.1}, 0.5),
        ({"uniqueItems": True}, [1, True, {"a": 1}, {"a": 1.0}]),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"type": ["string", "null"]}}}, None),
        ({"format": "date"}, "no date"),
        ({"unevaluatedProperties": False, "allOf": [{"properties": {"a": True}}]}, {"b": 1}),
        (False, 1),
    ],
)
def test_they_agree(schema: Any, value: Any) -> None:
    witness = Witness(schema, Budget())
    assert witness.disagreement is None
    assert witness.problem == ""
    assert witness.differs(value) is None


@pytest.mark.parametrize(
    ("schema", "value", "keyword"),
    [
        ({"pattern": "^[0-9]+$"}, "1\n", "pattern"),
        ({"properties": {"a": {"pattern": "^a$"}}}, {"a": "a\n"}, "pattern"),
        ({"additionalProperties": False, "patternProperties": {"^a$": True}}, {"a\n": 1}, "additionalProperties"),
    ],
)
def test_they_differ_about_a_value(schema: Any, value: Any, keyword: str) -> None:
    found = Witness(schema, Budget()).differs(value)
    assert found is not None
    assert found.keyword == keyword
    assert {found.reference.split(":")[0], found.own.split(":")[0]} == {"accepts it", "says"}


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({"pattern": r"^\p{L}+$"}, "pattern"),
        ({"items": {"patternProperties": {r"\p{L}": {}}}}, "patternProperties"),
        ({"$schema": DRAFT.format("03"), "type": "any"}, "$schema"),
    ],
)
def test_they_differ_about_a_schema(schema: Any, keyword: str) -> None:
    found = Witness(schema, Budget()).disagreement
    assert found is not None
    assert found.keyword == keyword


@pytest.mark.parametrize("schema", [{"type": "objekt"}, {"$ref": "#/$defs/none"}, {"$ref": "other.json"}])
def test_what_both_refuse_is_a_problem(schema: Any) -> None:
    witness = Witness(schema, Budget())
    assert witness.problem
    assert witness.differs(1) is None


@pytest.mark.parametrize(
    ("draft", "schema", "good", "bad"),
    [
        ("04", {"minimum": 1, "exclusiveMinimum": True}, 2, 1),
        ("06", {"items": [{"type": "string"}], "additionalItems": False}, ["a"], ["a", 1]),
        ("07", {"dependencies": {"a": ["b"]}}, {"a": 1, "b": 2}, {"a": 1}),
        ("07", {"definitions": {"a": {"const": 1}}, "$ref": "#/definitions/a"}, 1, 2),
    ],
)
def test_the_draft_is_the_one_that_the_schema_names(draft: str, schema: Any, good: Any, bad: Any) -> None:
    named = {"$schema": DRAFT.format(draft), **schema}
    assert value_validator(named).is_valid(good)
    assert not value_validator(named).is_valid(bad)
    witness = Witness(named, Budget())
    assert (witness.disagreement, witness.problem) == (None, "")
    assert [witness.differs(value) for value in (good, bad)] == [None, None]


@pytest.mark.parametrize("named", ["http://example.org/x", DRAFT.format("03"), 7])
def test_a_draft_that_nobody_knows_is_refused(named: Any) -> None:
    with pytest.raises(PromptsteadError, match=r"names a draft .* \(write it in draft 2020-12\)"):
        validator_class({"$schema": named})


LIST = {"list": {"items": {"$ref": "#/$defs/a0"}}}


def doubling(depth: int) -> dict[str, Any]:
    """Return a schema whose references, written out, are 2 to the power of *depth* parts."""
    names = [f"a{number}" for number in range(depth)]
    pairs = zip(names, [*names[1:], "end"], strict=True)
    definitions = {name: {"allOf": [{"$ref": f"#/$defs/{other}"}] * 2} for name, other in pairs}
    return {"$ref": "#/$defs/a0", "$defs": {**definitions, "end": {"type": "integer"}}}


def test_what_multiplies_is_refused() -> None:
    assert "parts when its references are written out" in Witness(doubling(40), Budget()).problem


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"pattern": "^(a+)+$"}, "a" * 40 + "b"),
        ({"patternProperties": {"^(a+)+$": True}}, {"a" * 40 + "b": 1}),
        ({"patternProperties": {"^(a+)+$": True}, "additionalProperties": False}, {"a" * 40 + "b": 1}),
        ({"propertyNames": {"pattern": "(x+x+)+y"}}, {"x" * 50: 1}),
        (doubling(12) | {"$ref": "#/$defs/list", "$defs": {**doubling(12)["$defs"], **LIST}}, [1] * 10_000),
        ({"uniqueItems": True}, [{"a": number} for number in range(100_000)]),
        ({"$schema": DRAFT.format("07"), "items": {"$schema": DRAFT.format("07"), "pattern": "^(a+)+$"}}, ["a" * 40]),
        ({"$ref": "#"}, 1),
    ],
)
def test_what_would_not_end_is_broken_off(schema: Any, value: Any) -> None:
    with pytest.raises(Spent):
        Witness(schema, Budget(10_000_000)).differs(value)


def test_one_budget_is_for_all() -> None:
    budget = Budget(1_000_000)
    witness = Witness({"pattern": "^a*$"}, budget)
    before = budget.left
    assert witness.differs("aaaa") is None
    assert budget.left < before
    budget.left = 100
    with pytest.raises(Spent):
        witness.differs("aaaa")
    with pytest.raises(Spent):
        Witness({}, budget)


def test_nothing_is_fetched() -> None:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/x.json"
        for schema in ({"$ref": address}, {"$id": address, "$ref": "y.json"}, {"$schema": address}, {"$id": address}):
            Witness(schema, Budget()).differs(1)
        server.shutdown()
    assert asked == []
