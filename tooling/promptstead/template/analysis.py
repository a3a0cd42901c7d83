"""What a template uses and where it lands: paths into the inputs, and the sequence of all that can be written."""

from collections.abc import Iterator, Mapping
from typing import Literal as OneOf
from typing import NamedTuple

from promptstead.template.nodes import (
    Compare,
    Defined,
    Emit,
    Expression,
    Filtered,
    For,
    If,
    ListOf,
    Literal,
    Logic,
    Node,
    Not,
    Path,
    Template,
)
from promptstead.template.nodes import Text as TextNode

Keys = tuple[str | int, ...]
Kind = OneOf["output", "condition", "loop"]

ITEM = "*"
"""The key that stands for any item of a list or value of a map."""

# More tests than this in one chain are left out of account: no prompt has them, and a hostile one should cost no time.
_MAX_FACTS = 1000

_NO_DATA = frozenset({"length"})


class PathUse(NamedTuple):
    """A path into the inputs, as used at one place.

    *path* has the input's name first; what a loop variable stands for is written out, with ``"*"`` for an item.
    *start* and *end* are the exact span of the path as written, in the text of *source* (None: the template itself).
    *guarded* is true where the path may be undefined: inside an ``is defined`` test, in a branch that such a test on
    it or on what it is in leads to, or right before ``default``.
    """

    path: Keys
    start: int
    end: int
    source: str | None
    guarded: bool
    kind: Kind


class Text(NamedTuple):
    """A stretch of fixed text that the template can write."""

    text: str
    start: int
    end: int
    source: str | None


class Output(NamedTuple):
    """A value that the template can write. *start* and *end* span the expression.

    *roots* are the inputs whose data can reach this place. A comparison, a test, ``not`` and ``length`` give a word or
    a number of their own, never the data; every other filter and ``and``/``or`` let the data through. *filters* are
    those of the whole expression, in order; *fenced* is true when the last one is ``fence``.
    """

    roots: frozenset[str]
    filters: tuple[str, ...]
    fenced: bool
    start: int
    end: int
    source: str | None


class _Variable(NamedTuple):
    """What a loop variable stands for: a path where it is one, and the inputs whose data it carries."""

    path: Keys | None
    roots: frozenset[str]


_Scope = Mapping[str, _Variable]


def paths(template: Template) -> list[PathUse]:
    """Return every use of an input in a resolved template, in the order of the text.

    Loop variables that stand for no path, as keys of a map do, and ``loop`` itself are left out.
    """
    return list(_Paths(template.source).nodes(template.body, {}, frozenset()))


def flow(template: Template) -> list[Text | Output]:
    """Return all that a resolved template can write, in the order of the text: every branch, each loop's body once."""
    return list(_flow(template.body, {}, template.source))


def _resolve(path: Path, scope: _Scope) -> Keys | None:
    """Return the path with its loop variable written out; None when it stands for no path."""
    if path.root == "loop":
        return None
    if path.root not in scope:
        return (path.root, *path.keys)
    base = scope[path.root].path
    return None if base is None else (*base, *path.keys)


def _bind(node: For, scope: _Scope) -> _Scope:
    """Return the scope inside a loop."""
    over = node.over
    roots = _roots(over, scope)
    pairs = False
    if isinstance(over, Filtered):
        names = [call.name for call in over.filters if call.name != "default"]
        pairs = names == ["items"]
        base = _resolve(over.value, scope) if isinstance(over.value, Path) and (pairs or not names) else None
    else:
        base = _resolve(over, scope) if isinstance(over, Path) else None
    item = None if base is None else (*base, ITEM)
    if len(node.targets) == 1:
        return {**scope, node.targets[0]: _Variable(None if pairs else item, roots)}
    key, value = node.targets
    return {**scope, key: _Variable(None, roots), value: _Variable(item if pairs else None, roots)}


