"""``uninstall`` takes back what ``init`` added: the tree is what it was, byte for byte, but for what people changed."""

import os
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.cli import run as run_here
from promptstead.operations.setup.marked_lines import MARK, with_lines, without_lines
from promptstead.operations.setup.marked_schemas import KINDS
from tests.command_line import run
from tests.commands.test_init import RISKY
from tests.conftest import ScratchRepository
from tests.operations.pre_commit_configs import CONFIGS, LEFT

CONFIG = ".pre-commit-config.yaml"


def files(root: Path) -> dict[str, bytes]:
    """Return path -> content of all but Git's own; of a long file the digest, as pytest shows how two differ."""
    found = (path for path in sorted(root.rglob("*")) if path.is_file() and ".git" not in path.parts)
    contents = {str(path.relative_to(root)): path.read_bytes() for path in found}
    return {path: raw if len(raw) < 5000 else sha256(raw).digest() for path, raw in contents.items()}


TREES: dict[str, dict[str, str | bytes]] = {
    "nothing": {},
    "prompts with findings": {"prompts/a/b.prompt.yml": RISKY, ".gitignore": "dist/\n"},
    "prompts of two folders": {"x/prompts/a.prompt.yml": RISKY, "y/prompts/a.prompt.yml": RISKY, "z.txt": ""},
    "ignored already": {".gitignore": "*.bundle\n.promptstead/", "schemas/other.json": "{}"},
    "all ignored already": {
        ".gitignore": "outputs.new.jsonl\njudgements.new.jsonl\n*.run.jsonl\n.promptstead/\n.promptstead-*\n*.bundle\n"
    },
    "empty files": {".gitignore": "", ".gitattributes": "", CONFIG: ""},
    "Windows": {".gitignore": "dist/\r\nbuild/\r\n", ".gitattributes": "* text=auto\r\n"},
    "not UTF-8": {".gitignore": b"caf\xe9/\n", CONFIG: b"# caf\xe9\nrepos:\n"},
    "schemas of their own": {"schemas/prompt.schema.json": "{}", "schemas/cases.schema.json": "{"},
    "pyproject of other tools": {"pyproject.toml": '[project]\nname = "x"\n'},
    **{f"hooks: {name}": {CONFIG: text} for name, text in CONFIGS.items()},
    **{f"hooks that stay: {name}": {CONFIG: os.fsencode(text)} for name, (text, _) in LEFT.items()},
}


