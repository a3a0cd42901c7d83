"""Workflow commands, read back as the runner reads them; nothing in a file can add a command of its own."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.lint.finding import Finding
from promptstead.model import Level, Span
from promptstead.report.findings_github import annotations
from tests.report.findings import finding

HOSTILE = st.lists(
    st.sampled_from([*"a %:,=\r\n]é", "0A", "0D", "2C", "3A", "25", "::", "::error::x", "##["]), max_size=12
).map("".join)


def unescaped(text: str, *more: tuple[str, str]) -> str:
    """Undo the escaping in the runner's order (actions/runner, ActionCommand.cs)."""
    for token, replacement in (("\r", "%0D"), ("\n", "%0A"), *more, ("%", "%25")):
        text = text.replace(replacement, token)
    return text


def commands(output: str) -> list[tuple[str, dict[str, str], str]]:
    """Return the commands of a log: name, properties and data of each."""
    found = []
    for line in re.split(r"\r\n|\r|\n", output):
        if not line.lstrip().startswith("::"):
            assert line == "", "what is no command"
            continue
        end = line.index("::", 2)
        name, _, listed = line[2:end].partition(" ")
        pairs = [pair.split("=", 1) for pair in listed.strip().split(",") if pair]
        properties = {key: unescaped(value, (":", "%3A"), (",", "%2C")) for key, value in pairs}
        found.append((name, properties, unescaped(line[end + 2 :])))
    return found


def annotation(one: Finding) -> tuple[str, dict[str, str], str]:
    (line,) = annotations([one])
    (command,) = commands(line)
    return command


@pytest.mark.parametrize(("level", "name"), [("error", "error"), ("warning", "warning"), ("note", "notice")])
def test_an_annotation_says_where_what_and_what_to_do(level: Level, name: str) -> None:
    assert annotation(finding("a\n  {{ mesage }}\n", Span(7, 13), level=level)) == (
        name,
        {
            "file": "prompts/shop/mood.prompt.yml",
            "line": "2",
            "endLine": "2",
            "col": "6",
            "endColumn": "11",
            "title": "TPL101 undeclared-variable",
        },
        "variable `mesage` is used but not declared\nhelp: did you mean `message`?",
    )


def test_an_annotation_of_several_lines_has_no_columns() -> None:
    _, properties, _ = annotation(finding("a b\nc d", Span(2, 5)))
    assert (properties["line"], properties["endLine"]) == ("1", "2")
    assert not properties.keys() & {"col", "endColumn"}


def test_an_empty_stretch_is_marked_at_its_column() -> None:
    _, properties, _ = annotation(finding("a b", Span(2, 2)))
    assert (properties["col"], properties["endColumn"]) == ("3", "3")


@given(HOSTILE, HOSTILE, HOSTILE)
@settings(max_examples=200)
def test_no_name_and_no_message_can_add_a_command_or_a_property(path: str, message: str, hint: str) -> None:
    name, properties, data = annotation(finding("a", Span(0, 1), path=f"p{path}.yml", message=message, hint=hint))
    assert name == "error"
    assert properties["file"] == f"p{path}.yml"
    assert list(properties) == ["file", "line", "endLine", "col", "endColumn", "title"]
    assert data.split("\n")[0] == message.replace("\r", r"\r").replace("\n", r"\n")


def test_a_terminal_is_told_nothing() -> None:
    (line,) = annotations([finding("a", Span(0, 1), message="a\x1b[2Jb", hint="\x07")])
    assert r"a\x1b[2Jb%0Ahelp: \x07" in line