class _Paths(NamedTuple):
    source: str | None

    def nodes(self, nodes: tuple[Node, ...], scope: _Scope, known: frozenset[Keys]) -> Iterator[PathUse]:
        for node in nodes:
            if isinstance(node, Emit):
                yield from self.expression(node.value, scope, known, "output")
            elif isinstance(node, If):
                yield from self._if(node, scope, known)
            elif isinstance(node, For):
                yield from self.expression(node.over, scope, known, "loop")
                yield from self.nodes(node.body, _bind(node, scope), known)
                yield from self.nodes(node.otherwise, scope, known)
            elif not isinstance(node, TextNode) and node.template is not None:
                yield from _Paths(node.template.source).nodes(node.template.body, scope, known)

    def _if(self, node: If, scope: _Scope, known: frozenset[Keys]) -> Iterator[PathUse]:
        for condition, body in node.branches:
            yield from self.expression(condition, scope, known, "condition")
            yield from self.nodes(body, scope, known | _tested(condition, scope, True))
            if len(known) < _MAX_FACTS:
                known = known | _tested(condition, scope, False)
        yield from self.nodes(node.otherwise, scope, known)

    def expression(
        self, node: Expression, scope: _Scope, known: frozenset[Keys], kind: Kind, may_miss: bool = False
    ) -> Iterator[PathUse]:
        match node:
            case Path():
                path = _resolve(node, scope)
                if path is not None:
                    guarded = may_miss or any(path[:length] in known for length in range(1, len(path) + 1))
                    yield PathUse(path, node.start, node.end, self.source, guarded, kind)
            case Defined():
                yield from self.expression(node.value, scope, known, kind, True)
            case Filtered():
                yield from self.expression(node.value, scope, known, kind, node.filters[0].name == "default")
                for call in node.filters:
                    for argument in call.arguments:
                        yield from self.expression(argument, scope, known, kind)
            case Logic():
                for item in node.items:
                    yield from self.expression(item, scope, known, kind)
                    if len(known) < _MAX_FACTS:
                        known = known | _tested(item, scope, node.operator == "and")
            case _:
                for item in _children(node):
                    yield from self.expression(item, scope, known, kind)


def _children(node: Expression) -> tuple[Expression, ...]:
    match node:
        case Not():
            return (node.value,)
        case Compare():
            return (node.first, *(operand for _, operand in node.rest))
        case ListOf() | Logic():
            return node.items
    return ()


def _tested(node: Expression, scope: _Scope, outcome: bool) -> frozenset[Keys]:
    """Return the paths that are certainly defined once *node* turned out true (or false)."""
    match node:
        case Defined() if isinstance(node.value, Path) and node.negated != outcome:
            path = _resolve(node.value, scope)
            return frozenset() if path is None else frozenset({path})
        case Not():
            return _tested(node.value, scope, not outcome)
        case Logic() if (node.operator == "and") == outcome:
            return frozenset().union(*(_tested(item, scope, outcome) for item in node.items))
    return frozenset()


def _roots(node: Expression, scope: _Scope) -> frozenset[str]:
    """Return the inputs whose data can be in the value of *node*."""
    match node:
        case Path():
            if node.root == "loop":
                return frozenset()
            return scope[node.root].roots if node.root in scope else frozenset({node.root})
        case Literal() | Not() | Compare() | Defined():
            return frozenset()
        case Filtered():
            roots = _roots(node.value, scope)
            for call in node.filters:
                roots = frozenset() if call.name in _NO_DATA else roots
                roots = roots.union(*(_roots(argument, scope) for argument in call.arguments))
            return roots
        case _:
            return frozenset().union(*(_roots(item, scope) for item in _children(node)))


def _filters(node: Expression) -> tuple[str, ...]:
    names: tuple[str, ...] = ()
    if isinstance(node, Filtered):
        return _filters(node.value) + tuple(call.name for call in node.filters)
    for item in _children(node):
        names += _filters(item)
    return names


def _flow(nodes: tuple[Node, ...], scope: _Scope, source: str | None) -> Iterator[Text | Output]:
    for node in nodes:
        if isinstance(node, TextNode):
            yield Text(node.value, node.start, node.end, source)
        elif isinstance(node, Emit):
            value = node.value
            fenced = isinstance(value, Filtered) and value.filters[-1].name == "fence"
            yield Output(_roots(value, scope), _filters(value), fenced, value.start, value.end, source)
        elif isinstance(node, If):
            for _, body in node.branches:
                yield from _flow(body, scope, source)
            yield from _flow(node.otherwise, scope, source)
        elif isinstance(node, For):
            yield from _flow(node.body, _bind(node, scope), source)
            yield from _flow(node.otherwise, scope, source)
        elif node.template is not None:
            yield from _flow(node.template.body, scope, node.template.source)
