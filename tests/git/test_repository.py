"""Git, against real repositories."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from promptstead.errors import PromptsteadError
from promptstead.git import contents as git_contents
from promptstead.git import process as git_process
from promptstead.git import revision_tree as git_tree
from promptstead.git.repository import ChangedPath, Repository
from promptstead.storage.working_tree import WorkingTree
from tests.conftest import ScratchRepository

AWKWARD = [
    "with space.yml",
    "new\nline.yml",
    'quo"te.yml',
    "tab\t.yml",
    "naïve-été.yml",
    "-option",
    ":(top)magic",
    "a/b/c.yml",
]


@pytest.fixture
def opened(repository: ScratchRepository) -> Iterator[Repository]:
    with Repository.discover(str(repository.root)) as found:
        yield found


def states_of_objects(root: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in (root / ".git").rglob("*")}


def test_a_folder_outside_a_repository_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptsteadError, match=r"not a Git repository: .*git init"):
        Repository.discover(str(tmp_path))


def test_a_folder_that_does_not_exist_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(PromptsteadError, match="not a Git repository"):
        Repository.discover(str(tmp_path / "absent" / "deeper"))


def test_git_that_is_not_installed_is_named(repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(PromptsteadError, match="Git is not installed"):
        Repository.discover(str(repository.root))


def test_a_broken_repository_is_one_line(repository: ScratchRepository) -> None:
    (repository.root / ".git" / "config").write_text("[core\n")
    with pytest.raises(PromptsteadError):
        Repository.discover(str(repository.root))


def test_found_from_a_folder_or_a_file_below(repository: ScratchRepository) -> None:
    file = repository.write("deep/er/file.yml", "x")
    for start in (file, file.parent, repository.root):
        with Repository.discover(str(start)) as found:
            assert found.root == os.path.realpath(repository.root)


def test_revisions_of_every_sort(repository: ScratchRepository, opened: Repository) -> None:
    first = repository.commit("first")
    repository.run("tag", "-a", "v1", "-m", "one")
    second = repository.commit("second")
    repository.run("checkout", "--quiet", "--detach")
    for revision, expected in {"main": second, "v1": first, "HEAD~1": first, first[:9]: first, "HEAD": second}.items():
        assert opened.resolve(revision) == expected
    assert opened.head_commit() == second


@pytest.mark.parametrize("revision", ["", "--output=owned", "-n1", "^main", "a\nb", "a\0b", "x" * 2000])
def test_what_is_no_revision_never_reaches_git(
    repository: ScratchRepository, opened: Repository, revision: str
) -> None:
    repository.commit()
    with pytest.raises(PromptsteadError, match="is not a revision"):
        opened.resolve(revision)
    assert not list(repository.root.glob("owned"))


@pytest.mark.parametrize("revision", ["nowhere", "0" * 40, "main..HEAD", "HEAD:file", "HEAD^{tree}", "HEAD~99", "a b"])
def test_a_revision_that_does_not_exist(repository: ScratchRepository, opened: Repository, revision: str) -> None:
    repository.write("file", "x")
    repository.commit()
    with pytest.raises(PromptsteadError, match="there is no revision `") as caught:
        opened.resolve(revision)
    assert "git branch --all" in caught.value.hint


def test_a_branch_of_a_remote_that_was_not_fetched(repository: ScratchRepository, opened: Repository) -> None:
    repository.commit()
    repository.run("remote", "add", "origin", "/nowhere")
    with pytest.raises(PromptsteadError, match="git fetch origin topic:refs/remotes/origin/topic"):
        opened.resolve("origin/topic")


def test_an_empty_repository(opened: Repository) -> None:
    assert opened.head_commit() is None
    assert not opened.is_dirty()
    with pytest.raises(PromptsteadError, match="no commits yet"):
        opened.resolve("HEAD")


def test_ranges(repository: ScratchRepository, opened: Repository) -> None:
    fork = repository.commit("fork")
    repository.run("checkout", "--quiet", "-b", "topic")
    topic = repository.commit("topic")
    repository.run("checkout", "--quiet", "main")
    main = repository.commit("main")
    assert opened.parse_range("main..topic") == (main, topic)
    assert opened.parse_range("main...topic") == (fork, topic)
    assert opened.parse_range("topic") == (topic, None)
    assert opened.parse_range("topic..") == (topic, main)
    assert opened.parse_range("...topic") == (fork, topic)
    with pytest.raises(PromptsteadError, match=r"no revision `topic\.\.main`"):
        opened.parse_range("main..topic..main")


def test_no_common_history(repository: ScratchRepository, opened: Repository) -> None:
    repository.commit()
    repository.run("checkout", "--quiet", "--orphan", "island")
    repository.commit("alone")
    with pytest.raises(PromptsteadError, match="no common history"):
        opened.parse_range("main...island")


def test_a_shallow_clone_says_what_to_fetch(repository: ScratchRepository, tmp_path: Path) -> None:
    first = repository.commit("first")
    repository.commit("second")
    repository.run("checkout", "--quiet", "-b", "topic", "main")
    repository.commit("third")
    clone = ScratchRepository(tmp_path / "clone")
    repository.run("clone", "--quiet", "--depth=1", f"file://{repository.root}", str(clone.root))
    with Repository.discover(str(clone.root)) as opened:
        assert opened.shallow
        with pytest.raises(PromptsteadError, match="in this shallow clone") as caught:
            opened.resolve("origin/main")
        asked_for = caught.value.hint.split("`")[1]
        with pytest.raises(PromptsteadError, match="git fetch --deepen="):
            opened.resolve("HEAD~2")
        with pytest.raises(PromptsteadError, match="git fetch --deepen="):
            opened.resolve(first[:8])
        with pytest.raises(PromptsteadError, match=f"git fetch origin {first}"):
            opened.resolve(first)
        clone.run(*asked_for.split()[1:], "--depth=1")
        with pytest.raises(PromptsteadError, match="stops before `origin/main` and `HEAD` meet"):
            opened.parse_range("origin/main...HEAD")
        clone.run("fetch", "--quiet", "--unshallow")
        assert opened.merge_base("origin/main", "HEAD") == opened.resolve("HEAD~1")


def test_every_path_and_byte_comes_back(repository: ScratchRepository, opened: Repository) -> None:
    contents = {path: f"{path}\r\nété\0end".encode() for path in AWKWARD} | {"empty": b"", "newline": b"\n"}
    for path, content in contents.items():
        repository.write(path, content)
    tree = opened.tree(repository.commit())
    assert tree.files() == sorted(contents)
    assert tree.files("a") == tree.files("a/b/") == ["a/b/c.yml"]
    assert tree.files("b") == []
    assert tree.read_many([*contents, "absent", "a/b"]) == contents
    assert tree.read("./a//b/c.yml") == contents["a/b/c.yml"]
    assert tree.read("absent") is None


def test_a_path_that_is_not_utf8(repository: ScratchRepository, opened: Repository) -> None:
    name = os.fsdecode(b"latin-\xe9.yml")
    try:
        repository.write(name, "x")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert opened.tree(repository.commit()).read(name) == b"x"


def test_many_files_through_one_process(
    repository: ScratchRepository, opened: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = {f"f{number}": bytes([number % 251]) * (number * 37) for number in range(450)}
    for path, content in contents.items():
        repository.write(path, content)
    tree = opened.tree(repository.commit())
    opened.close()
    started: list[tuple[str, ...]] = []

    class Counted(git_process.Process):
        def __init__(self, folder: str, arguments: tuple[str, ...], *, talks: bool = False) -> None:
            started.append(arguments)
            super().__init__(folder, arguments, talks=talks)

    monkeypatch.setattr(git_contents, "Process", Counted)
    assert tree.read_many(contents) == contents
    assert tree.read("f7") == contents["f7"]
    assert started == [("cat-file", "--batch")]


def test_a_revision_is_read_as_it_was(repository: ScratchRepository, opened: Repository) -> None:
    repository.write("file", "old")
    old = opened.tree(repository.commit())
    repository.write("file", "new")
    new = opened.tree(repository.commit())
    repository.write("file", "not committed")
    assert (old.read("file"), new.read("file")) == (b"old", b"new")
    assert old.label == old.commit[:7]


def test_a_file_that_is_too_large(
    repository: ScratchRepository, opened: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_contents, "MAX_BYTES", 1024 * 1024)
    repository.write("a-small", "x")
    repository.write("large", b"x" * (3 * 1024 * 1024))
    tree = opened.tree(repository.commit())
    with pytest.raises(PromptsteadError, match="the file has 3 MiB; at most 1 MiB are read") as caught:
        tree.read_many(["a-small", "large"])
    assert caught.value.location == f"{tree.label}:large"
    assert tree.read("a-small") == b"x"


def test_a_listing_is_bounded(
    repository: ScratchRepository, opened: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("file", "x")
    repository.commit()
    monkeypatch.setattr(git_process, "MAX_LISTING", 10)
    with pytest.raises(PromptsteadError, match="more files than"):
        opened.tree("HEAD").files()


def test_a_missing_object_is_one_clear_line(repository: ScratchRepository, opened: Repository) -> None:
    repository.write("file", "content of its own")
    tree = opened.tree(repository.commit())
    blob = repository.run("rev-parse", "HEAD:file")
    (repository.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(PromptsteadError, match="not in this clone"):
        tree.read("file")


def test_a_damaged_object_is_one_clear_line(repository: ScratchRepository, opened: Repository) -> None:
    repository.write("file", "content of its own")
    tree = opened.tree(repository.commit())
    blob = repository.run("rev-parse", "HEAD:file")
    damaged = repository.root / ".git" / "objects" / blob[:2] / blob[2:]
    damaged.chmod(0o644)
    damaged.write_bytes(b"damaged")
    with pytest.raises(PromptsteadError, match=r"git fsck|not in this clone"):
        tree.read("file")


def test_links_inside_are_followed_as_a_file_system_does(repository: ScratchRepository, opened: Repository) -> None:
    repository.write("shared/text.md", "text")
    (repository.root / "folder").mkdir()
    (repository.root / "folder" / "up").symlink_to("../shared")
    (repository.root / "direct.md").symlink_to("shared/text.md")
    (repository.root / "twice.md").symlink_to("folder/up/../direct.md")
    tree = opened.tree(repository.commit())
    for path in ("direct.md", "twice.md", "folder/up/text.md"):
        assert tree.read(path) == (repository.root / path).read_bytes() == b"text"
    assert tree.read("folder/up") is None
    assert "direct.md" in tree.files()


@pytest.mark.parametrize("target", ["../outside", "/etc/passwd", "a/../../../outside"])
def test_a_link_that_leaves_is_an_error(repository: ScratchRepository, opened: Repository, target: str) -> None:
    (repository.root / "link").symlink_to(target)
    tree = opened.tree(repository.commit())
    with pytest.raises(PromptsteadError, match="this link leads out of the repository"):
        tree.read("link")


def test_links_in_a_circle(repository: ScratchRepository, opened: Repository) -> None:
    (repository.root / "a").symlink_to("b")
    (repository.root / "b").symlink_to("a")
    (repository.root / "grows").symlink_to("grows/grows/grows")
    tree = opened.tree(repository.commit())
    for path in ("a", "grows"):
        with pytest.raises(PromptsteadError, match="in a circle or through too many others"):
            tree.read(path)


def test_changed_paths_between_revisions(repository: ScratchRepository, opened: Repository) -> None:
    repository.write("old name.yml", "the same text\n" * 20)
    repository.write("edited", "1")
    repository.write("gone", "some other words")
    base = repository.commit()
    repository.run("mv", "old name.yml", "new\nname.yml")
    repository.run("rm", "--quiet", "gone")
    repository.write("edited", "2")
    repository.write("fresh", "3")
    head = repository.commit()
    expected = (
        ChangedPath("changed", "edited"),
        ChangedPath("added", "fresh"),
        ChangedPath("removed", "gone"),
        ChangedPath("renamed", "new\nname.yml", "old name.yml"),
    )
    assert opened.changed_paths(base, head) == expected
    assert opened.changed_paths(head, head) == ()


def test_changed_paths_of_the_working_tree(repository: ScratchRepository, opened: Repository) -> None:
    repository.write(".gitignore", "ignored\n")
    repository.write("sub/edited", "1")
    repository.commit()
    assert not opened.is_dirty()
    repository.write("sub/edited", "2")
    repository.write("ignored", "x")
    repository.write("sub/fresh", "x")
    repository.write("staged", "x")
    repository.run("add", "staged")
    expected = (ChangedPath("added", "staged"), ChangedPath("changed", "sub/edited"), ChangedPath("added", "sub/fresh"))
    assert opened.changed_paths("HEAD", None) == expected
    assert opened.is_dirty()


def test_what_git_tells_its_hooks_does_not_mislead(
    repository: ScratchRepository,
    new_repository: Callable[[str], ScratchRepository],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    repository.write("mine", "x")
    mine = repository.commit()
    other = new_repository("other")
    other.write("theirs", "x")
    other.commit("theirs")
    misleading = {
        "GIT_DIR": str(other.root / ".git"),
        "GIT_WORK_TREE": str(other.root),
        "GIT_COMMON_DIR": str(other.root / ".git"),
        "GIT_OBJECT_DIRECTORY": str(other.root / ".git/objects"),
        "GIT_INDEX_FILE": "index.of.a.partial.commit",
        "GIT_PREFIX": "sub/",
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_CONFIG_PARAMETERS": "'core.bare'='true'",
    }
    for name, value in misleading.items():
        monkeypatch.setenv(name, value)
    with Repository.discover(str(repository.root)) as opened:
        assert opened.head_commit() == mine
        assert opened.tree("HEAD").read("mine") == b"x"
        assert not opened.is_dirty()
        assert opened.changed_paths("HEAD", None) == ()
    assert {name: os.environ[name] for name in misleading} == misleading


def test_nothing_of_the_repository_runs_or_changes(repository: ScratchRepository, opened: Repository) -> None:
    trap = repository.write(".git/trap.sh", "#!/bin/sh\ntouch $(dirname $0)/sprung\ncat 2>/dev/null\n")
    trap.chmod(0o755)
    repository.write(".gitattributes", "* diff=trap\n")
    repository.write("file", "one\n")
    base = repository.commit()
    repository.write("file", "two\n")
    head = repository.commit()
    for key in ("diff.external", "diff.trap.command", "diff.trap.textconv", "core.fsmonitor", "core.pager"):
        repository.run("config", key, str(trap))
    os.utime(repository.root / "file")
    before = states_of_objects(repository.root)
    assert opened.changed_paths(base, head) == (ChangedPath("changed", "file"),)
    assert opened.changed_paths(base, None) == (ChangedPath("changed", "file"),)
    assert not opened.is_dirty()
    assert opened.tree(head).read("file") == b"two\n"
    assert states_of_objects(repository.root) == before


def test_a_bare_repository_has_revisions_and_no_working_tree(repository: ScratchRepository, tmp_path: Path) -> None:
    repository.write("file", "x")
    commit = repository.commit()
    repository.run("clone", "--quiet", "--bare", str(repository.root), str(tmp_path / "bare.git"))
    with Repository.discover(str(tmp_path / "bare.git")) as opened:
        assert opened.bare
        assert opened.tree("main").read("file") == b"x"
        assert opened.parse_range("main..main") == (commit, commit)
        with pytest.raises(PromptsteadError, match="no working tree"):
            opened.parse_range("main")
        with pytest.raises(PromptsteadError, match="Git failed: this operation must be run in a work tree"):
            opened.is_dirty()


def test_a_linked_worktree_and_a_submodule(repository: ScratchRepository, tmp_path: Path) -> None:
    repository.write("file", "x")
    commit = repository.commit()
    linked = tmp_path / "linked"
    repository.run("worktree", "add", "--quiet", "-b", "topic", str(linked))
    with Repository.discover(str(linked)) as opened:
        assert opened.root == os.path.realpath(linked)
        assert opened.resolve("topic") == commit
    repository.run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repository.root), "module")
    repository.commit()
    with Repository.discover(str(repository.root)) as opened:
        assert opened.tree("HEAD").files() == [".gitmodules", "file"]
        assert opened.tree("HEAD").read("module/file") is None
    with Repository.discover(str(repository.root / "module")) as opened:
        assert opened.root == os.path.realpath(repository.root / "module")
        assert opened.head_commit() == commit


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_user(repository: ScratchRepository) -> None:
    repository.commit()
    for path in (repository.root, repository.root / ".git"):
        os.chown(path, 65534, 65534)
    with pytest.raises(PromptsteadError, match=r"belongs to another user .*safe\.directory"):
        Repository.discover(str(repository.root))


def test_closing_ends_the_process_and_reading_starts_another(repository: ScratchRepository, opened: Repository) -> None:
    repository.write("file", "x")
    tree = opened.tree(repository.commit())
    assert tree.read("file") == b"x"
    process = opened.contents._process
    assert process is not None
    assert process.running
    opened.close()
    assert process._popen.returncode is not None
    assert tree.read("file") == b"x"


def test_a_reader_that_was_killed_is_replaced(repository: ScratchRepository, opened: Repository) -> None:
    repository.write("file", "x")
    tree = opened.tree(repository.commit())
    tree.read("file")
    process = opened.contents._process
    assert process is not None
    process._popen.kill()
    process._popen.wait()
    assert tree.read("file") == b"x"


def test_files_are_opened_to_be_read_piece_by_piece(repository: ScratchRepository) -> None:
    repository.write("folder/rows.jsonl", b"one\ntwo\n")
    (repository.root / "link.jsonl").symlink_to("folder/rows.jsonl")
    commit = repository.commit()
    with Repository.discover(str(repository.root)) as opened:
        assert git_tree.RevisionTree(opened, commit).open("folder") is None
        with pytest.raises(PromptsteadError, match="a folder, not a file"):
            WorkingTree(str(repository.root)).open("folder")  # what stands in the place of a file is not nothing
        for tree in (git_tree.RevisionTree(opened, commit), WorkingTree(str(repository.root))):
            assert tree.open("absent") is None
            for path in ("folder/rows.jsonl", "link.jsonl"):
                file = tree.open(path)
                assert file is not None
                with file:
                    assert file.readline() == b"one\n"
                    file.seek(4)
                    assert file.read() == b"two\n"


def test_gitpython_sees_the_same(repository: ScratchRepository, opened: Repository) -> None:
    gitpython = pytest.importorskip("git")
    for number in range(30):
        repository.write(f"a/{number}", f"{number}\n" * 5)
    base = repository.commit()
    repository.run("mv", "a/1", "b-1")
    repository.run("rm", "--quiet", "a/2")
    repository.write("a/3", "other")
    repository.write("a/é new", "new")
    head = repository.commit()
    with gitpython.Repo(repository.root) as other:
        diff = other.commit(base).diff(other.commit(head))
        seen = {(each.b_path or each.a_path, each.a_path if each.renamed_file else "") for each in diff}
        assert {(each.path, each.old_path) for each in opened.changed_paths(base, head)} == seen
        blobs = {
            blob.path: blob.data_stream.read() for blob in other.commit(head).tree.traverse() if blob.type == "blob"
        }
    assert opened.tree(head).read_many(opened.tree(head).files()) == blobs
