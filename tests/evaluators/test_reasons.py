"""What every kind of evaluator says is a sentence of the tables, in English and in French."""

from collections.abc import Iterator
from typing import Any

import pytest

from promptstead.errors import PromptsteadError
from promptstead.evaluators.registry import MODULES, prepare
from promptstead.evaluators.shared.answer import MAX_CHARACTERS, Answer
from promptstead.evaluators.shared.helpers import Helpers
from promptstead.evaluators.shared.results import Result
from promptstead.model import Case, EvaluatorSpec, Sample, Usage
from promptstead.words.sentence import OWN_WORDS, Sentence, say
from promptstead.words.sentence_json import read_sentence, sentence_json
from tests.evaluators.judged import judge
from tests.evaluators.test_registry import TABLE as BASIC_TABLE
from tests.evaluators.test_run_evaluators import UNKNOWN, USED, call
from tests.evaluators.test_structure_evaluators import TABLE as STRUCTURE_TABLE
from tests.evaluators.test_text_evaluators import TABLE as TEXT_TABLE
from tests.evaluators.test_text_evaluators import skip_without_metrics

TABLE: list[tuple[str, str, dict[str, Any], Any, Any]] = [*BASIC_TABLE, *STRUCTURE_TABLE, *TEXT_TABLE]
NAMES = [f"{index}-{kind}" for index, (kind, *_) in enumerate(TABLE)]
MORE: list[tuple[str, dict[str, Any], Sample]] = [
    ("tokens", {"max": 119}, USED),
    ("tokens", {}, Sample("x", usage=Usage(1, 0))),
    ("tokens", {}, UNKNOWN),
    ("cost", {}, USED),
    ("cost", {"max": 0.001}, USED),
    ("cost", {}, UNKNOWN),
    ("latency", {"min": 2}, USED),
    ("latency", {}, USED),
    ("latency", {}, UNKNOWN),
    ("finish-reason", {}, USED),
    ("finish-reason", {"in": ["length"]}, USED),
    ("finish-reason", {}, UNKNOWN),
    ("tool-calls", {"none": True}, UNKNOWN),
    ("tool-calls", {"none": True}, Sample("", tool_calls=tuple(map(call, "abcdefg")))),
    ("tool-calls", {"allowed": []}, Sample("", tool_calls=(call("a"),))),
    ("tool-calls", {"calls": [{"name": "a"}]}, Sample("", tool_calls=(call("b"),))),
    ("tool-calls", {"calls": [{"name": "a"}]}, UNKNOWN),
    ("tool-calls", {"calls": [{"name": "a"}], "match": "in-order"}, UNKNOWN),
    ("tool-calls", {"calls": [{"name": "a"}], "match": "any-order"}, UNKNOWN),
    ("tool-calls", {"calls": [{"name": "a", "arguments": {"x": 1}}]}, Sample("", tool_calls=(call("a", "{"),))),
    ("tool-calls", {"calls": [{"name": "a", "arguments": {"x": 1}}]}, Sample("", tool_calls=(call("a"),))),
    ("tool-calls", {"calls": [{"name": "a", "includes": {"x": 1}}]}, Sample("", tool_calls=(call("a"),))),
    ("tool-calls", {"calls": [{"name": "a", "includes": {"x": 1}}]}, Sample("", tool_calls=(call("a", '{"x":2}'),))),
    ("tool-calls", {"calls": [{"name": "a"}]}, Sample("", tool_calls=(call("a"),))),
    ("canary", {"texts": ["zebra-quartz-4417"]}, Sample("zebra-quartz-4417")),
    ("canary", {"texts": ["zebra-quartz-4417"]}, Sample("x")),
    ("canary", {"texts": [" "]}, Sample("x")),
    ("refusal", {}, Sample("I cannot help with that.")),
    ("refusal", {"expect": False}, Sample("", "refusal")),
    ("refusal", {"empty": True}, Sample("")),
    ("refusal", {}, Sample("Here it is.")),
    ("refusal", {"expect": "{{ inputs.name }}"}, Sample("Here it is.")),
    ("no-secret", {"assigned": True}, Sample("ghp_" + "a1B2" * 9 + " password: Tr0ub4dor&3xY")),
    ("no-secret", {}, Sample("none")),
    ("no-personal-data", {}, Sample("a.b@example.org, c.d@example.org, e@example.org, f@example.org, 06 12 34 56 78")),
    ("no-personal-data", {}, Sample("none")),
    ("equals", {"value": "x"}, Sample("x" * (MAX_CHARACTERS + 1))),
]
RESULTS = {
    "yes": Result(True, say("evaluators.is-json")),
    "no": Result(False, say("evaluators.surrogate")),
    "open": Result(None, say("evaluators.no-words")),
    "half": Result(0.5, say("evaluators.words", n=3)),
    "good": Result("good", say("evaluators.label-is", label="good")),
}
COMBINED: list[tuple[str, dict[str, Any]]] = [
    ("all", {"of": ["yes"]}),
    ("all", {"of": ["yes", "no"]}),
    ("all", {"of": ["yes", "half"]}),
    ("all", {"of": ["yes", "missing"]}),
    ("all", {"of": ["yes"], "negate": True}),
    ("any", {"of": ["yes", "no"]}),
    ("any", {"of": ["no", "open"]}),
    ("weighted", {"of": {"yes": 1, "half": 2}}),
    ("weighted", {"of": {"yes": 1}, "threshold": 0.5}),
    ("weighted", {"of": {"good": 1}}),
    ("weighted", {"of": {"open": 1}}),
    ("formula", {"formula": "half * 2 / 3"}),
    ("formula", {"formula": "yes"}),
    ("formula", {"formula": "no"}),
    ("formula", {"formula": "good"}),
    ("formula", {"formula": "half and yes"}),
    ("formula", {"formula": "good + 1"}),
    ("formula", {"formula": "good < 1"}),
    ("formula", {"formula": "1 / 0"}),
]
FUNCTIONS = [None, True, [1], float("nan"), {"value": "x", "reason": ""}]
ALIKE = {"evaluators.formula-number", "evaluators.calls"}
"""Sentences without a word that a language could change."""
OF_OTHERS = {"evaluators.at", "evaluators.at-path", "evaluators.crashed", "evaluators.evaluator-needs"}
"""Sentences that hold what a parser, a validator, an exception or a template said, in its own words."""


