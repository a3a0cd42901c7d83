"""What a check reads of an answer and of its case, as far as its options say."""

from typing import Any

import pytest

from promptstead.evaluators.shared.reads import Query, read_of_answer, read_of_case
from promptstead.model import EvaluatorSpec


def spec(kind: str, **options: Any) -> EvaluatorSpec:
    return EvaluatorSpec("named", kind, options, "a.prompt.yml", ())


@pytest.mark.parametrize(
    ("check", "read"),
    [
        (spec("json-path", path="$.mood", equals="good"), ("mood",)),
        (spec("json-path", path="$['mood'].parts[0]"), ("mood", "parts", 0)),
        (spec("contains", path="$.lines[*].text", value="x"), ("lines", 0, "text")),
        (spec("label", path="$.lines[1:].kind", labels=["a"]), ("lines", 0, "kind")),
        (spec("json-path", path="$"), ()),
        (
            spec("json-path", path="$.lines[?@.id > 1].text"),
            Query(frozenset({"lines", "id", "text"}), everything=False),
        ),
        (spec("json-path", path="$..mood"), Query(frozenset({"mood"}), everything=True)),
        (spec("length", max=9), ()),
        (spec("equals", value="x"), ()),
        (spec("contains", value="x"), None),
        (spec("no-secret"), None),
        (spec("judge", path="$.grade", prompt="judges/tone"), None),
    ],
)
def test_of_the_answer(check: EvaluatorSpec, read: Any) -> None:
    assert read_of_answer(check) == read


def test_of_the_case() -> None:
    options = {"equals": "{{ expected.mood }}", "in": ["{{ inputs.shop.name }} or {{ expected }}"], "max": 3}
    assert list(read_of_case(options)) == [("expected", "mood"), ("inputs", "shop", "name"), ("expected",)]
    assert list(read_of_case({"value": "{{ expected."})) == []
