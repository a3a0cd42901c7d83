"""Checks of the call itself: tokens, cost, seconds, why it ended, which tools it called."""

from typing import Any

import pytest

from promptstead.evaluators.registry import prepare
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Result
from promptstead.model import Case, EvaluatorSpec, Sample, Usage

CASE = Case("c", {"city": "Lyon"}, {"days": 3}, True)
WEATHER = '{"city": "Lyon", "days": 3.0}'


def judge(kind: str, options: dict[str, Any], sample: Sample) -> Result:
    return prepare(EvaluatorSpec("check", kind, options, "x.prompt.yml", ()))(Answer(sample.output, CASE, sample))


def call(name: str, arguments: str = "{}") -> dict[str, Any]:
    return {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}


USED = Sample("x", "stop", Usage(100, 20), seconds=1.5, cost=0.002)
UNKNOWN = Sample("x")


@pytest.mark.parametrize(
    ("kind", "options", "sample", "value"),
    [
        ("tokens", {"max": 120}, USED, True),
        ("tokens", {"max": 119}, USED, False),
        ("tokens", {"of": "input", "min": 100, "max": 100}, USED, True),
        ("tokens", {"of": "output", "max": 19}, USED, False),
        ("tokens", {"of": "output", "max": 19}, Sample("x", usage=Usage(100, None)), None),
        ("tokens", {"of": "input", "max": 100}, Sample("x", usage=Usage(100, None)), True),
        ("tokens", {"max": 1000}, Sample("x", usage=Usage(100, None)), None),
        ("tokens", {"max": 0}, Sample("x", usage=Usage(0, 0)), True),
        ("tokens", {"max": 1000}, UNKNOWN, None),
        ("cost", {"max": 0.002}, USED, True),
        ("cost", {"max": 0.001}, USED, False),
        ("cost", {"max": 0.001}, UNKNOWN, None),
        ("latency", {"max": 1.5}, USED, True),
        ("latency", {"max": 1}, USED, False),
        ("latency", {"max": 1, "negate": True}, USED, True),
        ("latency", {"max": 1}, UNKNOWN, None),
        ("finish-reason", {}, USED, True),
        ("finish-reason", {"in": ["tool_calls", "length"]}, USED, False),
        ("finish-reason", {"in": ["length"], "negate": True}, USED, True),
        ("finish-reason", {}, UNKNOWN, None),
    ],
)
def test_bounds(kind: str, options: dict[str, Any], sample: Sample, value: bool | None) -> None:
    assert judge(kind, options, sample).value is value


@pytest.mark.parametrize(
    ("options", "calls", "value"),
    [
        ({"none": True}, [], True),
        ({"none": True}, [call("weather")], False),
        ({"allowed": ["weather"]}, [], True),
        ({"allowed": ["weather"]}, [call("weather"), call("transfer")], False),
        ({"allowed": []}, [call("weather")], False),
        ({"calls": [{"name": "weather"}]}, [call("weather")], True),
        ({"calls": [{"name": "weather"}]}, [], False),
        ({"calls": [{"name": "weather"}]}, [call("weather"), call("weather")], False),
        ({"calls": [{"name": "a"}, {"name": "b"}]}, [call("b"), call("a")], False),
        ({"calls": [{"name": "a"}, {"name": "b"}], "match": "any-order"}, [call("b"), call("x"), call("a")], True),
        ({"calls": [{"name": "a"}, {"name": "a"}], "match": "any-order"}, [call("a")], False),
        ({"calls": [{"name": "a"}, {"name": "b"}], "match": "in-order"}, [call("x"), call("a"), call("b")], True),
        ({"calls": [{"name": "a"}, {"name": "b"}], "match": "in-order"}, [call("b"), call("a")], False),
        ({"calls": [{"name": "weather", "arguments": {"days": 3, "city": "Lyon"}}]}, [call("weather", WEATHER)], True),
        ({"calls": [{"name": "weather", "arguments": {"city": "Lyon"}}]}, [call("weather", WEATHER)], False),
        ({"calls": [{"name": "weather", "includes": {"city": "{{ inputs.city }}"}}]}, [call("weather", WEATHER)], True),
        (
            {"calls": [{"name": "weather", "includes": {"days": "{{ expected.days }}"}}]},
            [call("weather", WEATHER)],
            True,
        ),
        ({"calls": [{"name": "weather", "includes": {"town": "Lyon"}}]}, [call("weather", WEATHER)], False),
        (
            {"calls": [{"name": "weather", "includes": {"days": "{{ expected.none }}"}}]},
            [call("weather", WEATHER)],
            None,
        ),
        ({"calls": [{"name": "weather", "arguments": {}}]}, [call("weather", "{city: Lyon}")], False),
        ({"calls": [{"name": "weather", "arguments": {}}]}, [call("weather", "")], False),
        ({"calls": [{"name": "weather", "schema": {"required": ["city"]}}]}, [call("weather", WEATHER)], True),
        ({"calls": [{"name": "weather", "schema": {"required": ["town"]}}]}, [call("weather", WEATHER)], False),
        ({"calls": [{"name": "weather"}]}, ["nonsense"], False),
        ({"calls": [{"name": "weather"}]}, [{"function": {"name": ["weather"]}}], False),
    ],
)
def test_tool_calls(options: dict[str, Any], calls: list[Any], value: bool | None) -> None:
    assert judge("tool-calls", options, Sample("", "tool_calls", tool_calls=tuple(calls))).value is value


def test_an_entry_gives_way_to_one_that_has_no_other_call() -> None:
    """The first entry would take the only call that the second can have."""
    options = {"calls": [{"name": "a"}, {"name": "a", "arguments": {"x": 1}}], "match": "any-order"}
    sample = Sample("", tool_calls=(call("a", '{"x": 1}'), call("a", '{"x": 2}')))
    assert judge("tool-calls", options, sample).value is True
