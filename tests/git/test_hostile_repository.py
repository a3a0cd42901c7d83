"""What a repository, its working tree and its configuration bring along is looked at, and nothing of it runs."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from promptstead.config.settings import Config
from promptstead.errors import PromptsteadError
from promptstead.executors.choice import usable_cores
from promptstead.git import process as git_process
from promptstead.git.repository import ChangedPath, Repository, checked_out
from promptstead.operations.workspace.base_revision import find_base
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.trusted_settings import trusted_config, whole_tree
from tests.command_line import environment, run
from tests.conftest import ScratchRepository
from tests.samples import MANY, PATH, PROMPT, write_many, write_sample

MODULES = ("multiprocessing", "concurrent", "click", "yaml", "jsonschema_rs", "sitecustomize", "usercustomize", "email")
"""What Python, the command line and its other processes import; what runs before our first line is Python's own."""
ALLOWED = '[policy]\npython_evaluators = ["them:*"]\n'


def plant_bare(repository: ScratchRepository, folder: str, marker: Path) -> None:
    """Write a bare repository into *folder* whose settings give it a working tree and a filter that writes *marker*."""
    for path in ("objects/x", "refs/x"):
        repository.write(f"{folder}/{path}", "")
    repository.write(f"{folder}/HEAD", "ref: refs/heads/main\n")
    repository.write(
        f"{folder}/config",
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n"
        f'[filter "x"]\n\tclean = touch {marker}; cat\n\trequired = true\n',
    )
    repository.write(f"{folder}/.gitattributes", "* filter=x\n")


def stage_in(folder: Path) -> None:
    """Give the repository *folder* an index whose files look changed."""
    ScratchRepository(folder).run("add", "--force", ".gitattributes")
    os.utime(folder / ".gitattributes", (1, 1))


