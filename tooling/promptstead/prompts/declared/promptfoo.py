"""promptfoo's assertions as evaluators: one assertion in, the options of one evaluator out."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from promptstead.errors import PromptsteadError
from promptstead.model import Json, is_number

Options = dict[str, Any]
"""An evaluator as a prompt file writes it: ``type`` and its options."""

_JUDGE = "a model judges: write a `judge`, with a prompt of your own"
_SERVICE = "nothing here asks an embedding model, a classifier or another service"
_TRACE = "traces of agents are not recorded"
_TOOLS = "write `tool-calls`, with the calls or a schema of their arguments"
_SCRIPT = "scripts of others are not run: write a `python` evaluator"
_MANY = "it chooses among several answers: `promptstead compare` compares models, by any evaluator"
NO_COUNTERPART = {
    "contains-json": "`json` reads a whole answer, or one code fence; JSON somewhere in prose is no contract",
    **dict.fromkeys(("contains-sql", "is-sql"), "no evaluator reads SQL"),
    **dict.fromkeys(("perplexity", "perplexity-score"), "log probabilities are not recorded"),
    "meteor": "METEOR needs WordNet: `similarity` has other metrics",
    "finish-reason": "write `finish-reason`, whose words are the server's",
    "assert-set": "write `all`, `any` or `weighted` over the evaluators of the set",
    **dict.fromkeys(
        (
            *("llm-rubric", "g-eval", "factuality", "model-graded-factuality", "model-graded-closedqa"),
            *("answer-relevance", "context-faithfulness", "context-recall", "context-relevance"),
            *("conversation-relevance", "pi", "agent-rubric", "search-rubric"),
        ),
        _JUDGE,
    ),
    **dict.fromkeys(
        (
            *("similar", "similar:cosine", "similar:dot", "similar:euclidean"),
            *("classifier", "moderation", "guardrails", "webhook"),
        ),
        _SERVICE,
    ),
    **dict.fromkeys(("javascript", "python", "ruby"), _SCRIPT),
    **dict.fromkeys(
        ("is-valid-function-call", "is-valid-openai-function-call", "is-valid-openai-tools-call", "tool-call-f1"),
        _TOOLS,
    ),
    **dict.fromkeys(
        (
            *("skill-used", "trace-error-spans", "trace-span-count", "trace-span-duration", "trajectory:goal-success"),
            *(
                "trajectory:step-count",
                "trajectory:tool-args-match",
                "trajectory:tool-sequence",
                "trajectory:tool-used",
            ),
        ),
        _TRACE,
    ),
    **dict.fromkeys(("max-score", "select-best"), _MANY),
    "human": "people decide about answers in `promptstead accept`",
}
"""Types that no evaluator stands for by itself, and what to do instead."""

_VARIABLE = re.compile(r"\{\{\s*(?=[A-Za-z_])")
_QUOTED = re.compile(r'\s*"((?:\\.|""|[^"\\])*+)(")?\s*(,|\Z)?', re.DOTALL)
_PLAIN = re.compile(r"\s*([^,]*?)\s*(,|\Z)", re.DOTALL)


class NoCounterpart(PromptsteadError):
    """No evaluator means what the assertion means; the message says why."""


def evaluator(assertion: Mapping[str, Json]) -> Options:
    """Return the evaluator that means what a promptfoo *assertion* means; ``not-`` becomes ``negate``.

    A variable of promptfoo, ``{{ name }}``, is the input of that name.

    :raises NoCounterpart: no evaluator does.
    :raises PromptsteadError: the assertion is malformed, which promptfoo refuses too.
    """
    written = str(assertion.get("type", ""))
    kind = written.removeprefix("not-")
    if kind not in _TRANSLATIONS:
        why = NO_COUNTERPART.get(kind, "it is no assertion of promptfoo that is known here")
        raise NoCounterpart(f"`{written}` has no counterpart: {why}")
    _refuse_what_changes_it(assertion)
    options = _TRANSLATIONS[kind](assertion)
    return {**options, "negate": True} if written != kind else options


def _refuse_what_changes_it(assertion: Mapping[str, Json]) -> None:
    """Refuse what makes another assertion of it, and would be lost."""
    for key in ("transform", "normalizeUnicode"):
        if assertion.get(key):
            raise NoCounterpart(f"`{key}` changes the answer before it is judged, which no evaluator does")
    if assertion.get("weight") == 0:
        raise NoCounterpart("with `weight: 0` an assertion passes whatever the answer is: leave it out")
    if str(assertion.get("value")).startswith("file://"):
        raise PromptsteadError("the value of the assertion is in a file: write what stands in it")


def _equals(assertion: Mapping[str, Json]) -> Options:
    value = assertion.get("value")
    return {"type": "equals", "value": _renamed(_as_text(value) if _is_plain(value) else value), "trim": False}


def _is_plain(value: Json) -> bool:
    return isinstance(value, (bool, int, float))


def _as_text(value: Json) -> str:
    """Return a text, number or truth value as JavaScript writes it, which is what promptfoo compares.

    :raises PromptsteadError: it is a number that is written with an exponent.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if is_number(value) and (abs(value) >= 1e21 or "e" in str(value)):
        raise PromptsteadError("a number that is written with an exponent: write it as a text")
    return str(value)


