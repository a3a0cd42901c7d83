"""A renderer that speaks two languages has no sentence of its own: its words are in the tables."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import promptstead
from promptstead.evaluators.shared.results import STATES
from promptstead.model import Level
from promptstead.outputs.counterexamples import STATES as OF_COUNTEREXAMPLES
from promptstead.report.columns import left, right, width
from promptstead.report.numbers import counted
from promptstead.verdicts.order import ORDER
from promptstead.words.tables import table
from promptstead.words.template import LANGUAGES, Language

REPORT = Path(promptstead.__file__).parent / "report"
RENDERERS = (
    "accept_text",
    "audit_text",
    "check_text",
    "comparison_markdown",
    "comparison_text",
    "diff_text",
    "findings_text",
    "power_text",
    "run_text",
)
PROSE = re.compile(r"[a-z]{2,}[^a-z_/]+[a-z]{2,}")
"""Two words."""
WORD = re.compile(r"[a-z]{2,}")
SAYERS = {"say", "say_in", "counted", "label"}
ALLOWED = {
    "not evaluated",  # the state of a result, in JSON too
    "moved from",  # kinds of pieces of a word diff
    "moved to",
}


ENGLISH = {"summary"}
"""Functions whose English is still to become sentences."""


def prose(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each literal of two or more words, of one within an f-string.

    Not of docstrings, and not of what is looked up in the tables.
    """
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if not (isinstance(node, ast.FunctionDef) and node.name in ENGLISH)]
    silent: set[ast.expr] = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYERS:
            silent.update(each for argument in node.args for each in ast.walk(argument) if isinstance(each, ast.expr))
    pieces = {piece for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in silent:
            text = node.value
            if (WORD if node in pieces else PROSE).search(text) and text not in ALLOWED:
                yield node.lineno, text


@pytest.mark.parametrize("name", RENDERERS)
def test_no_renderer_speaks_english_by_itself(name: str) -> None:
    assert list(prose((REPORT / f"{name}.py").read_text(encoding="utf-8"))) == []


def test_what_is_looked_for_is_found() -> None:
    source = '"""Two words."""\nx = f"help: {y:.2f}"\nz = say_in(language, "runs.not-compared")\nu = "no case"\n'
    assert sorted(prose(source)) == [(2, "help: "), (4, "no case")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_report_counts_has_words(language: Language) -> None:
    words = {*map(str.lower, ORDER), *STATES, *OF_COUNTEREXAMPLES, *get_args(Level), "not valid", "case", "answer"} | {
        "fails what must not fail",
        "unknown",
    }
    assert set(table("counts", language)) == words
    assert all(counted(language, word, 2).startswith("2 ") for word in words)


@pytest.mark.parametrize(("text", "columns"), [("cas", 3), ("é", 1), ("e\u0301", 1), ("日本", 4), ("1\u202f200", 5)])
def test_columns_are_counted_as_a_terminal_shows_them(text: str, columns: int) -> None:
    assert width(text) == columns
    assert width(left(text, 9)) == width(right(text, 9)) == 9
