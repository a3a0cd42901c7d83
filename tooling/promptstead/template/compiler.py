"""A template to its program: JSON that an interpreter of a hundred lines runs in any language."""

import re
from itertools import groupby
from typing import Any

from promptstead.template.errors import TemplateError
from promptstead.template.nodes import (
    Compare,
    Defined,
    Emit,
    Expression,
    Filtered,
    For,
    If,
    Include,
    ListOf,
    Literal,
    Logic,
    Node,
    Not,
    Path,
    Template,
    Text,
)
from promptstead.words.sentence import say

Program = list[Any]
"""A list of statements: a text, or a list whose first item names the instruction."""

_PLACEHOLDER = re.compile(r"\{\{([A-Za-z_][A-Za-z0-9_.-]*)\}\}")


def compile_template(template: Template) -> Program:
    """Return the program of a template whose includes are resolved.

    :raises TemplateError: an include is not resolved.
    """
    return _block(template.body, template.source)


def compile_placeholders(text: str) -> Program:
    """Return the program of a text in GitHub Models' dialect.

    ``{{name}}`` is replaced once, and stays where no input has that name.
    """
    program: Program = []
    position = 0
    for match in _PLACEHOLDER.finditer(text):
        if match.start() > position:
            program.append(text[position : match.start()])
        program.append(["or_text", match[1], match[0]])
        position = match.end()
    if position < len(text):
        program.append(text[position:])
    return program


def placeholders(text: str) -> list[tuple[str, int, int]]:
    """Return the names in a text of GitHub Models' dialect, each with the start and the end of its name."""
    return [(match[1], match.start(1), match.end(1)) for match in _PLACEHOLDER.finditer(text)]


def _append(program: Program, nodes: tuple[Node, ...], source: str | None) -> None:
    for node in nodes:
        if isinstance(node, Text):
            program.append(node.value)
        elif isinstance(node, Emit):
            program.append(["emit", _expression(node.value)])
        elif isinstance(node, If):
            branches = [[_expression(condition), _block(body, source)] for condition, body in node.branches]
            program.append(["if", branches, _block(node.otherwise, source)])
        elif isinstance(node, For):
            over = _expression(node.over)
            program.append(["for", list(node.targets), over, _block(node.body, source), _block(node.otherwise, source)])
        else:
            _append_include(program, node, source)


def _append_include(program: Program, node: Include, source: str | None) -> None:
    if node.template is None:
        message = say("files.no-partial", partial=node.path)
        raise TemplateError(message, start=node.start, end=node.end, source=source)
    _append(program, node.template.body, node.template.source)


def _block(nodes: tuple[Node, ...], source: str | None) -> Program:
    statements: Program = []
    _append(statements, nodes, source)
    program: Program = []
    for is_text, group in groupby(statements, lambda statement: isinstance(statement, str)):
        items = list(group)
        program += ["".join(items)] if is_text else items
    return program


def _expression(node: Expression) -> list[Any]:
    match node:
        case Path():
            return ["get", node.root, *node.keys]
        case Literal():
            return ["value", node.value]
        case Filtered():
            calls = [[call.name, *map(_expression, call.arguments)] for call in node.filters]
            return ["filter", _expression(node.value), *calls]
        case Defined():
            code = ["defined", _expression(node.value)]
            return ["not", code] if node.negated else code
        case Not():
            return ["not", _expression(node.value)]
        case Logic():
            return [node.operator, *map(_expression, node.items)]
        case Compare():
            code = ["compare", _expression(node.first)]
            for operator, operand in node.rest:
                code += [operator, _expression(operand)]
            return code
        case ListOf():
            return ["list", *map(_expression, node.items)]
