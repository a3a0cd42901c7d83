"""The tree of a template. Every node has ``start`` and ``end``: code-point offsets into the text it stands in."""

from typing import NamedTuple

Scalar = str | int | float | bool | None


class Literal(NamedTuple):
    """A text, a number, ``true``, ``false`` or ``none``."""

    value: Scalar
    start: int
    end: int


class Path(NamedTuple):
    """A name and the literal keys that lead into it: ``a.b``, ``a["b"]``, ``a[0]``, ``loop.index``."""

    root: str
    keys: tuple[str | int, ...]
    start: int
    end: int


class ListOf(NamedTuple):
    """A list literal."""

    items: tuple["Expression", ...]
    start: int
    end: int


class Not(NamedTuple):
    """``not value``."""

    value: "Expression"
    start: int
    end: int


class Logic(NamedTuple):
    """``and`` or ``or`` between two or more expressions."""

    operator: str
    items: tuple["Expression", ...]
    start: int
    end: int


class Compare(NamedTuple):
    """A chain of comparisons, as in ``0 < a <= b``: operators are ``== != < <= > >= in`` and ``not in``."""

    first: "Expression"
    rest: tuple[tuple[str, "Expression"], ...]
    start: int
    end: int


class Defined(NamedTuple):
    """``value is defined``, or ``is not defined`` when negated."""

    value: "Expression"
    negated: bool
    start: int
    end: int


class FilterCall(NamedTuple):
    """One filter: its name and its arguments by position; those left out at the end have their default."""

    name: str
    arguments: tuple["Expression", ...]
    start: int
    end: int


class Filtered(NamedTuple):
    """A value and the filters applied to it, in order."""

    value: "Expression"
    filters: tuple[FilterCall, ...]
    start: int
    end: int


Expression = Literal | Path | ListOf | Not | Logic | Compare | Defined | Filtered


class Text(NamedTuple):
    """Text that stands as it is, white space already trimmed and line ends already LF."""

    value: str
    start: int
    end: int


class Emit(NamedTuple):
    """``{{ value }}``."""

    value: Expression
    start: int
    end: int


class If(NamedTuple):
    """``if`` and ``elif`` branches in order, and the ``else`` branch (empty when there is none)."""

    branches: tuple[tuple[Expression, tuple["Node", ...]], ...]
    otherwise: tuple["Node", ...]
    start: int
    end: int


class For(NamedTuple):
    """A loop over a list or a map with one or two targets, and the ``else`` branch taken when there is nothing."""

    targets: tuple[str, ...]
    over: Expression
    body: tuple["Node", ...]
    otherwise: tuple["Node", ...]
    start: int
    end: int


class Include(NamedTuple):
    """``include "path"``; *template* is None until :func:`promptstead.template.includes.resolve` has found it."""

    path: str
    template: "Template | None"
    start: int
    end: int


Node = Text | Emit | If | For | Include


class Template(NamedTuple):
    """A parsed template: its text, its nodes, and the name it was included by (None for the template itself)."""

    text: str
    body: tuple[Node, ...]
    source: str | None = None
