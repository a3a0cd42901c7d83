"""Files are replaced whole or not at all, and a link of a tree leads nobody out of it or into Git's own folder."""

import os
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from promptstead.errors import PromptsteadError
from promptstead.storage.replacement import refuse_link_out, replacing, replacing_bytes
from promptstead.storage.working_tree import WorkingTree, write_report
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import OUTPUTS, write_sample

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links need no rights there")


def test_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "report.md"
    target.write_text("before")
    target.chmod(0o640)
    with suppress(ZeroDivisionError), replacing(str(target)) as file:
        file.write("half")
        file.flush()
        raise ZeroDivisionError
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["report.md"]
    with replacing(str(target)) as file:
        file.write("é\n")
    assert target.read_bytes() == "é\n".encode()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_an_exception_after_the_file_is_there_keeps_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def interrupted(source: str, target: str) -> None:
        replace(source, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt), replacing_bytes(str(tmp_path / "report"), 0o600) as file:
        file.write(b"whole")
    assert (tmp_path / "report").read_bytes() == b"whole"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "theirs.md").write_text("theirs")
    return folder


@pytest.mark.parametrize(
    ("link", "to", "path"),
    [
        ("report.md", "../outside/theirs.md", "report.md"),
        ("report.md", "../outside/new.md", "report.md"),
        ("reports", "../outside", "reports/theirs.md"),
        ("reports", "../outside", "reports/deep/new.md"),
        ("reports", "../outside/deep", "reports/../theirs.md"),
        ("docs/reports", "../../outside", "docs/reports/theirs.md"),
        ("report.md", ".git/config", "report.md"),
        ("reports", ".git/hooks", "reports/post-checkout"),
        ("report.md", ".GIT/config", "report.md"),
    ],
)
def test_a_link_of_the_tree_leads_no_output_out(
    repository: ScratchRepository, outside: Path, link: str, to: str, path: str
) -> None:
    write_sample(repository)
    (outside / "deep").mkdir()
    place = repository.root / link
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(to)
    config = (repository.root / ".git/config").read_bytes()
    for name in (path, str(repository.root / path)):
        done = run("check", "-o", name, cwd=repository.root)
        assert done.code == 2
        assert done.err.startswith(f"promptstead: {name}: this link leads out of the repository")
    assert {file.name: file.read_text() for file in outside.rglob("*") if file.is_file()} == {"theirs.md": "theirs"}
    assert (repository.root / ".git/config").read_bytes() == config
    assert not (repository.root / ".git/hooks/post-checkout").exists()


def test_a_link_into_the_folder_of_git_is_not_written_to_by_the_tree(repository: ScratchRepository) -> None:
    (repository.root / "prompts").mkdir()
    (repository.root / "prompts/config.yml").symlink_to("../.git/config")
    with pytest.raises(PromptsteadError, match="this link leads out of the repository"):
        WorkingTree(str(repository.root)).write("prompts/config.yml", "x")
    with pytest.raises(PromptsteadError, match="this link leads out of the repository"):
        WorkingTree(str(repository.root)).read("prompts/config.yml")


def test_links_that_lead_nowhere_else(repository: ScratchRepository, outside: Path, tmp_path: Path) -> None:
    (repository.root / "docs").mkdir()
    (repository.root / "reports").symlink_to("docs")
    with replacing(str(repository.root / "reports/a.md")) as file:
        file.write("a")
    assert (repository.root / "docs/a.md").read_text() == "a"
    (tmp_path / "mine").symlink_to(outside)  # lies in no repository: whoever names it means it
    (tmp_path / "here").symlink_to(repository.root)
    for path in ("mine/b.md", "here/c.md", "here/../outside/d.md"):
        refuse_link_out(str(tmp_path / path))
    with replacing(str(tmp_path / "mine/theirs.md")) as file:
        file.write("mine")
    assert (outside / "theirs.md").read_text() == "mine"


def test_a_report_is_no_link_to_settings(repository: ScratchRepository) -> None:
    repository.write("promptstead.toml", "")
    (repository.root / "report.md").symlink_to("promptstead.toml")
    with pytest.raises(PromptsteadError, match="a report may not overwrite this file"):
        write_report(str(repository.root / "report.md"), "x")


def test_another_name_of_a_file_keeps_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("before")
    os.link(tmp_path / "one", tmp_path / "other")
    with replacing(str(tmp_path / "one")) as file:
        file.write("after")
    assert (tmp_path / "other").read_text() == "before"


def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    with replacing(os.devnull) as file:
        file.write("x")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PromptsteadError, match="cannot write the file: "), replacing(str(tmp_path / "pipe")) as file:
        file.write("nobody reads this")
    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with replacing(str(tmp_path / "pipe")) as file:
        file.write("read")
    assert os.read(reading, 100) == b"read"
    os.close(reading)
    with pytest.raises(PromptsteadError, match="Is a directory"), replacing(str(tmp_path)) as file:
        file.write("x")


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full")
def test_a_device_that_is_full(tmp_path: Path) -> None:
    with pytest.raises(PromptsteadError, match="cannot write the file: No space left"), replacing("/dev/full") as file:
        file.write("x")


def test_answers_that_lack_their_cases_are_not_pruned(repository: ScratchRepository) -> None:
    write_sample(repository)
    before = (repository.root / OUTPUTS).read_bytes()
    (repository.root / "prompts/shop/mood/cases.yml").unlink()
    (repository.root / "prompts/shop/mood/cases.yml").symlink_to("/etc/hostname")
    done = run("outputs", "prune", cwd=repository.root, env={"CI": ""})
    assert done.code == 2
    assert "this link leads out of the repository" in done.err
    assert (repository.root / OUTPUTS).read_bytes() == before
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "prompts"],
        cwd=repository.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert tested.returncode == pytest.ExitCode.INTERRUPTED
    assert "1 error" in tested.stdout