def _contains(key: str, fold: bool = False, start: bool = False) -> Callable[[Mapping[str, Json]], Options]:
    def translate(assertion: Mapping[str, Json]) -> Options:
        value = assertion.get("value")
        options: Options = {"type": "contains"}
        if key == "value":
            if isinstance(value, bool) or not isinstance(value, (str, int, float)):
                raise PromptsteadError(f"`{assertion['type']}` needs a text or a number as its value")
            if start and not isinstance(value, str):
                raise PromptsteadError(f"`{assertion['type']}` needs a text as its value")
            options["value"] = _renamed(_as_text(value))
        else:
            options[key] = [_renamed(item) for item in _list(assertion)]
        options |= {"at": "start"} if start else {}
        return options | ({"ignore_case": True} if fold else {})

    return translate


def _regex(assertion: Mapping[str, Json]) -> Options:
    return {"type": "regex", "pattern": _text(assertion)}


def _json(assertion: Mapping[str, Json]) -> Options:
    schema = assertion.get("value")
    if schema is None:
        return {"type": "json"}
    if isinstance(schema, str):
        import yaml

        try:
            schema = yaml.safe_load(schema)
        except yaml.YAMLError:
            raise PromptsteadError("the schema of `is-json` is not YAML") from None
    return {"type": "json-schema", "schema": schema}


def _xml(anywhere: bool) -> Callable[[Mapping[str, Json]], Options]:
    def translate(assertion: Mapping[str, Json]) -> Options:
        value = assertion.get("value")
        if isinstance(value, dict):
            value = value.get("requiredElements", 0)
        if isinstance(value, str):
            value = [item.strip() for item in value.split(",")]
        if value is not None and not isinstance(value, list):
            raise PromptsteadError(f"`{assertion['type']}` needs a text or a list of paths as its value")
        elements = {"elements": [str(item).replace(".", "/") for item in value]} if value else {}
        return {"type": "xml", **elements, **({"anywhere": True} if anywhere else {})}

    return translate


def _similarity(metric: str, default: float) -> Callable[[Mapping[str, Json]], Options]:
    def translate(assertion: Mapping[str, Json]) -> Options:
        value = assertion.get("value")
        to = [_renamed(str(item)) for item in value] if isinstance(value, list) else _renamed(_text(assertion))
        return {"type": "similarity", "to": to, "metric": metric, "min": assertion.get("threshold", default)}

    return translate


