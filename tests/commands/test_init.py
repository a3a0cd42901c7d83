import json
import tomllib
from pathlib import Path

import pytest

from tests.command_line import run
from tests.conftest import ScratchRepository

SUMMARY = """\
name: Summarise
model: openai/gpt-4o
messages:
  - role: system
    content: You summarise text.
  - role: user
    content: |
      <text>
      {{text}}
      </text>
"""
RISKY = SUMMARY.replace("You summarise text.", "You summarise text about {{text}}.")
"""Untrusted text in a system message: the rules say something about it."""


def test_an_empty_repository(repository: ScratchRepository) -> None:
    repository.write(".gitignore", "dist/")
    done = run("init", cwd=repository.root)
    assert done.code == 0
    assert done.out.splitlines()[0] == "promptstead.toml"
    assert "next: promptstead new" in done.err
    settings = tomllib.loads((repository.root / "promptstead.toml").read_text())
    assert settings["roots"] == ["prompts"]
    assert "baseline" not in settings["lint"]
    ignored = (repository.root / ".gitignore").read_text().splitlines()
    assert ignored == [
        "dist/", "# added by promptstead init", "outputs.new.jsonl", "judgements.new.jsonl", "*.run.jsonl",
        ".promptstead/", ".promptstead-*", "*.bundle",
    ]  # fmt: skip
    for kind in ("prompt", "cases", "outputs", "evaluators"):
        schema = json.loads((repository.root / "schemas" / f"{kind}.schema.json").read_text())
        assert schema["$schema"].endswith("2020-12/schema")
    check = run("check", cwd=repository.root)
    assert check.code == 0

    again = run("init", cwd=repository.root)
    assert again.code == 2
    assert again.err.startswith("promptstead: promptstead.toml: this repository is set up already (edit its settings")
    assert again.err.count("\n") == 1


def test_prompts_that_are_there_stay_as_they_are_and_are_green(repository: ScratchRepository) -> None:
    files = {
        ".github/prompts/summarise.prompt.yml": RISKY,
        "src/assist/prompts/deep/tell.prompt.yaml": SUMMARY.replace("{{text}}", "{text}"),
        "src/assist/prompts/broken.prompt.yml": "name: [\n",
        "services/chat/hello.prompt.yml": SUMMARY,
        "node_modules/other/x.prompt.yml": "not ours",
    }
    for path, text in files.items():
        repository.write(path, text)
    repository.write(".gitignore", b"caf\xe9/\n")
    repository.write("schemas/prompt.schema.json", "{}")
    done = run("init", cwd=repository.root)
    assert done.code == 0, done.err
    assert "in 4 prompts allowed from now on" in done.out
    settings = tomllib.loads((repository.root / "promptstead.toml").read_text())
    assert settings["roots"] == [".github/prompts", "services/chat", "src/assist/prompts"]
    assert settings["lint"]["baseline"] == "promptstead-baseline.json"
    for path, text in files.items():
        assert (repository.root / path).read_text() == text
    assert (repository.root / ".gitignore").read_bytes() == b"caf\xe9/\n"
    assert (repository.root / "schemas/prompt.schema.json").read_text() == "{}"

    assert run("check", cwd=repository.root).code == 0
    repository.write(".github/prompts/summarise.prompt.yml", RISKY.replace("role: user", "role: robot"))
    check = run("check", cwd=repository.root)
    assert check.code == 1
    assert ".github/prompts/summarise.prompt.yml:6:" in check.out
    assert "SCH001" in check.out
    assert "broken.prompt.yml" not in check.out


def test_prompts_without_findings_need_no_baseline(repository: ScratchRepository) -> None:
    repository.write("prompts/summarise.prompt.yml", SUMMARY)
    assert run("lint", cwd=repository.root).code == 0
    findings = run("lint", "--format", "json", cwd=repository.root).json["findings"]
    assert run("init", cwd=repository.root).code == 0
    assert (repository.root / "promptstead-baseline.json").exists() == bool(findings)
    assert run("check", cwd=repository.root).code == 0


def test_a_root_that_needs_quoting(repository: ScratchRepository) -> None:
    repository.write('a "b" é/x.prompt.yml', SUMMARY)
    assert run("init", cwd=repository.root).code == 0
    assert tomllib.loads((repository.root / "promptstead.toml").read_text(encoding="utf-8"))["roots"] == ['a "b" é']


def test_pyproject_counts_as_set_up(repository: ScratchRepository) -> None:
    repository.write("pyproject.toml", '[project]\nname = "x"\n[tool.promptstead]\nroots = ["p"]\n')
    done = run("init", cwd=repository.root)
    assert done.code == 2
    assert done.err.startswith("promptstead: pyproject.toml: this repository is set up already")
    assert not (repository.root / "schemas").exists()


@pytest.mark.usefixtures("no_git_configuration")
def test_outside_git(tmp_path: Path) -> None:
    done = run("init", cwd=tmp_path)
    assert done.code == 0
    assert "this is not a Git repository" in done.err
    assert run("new", "shop/mood", cwd=tmp_path).code == 0
    assert run("check", cwd=tmp_path).code == 0
    review = run("review", "HEAD", cwd=tmp_path)
    assert review.code == 2
    assert "not a Git repository" in review.err
