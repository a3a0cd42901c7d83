"""The hooks in a repository that is not ours, installed by pre-commit from a commit of this checkout."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ScratchRepository, make_repository
from tests.samples import CASES, PARTIAL, PATH, write_sample

ROOT = Path(__file__).parents[2]
NEEDED = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "schemas", "tooling")
NO_NETWORK = re.compile("connection|resolution|network|timed out|No matching distribution", re.IGNORECASE)


def checkout(folder: Path) -> ScratchRepository:
    """Return a repository with what of this one the hooks need, committed."""
    repository = make_repository(folder)
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            shutil.copyfile(ROOT / name, folder / name)
    repository.commit()
    return repository


def test_a_bad_prompt_blocks_a_commit_and_a_good_one_needs_no_key(
    repository: ScratchRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = checkout(tmp_path / "promptstead")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.endswith("_API_KEY")]:
        monkeypatch.delenv(name)
    names = "".join(f"      - id: promptstead-{name}\n" for name in ("fmt", "lint", "check"))
    revision = hooks.run("rev-parse", "HEAD")
    settings = f"repos:\n  - repo: {hooks.root}\n    rev: {revision}\n    hooks:\n{names}"
    repository.write(".pre-commit-config.yaml", settings)
    installed = subprocess.run(
        [sys.executable, "-m", "pre_commit", "install", "--install-hooks"],
        cwd=repository.root,
        capture_output=True,
        text=True,
        check=False,
    )
    if installed.returncode and NO_NETWORK.search(installed.stdout):
        pytest.skip("the packages that the hooks need cannot be fetched")
    assert installed.returncode == 0, installed.stdout + installed.stderr

    def commit() -> tuple[bool, str]:
        repository.run("add", "--all")
        done = subprocess.run(
            ["git", "commit", "--quiet", "--message", "x"],
            cwd=repository.root,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode == 0, done.stdout + done.stderr

    write_sample(repository)
    went_in, said = commit()
    assert not went_in
    assert "files were modified by this hook" in said  # fmt has written them in canonical form
    went_in, said = commit()
    assert went_in, said

    tidy = (repository.root / PATH).read_text(encoding="utf-8")
    repository.write(PATH, tidy.replace("{{ review |", "{{ reveiw |"))
    went_in, said = commit()
    assert not went_in
    assert re.search(rf"{PATH}:\d+:\d+: error TPL101 variable `reveiw` is used but not declared", said)
    assert "help: did you mean `review`?" in said
    assert said.count("TPL101") == 1, "lint says what is wrong, and no other hook repeats it"
    assert "Traceback" not in said

    repository.write(PATH, tidy.replace("one word", "a single word"))
    went_in, said = commit()
    assert went_in, said

    data = (repository.root / PARTIAL).read_text(encoding="utf-8")
    repository.write(PARTIAL, data + "{% if %}\n")
    went_in, said = commit()
    assert not went_in
    assert f"{PARTIAL}:2:" in said

    repository.write(PARTIAL, data)
    cases = (repository.root / CASES).read_text(encoding="utf-8")
    repository.write(CASES, cases.replace("Review 1", "Report 1"))
    went_in, said = commit()
    assert went_in, said  # the answer is stale, and only a model can mend that
