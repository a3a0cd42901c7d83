"""A conversation as a case scripts it: what the user says next, and what the tools answer. No tool is executed.

Nobody plays the user: what is said next is written down, so that two revisions of a prompt are asked the same, a
recorded reply stays one, and nothing but the prompt is judged.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from promptstead.documents.json_keys import DuplicateKey, unique_keys
from promptstead.errors import one_line
from promptstead.model import Case, Json, Stub, Turn
from promptstead.runtime.values import equal, json_text
from promptstead.words.sentence import NOTHING_SAID, Sentence, say

MAX_ROUNDS = 8
"""Replies in a row that call tools: a model that goes on calling is stopped, and has not answered that turn."""

FIRST = Turn("")
"""The turn that the prompt's own messages are."""


class Reply(Protocol):
    """What a model said: its text, and its calls in wire shape."""

    @property
    def output(self) -> str:
        """Its text."""

    @property
    def tool_calls(self) -> tuple[Json, ...]:
        """Its calls, in order."""


class Conversation:
    """Where a conversation stands; give it the replies in order.

    :param case: its turns and stubs are the script.
    """

    def __init__(self, case: Case) -> None:
        self.turns = turns_of(case)
        self._stubs = case.stubs
        self.transcript: list[dict[str, Any]] = []
        """What was said behind the prompt's own messages, as ``messages(transcript=…)`` takes it."""
        self.turn = 1
        """The number of the turn that the next reply belongs to, from 1."""
        self.over = False
        """Whether nothing more is asked."""
        self.why: Sentence = NOTHING_SAID
        """Why it cannot go on: a call has no stub."""
        self.endless = False
        """Whether it was stopped because a turn called tools without end; the turns behind it were not asked."""
        self._rounds = 0
        self._calls = 0

    def add(self, reply: Reply) -> None:
        """Take the next reply, and say what the script has to it."""
        assert not self.over
        if not reply.tool_calls:
            self.transcript.append({"role": "assistant", "content": reply.output})
            self._next_turn()
            return
        calls = [self._numbered(call) for call in reply.tool_calls]
        self.transcript.append({"role": "assistant", "content": reply.output or None, "tool_calls": calls})
        self._rounds += 1
        for call in calls:
            function = call["function"]
            stub = find_stub(self._stubs, function["name"], function["arguments"])
            if stub is None:
                made = one_line(f"{function['name']}({function['arguments']})", 200)
                self.over, self.why = True, say("answers.no-stub", turn=self.turn, call=made)
                return
            result = stub.result if isinstance(stub.result, str) else json_text(stub.result)
            self.transcript.append({"role": "tool", "tool_call_id": call["id"], "content": result})
        if self._rounds == MAX_ROUNDS:
            self.over = self.endless = True

    def _next_turn(self) -> None:
        self._rounds = 0
        if self.turn == len(self.turns):
            self.over = True
            return
        self.turn += 1
        self.transcript.append({"role": "user", "content": self.turns[self.turn - 1].user})

    def _numbered(self, call: Json) -> dict[str, Any]:
        """Return a call with an id of ours: files keep none, and the same conversation must make the same request.

        Nine letters and digits are what every server takes.
        """
        self._calls += 1
        function = call.get("function") if isinstance(call, Mapping) else None
        function = function if isinstance(function, Mapping) else {}
        named = {"name": str(function.get("name", "")), "arguments": str(function.get("arguments") or "{}")}
        return {"id": f"call{self._calls:05d}", "type": "function", "function": named}


def turns_of(case: Case) -> tuple[Turn, ...]:
    """Return the turns of a case, the prompt's own first; a case that is no conversation has that one."""
    return case.turns or (FIRST,)


def replies_by_turn(case: Case, replies: Sequence[Any]) -> list[list[Any]]:
    """Return the replies to each turn that was reached, in order; those that call tools come before the answer."""
    found: list[list[Any]] = [[]]
    for reply in replies:
        found[-1].append(reply)
        if not reply.tool_calls and len(found) < len(turns_of(case)):
            found.append([])
    return found if found[-1] else found[:-1]


def stub_json(stub: Stub) -> dict[str, Json]:
    """Return a stub as a case has it."""
    arguments = {} if stub.arguments is None else {"arguments": dict(stub.arguments)}
    return {"tool": stub.tool, **arguments, "result": stub.result}


def find_stub(stubs: Sequence[Stub], tool: str, arguments: str) -> Stub | None:
    """Return the first stub that answers a call; None where none does.

    Arguments are equal as JSON: the order of keys does not count, and 1 equals 1.0.

    :param arguments: JSON, as received.
    """
    named = [stub for stub in stubs if stub.tool == tool]
    if all(stub.arguments is None for stub in named):
        return named[0] if named else None
    try:
        given = json.loads(arguments or "{}", object_pairs_hook=unique_keys)
    except (ValueError, RecursionError, DuplicateKey):
        given = None
    return next((stub for stub in named if stub.arguments is None or equal(dict(stub.arguments), given)), None)


def shadowed(stubs: Sequence[Stub]) -> list[tuple[int, int]]:
    """Return the indices of each stub that never answers, with that of the one which answers in its place."""
    found = []
    for later, stub in enumerate(stubs):
        for earlier, other in enumerate(stubs[:later]):
            everything = other.arguments is None
            same = stub.arguments is not None and not everything and equal(dict(other.arguments or {}), stub.arguments)
            if other.tool == stub.tool and (everything or same):
                found.append((later, earlier))
                break
    return found