def _levenshtein(assertion: Mapping[str, Json]) -> Options:
    most = assertion.get("threshold", 5)
    if assertion.get("value") == "":  # every code point is an edit away from nothing
        return {"type": "length", "max": most}
    return {"type": "similarity", "to": _renamed(_text(assertion)), "metric": "distance", "max": most}


def _most(kind: str, divisor: int) -> Callable[[Mapping[str, Json]], Options]:
    def translate(assertion: Mapping[str, Json]) -> Options:
        threshold = assertion.get("threshold")
        if isinstance(threshold, bool) or not isinstance(threshold, (int, float)):
            raise PromptsteadError(f"`{assertion['type']}` needs a number as its threshold")
        return {"type": kind, "max": threshold / divisor}

    return translate


def _words(assertion: Mapping[str, Json]) -> Options:
    value = assertion.get("value")
    bounds = {key: value[key] for key in ("min", "max") if key in value} if isinstance(value, dict) else {}
    if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value.strip()):
        value = int(value)
    if is_number(value):
        bounds = {"min": value, "max": value}
    if not bounds:
        raise PromptsteadError("`word-count` needs a number, or `min` or `max`, as its value")
    if "min" in bounds and "max" in bounds and bounds["min"] > bounds["max"]:
        raise PromptsteadError("`word-count` has a `min` above its `max`")
    return {"type": "length", "unit": "words", **bounds}


def _text(assertion: Mapping[str, Json]) -> str:
    value = assertion.get("value")
    if not isinstance(value, str) or not value:
        raise PromptsteadError(f"`{assertion.get('type')}` needs a text as its value")
    return value


def _renamed(value: Json) -> Json:
    return _VARIABLE.sub("{{ inputs.", value) if isinstance(value, str) else value


def _list(assertion: Mapping[str, Json]) -> list[str]:
    """Return the texts of a list, or of a text that parts them by commas, quoted where they hold one."""
    value = assertion.get("value")
    found = [_as_text(item) for item in value] if isinstance(value, list) else list(_split(_text(assertion)))
    if not found or "" in found:
        raise NoCounterpart("an empty text is in every answer, and nothing is in none: `contains` refuses both")
    return found


def _split(text: str) -> list[str]:
    found: list[str] = []
    place, more = 0, True
    while more and place <= len(text):
        if text[place:].lstrip().startswith('"'):
            match = _QUOTED.match(text, place)
            if not match or not match[2]:
                raise PromptsteadError("a quoted text is not closed in the assertion's value")
            if match[3] is None:
                raise PromptsteadError("there is no comma after a quoted text in the assertion's value")
            found.append(re.sub(r'\\(["\\])|""', lambda part: part[1] or '"', match[1]))
            more = match[3] == ","
        else:
            match = _PLAIN.match(text, place)
            if not match:
                break
            found += [match[1]] if match[1] else []
            more = match[2] == ","
        place = match.end()
    return found


_TRANSLATIONS: dict[str, Callable[[Mapping[str, Json]], Options]] = {
    "equals": _equals,
    "contains": _contains("value"),
    "icontains": _contains("value", fold=True),
    "contains-any": _contains("any"),
    "icontains-any": _contains("any", fold=True),
    "contains-all": _contains("all"),
    "icontains-all": _contains("all", fold=True),
    "starts-with": _contains("value", start=True),
    "regex": _regex,
    "is-json": _json,
    "is-xml": _xml(anywhere=False),
    "contains-xml": _xml(anywhere=True),
    "is-html": lambda assertion: {"type": "html"},
    "contains-html": lambda assertion: {"type": "html", "anywhere": True},
    "levenshtein": _levenshtein,
    "bleu": _similarity("bleu", 0.5),
    "gleu": _similarity("gleu", 0.5),
    "rouge-n": _similarity("rouge-1", 0.75),
    "word-count": _words,
    "latency": _most("latency", 1000),
    "cost": _most("cost", 1),
    "is-refusal": lambda assertion: {"type": "refusal", "empty": True},
}
