"""Every English text of the package that people read: tables, help, errors with their hints, lines on stderr."""

import ast
import builtins
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import click

import promptstead
from promptstead.cli import COMMANDS, group
from promptstead.words.tables import AREAS, table

PACKAGE = Path(promptstead.__file__).parent
ROOT = PACKAGE.parent.parent
TELLERS = {"tell", "echo", "refuse_ignored", "CollectError", "UsageError"}
NAMES = {"hint", "message", "what", "more", "_HINT", "_NO_KEY", "_NO_KEY_HINT"}
"""Variables that hold an error's text until it is raised."""
GENERATED = {"commands.md", "evaluators.md"}


class Text(NamedTuple):
    """A text, and the place that it stands in: a file, a table's code, a command's option."""

    place: str
    text: str


def _shown(value: ast.expr) -> str:
    """Return what stands for a value that is put in: its name, which is the same on every Python."""
    return f"{{{ast.unparse(value)}}}" if isinstance(value, ast.Name | ast.Attribute) else "{…}"


def _literal(node: ast.expr) -> Iterator[str]:
    """Yield the text of a literal with ``{…}`` for what it puts in; of both branches where one is chosen."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = (
            [_shown(each.value)] if isinstance(each, ast.FormattedValue) else _literal(each) for each in node.values
        )
        yield "".join(text for part in parts for text in part)
    elif isinstance(node, ast.IfExp):
        yield from _literal(node.body)
        yield from _literal(node.orelse)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield "".join(_literal(node.left)) + "".join(_literal(node.right))


def _says(call: ast.Call) -> bool:
    """Tell whether a call raises or prints what a user reads."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    return name in TELLERS or (name.lower().endswith("error") and not hasattr(builtins, name))


def in_source(tree: ast.AST) -> list[str]:
    """Return what the errors, hints and lines of one module say, in the order of its source."""
    found: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _says(node):
            found += () if getattr(node.func, "id", "") == "refuse_ignored" else node.args
            found += (each.value for each in node.keywords if each.arg in ("hint", "where"))
        elif isinstance(node, ast.Assign) and any(getattr(target, "id", "") in NAMES for target in node.targets):
            found.append(node.value)
    return [text for each in sorted(found, key=lambda each: (each.lineno, each.col_offset)) for text in _literal(each)]


@cache
def literals() -> tuple[Text, ...]:
    """Return what errors, hints and lines on stderr say, each file's in the order of its source."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if "words" not in path.relative_to(PACKAGE).parts:
            place = path.relative_to(PACKAGE).as_posix()
            found += [
                Text(place, text)
                for text in in_source(ast.parse(path.read_text("utf-8")))
                if re.search(r"[a-z]{2} |^[a-z]{4,}$", text)
            ]
    return tuple(found)


def _commands(command: click.Command, name: str, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    inner = click.Context(command, info_name=name, parent=context)
    if isinstance(command, click.Group):
        for verb in command.list_commands(inner):
            sub = command.get_command(inner, verb)
            if sub is not None:
                yield from _commands(sub, f"{name} {verb}".removeprefix("promptstead "), inner)


@cache
def helps() -> tuple[Text, ...]:
    """Return the help of every command and option, and the summaries in the list of commands."""
    found = [Text(f"promptstead: {name}", summary) for name, summary in COMMANDS.items()]
    for name, command in _commands(group, "promptstead", click.Context(group)):
        found.append(Text(name, re.sub(r"[ \n]+", " ", command.help or "").strip()))
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.help:
                found.append(Text(f"{name} {max(parameter.opts, key=len)}", parameter.help))
    return tuple(found)


def sentences() -> Iterator[Text]:
    """Yield the English tables."""
    for area in AREAS:
        yield from (Text(f"{area}.{key}", text) for key, text in table(area, "en").items())


def prose() -> Iterator[Text]:
    """Yield the lines of the documents that people wrote, without code."""
    documents = sorted(path for path in (ROOT / "tooling" / "docs").glob("*.md") if path.name not in GENERATED)
    for path in (*documents, *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"))):
        text = re.sub(
            r"^( *)(`{3,}).*?^\1\2", lambda code: "\n" * code[0].count("\n"), path.read_text("utf-8"), flags=re.S | re.M
        )
        for number, line in enumerate(re.sub(r"`[^`]*`", "`…`", text).splitlines(), 1):
            yield Text(f"{path.relative_to(ROOT).as_posix()}:{number}", line)
