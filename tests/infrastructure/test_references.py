"""What a docstring refers to is there: modules, functions, classes, attributes, files."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tooling" / "promptstead"
MODULES = {
    ".".join(path.relative_to(ROOT / "tooling").with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "skeletons" not in path.parts
}
ROLE = re.compile(r":(mod|func|class|meth|attr|data|exc|obj):`~?([\w.]+)`")
DOTTED = re.compile(r"``(promptstead(?:\.\w+)+)(?:\(\))?``")
FILE = re.compile(r"``((?:[\w-]+/)+[\w.-]+\.(?:py|js|md|json|toml|html|css))``|``([\w-]+/[\w/-]*/)``")
THEIRS = re.compile(r"^(prompts|docs|policy|vectors|\.github)/")
"""What stands in a user's repository or bundle, or may."""


def texts(tree: ast.AST) -> Iterator[str]:
    """Yield every docstring of a module, those below an assignment too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def exists(name: str, module: str) -> bool:
    """Tell whether *name* means something in a docstring of *module*: from the top, or as it is known there."""
    if name.startswith("promptstead"):
        parts = name.split(".")
        at = next(end for end in range(len(parts), 0, -1) if ".".join(parts[:end]) in MODULES)
        return known(".".join(parts[:at]), parts[at:])
    return known(module, name.split(".")) or outside(name)


def known(module: str, parts: list[str]) -> bool:
    """Tell whether *module* has what the names lead to; what a class declares or its methods set counts."""
    if not parts:
        return True
    found: object = getattr(import_module(module), parts[0], None)
    if found is None:  # imported for types only, or a name of an inner class or function
        return len(parts) == 1 and re.search(rf"\b{parts[0]}\b", code(module)) is not None
    for part in parts[1:]:
        if not isinstance(found, type):
            return hasattr(found, part)
        if not hasattr(found, part):
            return re.search(rf"\b(self\.)?{part}\b *[:=]", code(found.__module__)) is not None
        found = getattr(found, part)
    return True


def code(module: str) -> str:
    """Return the source of a module without its docstrings."""
    return ast.unparse(ast.parse(_without_texts(MODULES[module].read_text(encoding="utf-8"))))


def _without_texts(source: str) -> str:
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for at in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[at] = ""
            lines[node.lineno - 1] = " " * node.col_offset + "pass"
    return "\n".join(lines)


def outside(name: str) -> bool:
    """Tell whether *name* is one of the standard library or of a dependency."""
    module, _, attribute = name.rpartition(".")
    try:
        return hasattr(import_module(module), attribute) if module else False
    except ImportError:
        return False


def dead(module: str) -> list[str]:
    """Return what docstrings of *module* refer to and is not there."""
    gone = []
    for text in texts(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        gone += [name for _, name in ROLE.findall(text) if not exists(name, module)]
        gone += [name for name in DOTTED.findall(text) if not exists(name, module)]
        paths = (path or folder for path, folder in FILE.findall(text))
        gone += [path for path in paths if not THEIRS.match(path) and not is_file(path, module)]
    return gone


def is_file(path: str, module: str) -> bool:
    """Tell whether *path* is there: from the top, in the package, or beside the module."""
    return any((top / path).exists() for top in (ROOT, PACKAGE, MODULES[module].parent, ROOT / "tooling"))


@pytest.mark.parametrize("module", MODULES)
def test_what_a_docstring_refers_to_is_there(module: str) -> None:
    assert dead(module) == []


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("promptstead.errors", True),
        ("promptstead.source", False),
        ("promptstead.errors.PromptsteadError", True),
        ("promptstead.errors.PromptsteadErrors", False),
        ("promptstead.words.sentence.Sentence.code", True),
        ("promptstead.words.sentence.Sentence.to", True),
        ("promptstead.words.sentence.Sentence.of", False),
        ("say", True),
        ("Sentence.to", True),
        ("shout", False),
        ("json.loads", True),
        ("json.load_all", False),
    ],
)
def test_what_is_gone_is_found(name: str, there: bool) -> None:
    assert exists(name, "promptstead.words.sentence") is there
