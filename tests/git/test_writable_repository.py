"""What is written to Git goes through GitPython, in the environment of our own Git processes."""

import os
from pathlib import Path

import pytest

from promptstead.errors import PromptsteadError
from promptstead.git.writable_repository import WritableRepository
from tests.conftest import ScratchRepository


def test_settings_are_written_read_back_and_taken_away(repository: ScratchRepository) -> None:
    writable = WritableRepository(str(repository.root))
    values = {"diff.x.textconv": "one two", "difftool.x.cmd": 'a "$LOCAL"\n\\b'}
    writable.set_settings(values)
    assert writable.settings([*values, "diff.x.other"]) == values
    assert repository.run("config", "--local", "difftool.x.cmd") == values["difftool.x.cmd"]
    writable.set_settings({"diff.x.textconv": "three"})
    writable.unset_settings(values)
    assert writable.settings(values) == {}
    with pytest.raises(PromptsteadError, match="Git failed"):
        writable.unset_settings(["diff.x.textconv"])


def test_settings_that_cannot_all_be_written_are_taken_back(repository: ScratchRepository) -> None:
    repository.run("config", "a.one", "before")
    writable = WritableRepository(str(repository.root))
    before = (repository.root / ".git/config").read_text()
    with pytest.raises(PromptsteadError, match="Git failed"):
        writable.set_settings({"a.one": "x", "a.two": "y", "no name": "z"})
    assert (repository.root / ".git/config").read_text() == before


def test_variables_of_a_hook_lead_nowhere_else(
    repository: ScratchRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ScratchRepository(tmp_path / "other")
    other.root.mkdir()
    other.run("init", "--quiet")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    monkeypatch.setenv("GIT_PYTHON_GIT_EXECUTABLE", "/bin/false")
    before = dict(os.environ)
    WritableRepository(str(repository.root)).set_settings({"a.b": "c"})
    assert dict(os.environ) == before
    assert "b = c" in (repository.root / ".git/config").read_text()
    assert "b = c" not in (other.root / ".git/config").read_text()


def test_no_git_of_the_tree_and_nothing_of_its_settings_runs(
    repository: ScratchRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "marker"
    repository.write("bin/git", f"#!/bin/sh\ntouch {marker}\n").chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "core.editor", "pager.config", "alias.config"):
        repository.run("config", name, f"!touch {marker}" if name.startswith("alias") else f"touch {marker}")
    monkeypatch.setenv("PATH", os.pathsep.join((str(repository.root / "bin"), "bin", os.environ["PATH"])))
    monkeypatch.chdir(repository.root)
    writable = WritableRepository(str(repository.root))
    writable.set_settings({"a.b": "c"})
    assert writable.settings(["a.b"]) == {"a.b": "c"}
    assert not marker.exists()


def test_a_repository_of_the_other_object_format(tmp_path: Path) -> None:
    repository = ScratchRepository(tmp_path)
    repository.run("init", "--quiet", "--object-format=sha256")
    writable = WritableRepository(str(tmp_path))
    writable.set_settings({"a.b": "c"})
    assert writable.settings(["a.b"]) == {"a.b": "c"}


def test_where_hooks_are_is_what_the_settings_say_and_not_what_we_tell_git(
    repository: ScratchRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writable = WritableRepository(str(repository.root))
    assert writable.hooks_path() == ""
    user = tmp_path / "user.config"
    user.write_text("[core]\n\thooksPath = /of/the user\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(user))
    assert writable.hooks_path() == "/of/the user"
    repository.run("config", "core.hooksPath", ".husky")
    assert writable.hooks_path() == ".husky"
