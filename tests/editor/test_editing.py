"""The schemas in an editor: what a real YAML language server completes, shows and reports in files that `new` wrote."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import run
from tests.editor.language_server import LanguageServer

VERSION = "1.25.0"
"""Of yaml-language-server on npm."""

PROMPT = "prompts/shop/read-message.prompt.yml"
LINE = "# yaml-language-server: $schema=../../schemas/prompt.schema.json\n"
ROOT = Path(__file__).parents[2]
SETTINGS: dict[str, Any] = {"yaml": {"schemaStore": {"enable": False}, "kubernetesCRDStore": {"enable": False}}}

GAP = "risk: TODO  # minimal, limited or high, under the EU AI Act"


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    """Install the server into a temporary folder and return how it is started."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("npm and node are not installed")
    folder = tmp_path_factory.mktemp("language-server")
    arguments = [
        "install",
        "--no-audit",
        "--no-fund",
        "--no-save",
        "--ignore-scripts",
        "--prefer-offline",
        "--prefix",
        str(folder),
    ]
    try:
        done = subprocess.run(
            [npm, *arguments, f"yaml-language-server@{VERSION}"],
            cwd=folder,
            capture_output=True,
            timeout=45,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("the npm registry does not answer in time")
    if done.returncode:
        pytest.skip(f"npm cannot install the language server: {done.stderr.decode(errors='replace')[-300:]}")
    return [node, folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server", "--stdio"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository as `init` and `new` leave it."""
    root = tmp_path_factory.mktemp("shop")
    (root / ".git").mkdir()
    assert run("init", cwd=root).code == 0
    assert run("new", "shop/read-message", cwd=root).code == 0
    return root


@pytest.fixture(scope="module")
def server(command: list[str | Path], repository: Path) -> Iterator[LanguageServer]:
    with LanguageServer(command, repository, SETTINGS) as running:
        yield running


class Editor:
    """One file, `new`'s prompt with a change, open in the editor under a name of its own; ``‸`` is the cursor."""

    def __init__(self, server: LanguageServer, name: str, old: str = "", new: str = "") -> None:
        original = (server.root / PROMPT).read_text(encoding="utf-8")
        assert original.startswith(LINE)
        assert original.count(old) == 1 or not old
        changed = original.replace(old, new, 1)
        self.server = server
        self.path = f"prompts/shop/{name}.prompt.yml"
        self.text = changed.replace("‸", "")
        self.cursor = place(changed, "‸") if "‸" in changed else (0, 0)
        self.errors = server.open(self.path, self.text)

    def completions(self) -> set[str]:
        """Return what is offered at the cursor."""
        return set(self.server.completions(self.path, *self.cursor))

    def hover(self, needle: str) -> str:
        """Return what is shown at *needle*, Markdown's escapes undone."""
        line, character = place(self.text, needle)
        return self.server.hover(self.path, line, character + 1).replace("\\", "")


def place(text: str, needle: str) -> tuple[int, int]:
    """Return the line and character, from 0, where *needle* first starts."""
    before = text[: text.index(needle)]
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def keys_of(text: str) -> list[str]:
    """Return the keys at the top of a YAML mapping."""
    return [line.partition(":")[0] for line in text.splitlines() if line[:1].isalpha()]


def schema(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8"))
    return found


def test_what_new_wrote_has_no_errors(server: LanguageServer) -> None:
    files = sorted(server.root.glob("prompts/**/*.yml"))
    assert len(files) == 3
    for file in files:
        path = file.relative_to(server.root).as_posix()
        assert server.open(path, file.read_text(encoding="utf-8")) == [], path


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("top-level", "\ndescription:", "\ndescripton:", "Property descripton is not allowed."),
        ("evaluator-key", " equals:", " equal:", "Property equal is not allowed."),
        ("evaluator-type", "type: json-path", "type: jsonpath", 'Value is not accepted. Valid values: "equals", '),
        (
            "choice",
            "risk: TODO",
            "risk: tiny",
            'Value is not accepted. Valid values: "minimal", "limited", "high", "prohibited", "TODO".',
        ),
    ],
)
def test_a_typo_is_reported_where_it_is(server: LanguageServer, name: str, old: str, new: str, message: str) -> None:
    editor = Editor(server, f"typo-{name}", old, new)
    (error,) = editor.errors
    assert error["message"].startswith(message)
    word = new.strip(" :\n").rpartition(" ")[2]
    line, character = place(editor.text, word)
    assert error["range"] == {
        "start": {"line": line, "character": character},
        "end": {"line": line, "character": character + len(word)},
    }


def test_typos_in_cases_and_outputs_are_reported(server: LanguageServer) -> None:
    for kind, old, new in (("cases", "must_pass:", "must-pass:"), ("outputs", "samples:", "sample:")):
        text = (server.root / f"prompts/shop/read-message/{kind}.yml").read_text(encoding="utf-8")
        messages = [
            error["message"] for error in server.open(f"prompts/shop/other/{kind}.yml", text.replace(old, new, 1))
        ]
        assert f"Property {new[:-1]} is not allowed." in messages


def test_the_keys_that_are_missing_are_completed(server: LanguageServer) -> None:
    editor = Editor(server, "keys", LINE, LINE + "‸\n")
    offered = editor.completions()
    assert offered == set(schema("prompt")["properties"]) - set(keys_of(editor.text))
    assert len(offered) > 5


def test_nested_keys_and_values_are_completed(server: LanguageServer) -> None:
    assert "disclosure" in Editor(server, "nested", "governance:\n", "governance:\n  ‸\n").completions()
    assert Editor(server, "value", GAP, "risk: ‸").completions() == {
        "minimal",
        "limited",
        "high",
        "prohibited",
        "TODO",
    }
    offered = Editor(server, "type", "type: json-path", "type: ‸").completions()
    assert offered >= {"json-path", "json-schema", "no-personal-data", "regex"}


def test_hover_shows_the_description_of_every_key(server: LanguageServer) -> None:
    editor = Editor(server, "hover")
    whole = schema("prompt")
    keys = keys_of(editor.text)
    assert len(keys) > 10
    for key in keys:
        entry = whole["properties"][key]
        if "description" not in entry:
            entry = whole["$defs"][entry["$ref"].rpartition("/")[2]]
        line = next(number for number, line in enumerate(editor.text.splitlines()) if line.startswith(f"{key}:"))
        assert entry["description"] in server.hover(editor.path, line, 1).replace("\\", ""), key
    assert "Risk class under the EU AI Act." in editor.hover("risk: TODO")


def test_the_comment_of_other_editors_names_the_schema_too(server: LanguageServer) -> None:
    comment = "# $schema: ../../schemas/prompt.schema.json\n"
    text = (
        (server.root / PROMPT)
        .read_text(encoding="utf-8")
        .replace(LINE, comment)
        .replace("\ndescription:", "\ndescripton:")
    )
    errors = server.open("prompts/shop/comment.prompt.yml", text)
    assert [error["message"] for error in errors] == ["Property descripton is not allowed."]


def test_the_setting_of_the_documentation_finds_each_schema(command: list[str | Path], repository: Path) -> None:
    page = (ROOT / "tooling" / "docs" / "editors.md").read_text(encoding="utf-8")
    setting = json.loads(page.partition("```json\n")[2].partition("```")[0])["yaml.schemas"]
    with LanguageServer(command, repository, {"yaml": SETTINGS["yaml"] | {"schemas": setting}}) as server:
        for path in (
            "prompts/a/b.prompt.yml",
            "prompts/a/b/cases.yml",
            "prompts/a/b/outputs.yml",
            "other/b.prompt.yml",
        ):
            messages = [error["message"] for error in server.open(path, "typo: 1\n")]
            assert ("Property typo is not allowed." in messages) == path.startswith("prompts/"), path


def test_without_a_schema_nothing_is_known(server: LanguageServer) -> None:
    assert Editor(server, "unknown", LINE + "schema:", "descripton: x\nschema:").errors == []


def test_the_prompts_of_this_repository_have_no_errors(command: list[str | Path]) -> None:
    with LanguageServer(command, ROOT, SETTINGS) as server:
        files = [
            file for file in sorted((ROOT / "prompts").rglob("*.yml")) if file.read_bytes().startswith(b"# yaml-lang")
        ]
        assert len(files) > 10
        for file in files:
            path = file.relative_to(ROOT).as_posix()
            assert server.open(path, file.read_text(encoding="utf-8")) == [], path
