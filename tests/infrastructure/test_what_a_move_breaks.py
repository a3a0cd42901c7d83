"""What breaks in silence when a module moves: paths taken from ``__file__``, modules named by text, content keys."""

import ast
import os
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest

import promptstead
from promptstead.cli import COMMANDS
from promptstead.commands.eval import SUBCOMMANDS
from promptstead.errors import PromptsteadError
from promptstead.evaluators import registry as evaluators
from promptstead.lint.facts import TABLES, load_facts
from promptstead.lint.finding import Finding
from promptstead.lint.rule_table import TABLE, page, rule
from promptstead.model import EvaluatorSpec
from promptstead.operations.reviewing import findings_output
from promptstead.operations.running.run_result import FORMATS
from promptstead.operations.setup.skeletons import SKELETONS
from promptstead.prompts.schema_check import schema_text
from promptstead.report.findings_places import fingerprints
from promptstead.report.html.page import asset
from promptstead.storage.clean_cache import _package
from promptstead.words.sentence import own_words, say

PACKAGE = Path(promptstead.__file__ or "").parent
ROOT = PACKAGE.parents[1]

FILES = {"_package", "SKELETONS", "load_facts", "asset", "schema_text", "PROGRAM"}
"""Where ``__file__`` is used: the function, or the name that it gives a value to."""
MODULES = {
    "__getattr__",  # promptstead: public names
    "get_command",  # cli: verbs
    "make_context",  # eval: its own verbs
    "prepare",  # evaluators
    "rule",  # rules
    "page",  # documentation of rules
    "_rendered",  # forms of a run
    "findings_text",  # formats of findings
    "table",  # words
    # what is named by text and is not of this package
    "_ibans", "_cards", "_nirs", "_sirets", "library",
}  # fmt: skip
"""Where ``import_module`` is used."""


def uses(name: str) -> Iterator[str]:
    """Yield the innermost function, or the name assigned to, around each use of *name* in the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        around: dict[ast.AST, str] = {}
        for node in ast.walk(tree):
            own = around.get(node, "")
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                own = node.name
            elif isinstance(node, ast.Assign) and not own:
                own = ast.unparse(node.targets[0])
            around.update((child, own) for child in ast.iter_child_nodes(node))
            called = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module")
            if called if name == "import_module" else isinstance(node, ast.Name) and node.id == name:
                yield own or path.name


def test_every_use_is_held_here() -> None:
    assert set(uses("__file__")) == FILES
    assert set(uses("import_module")) == MODULES


def test_the_fingerprint_of_the_cache_covers_the_package() -> None:
    names = [path.name for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    covered = [line.rsplit(":", 2)[0] for line in _package().splitlines()]
    assert sorted(covered) == sorted(names)
    assert len(covered) > 300


def test_files_of_the_package_are_found() -> None:
    assert sorted(os.listdir(SKELETONS)) == ["en", "fr", "promptstead.toml"]
    assert all(load_facts(name)["date"] for name in TABLES)
    for name in ("page.html", "page.css", "page.js", "review.js", "run.js"):
        assert asset(name)
    for schema in sorted((ROOT / "schemas").glob("*.schema.json")):
        assert schema_text(schema.name.removesuffix(".schema.json")) == schema.read_text(encoding="utf-8")


def test_modules_named_by_text_are_there() -> None:
    assert all(getattr(promptstead, name) for name in promptstead.__all__)
    for verb in COMMANDS:
        assert import_module(f"promptstead.commands.{verb}").command
    for module in SUBCOMMANDS.values():
        assert import_module(module).command
    for module in (*FORMATS.values(), *findings_output.FORMATS.values()):
        assert import_module(f"promptstead.report.{module}").render
    for code in TABLE:
        assert rule(code).code == code
        assert page(code)


@pytest.mark.parametrize("kind", evaluators.MODULES)
def test_each_kind_of_evaluator_is_reached(kind: str) -> None:
    with suppress(PromptsteadError, KeyError):  # of a kind that was found, and lacks its options
        assert callable(evaluators.prepare(EvaluatorSpec("e", kind, {}, "p.yml", ())))


def test_content_keys_stay_what_they_are() -> None:
    """Baselines and alerts on forges are keyed by them: another key opens every one of them again."""
    words = own_words("wrong"), own_words("do")
    found = Finding("TPL101", "undeclared-variable", "error", *words, "p.yml", 3, 1, 3, 2, "p", "  title: x ")
    first, second = found.former_key, found.content_key
    assert first == "a86bb364adf04d82def35542530d6ad8"
    assert second == "48bfa224f7a3a7d6da239de252cd3eff"
    assert fingerprints([found, found]) == [(f"{first}:1", f"{second}:1"), (f"{first}:2", f"{second}:2")]
    said = found._replace(message=say("files.in-file", file="a.yml", why=say("files.too-deep", most=64)))
    assert said.former_key == "efac164cdf59df279849ba635a926a77"
    assert said.content_key == "7719d48564d331863b1111124828245c"
