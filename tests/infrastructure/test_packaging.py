import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def imported(tree: ast.AST) -> set[str]:
    """Return the top-level names that a module imports, wherever in it, with `import_module` too."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            names |= {str(arg.value).partition(".")[0] for arg in node.args if isinstance(arg, ast.Constant)}
    return names


def distribution(requirement: str) -> str:
    """Return the normalised name of the package that a requirement asks for."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def test_the_package_declares_what_it_imports_and_nothing_else() -> None:
    names: set[str] = set()
    for path in (ROOT / "tooling" / "promptstead").rglob("*.py"):
        names |= imported(ast.parse(path.read_text(encoding="utf-8")))
    providers = packages_distributions()
    third_party = names - sys.stdlib_module_names - {"promptstead"}
    used = {distribution(providers.get(name, [name])[0]) for name in third_party}
    runtime_extras = {name: deps for name, deps in PROJECT["optional-dependencies"].items() if name != "dev"}
    declared = {distribution(entry) for entry in PROJECT["dependencies"]}
    optional = {distribution(entry) for entries in runtime_extras.values() for entry in entries}
    assert used <= declared | optional
    assert declared <= used


def test_dependencies_have_a_lower_bound() -> None:
    for entry in [*PROJECT["dependencies"], *(e for es in PROJECT["optional-dependencies"].values() for e in es)]:
        assert re.fullmatch(r"[a-z0-9._-]+(\[[a-z0-9,]+\])?>=[0-9.]+(,<[0-9]+)?", entry), entry
