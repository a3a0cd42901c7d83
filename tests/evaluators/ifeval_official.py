"""IFEval's recipes against its own checker: ``python -m tests.evaluators.ifeval_official OFFICIAL.json``.

The file holds, for each of the 541 prompts, the answer of a model and what the official code said of each instruction:
a list of ``{"key", "prompt", "ids", "kwargs", "response", "official"}``. It prints how many prompts differ, by kind.
Where *pages* says so the recipes of tooling/docs/ifeval.md are meant, with the values of the instruction.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from promptstead.evaluators.registry import prepare
from promptstead.evaluators.shared.answer import Answer
from promptstead.model import Case, EvaluatorSpec

Options = dict[str, Any]
Arguments = dict[str, Any]
POSTSCRIPTS = {"P.S.": r"p\.\s?s\.", "P.P.S": r"p\.\s?p\.\s?s"}
CAPITALS = r"(?:^|[^\p{L}\p{N}])\p{Lu}+(?=[^\p{L}\p{N}]|$)"


def bounds(relation: str, count: int) -> Options:
    """Return the bounds of "at least" and "less than"."""
    return {"min": count} if relation == "at least" else {"max": count - 1}


def exactly(count: int) -> Options:
    """Return the bounds of a number."""
    return {"min": count, "max": count}


def paragraphs(arguments: Arguments) -> list[Options]:
    """Return the checks of an n-th paragraph that starts with a word."""
    count = arguments["num_paragraphs"]
    word = arguments["first_word"]
    return [
        {"type": "length", "unit": "paragraphs", "min": count, "max": count},
        {
            "type": "regex",
            "part": {"separator": "\n\n", "number": arguments["nth_paragraph"]},
            "pattern": rf"^[\s\"'“‘(*_]*{escaped(word)}(?![\w])",
            "ignore_case": True,
        },
    ]


def escaped(text: str) -> str:
    """Return a literal text as a pattern."""
    return re.escape(text)


RECIPES: dict[str, Callable[[Arguments], list[Options]]] = {
    "keywords:existence": lambda a: [{"type": "contains", "all": a["keywords"], "ignore_case": True}],
    "keywords:frequency": lambda a: [
        {"type": "count", "text": a["keyword"], "ignore_case": True, **bounds(a["relation"], a["frequency"])}
    ],
    "keywords:forbidden_words": lambda a: [
        {"type": "count", "text": a["forbidden_words"], "whole_words": True, "ignore_case": True, "max": 0}
    ],
    "keywords:letter_frequency": lambda a: [
        {"type": "count", "text": a["letter"], "ignore_case": True, **bounds(a["let_relation"], a["let_frequency"])}
    ],
    "language:response_language": lambda a: [{"type": "language", "is": a["language"]}],
    "length_constraints:number_paragraphs": lambda a: [
        {
            "type": "length",
            "unit": "paragraphs",
            "separator": "***",
            "min": a["num_paragraphs"],
            "max": a["num_paragraphs"],
        }
    ],
    "length_constraints:number_words": lambda a: [
        {"type": "length", "unit": "words", **bounds(a["relation"], a["num_words"])}
    ],
    "length_constraints:number_sentences": lambda a: [
        {"type": "length", "unit": "sentences", **bounds(a["relation"], a["num_sentences"])}
    ],
    "length_constraints:nth_paragraph_first_word": paragraphs,
    "detectable_content:postscript": lambda a: [
        {
            "type": "regex",
            "pattern": r"p\.\s?p\.\s?s" if a["postscript_marker"] == "P.P.S" else r"p\.\s?s\.",
            "ignore_case": True,
        }
    ],
    "detectable_content:number_placeholders": lambda a: [
        {"type": "count", "element": "placeholders", "min": a["num_placeholders"]}
    ],
    "detectable_format:number_bullet_lists": lambda a: [
        {"type": "count", "element": "bullets", "min": a["num_bullets"], "max": a["num_bullets"]}
    ],
    "detectable_format:title": lambda a: [{"type": "count", "element": "titles", "min": 1}],
    "detectable_format:constrained_response": lambda a: [
        {"type": "contains", "any": ["My answer is yes.", "My answer is no.", "My answer is maybe."]}
    ],
    "detectable_format:number_highlighted_sections": lambda a: [
        {"type": "count", "element": "highlights", "min": a["num_highlights"]}
    ],
    "detectable_format:multiple_sections": lambda a: [
        {"type": "regex", "pattern": rf"(?:{escaped(a['section_spliter'])}\s?\d[\s\S]*){{{a['num_sections']}}}"}
    ],
    "detectable_format:json_format": lambda a: [{"type": "json", "fenced": True}],
    "combination:repeat_prompt": lambda a: [
        {"type": "contains", "at": "start", "value": a["prompt_to_repeat"], "ignore_case": True}
    ],
    "combination:two_responses": lambda a: [
        {"type": "length", "unit": "paragraphs", "separator": "******", "min": 2, "max": 2, "distinct": True}
    ],
    "change_case:english_capital": lambda a: [{"type": "casing", "case": "upper"}],
    "change_case:english_lowercase": lambda a: [{"type": "casing", "case": "lower"}],
    "change_case:capital_word_frequency": lambda a: [
        {
            "type": "regex",
            "pattern": rf"(?:{CAPITALS}[\s\S]*?){{{a['capital_frequency']}}}",
            "negate": a["capital_relation"] != "at least",
        }
    ],
    "startend:end_checker": lambda a: [
        {"type": "regex", "pattern": rf"{escaped(a['end_phrase'].strip())}[\"”]?\s*$", "ignore_case": True}
    ],
    "startend:quotation": lambda a: [
        {"type": "regex", "pattern": r'\s*("[\s\S]+"|“[\s\S]+”|«[\s\S]+»)\s*', "full": True}
    ],
    "punctuation:no_comma": lambda a: [{"type": "contains", "value": ",", "negate": True}],
}


def holds(options: Options, text: str) -> bool | None:
    """Return what one evaluator says of an answer."""
    spec = EvaluatorSpec("e", options["type"], options, "x.prompt.yml", ())
    value = prepare(spec)(Answer(text, Case("c", {}))).value
    assert value is None or isinstance(value, bool)
    return value


def main(path: str) -> None:
    """Print how many prompts differ, and where."""
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)
    differing: set[int] = set()
    kinds: Counter[str] = Counter()
    for row in rows:
        for kind, arguments, official in zip(row["ids"], row["kwargs"], row["official"], strict=True):
            said = [holds(each, row["response"]) for each in RECIPES[kind](arguments)]
            ours = bool(row["response"].strip()) and all(each is not False and each is not None for each in said)
            if ours != official:
                differing.add(row["key"])
                kinds[kind] += 1
                if "-v" in sys.argv:
                    print(row["key"], kind, arguments, "official", official, "ours", said, repr(row["response"][:300]))
    print(f"{len(differing)} of {len(rows)} prompts differ: {dict(kinds.most_common())}")


if __name__ == "__main__":
    main(sys.argv[1])
