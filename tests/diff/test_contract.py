"""What a change means for callers."""

from typing import Any

import pytest

from promptstead.diff.contract import compare_contracts
from promptstead.model import Input, Message, Prompt
from tests.diff.prompts import BASE, message

SCHEMA: dict[str, Any] = dict(BASE.output_schema or {})
TEXT, DAY = BASE.inputs["text"], BASE.inputs["day"]
TOOL: dict[str, Any] = dict(BASE.tools[0])


def with_inputs(*inputs: Input) -> Prompt:
    return BASE._replace(inputs={found.name: found for found in inputs})


def with_output(**keywords: Any) -> Prompt:
    return BASE._replace(output_schema={**SCHEMA, **keywords})


@pytest.mark.parametrize(
    ("new", "consequence", "text"),
    [
        (with_inputs(TEXT), "breaking", "input `day` removed"),
        (with_inputs(TEXT, DAY, Input("more", {})), "breaking", "input `more` added and required"),
        (
            with_inputs(TEXT, DAY, Input("more", {}, required=False)),
            "compatible",
            "input `more` added, may be left out",
        ),
        (with_inputs(TEXT, DAY._replace(required=True)), "breaking", "input `day` is required now"),
        (with_inputs(TEXT._replace(required=False), DAY), "compatible", "input `text` may be left out now"),
        (with_inputs(TEXT, DAY._replace(default="y")), "compatible", "input `day` has another default"),
        (
            with_inputs(TEXT._replace(schema={"type": "string", "maxLength": 9}), DAY),
            "breaking",
            "maximum length lowered",
        ),
        (with_inputs(TEXT._replace(schema={"type": "string"}), DAY), "compatible", "maximum length raised"),
        (with_inputs(TEXT._replace(schema={**TEXT.schema, "pattern": "a"}), DAY), "breaking", "`pattern` added"),
        (BASE._replace(output_format="text", output_schema=None), "breaking", "answers are text now, not json"),
        (BASE._replace(output_schema=None), "breaking", "output schema removed"),
        (with_output(properties={"kind": {"enum": ["card", "fee", "loan"]}}), "breaking", "`loan` allowed now"),
        (with_output(properties={"kind": {"enum": ["card"]}}), "compatible", "`fee` no longer allowed"),
        (with_output(properties={}), "breaking", "`kind` in answers: no longer described"),
        (with_output(required=[]), "breaking", "`kind` in answers: no longer required"),
        (with_output(properties={**SCHEMA["properties"], "more": {"type": "string"}}), "compatible", "`more`"),
        (with_output(anyOf=[{"minProperties": 1}]), "compatible", "`anyOf` added"),
        (with_output(madeUp=1), "breaking", "cannot tell for output: `madeUp` added"),
        (BASE._replace(tools=()), "breaking", "tool `look_up` removed"),
        (BASE._replace(tools=(TOOL, {"name": "pay"})), "breaking", "tool `pay` added"),
        (BASE._replace(tools=({**TOOL, "parameters": {"type": "object"}},)), "breaking", "`id` in tool `look_up`"),
        (BASE._replace(messages=(Message("", (), slot="history"), *BASE.messages)), "compatible", "earlier turns can"),
        (BASE._replace(id="bank/sorting"), "breaking", "renamed to `bank/sorting`"),
        (BASE._replace(id="bank/sorting", data={"aliases": [BASE.id]}), "compatible", "the former id is an alias"),
    ],
)
def test_consequences(new: Prompt, consequence: str, text: str) -> None:
    contract = compare_contracts(BASE, new)
    assert contract.consequence == consequence
    assert any(text in reason.text and reason.consequence == consequence for reason in contract.reasons)


def test_an_answer_with_a_new_key_breaks_readers_only_where_the_schema_was_closed() -> None:
    closed = {**SCHEMA, "additionalProperties": False}
    more = {**closed, "properties": {**SCHEMA["properties"], "more": {"type": "string"}}}
    before, after = BASE._replace(output_schema=closed), BASE._replace(output_schema=more)
    assert compare_contracts(before, after).consequence == "breaking"
    assert compare_contracts(after, before).consequence == "breaking"


def test_answers_that_follow_a_schema_from_now_on_break_nobody() -> None:
    assert compare_contracts(BASE._replace(output_schema=None), BASE).consequence == "compatible"


def test_history_that_has_no_place_any_more_breaks_callers() -> None:
    before = BASE._replace(messages=(Message("", (), slot="history"), *BASE.messages))
    assert compare_contracts(before, BASE).consequence == "breaking"


def test_a_new_prompt_has_no_callers_and_a_removed_one_fails_them() -> None:
    assert compare_contracts(None, BASE).consequence == "none"
    assert compare_contracts(BASE, None).consequence == "breaking"


def test_words_model_and_annotations_are_no_part_of_the_contract() -> None:
    new = BASE._replace(
        messages=(message("system", "Other words."), BASE.messages[1]),
        model=BASE.model._replace(name="other"),
        inputs={"day": DAY, "text": TEXT._replace(schema={**TEXT.schema, "description": "words"}, trust="trusted")},
    )
    assert compare_contracts(BASE, new).consequence == "none"
    assert compare_contracts(BASE, BASE).reasons == ()


def test_the_gravest_reason_comes_first() -> None:
    new = with_inputs(TEXT._replace(schema={"type": "string"}), DAY, Input("more", {}))
    contract = compare_contracts(BASE, new)
    assert [reason.consequence for reason in contract.reasons] == ["breaking", "compatible"]
    assert contract.consequence == "breaking"
