"""How Acme writes to its customers: an evaluator, a rule and a format for promptstead."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from promptstead.extend import Answer, Case, Evaluator, Finding, Format, Prompt, Result, Rule


def polite(answer: Answer, options: Mapping[str, Any], case: Case) -> Result:
    """Judge whether the answer has none of the words that Acme does not use."""
    said = set(re.findall(r"\w+", answer.text.casefold()))
    words = [word for word in options["words"] if word.casefold() in said]
    return Result(not words, f"it says {', '.join(words)}" if words else "it says none of them")


POLITE = Evaluator(
    polite,
    "The answer has none of the words that Acme does not use.",
    options={
        "type": "object",
        "additionalProperties": False,
        "required": ["words"],
        "properties": {"words": {"type": "array", "minItems": 1, "items": {"type": "string"}}},
    },
)


def shouting(prompt: Prompt) -> Iterator[Finding]:
    """Find words of four and more capitals in the texts of a prompt.

    Models take capitals for weight and forget what stands beside them. Say why a thing matters.
    """
    for text in prompt.texts:
        for match in re.finditer(r"\b[A-Z]{4,}\b", text.text):
            message = f"`{match[0]}` shouts at the model"
            yield text.finding(message, *match.span(), hint="say why it matters")


SHOUTING = Rule(
    shouting,
    "shouting",
    "words of four and more capitals",
    levels={"edit": "warning", "review": "error"},
)


def table(document: Mapping[str, Any]) -> str:
    """Write one line for each finding, each prompt and model of a run, each prompt of a review."""
    if document["format"] == "promptstead/lint/v1":
        found, columns = document["findings"], ["path", "line", "code"]
    elif document["format"] == "promptstead/eval/v2":
        found, columns = document["results"], ["path", "model", "violated"]
    else:
        found, columns = document["prompts"], ["path", "outcome"]
    return "".join("\t".join(str(each[column]) for column in columns) + "\n" for each in found)


TABLE = Format(
    table,
    "One line for each finding, prompt or model, columns parted by tabs.",
    documents=("promptstead/lint/v1", "promptstead/eval/v2", "promptstead/review/v2"),
)