@pytest.mark.parametrize("name", TREES)
def test_the_tree_is_what_it_was(name: str, repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, content in TREES[name].items():
        repository.write(path, content)
    settings_before = (repository.root / ".git/config").read_bytes()
    before = files(repository.root)
    monkeypatch.chdir(repository.root)
    assert run_here(["init"]) == 0
    if not name.startswith("hooks"):
        assert run_here(["init", "--git-diff"]) == 0
    assert files(repository.root) != before
    assert run_here(["uninstall"]) == 0
    assert files(repository.root) == before
    assert (repository.root / ".git/config").read_bytes() == settings_before


def test_what_it_says(repository: ScratchRepository) -> None:
    repository.write(CONFIG, CONFIGS["anchors and merge keys"])
    repository.write("prompts/a.prompt.yml", RISKY)
    run("init", cwd=repository.root)
    run("init", "--git-diff", cwd=repository.root)
    before = files(repository.root)
    wanted = [
        f"restore {CONFIG}",
        *(f"remove schemas/{kind}.schema.json" for kind in KINDS),
        "remove .gitattributes",
        "remove .gitignore",
        "remove promptstead-baseline.json",
        "remove promptstead.toml",
        "git config --unset diff.promptstead.textconv",
        "git config --unset diff.promptstead.xfuncname",
        "git config --unset difftool.promptstead.cmd",
    ]
    for option in ("--dry-run", None):
        assert files(repository.root) == before
        done = run("uninstall", *([option] if option else []), cwd=repository.root)
        assert (done.code, done.out.splitlines(), done.err) == (0, wanted, "")
    assert set(files(repository.root)) == {CONFIG, "prompts/a.prompt.yml"}
    again = run("uninstall", cwd=repository.root)
    assert (again.code, again.out, again.err) == (0, "", "there is nothing to remove\n")


def test_what_somebody_changed_since_stays_and_is_named(repository: ScratchRepository) -> None:
    repository.write(CONFIG, CONFIGS["no indentation of lists"])
    repository.write("prompts/a.prompt.yml", RISKY)
    run("init", cwd=repository.root)
    run("init", "--git-diff", cwd=repository.root)
    changed = {
        "promptstead.toml": ('fail_on = "error"', 'fail_on = "warning"'),
        "schemas/cases.schema.json": ('"promptstead cases file"', '"our cases"'),
        CONFIG: ("entry: promptstead lint", "entry: promptstead lint --stage review"),
        ".gitignore": ("*.run.jsonl", "evals/*.run.jsonl"),
    }
    for path, (old, new) in changed.items():
        text = (repository.root / path).read_text()
        assert text.count(old) == 1, path
        repository.write(path, text.replace(old, new))
    repository.run("config", "difftool.promptstead.cmd", "other")
    before = files(repository.root)
    done = run("uninstall", cwd=repository.root)
    assert done.code == 0
    assert done.err.splitlines() == [
        f"stays: {CONFIG}: the hooks are not as init writes them, so they were left as they are",
        "stays: schemas/cases.schema.json: somebody changed it",
        "stays: .gitignore: evals/*.run.jsonl",
        "stays: promptstead.toml: somebody changed it, or another version wrote it",
        "stays: promptstead-baseline.json: the configuration names it",
        "stays: git config difftool.promptstead.cmd: it has another value",
    ]
    after = files(repository.root)
    assert after.pop(".gitignore") == b"evals/*.run.jsonl\n"
    kept = {
        CONFIG,
        "prompts/a.prompt.yml",
        "promptstead.toml",
        "promptstead-baseline.json",
        "schemas/cases.schema.json",
    }
    assert after == {path: before[path] for path in kept}
    assert run("check", cwd=repository.root).code == 0


def test_what_came_later_stays(repository: ScratchRepository) -> None:
    repository.write(".gitignore", "dist/\n")
    repository.write(CONFIG, CONFIGS["comments only"])
    run("init", cwd=repository.root)
    later = {".gitignore": "\n# later\n*.bundle\n", CONFIG: "  - repo: meta\n    hooks: [{id: identity}]\n"}
    for path, text in later.items():
        repository.write(path, (repository.root / path).read_text() + text)
    run("uninstall", cwd=repository.root)
    assert files(repository.root) == {
        ".gitignore": b"dist/\n" + later[".gitignore"].encode(),
        CONFIG: f"# hooks come here\nrepos:\n{later[CONFIG]}".encode(),
    }


def test_a_configuration_that_is_broken_is_no_reason_to_keep_the_rest(repository: ScratchRepository) -> None:
    run("init", cwd=repository.root)
    repository.write("promptstead.toml", "roots = [")
    done = run("uninstall", cwd=repository.root)
    assert done.code == 0
    assert set(files(repository.root)) == {"promptstead.toml"}


def test_where_a_file_cannot_be_changed_nothing_is(repository: ScratchRepository, tmp_path: Path) -> None:
    run("init", cwd=repository.root)
    (repository.root / "schemas").rename(tmp_path / "outside")
    (repository.root / "schemas").symlink_to("../outside")
    before = files(repository.root)
    done = run("uninstall", cwd=repository.root)
    assert done.code == 2
    assert "this link leads out of the repository" in done.err
    assert files(repository.root) == before
    assert len(list((tmp_path / "outside").iterdir())) == len(KINDS)


def test_what_fails_on_the_way_is_taken_back(repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        monkeypatch.setattr("os.unlink", refused_for("promptstead.toml"))
    repository.write(CONFIG, CONFIGS["Windows"])
    monkeypatch.chdir(repository.root)
    assert run_here(["init"]) == 0
    before = files(repository.root)
    repository.root.chmod(0o555)
    try:
        assert run_here(["uninstall"]) == 2
    finally:
        repository.root.chmod(0o755)
    assert files(repository.root) == before


def refused_for(name: str) -> object:
    """Return an unlink that the system refuses for one file."""
    unlink = os.unlink

    def refusing(path: str) -> None:
        if os.path.basename(path) == name:
            raise PermissionError(13, "Permission denied", path)
        unlink(path)

    return refusing


def test_in_another_clone_and_on_another_system(
    repository: ScratchRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write(CONFIG, CONFIGS["two spaces, comments beside and between"])
    repository.commit()
    run("init", cwd=repository.root)
    repository.commit()
    clone = ScratchRepository(tmp_path / "clone")
    repository.run("clone", "--quiet", "--config", "core.autocrlf=true", str(repository.root), str(clone.root))
    assert b"\r\n" in (clone.root / "promptstead.toml").read_bytes()
    assert run("uninstall", cwd=clone.root).err == ""
    assert clone.run("diff", "--name-only", "HEAD~1") == ""
    assert set(files(clone.root)) == {CONFIG}


def test_outside_git(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    done = run("uninstall", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert files(tmp_path) == {}


lines = st.lists(st.sampled_from(["a", "b", "c", "d", "", "# x", " a", "é"]), max_size=6)


@settings(max_examples=300)
@given(lines, st.sampled_from(["", "\n", "\r\n"]), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_lines_come_and_go(there: list[str], end: str, newline: str, exists: bool) -> None:
    text = newline.join(there) + (end and newline) if exists else None
    marked = with_lines(text, ["a", "b", "c"])
    assert {"a", "b", "c"} <= set((marked or "").splitlines())
    assert with_lines(marked, ["a", "b", "c"]) == marked
    if marked == text:
        return
    assert marked is not None
    assert marked.startswith(text or "")
    assert MARK in marked
    back = without_lines(marked, {"a", "b", "c"}.__contains__)
    assert back is not None
    assert (back.text, back.stay) == (text, [])
