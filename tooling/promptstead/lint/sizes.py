"""How large the messages of a prompt can get, counted from above without a tokenizer.

A byte-level tokenizer makes at most one token of a byte of UTF-8, so bytes bound tokens.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from promptstead.lint.rule import Context
from promptstead.model import Input, Json, Part
from promptstead.template.analysis import Text
from promptstead.template.nodes import Compare, Defined, Emit, Expression, Filtered, For, If, Literal, Node, Not, Path
from promptstead.template.nodes import Text as TextNode

CHARACTER = 4
"""Most bytes of a character."""
SHORT = 32
"""Most bytes of a number, a date or a Boolean."""
FENCE = 200
"""Most bytes of the two tags of a fence."""
LONGER = 6
"""What a filter makes of a byte: ``tojson`` writes six for some."""
_KEEPING = frozenset({"fence", "trim", "upper", "lower", "default", "length", "first", "last"})

_Scope = Mapping[str, tuple[str, int]]
"""Loop variable -> the input that it goes through, and how often the loop itself is run."""


class _Sizes:
    """The most bytes that a value of each input has, and the most items of a list in it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._inputs = context.prompt.inputs
        self._bytes: dict[str, int] = {}

    def bytes(self, name: str) -> int:
        """Return the most bytes of a value; 0 for what is no input."""
        if name not in self._bytes:
            spec = self._inputs.get(name)
            allowed = 0 if spec is None else _allowed(spec.schema)
            if spec is not None and allowed is None:
                allowed = max(map(_written, known_values(self._context, spec)), default=0)
            self._bytes[name] = allowed or 0
        return self._bytes[name]

    def items(self, name: str) -> int:
        """Return the most items of a list anywhere in a value, at least 1."""
        spec = self._inputs.get(name)
        items = 1 if spec is None else _items(spec.schema)
        if spec is not None and items is None:
            items = max(map(_longest_list, known_values(self._context, spec)), default=1)
        return max(1, items or 1)


def largest_render(context: Context) -> int:
    """Return a number of UTF-8 bytes that the messages do not exceed, slots for earlier turns left out.

    Every branch counts, and a loop's text for each item. A value counts with the length that its schema allows; where
    that is open, with the longest one among cases and examples. Filters that may lengthen a value count sixfold.
    """
    prompt = context.prompt
    sizes = _Sizes(context)
    total = sum(_part(context, part, sizes) for _, part in context.parts())
    if any(message.slot == "examples" for message in prompt.messages):
        user = next((message for message in reversed(prompt.messages) if message.role == "user"), None)
        frame = sum(_part(context, part, sizes) for part in user.parts) if user else 0
        total += sum(frame + _written(dict(each.inputs)) + _written(each.output) for each in prompt.examples)
    return total


def known_values(context: Context, spec: Input) -> Iterator[Json]:
    """Yield the values that the prompt gives an input: in cases and examples, its own example and default."""
    cases, examples = context.prompt.cases, context.prompt.examples
    given = (*(case.inputs for case in cases), *(example.inputs for example in examples))
    yield from (inputs[spec.name] for inputs in given if spec.name in inputs)
    yield from (value for value in (spec.example, spec.default) if value is not None)


def _part(context: Context, part: Part, sizes: _Sizes) -> int:
    if part.type != "text":
        return 0
    template = context.loaded.templates.get(part.at)
    if template is not None:
        return _nodes(template.body, sizes, {}, 1)
    return sum(
        _bytes(piece.text) if isinstance(piece, Text) else sum(map(sizes.bytes, piece.roots))
        for piece in context.flow(part)
    )


def _nodes(nodes: tuple[Node, ...], sizes: _Sizes, scope: _Scope, times: int) -> int:
    total = 0
    for node in nodes:
        if isinstance(node, TextNode):
            total += times * _bytes(node.value)
        elif isinstance(node, Emit):
            total += _value(node.value, sizes, scope, times)
        elif isinstance(node, If):
            bodies = [body for _, body in node.branches]
            total += sum(_nodes(body, sizes, scope, times) for body in (*bodies, node.otherwise))
        elif isinstance(node, For):
            root, run = next(_roots(node.over, scope, times), ("", times))
            inside = {**scope, **dict.fromkeys(node.targets, (root, run))}
            total += _nodes(node.body, sizes, inside, times * sizes.items(root)) + _nodes(
                node.otherwise, sizes, scope, times
            )
        elif node.template is not None:
            total += _nodes(node.template.body, sizes, scope, times)
    return total


def _value(node: Expression, sizes: _Sizes, scope: _Scope, times: int) -> int:
    size = sum(run * sizes.bytes(root) for root, run in _roots(node, scope, times))
    filters = {call.name for call in node.filters} if isinstance(node, Filtered) else set()
    return max(size, times * SHORT) * (1 if filters <= _KEEPING else LONGER) + times * FENCE * ("fence" in filters)


def _roots(node: Expression, scope: _Scope, times: int) -> Iterator[tuple[str, int]]:
    """Yield the inputs whose text an expression can write, and how often each is written as a whole."""
    if isinstance(node, Path):
        yield scope.get(node.root, (node.root, times))
    elif isinstance(node, Filtered):
        for inner in (node.value, *(argument for call in node.filters for argument in call.arguments)):
            yield from _roots(inner, scope, times)
    elif not isinstance(node, (Literal, Not, Compare, Defined)):
        for inner in node.items:
            yield from _roots(inner, scope, times)


def _allowed(schema: Mapping[str, Any]) -> int | None:
    """Return the most bytes that a value of *schema* is written with, or None where it sets no bound."""
    if "const" in schema or "enum" in schema:
        return max(_written(value) for value in (schema.get("enum") or [schema["const"]]))
    kinds = schema.get("type", "string")
    bounds = [_allowed_kind(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    known = [bound for bound in bounds if bound is not None]
    return max(known, default=0) if len(known) == len(bounds) else None


def _allowed_kind(kind: str, schema: Mapping[str, Any]) -> int | None:
    if kind == "string":
        length = schema.get("maxLength", SHORT // CHARACTER if schema.get("format") in ("date", "date-time") else None)
        return None if length is None else CHARACTER * int(length)
    if kind == "array":
        item = _allowed(schema.get("items", {}))
        return None if item is None or "maxItems" not in schema else int(schema["maxItems"]) * (item + CHARACTER)
    if kind == "object":
        values = {name: _allowed(value) for name, value in schema.get("properties", {}).items()}
        if schema.get("additionalProperties", True) is not False or None in values.values():
            return None
        return sum(_written(name) + (value or 0) + CHARACTER for name, value in values.items())
    return SHORT


def _items(schema: Mapping[str, Any]) -> int | None:
    """Return the most items of a list anywhere in a value of *schema*, or None where it sets no bound."""
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    found = [_items(each) for each in inner]
    if schema.get("type") == "array":
        found.append(schema.get("maxItems"))
    known = [count for count in found if count is not None]
    return max(known, default=1) if len(known) == len(found) else None


def _longest_list(value: Json) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max([len(inner), *map(_longest_list, inner)])


def _written(value: Json) -> int:
    return _bytes(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
