"""The change log is put together of fragments, by towncrier."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KINDS = ["added", "changed", "deprecated", "removed", "fixed", "security"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with the settings and the change log of this repository, and no fragment."""
    for name in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "changelog.d").mkdir()
    shutil.copy(ROOT / "changelog.d" / "template.md", tmp_path / "changelog.d")
    return tmp_path


def towncrier(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "towncrier", "build", "--version", "1.2.3", "--date", "2027-01-02", *more]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_release_is_put_above_the_one_before(project: Path) -> None:
    before = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    for kind in KINDS:
        (project / "changelog.d" / f"+what.{kind}.md").write_text(
            f"What was {kind},\nin two lines.\n", encoding="utf-8"
        )
    done = towncrier(project, "--yes")
    assert done.returncode == 0, done.stderr
    after = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    new = after.partition("<!-- the next release goes here -->\n")[2].partition("\n## [Unreleased]")[0]
    assert new.strip().startswith(
        "## [1.2.3] - 2027-01-02\n\n### Security\n\n- What was security,\n  in two lines.\n\n###"
    )
    assert sorted(re.findall(r"^### (\w+)$", new, re.MULTILINE)) == sorted(kind.capitalize() for kind in KINDS)
    assert before.partition("## [Unreleased]")[2] == after.partition("## [Unreleased]")[2]
    assert [path.name for path in (project / "changelog.d").iterdir()] == ["template.md"]


def test_a_fragment_of_no_kind_is_named(project: Path) -> None:
    (project / "changelog.d" / "+what.aded.md").write_text("What was added.\n", encoding="utf-8")
    done = towncrier(project, "--draft")
    assert done.returncode == 1
    assert "Invalid news fragment name: +what.aded.md" in done.stdout + done.stderr


def test_the_kinds_are_those_that_contributors_are_told() -> None:
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert ", ".join(f"`{kind}`" for kind in KINDS) in " ".join(told.split())
