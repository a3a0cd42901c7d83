"""Digests: SHA-256 over canonical JSON, so that the same meaning has the same digest whatever the layout.

Three of a prompt, so that a typo in one place does not void everything: *behaviour* (what a model is sent and what
callers rely on), *tests* (cases, evaluators, gate) and *governance* (the rest that people decide on). Two of a case:
its inputs, and the request that it makes.
"""

import hashlib
import json
from collections.abc import Mapping

from promptstead.model import Case, Counterexample, EvaluatorSpec, Json, Prompt, Turn

_BEHAVIOUR = ("inputs", "messages", "model", "output", "tools")
_NOT_GOVERNANCE = {
    "schema", "needs", "contract", "inputs", "messages", "model", "output", "tools", "examples", "cases", "datasets",
    "counterexamples", "evaluators", "gate", "modelParameters", "responseFormat", "jsonSchema", "testData",
}  # fmt: skip

_ANYBODYS = {"governance": (True,), "environments": (False, True, True, True)}
"""Key -> on which levels below it ``x-`` keys are anybody's own data: an environment has a name, a model and params."""


def digest(value: Json) -> str:
    """Return ``sha256:…`` of *value* as JSON: sorted keys, no white space, UTF-8, text with LF line ends."""
    return _sha256(_canonical(value))


def behaviour_digest(compiled: Mapping[str, Json]) -> str:
    """Return the digest of what a compiled prompt does; it can be recomputed from a bundle.

    Contract 1 adds nothing to it: prompts had digests before they had contracts.
    """
    contract = compiled.get("contract", 1)
    numbered = {"contract": contract} if contract != 1 else {}
    return digest({**{key: compiled[key] for key in _BEHAVIOUR}, **numbered})


def tests_digest(prompt: Prompt) -> str:
    """Return the digest of what a prompt is tested with, in any order of cases and evaluators."""
    gate = {"primary": prompt.gate.primary, "margin": prompt.gate.margin, "hard": sorted(prompt.gate.hard)}
    cases = {case.id: _case(case) for case in prompt.cases}
    tests = {"cases": cases, "evaluators": _evaluators(prompt.evaluators), "gate": gate}
    if prompt.counterexamples:  # prompts had digests before they had counterexamples
        tests["counterexamples"] = {each.id: counterexample_content(each) for each in prompt.counterexamples}
    return digest(tests)


def counterexample_content(counterexample: Counterexample) -> Json:
    """Return what a counterexample asks, without what it says to people, as JSON."""
    return {
        "case": counterexample.case,
        "answer": [counterexample.output, list(map(dict, counterexample.tool_calls)), counterexample.finish_reason],
        "edit": [
            [list(each) for each in counterexample.replace],
            [[place, value] for place, value in counterexample.set.items()],
            list(counterexample.remove),
        ],
        "caught_by": sorted(counterexample.caught_by),
        **({"turn": counterexample.turn} if counterexample.turn else {}),
    }


def governance_digest(prompt: Prompt) -> str:
    """Return the digest of everything else in the file: governance, owners, language, description and the like."""
    decided = _without_own_data(prompt.data, (True,))
    return digest(
        {
            key: _without_own_data(value, _ANYBODYS.get(key, ()))
            for key, value in decided.items()
            if key not in _NOT_GOVERNANCE
        }
    )


def _without_own_data(value: Json, levels: tuple[bool, ...]) -> Json:
    """Return *value* without the ``x-`` keys of those *levels* of mappings on which they are anybody's, not names."""
    if not levels or not isinstance(value, Mapping):
        return value
    return {
        key: _without_own_data(each, levels[1:])
        for key, each in value.items()
        if not (levels[0] and key.startswith("x-"))
    }


def prompt_digests(prompt: Prompt, compiled: Mapping[str, Json]) -> dict[str, str]:
    """Return all three digests by name."""
    return {
        "behaviour": behaviour_digest(compiled),
        "tests": tests_digest(prompt),
        "governance": governance_digest(prompt),
    }


def inputs_digest(case: Case) -> str:
    """Return the digest that ties a hand-written or imported answer to what it answers.

    That is the inputs, the history, and what the user and the tools say in a conversation.
    """
    return digest({"inputs": dict(case.inputs), "history": [dict(turn) for turn in case.history], **script(case)})


def script(case: Case) -> dict[str, Json]:
    """Return what the user and the tools say in a conversation, as JSON; of any other case nothing."""
    said: dict[str, Json] = {"turns": [turn.user for turn in case.turns]} if case.turns else {}
    if case.stubs:
        said["stubs"] = [
            [stub.tool, stub.result, *([] if stub.arguments is None else [dict(stub.arguments)])] for stub in case.stubs
        ]
    return said


def request_digest(compiled: Mapping[str, Json], messages: list[Json]) -> str:
    """Return the digest of what is sent to a model.

    That is the provider, the model, its parameters, the rendered messages, the tools and the output schema.
    """
    return RequestFrame(compiled).digest(messages)


class RequestFrame:
    """What all requests of a compiled prompt share, made canonical once: many cases need their digests."""

    def __init__(self, compiled: Mapping[str, Json]) -> None:
        # All of it sorts behind `messages`, so that the messages can be put before it.
        self._rest = _canonical({key: compiled[key] for key in ("model", "output", "tools")})[1:]

    def digest(self, messages: list[Json]) -> str:
        """Return the digest of the request with these messages."""
        return _sha256(f'{{"messages":{_canonical(messages)},{self._rest}')


_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
)


def _canonical(value: Json) -> str:
    text = _ENCODER.encode(value)
    return _ENCODER.encode(_lf(value)) if "\\r\\n" in text else text


def _sha256(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _lf(value: Json) -> Json:
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    if isinstance(value, dict):
        return {key: _lf(item) for key, item in value.items()}
    return [_lf(item) for item in value] if isinstance(value, (list, tuple)) else value


def _case(case: Case) -> Json:
    return {
        "inputs": dict(case.inputs),
        "history": [dict(turn) for turn in case.history],
        "expected": case.expected if case.has_expected else {"absent": True},
        "must_pass": case.must_pass,
        "evaluators": _evaluators(case.evaluators),
        **script(case),
        **({"asked": [_turn(turn) for turn in case.turns]} if case.turns else {}),
    }


def _turn(turn: Turn) -> Json:
    expected = turn.expected if turn.has_expected else {"absent": True}
    return {"expected": expected, "evaluators": _evaluators(turn.evaluators)}


def _evaluators(specs: tuple[EvaluatorSpec, ...]) -> Json:
    """Return the evaluators by name, in any order; those that share a name (GitHub Models allows it) keep theirs."""
    named: dict[str, list[Json]] = {}
    for spec in specs:
        named.setdefault(spec.name, []).append({"type": spec.type, **spec.options})
    return named
