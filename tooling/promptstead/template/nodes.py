"""The tree of a template. Every node has ``start`` and ``end``: code-point offsets into the text it stands in."""

from dataclasses import dataclass

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number, ``true``, ``false`` or ``none``."""

    value: Scalar
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Path:
    """A name and the literal keys that lead into it: ``a.b``, ``a["b"]``, ``a[0]``, ``loop.index``."""

    root: str
    keys: tuple[str | int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list literal."""

    items: tuple["Expression", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Not:
    """``not value``."""

    value: "Expression"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Logic:
    """``and`` or ``or`` between two or more expressions."""

    operator: str
    items: tuple["Expression", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Compare:
    """A chain of comparisons, as in ``0 < a <= b``: operators are ``== != < <= > >= in`` and ``not in``."""

    first: "Expression"
    rest: tuple[tuple[str, "Expression"], ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Defined:
    """``value is defined``, or ``is not defined`` when negated."""

    value: "Expression"
    negated: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FilterCall:
    """One filter: its name and its arguments by position; those left out at the end have their default."""

    name: str
    arguments: tuple["Expression", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Filtered:
    """A value and the filters applied to it, in order."""

    value: "Expression"
    filters: tuple[FilterCall, ...]
    start: int
    end: int


Expression = Literal | Path | ListOf | Not | Logic | Compare | Defined | Filtered


@dataclass(frozen=True, slots=True)
class Text:
    """Text that stands as it is, white space already trimmed and line ends already LF."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Emit:
    """``{{ value }}``."""

    value: Expression
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class If:
    """``if`` and ``elif`` branches in order, and the ``else`` branch (empty when there is none)."""

    branches: tuple[tuple[Expression, tuple["Node", ...]], ...]
    otherwise: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class For:
    """A loop over a list or a map with one or two targets, and the ``else`` branch taken when there is nothing."""

    targets: tuple[str, ...]
    over: Expression
    body: tuple["Node", ...]
    otherwise: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Include:
    """``include "path"``; *template* is None until :func:`promptstead.template.includes.resolve` has found it."""

    path: str
    template: "Template | None"
    start: int
    end: int


Node = Text | Emit | If | For | Include


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: its text, its nodes, and the name it was included by (None for the template itself)."""

    text: str
    body: tuple[Node, ...]
    source: str | None = None
