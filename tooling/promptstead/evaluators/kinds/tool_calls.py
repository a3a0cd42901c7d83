"""``tool-calls``: the answer calls the tools that it should, with the arguments that it should."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from promptstead.evaluators.kinds.equals import same
from promptstead.evaluators.kinds.json_schema import prepare as prepare_schema
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import CaseValue, option
from promptstead.evaluators.shared.results import Result, first_quoted, quoted
from promptstead.evaluators.shared.strict_json import NotJson, parse
from promptstead.model import Case, Json
from promptstead.words.sentence import Sentence, say

MAX_CALLS = 200


class Call(NamedTuple):
    """A call as the answer makes it; *arguments* as JSON text."""

    name: str
    arguments: str


Test = Callable[[Call, Case], Sentence | None]
"""Returns what is wrong with a call, or None."""


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Compare the tool calls of the answer with ``calls``; ``none: true`` asks that there is no call.

    Each entry of ``calls`` has the ``name`` of a tool and may ask for its ``arguments`` (equal as JSON: the order of
    keys does not count, 1 equals 1.0), for some of them (``includes``), or that a ``schema`` accepts them (JSON Schema
    2020-12). ``match: exact``, the default, asks for these calls in this order and no other; ``in-order`` lets others
    stand between them; ``any-order`` asks that each entry has a call of its own, in whatever order. ``allowed`` names
    the only tools that may be called at all. Arguments that are not JSON are those of no entry.

    :raises PromptsteadError: a schema or a template is malformed.
    """
    entries = [(entry["name"], _test(entry)) for entry in options.get("calls", ())]
    match = {"exact": _exact, "in-order": _in_order, "any-order": _any_order}[options.get("match", "exact")]
    allowed = options.get("allowed")

    def judge(answer: Answer) -> Result:
        calls = [_call(entry) for entry in answer.sample.tool_calls[:MAX_CALLS]]
        if options.get("none"):
            return Result(not calls, say("evaluators.expected-no-call", calls=_made(calls)) if calls else _made(calls))
        stranger = next((call for call in calls if allowed is not None and call.name not in allowed), None)
        if stranger is not None:
            return Result(False, say("evaluators.tool-not-allowed", tool=quoted(stranger.name)))
        complaint = match(entries, calls, answer.case) if "calls" in options else None
        if complaint is not None:
            return Result(False, say("evaluators.other-calls", complaint=complaint, calls=_made(calls)))
        return Result(True, say("evaluators.calls-as-asked", calls=_made(calls)))

    return judge


def _made(calls: Sequence[Call]) -> Sentence:
    if not calls:
        return say("evaluators.no-call")
    names = first_quoted([call.name for call in calls])
    more = len(calls) - len(names)
    return say("evaluators.calls-and-more", calls=names, more=more) if more else say("evaluators.calls", calls=names)


def _call(entry: Json) -> Call:
    """Return a call in wire shape as its name and arguments; what a server made up is nobody's call."""
    function = entry.get("function") if isinstance(entry, dict) else None
    function = function if isinstance(function, dict) else {}
    return Call(str(function.get("name", "")), str(function.get("arguments", "")))


def _test(entry: Mapping[str, Json]) -> Test:
    whole = option(entry["arguments"]) if "arguments" in entry else None
    some = option(entry["includes"]) if "includes" in entry else None
    accepts = prepare_schema({"schema": entry["schema"]}) if "schema" in entry else None

    def test(call: Call, case: Case) -> Sentence | None:
        tool = quoted(call.name)
        if call.name != entry["name"]:
            return say("evaluators.expected-call", wanted=quoted(entry["name"]), got=tool)
        if whole is None and some is None and accepts is None:
            return None
        try:
            arguments = parse(call.arguments)
        except NotJson as error:
            return say("evaluators.arguments-not-json", tool=tool, error=error.reason)
        if whole is not None and not same(arguments, wanted := whole(case), False):
            return say("evaluators.expected-arguments", tool=tool, wanted=quoted(wanted), got=quoted(arguments))
        lacking = _lacking(arguments, some, case) if some is not None else None
        if lacking is None and accepts is not None:
            result = accepts(Answer(call.arguments, case))
            lacking = None if result.value else result.reason
        return None if lacking is None else say("evaluators.at-path", path=tool, reason=lacking)

    return test


def _lacking(arguments: Json, some: CaseValue, case: Case) -> Sentence | None:
    for key, value in some(case).items():
        if not isinstance(arguments, dict) or key not in arguments:
            return say("evaluators.argument-missing", argument=quoted(key))
        if not same(arguments[key], value, False):
            wanted, got = quoted(value), quoted(arguments[key])
            return say("evaluators.other-argument", argument=quoted(key), wanted=wanted, got=got)
    return None


Entries = Sequence[tuple[str, Test]]


def _exact(entries: Entries, calls: Sequence[Call], case: Case) -> Sentence | None:
    for (_, test), call in zip(entries, calls, strict=False):
        if complaint := test(call, case):
            return complaint
    if len(calls) == len(entries):
        return None
    return say("evaluators.expected-calls", wanted=len(entries), got=len(calls))


def _in_order(entries: Entries, calls: Sequence[Call], case: Case) -> Sentence | None:
    left = iter(calls)
    for name, test in entries:
        complaints: list[Sentence] = []
        for call in left:
            complaint = test(call, case)
            if complaint is None:
                break
            complaints += [complaint] if call.name == name else []
        else:
            return complaints[0] if complaints else say("evaluators.no-call-in-place", tool=quoted(name))
    return None


def _any_order(entries: Entries, calls: Sequence[Call], case: Case) -> Sentence | None:
    """Give each entry a call of its own: a bipartite matching, by augmenting paths (Kuhn 1955)."""
    complaints = [[test(call, case) for call in calls] for _, test in entries]
    taken: dict[int, int] = {}

    def place(entry: int, seen: set[int]) -> bool:
        for call, complaint in enumerate(complaints[entry]):
            if not complaint and call not in seen:
                seen.add(call)
                if call not in taken or place(taken[call], seen):
                    taken[call] = entry
                    return True
        return False

    for index, (name, _) in enumerate(entries):
        if not place(index, set()):
            near = [text for text, call in zip(complaints[index], calls, strict=True) if text and call.name == name]
            return near[0] if near else say("evaluators.no-call-for-each", tool=quoted(name))
    return None
