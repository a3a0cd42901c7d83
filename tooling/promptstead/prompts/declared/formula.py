"""The small language of the evaluator ``formula``: arithmetic, comparisons and logic over the values of other checks.

``0.6 * tone / 5 + 0.4 * `key-facts` >= 0.8 and label != "rude"``. From loosest to tightest: ``or``, ``and``, ``not``,
one comparison (``< <= > >= == !=``), ``+ -``, ``* /``, a sign. ``min(…)`` and ``max(…)`` take one value or more. A name
that is no plain word stands in back-ticks, a label in quotes. There is nothing else: no attribute, no call, no power.
"""

import re
from collections.abc import Iterator
from typing import Any

from promptstead.errors import PromptsteadError
from promptstead.words.sentence import say

MAX_TOKENS = 200
MAX_DEPTH = 50

Node = tuple[Any, ...]
"""``("number", 2.0)``, ``("label", "rude")``, ``("name", "tone")``, ``("-", node)``, ``("+", node, node)``,
``("min", node, …)``, ``("not", node)`` and so on; ``("bool", True)``."""

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_FUNCTIONS = ("min", "max")
_WORDS = ("and", "or", "not", "true", "false", *_FUNCTIONS)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]{1,15}(?:\.[0-9]{1,15})?)(?![\w.])|(?P<word>[A-Za-z_]\w*)|`(?P<name>[A-Za-z0-9][\w.-]*)`"
    r"|\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<sign><=|>=|==|!=|[-+*/()<>,]))",
    re.ASCII,
)

Token = tuple[str, str]


def parse(text: str) -> Node:
    """Return the formula as a tree.

    :raises PromptsteadError: it is malformed, has more than 200 signs and words, or is nested more than 50 deep.
    """
    return _Parser(list(_tokens(text))).formula()


def names(node: Node) -> list[str]:
    """Return the checks that a formula names, each once, in order."""
    if node[0] == "name":
        return [node[1]]
    return list(dict.fromkeys(name for part in node[1:] if isinstance(part, tuple) for name in names(part)))


def gives_truth(node: Node) -> bool:
    """Tell whether the formula is true or false, whatever its checks give; otherwise it may be a number or a label."""
    return node[0] in ("and", "or", "not", "bool", *COMPARISONS)


def _tokens(text: str) -> Iterator[Token]:
    at, end, count = 0, len(text.rstrip()), 0
    while at < end:
        match = _TOKEN.match(text, at, end)
        count += 1
        if match is None or count > MAX_TOKENS:
            message = (
                say("files.formula-too-long", most=MAX_TOKENS)
                if match
                else say("files.formula-without-meaning", text=text[at:].strip()[:20])
            )
            raise PromptsteadError(message, hint=say("files.names-in-back-ticks"))
        at = match.end()
        kind = str(match.lastgroup)
        value = match[kind]
        if kind == "word":
            kind = value if value in _WORDS else "name"
        yield ("label" if kind in ("double", "single") else kind), value


class _Parser:
    """Recursive descent, one method a level of precedence."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = [*tokens, ("end", "")]
        self._at = 0
        self._depth = 0

    def formula(self) -> Node:
        node = self._or()
        if self._tokens[self._at][0] != "end":
            raise self._unexpected()
        return node

    def _or(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise PromptsteadError(say("files.formula-too-deep", most=MAX_DEPTH))
        node = self._and()
        while self._take("or"):
            node = ("or", node, self._and())
        self._depth -= 1
        return node

    def _and(self) -> Node:
        node = self._not()
        while self._take("and"):
            node = ("and", node, self._not())
        return node

    def _not(self) -> Node:
        turns = 0
        while self._take("not"):
            turns += 1
        node = self._comparison()
        for _ in range(2 - turns % 2 if turns else 0):
            node = ("not", node)
        return node

    def _comparison(self) -> Node:
        left = self._sum()
        for sign in COMPARISONS:
            if self._take("sign", sign):
                return (sign, left, self._sum())
        return left

    def _sum(self) -> Node:
        node = self._product()
        while sign := self._take("sign", "+", "-"):
            node = (sign, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._signed()
        while sign := self._take("sign", "*", "/"):
            node = (sign, node, self._signed())
        return node

    def _signed(self) -> Node:
        return ("-", self._value()) if self._take("sign", "-") else self._value()

    def _value(self) -> Node:
        for kind in ("number", "label", "name", *_FUNCTIONS, "true", "false"):
            if value := self._take(kind):
                if kind in _FUNCTIONS:
                    return self._call(kind)
                if kind in ("true", "false"):
                    return ("bool", kind == "true")
                return (kind, float(value) if kind == "number" else value)
        if not self._take("sign", "("):
            raise self._unexpected()
        node = self._or()
        self._demand(")")
        return node

    def _call(self, function: str) -> Node:
        self._demand("(")
        values = [self._or()]
        while self._take("sign", ","):
            values.append(self._or())
        self._demand(")")
        return (function, *values)

    def _demand(self, sign: str) -> None:
        if not self._take("sign", sign):
            raise self._unexpected()

    def _take(self, kind: str, *values: str) -> str:
        """Go past the next token where it is of that kind, and one of *values*; return its text."""
        found, text = self._tokens[self._at]
        if found != kind or (values and text not in values):
            return ""
        self._at += 1
        return text

    def _unexpected(self) -> PromptsteadError:
        kind, text = self._tokens[self._at]
        if kind == "end":
            return PromptsteadError(say("files.formula-ends"))
        return PromptsteadError(say("files.formula-unexpected", text=text[:40]))
