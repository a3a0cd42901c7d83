"""The page on IFEval: each of its 25 examples passes an answer that follows the instruction and fails one that does
not."""

import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from promptstead.evaluators.registry import prepare
from promptstead.evaluators.shared.answer import Answer
from promptstead.model import Case, EvaluatorSpec
from promptstead.prompts.schema_check import load_schema
from tests.evaluators.test_text_evaluators import skip_without_metrics

PAGE = Path(__file__).parents[2] / "tooling" / "docs" / "ifeval.md"
EXAMPLES: dict[str, dict[str, Any]] = {
    title: yaml.safe_load(text)
    for title, text in re.findall(r"^### ([^\n]+)\n\n```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
}
REQUEST = "Write a poem, please."
ANSWERS = {
    "include keywords": ("Ada, your Refund is on its way.", "Ada, your money is on its way."),
    "keyword frequency": ("Refund? It was refunded.", "A refund, a refund; refunded, a refund."),
    "forbidden words": ("A fair and freely given price.", "It is free!"),
    "letter frequency": ("Quick quiet queen.", "Quick quiet king."),
    "response language": (
        "Votre carte sera remplacée demain matin, sans frais de votre part.",
        "Your card will be replaced tomorrow morning, at no cost to you.",
    ),
    "number of paragraphs": ("One.\n\nStill one.\n***\nTwo.", "One.\n\nTwo."),
    "number of words": ("one two three four five six", "one two three"),
    "number of sentences": ("One. Two!", "One. Two! Three?"),
    "number of paragraphs and the first word of one": ('Yes.\n\n"However", no.', "However, yes.\n\nNo."),
    "postscript": ("Dear Ada. p.s. Call us.", "Dear Ada. PS: call us."),
    "number of placeholders": ("Dear [name], write to [address].", "Dear [name], see [this](page)."),
    "number of bullets": ("* one\n* two\n- three", "* one\n* two"),
    "title": ("<<Joy>>\nA poem.", "Joy\nA poem."),
    "choose from": ("My answer is no.", "My answer is perhaps."),
    "minimum number of highlighted sections": ("*One* and **two**.", "*One* and 2 * 2 * 2."),
    "multiple sections": ("**SECTION 1**\na\nSECTION 2\nb", "SECTION 1\na, and no section 2"),
    "JSON format": ('```json\n{"a": 1}\n```', '{"a": 1,}'),
    "repeat the prompt first": (f"{REQUEST} Roses are red.", "Roses are red."),
    "two responses": ("Yes.\n******\nNo.", "Yes.\n******\nYes."),
    "all capitals": ("ALL OF IT, 100 %!", "ALL of it."),
    "all lower case": ("all of it.", "All of it."),
    "frequency of all-capital words": ("I say NO.", "We say NO."),
    "end checker": (
        "Done. Is there anything else I can help with?\n",
        "Is there anything else I can help with? Tell me.",
    ),
    "quotation": ('"All of it."', '"Some" of "it".x'),
    "no commas": ("Roses are red.", "Roses, red."),
}


def test_there_are_25_and_each_is_tried() -> None:
    assert len(EXAMPLES) == 25
    assert set(EXAMPLES) == set(ANSWERS)


@pytest.mark.parametrize("title", EXAMPLES)
def test_example(title: str) -> None:
    if title == "response language":
        skip_without_metrics()
    schema = load_schema("prompt")
    jsonschema_rs.validate({**schema["$defs"]["evaluators"], "$defs": schema["$defs"]}, EXAMPLES[title])
    good, bad = (holds(EXAMPLES[title], answer) for answer in ANSWERS[title])
    assert good is True
    assert bad is False


def holds(evaluators: dict[str, dict[str, Any]], text: str) -> bool | None:
    values = []
    for name, options in evaluators.items():
        result = prepare(EvaluatorSpec(name, options["type"], options, "x.prompt.yml", ()))(
            Answer(text, Case("c", {"name": "Ada", "request": REQUEST}))
        )
        assert isinstance(result.value, bool), result.reason
        values.append(result.value)
    return all(values)