def test_a_bare_repository_in_the_tree_is_part_of_the_tree(repository: ScratchRepository, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    write_sample(repository)
    repository.commit("main")
    repository.run("checkout", "--quiet", "-b", "change")
    plant_bare(repository, "prompts/evil", marker)
    evil = repository.root / "prompts/evil"
    stage_in(evil)
    repository.write("prompts/evil/promptstead.toml", ALLOWED)
    head = repository.commit("theirs")
    marker.unlink(missing_ok=True)
    os.utime(evil / ".gitattributes", (1, 1))
    ScratchRepository(evil).run("status")
    assert marker.exists(), "Git itself no longer runs it: the test shows nothing"
    marker.unlink()
    with Repository.discover(str(evil)) as opened:
        assert opened.root == os.path.realpath(repository.root)
        assert not opened.bare
    assert checked_out(str(evil))[0] == head
    base = trusted_config(open_workspace((str(evil),)))
    assert base is not None
    assert base.python_evaluators == ()
    for command in ("eval", "check", "diff", "review"):
        arguments = ("HEAD~1",) if command in ("diff", "review") else ()
        run(command, *arguments, cwd=evil, env={"CI": ""})
    assert not marker.exists()


@pytest.mark.parametrize("kind", ["clean", "process"])
def test_no_filter_runs_over_the_working_tree(repository: ScratchRepository, tmp_path: Path, kind: str) -> None:
    marker = tmp_path / "marker"
    repository.write("file.txt", "one\n")
    commit = repository.commit()
    for name in ("lfs", "a=b.c d"):
        repository.run("config", f"filter.{name}.{kind}", f"touch '{marker}'; cat")
        repository.run("config", f"filter.{name}.required", "true")
    repository.write(".git/info/attributes", "*.yml filter=a=b.c\n")
    repository.write(".gitattributes", "*.txt filter=lfs\n")
    os.utime(repository.root / "file.txt", (1, 1))
    if kind == "clean":
        repository.run("status")
        assert marker.exists(), "Git itself no longer runs it: the test shows nothing"
        marker.unlink()
        os.utime(repository.root / "file.txt", (2, 2))
    with Repository.discover(str(repository.root)) as opened:
        assert opened.changed_paths("HEAD", None) == (ChangedPath("added", ".gitattributes"),)
        assert opened.is_dirty()
    assert checked_out(str(repository.root)) == (commit, True)
    assert not marker.exists()


def test_settings_of_the_environment_stay_beside_ours(
    repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit()
    repository.run("config", "filter.lfs.clean", "false")
    for name, value in (("COUNT", "1"), ("KEY_0", "user.name"), ("VALUE_0", "From The Environment")):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    repository.write(".gitattributes", "* filter=lfs\n")
    with Repository.discover(str(repository.root)) as opened:
        assert opened.user_name() == "From The Environment"
        assert opened.is_dirty()


def test_nothing_is_fetched_for_an_object_that_is_missing(repository: ScratchRepository, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    repository.write("file", "content of its own")
    commit = repository.commit()
    blob = repository.run("rev-parse", "HEAD:file")
    (repository.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    for name, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.url", f"ext::touch {marker}"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.uploadpack", f"touch {marker}"),
        ("protocol.ext.allow", "always"),
    ):
        repository.run("config", name, value)
    with pytest.raises(AssertionError):
        repository.run("cat-file", "blob", blob)
    assert marker.exists(), "Git itself no longer runs it: the test shows nothing"
    marker.unlink()
    with Repository.discover(str(repository.root)) as opened:
        with pytest.raises(PromptsteadError, match="not in this clone"):
            opened.tree(commit).read("file")
        with pytest.raises(PromptsteadError, match="not in this clone"):
            opened.tree(commit).open("file")
    assert not marker.exists()


def test_no_git_is_taken_from_the_tree_or_the_current_folder(
    repository: ScratchRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "marker"
    commit = repository.commit()
    for folder in (".", "bin", "below"):
        for name in ("git", "git.exe"):
            repository.write(f"{folder}/{name}", f"#!/bin/sh\ntouch {marker}\n").chmod(0o755)
    path = os.environ["PATH"]
    below = repository.root / "below"
    monkeypatch.chdir(below)
    for first in ("", ".", "bin", "../bin", str(repository.root / "bin"), str(below)):
        monkeypatch.setenv("PATH", os.pathsep.join((first, path)))
        with Repository.discover(".") as opened:
            assert opened.resolve("HEAD") == commit
        assert checked_out(str(below))[0] == commit
    assert not marker.exists()


def test_a_short_name_that_means_two_commits_is_refused(repository: ScratchRepository) -> None:
    base = repository.commit("base")
    repository.run("update-ref", "refs/remotes/origin/main", base)
    head = repository.commit("theirs")
    with Repository.discover(str(repository.root)) as opened:
        assert opened.resolve("main") == head
        repository.run("tag", "main", head)
        assert opened.resolve("main") == head
        repository.run("tag", "--force", "main", base)
        repository.run("tag", "--annotate", "--message=x", "origin/main", head)
        for name in ("main", "main~0", "origin/main", "origin/main^{commit}"):
            with pytest.raises(PromptsteadError, match="names more than one commit") as caught:
                opened.resolve(name)
            assert "refs/tags/" in caught.value.hint
        with pytest.raises(PromptsteadError, match="names more than one commit"):
            opened.parse_range("origin/main...HEAD")
        assert opened.resolve(base[:8]) == base
    repository.run("tag", base[:8], head)
    with Repository.discover(str(repository.root)) as opened:
        with pytest.raises(PromptsteadError, match="names more than one commit"):
            opened.resolve(base[:8])
        assert opened.resolve(base) == base
        assert opened.resolve("refs/remotes/origin/main") == base
        assert opened.resolve("heads/main") == head


@pytest.mark.parametrize(
    "planted", ["refs/tags/origin/HEAD", "refs/heads/origin/HEAD", "refs/remotes/origin/HEAD", "refs/tags/origin/main"]
)
def test_no_ref_of_theirs_becomes_the_base(repository: ScratchRepository, planted: str) -> None:
    write_sample(repository)
    base = repository.commit("main")
    repository.run("update-ref", "refs/remotes/origin/main", base)
    repository.run("checkout", "--quiet", "-b", "change")
    repository.write("promptstead.toml", ALLOWED)
    repository.run("update-ref", planted, repository.commit("theirs"))
    workspace = open_workspace((str(repository.root),))
    opened, commit, name = find_base(workspace, None)
    opened.close()
    assert (commit, name) == (base, "the merge base with origin/main")
    trusted = trusted_config(workspace)
    assert trusted is not None
    assert trusted.python_evaluators == ()


def test_what_the_remote_calls_its_default_branch_is_the_base(repository: ScratchRepository) -> None:
    base = repository.commit("trunk")
    repository.run("update-ref", "refs/remotes/origin/trunk", base)
    repository.run("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    repository.commit("change")
    opened, commit, name = find_base(open_workspace((str(repository.root),)), None)
    opened.close()
    assert (commit, name) == (base, "the merge base with origin/trunk")


def test_where_git_cannot_say_what_the_base_is_nothing_is_allowed(
    repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("promptstead.toml", ALLOWED)

    def trusted() -> Config | None:
        return trusted_config(open_workspace((str(repository.root),)))

    allowed = trusted()
    assert allowed is not None
    assert allowed.python_evaluators == ("them:*",)  # nothing is committed yet
    commit = repository.commit()
    repository.run("checkout", "--quiet", "--orphan", "fresh")
    repository.run("branch", "--move", "--force", "main", "other")
    assert trusted() is None  # there are commits, and none to compare with
    repository.run("checkout", "--quiet", "-B", "main", commit)
    assert trusted() is not None
    with monkeypatch.context() as patched:
        patched.setenv("PATH", "")
        assert trusted() is None
    (repository.root / ".git/HEAD").unlink()
    assert trusted() is None


def test_in_a_submodule_the_outer_repository_decides(
    repository: ScratchRepository, new_repository: Callable[[str], ScratchRepository]
) -> None:
    theirs = new_repository("theirs")
    theirs.write(PATH, PROMPT)
    theirs.write("promptstead.toml", ALLOWED)
    theirs.commit()
    repository.commit("main")
    repository.run("checkout", "--quiet", "-b", "change")
    add = ("submodule", "--quiet", "add", str(theirs.root), "prompts/module")
    repository.run("-c", "protocol.file.allow=always", *add)
    repository.commit("theirs")
    workspace = open_workspace((str(repository.root / "prompts/module"),))
    trusted = trusted_config(workspace)
    assert trusted is not None
    assert trusted.python_evaluators == ()
    assert whole_tree(workspace) == os.path.realpath(repository.root)


def test_a_bare_repository_that_is_named_is_opened(repository: ScratchRepository, tmp_path: Path) -> None:
    commit = repository.commit()
    bare = tmp_path / "bare.git"
    repository.run("clone", "--quiet", "--bare", str(repository.root), str(bare))
    with Repository.discover(str(bare)) as opened:
        assert opened.resolve("main") == commit
    with pytest.raises(PromptsteadError, match="not a Git repository"):
        Repository.discover(str(bare / "refs"))
    assert checked_out(str(bare)) == ("", False)


def test_the_environment_of_git_has_no_room_for_tricks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_TRACE", "GIT_TRACE2_EVENT", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_ATTR_SOURCE", "GIT_EDITOR"):
        monkeypatch.setenv(name, "/tmp/x")
    kept = {name for name in git_process.environment() if name.startswith("GIT_")} - set(git_process.QUIET)
    assert kept == {"GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"}


COMMAND = str(Path(sys.executable).with_name("promptstead"))


@pytest.mark.skipif(usable_cores() < 2, reason="on one core no other process is started")
@pytest.mark.parametrize(
    "start",
    [
        (COMMAND,),
        (sys.executable, "-m", "promptstead"),
        (sys.executable, "-E", COMMAND),
    ],
)
def test_no_module_of_the_tree_is_imported(
    repository: ScratchRepository, tmp_path: Path, start: tuple[str, ...]
) -> None:
    write_many(repository)
    marker = tmp_path / "marker"
    for name in MODULES:
        repository.write(f"{name}.py", f"open({str(marker)!r}, 'a').write({name!r})\nraise ImportError('theirs')\n")
    done = subprocess.run(
        [*start, "eval", "--format", "json"],
        cwd=repository.root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert not marker.exists(), marker.read_text()
    assert done.returncode == 0, done.stderr
    assert str(MANY) in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("review", "HEAD", "--output", "link.md"),
        ("check", "--output", "folder/new/report.json"),
        ("eval", "--run-file", "folder/a.run.jsonl"),
        ("eval", "--live", "--run-file", "folder/a.run.jsonl"),
        ("record", "--to", "folder"),
        ("bundle", "build", "--output", "folder/prompts"),
    ],
)
def test_no_link_of_the_tree_leads_what_is_written_out_of_it(
    repository: ScratchRepository, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    write_sample(repository)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("of somebody")
    (repository.root / "link.md").symlink_to("../outside/file")
    (repository.root / "folder").symlink_to("../outside", target_is_directory=True)
    repository.write(PATH, PROMPT.replace("name: gpt-5.4-nano-2026-03-17", "name: fake/echo"))
    repository.commit()
    done = run(*arguments, cwd=repository.root)
    assert "this link leads out of the repository" in done.err
    assert done.code == 2
    assert [path.read_text() for path in outside.iterdir()] == ["of somebody"]


def test_links_that_somebody_else_made_lead_where_they_lead(repository: ScratchRepository, tmp_path: Path) -> None:
    write_sample(repository)
    repository.commit()
    (tmp_path / "there").mkdir()
    (tmp_path / "reports").symlink_to(tmp_path / "there", target_is_directory=True)
    (repository.root / "inside").mkdir()
    (repository.root / "link").symlink_to("inside", target_is_directory=True)
    for place in (tmp_path / "reports/a.json", repository.root / "link/a.json"):
        assert run("check", "--output", place, cwd=repository.root).code == 0
        assert place.is_file()
