"""Prompt files of GitHub Models as their owners committed them, through the commands."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command_line import run
from tests.conftest import ScratchRepository

DATA = Path(__file__).parents[3] / "shared" / "data" / "github-models"
FILES = sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.yml"))

MISSPELT = "ms-mfg-community__gh-abcs-actions/.github/prompts/failed-run-analyze.prompt.yml"
"""It renders, and has a key that GitHub Models does not know."""

pytestmark = pytest.mark.skipif(not FILES, reason="the GitHub Models files are not beside this checkout")


@pytest.fixture
def copied(repository: ScratchRepository) -> ScratchRepository:
    """Return a repository with all of the files."""
    shutil.copytree(DATA, repository.root, dirs_exist_ok=True, copy_function=shutil.copyfile)
    return repository


def parsed(path: Path) -> dict[str, Any] | None:
    """Return the file as another YAML reader has it; None where that cannot read it, or there is no message."""
    try:
        data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError:
        return None
    return data if data["messages"] else None


def filled(template: str, row: dict[str, Any]) -> str:
    """Return what GitHub Models sends for *template*: each known name replaced once, the others left."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: str(row.get(match[1], match[0])), template)


def test_every_file_lints_and_renders_or_says_why_not(copied: ScratchRepository) -> None:
    done = run("lint", "--format", "json", *FILES, cwd=copied.root)
    assert done.code == 1
    errors = {each["path"]: each["code"] for each in done.json["findings"] if each["level"] == "error"}
    unreadable = [path for path in FILES if parsed(copied.root / path) is None]
    assert len(unreadable) == 5
    assert (MISSPELT, "SCH002", "warning") in {
        (each["path"], each["code"], each["level"]) for each in done.json["findings"]
    }
    assert sorted(errors) == unreadable
    assert sorted(errors.values()) == ["SCH001", "SCH005", "SCH005", "SCH005", "SCH005"]

    rendered = 0
    for path in FILES:
        data = parsed(copied.root / path)
        rows = data.get("testData", []) if data else []
        shown = run("render", path, "--format", "json", *(["--case", "all"] if rows else []), cwd=copied.root)
        if data is None:
            assert shown.code == 2
            assert shown.err.startswith(f"promptstead: {path}: this prompt is not valid: ")
            continue
        assert shown.code == 0, shown.err
        documents = shown.json if rows else [shown.json]
        for document, row in zip(documents, rows or [{}], strict=True):
            wanted = [{"role": each["role"], "content": filled(each["content"], row)} for each in data["messages"]]
            assert document["messages"] == wanted
            rendered += 1
    assert rendered > len(FILES)


def test_a_repository_of_them_starts_green_and_its_valid_prompts_become_a_bundle(copied: ScratchRepository) -> None:
    assert run("init", cwd=copied.root).code == 0
    copied.commit()
    check = run("check", cwd=copied.root)
    assert check.code == 0
    assert "allowed by the baseline" in check.err
    refused = run("bundle", "build", cwd=copied.root)
    assert refused.code == 1
    named = [path for path in FILES if path.endswith(".prompt.yml") and parsed(copied.root / path) and path != MISSPELT]
    built = run("bundle", "build", *named, cwd=copied.root)
    assert built.code == 0, built
    assert built.out.startswith(f"promptstead.bundle: {len(named)} prompts of commit ")