def inside(said: Sentence) -> Iterator[tuple[Sentence, Sentence]]:
    """Yield each sentence within a sentence, with the one around it."""
    for value in said.arguments.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Sentence):
                yield said, each
                yield from inside(each)


def look_at(said: Sentence) -> None:
    assert said.code.startswith("evaluators."), said
    assert said.code in ALIKE or said.to("fr") != said, said
    assert said.to("fr").replace("\u202f", " ").isprintable()
    for outer, inner in inside(said):
        assert inner.code != OWN_WORDS or outer.code in OF_OTHERS, (outer, inner)
    assert all(len(value) <= 500 for value in said.arguments.values() if isinstance(value, str))
    again = read_sentence(sentence_json(said))
    assert (again, again.to("fr"), again.code) == (said, said.to("fr"), said.code)


@pytest.mark.parametrize(("kind", "answer", "options", "expected", "value"), TABLE, ids=NAMES)
def test_what_is_said_of_a_text(kind: str, answer: str, options: dict[str, Any], expected: Any, value: object) -> None:
    if kind in ("language", "similarity"):
        skip_without_metrics()
    look_at(judge(kind, answer, options, expected).reason)


@pytest.mark.parametrize(("kind", "options", "sample"), MORE, ids=[f"{i}-{kind}" for i, (kind, *_) in enumerate(MORE)])
def test_what_is_said_of_a_call(kind: str, options: dict[str, Any], sample: Sample) -> None:
    check = prepare(EvaluatorSpec("check", kind, options, "x.prompt.yml", ()))
    look_at(check(Answer(sample.output, Case("c", {"name": "Ada"}), sample)).reason)


@pytest.mark.parametrize(("kind", "options"), COMBINED)
def test_what_combinations_say(kind: str, options: dict[str, Any]) -> None:
    answer = Answer("x", Case("c", {}))
    answer.results = RESULTS
    look_at(prepare(EvaluatorSpec("check", kind, options, "x.prompt.yml", ()))(answer).reason)


def test_what_is_said_of_what_a_function_gave() -> None:
    for gave in FUNCTIONS:
        helpers = Helpers(python=lambda name, gave=gave: lambda payload, seconds: gave)  # type: ignore[misc]
        check = prepare(EvaluatorSpec("check", "python", {"function": "a:b"}, "x.prompt.yml", ()), helpers)
        look_at(check(Answer("x", Case("c", {}))).reason)


def test_what_a_function_says_stays_in_its_words() -> None:
    helpers = Helpers(python=lambda name: lambda payload, seconds: {"value": True, "reason": "too\nshort" * 999})
    check = prepare(EvaluatorSpec("check", "python", {"function": "a:b"}, "x.prompt.yml", ()), helpers)
    said = check(Answer("x", Case("c", {}))).reason
    assert (said.code, said[:10], len(said)) == (OWN_WORDS, r"too\nshort", 500)


def test_every_kind_is_looked_at() -> None:
    """What a judge says is looked at where judges answer, ``tests/commands/test_judges.py``; ``value``'s in its own."""
    seen = {kind for kind, *_ in TABLE} | {kind for kind, *_ in MORE} | {kind for kind, _ in COMBINED}
    assert seen | {"python", "judge", "value"} == set(MODULES)


def test_what_is_wrong_with_an_evaluator_is_said_in_french() -> None:
    with pytest.raises(PromptsteadError) as refused:
        prepare(EvaluatorSpec("brief", "length", {"min": 3, "max": 2.5}, "x.prompt.yml", ()))
    assert isinstance(refused.value.message, Sentence)
    assert refused.value.message.to("fr") == "évaluateur `brief` : `min` (3) est supérieur à `max` (2,5)"


def test_quotes_are_arguments_and_numbers_are_written_in_french() -> None:
    said = judge("equals", "b`d\n", {"value": "good"}).reason
    assert (said.code, said.arguments) == ("evaluators.expected", {"wanted": "good", "got": "b`d"})
    assert judge("length", "x" * 12_345, {"max": 1_000}).reason.to("fr") == (
        "attendu : au plus 1\u202f000 ; obtenu : 12\u202f345 caractères"
    )
