"""``init`` and hooks: what it adds to a configuration of pre-commit, installs, and refreshes with ``--update``."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from promptstead.documents.owned_list import Layout, rendered
from promptstead.operations.setup.hook_entry import begun, entry, refreshed, without_hooks
from tests.command_line import Result, environment, run
from tests.commands.test_init import SUMMARY
from tests.conftest import ScratchRepository
from tests.operations.pre_commit_configs import CONFIGS, LEFT

CONFIG = ".pre-commit-config.yaml"
PRE_COMMIT = str(Path(sys.executable).with_name("pre-commit"))
IDS = ["promptstead-fmt", "promptstead-lint", "promptstead-check"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the variables with which pre-commit keeps to the folder of the test, and hooks find promptstead."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"PRE_COMMIT_HOME": str(tmp_path / "pre-commit"), "PATH": path}


def init(repository: ScratchRepository, home: dict[str, str], *options: str) -> Result:
    """Run ``init`` where pre-commit may keep something."""
    return run("init", *options, cwd=repository.root, env=home)


@pytest.mark.parametrize("name", [name for name, text in CONFIGS.items() if text.startswith(("repos", "#", "ci"))])
def test_the_diff_is_the_added_lines(name: str, repository: ScratchRepository, home: dict[str, str]) -> None:
    repository.write(CONFIG, CONFIGS[name])
    repository.commit()
    assert init(repository, home).code == 0
    added, removed, _ = repository.run("diff", "--numstat").split("\t")
    assert int(added) in (21, 22, 23)
    assert removed == ("0" if CONFIGS[name].endswith("\n") else "1"), "Git counts a last line without its end"
    checked = subprocess.run(
        [PRE_COMMIT, "validate-config", CONFIG], cwd=repository.root, env=environment(**home), check=False
    )
    assert checked.returncode == 0


@pytest.mark.parametrize("name", LEFT)
def test_what_cannot_be_added_to_stays_with_one_line(
    name: str, repository: ScratchRepository, home: dict[str, str]
) -> None:
    text, why = LEFT[name]
    repository.write(CONFIG, os.fsencode(text))
    done = init(repository, home)
    assert done.code == 0
    (line,) = [line for line in done.err.splitlines() if CONFIG in line]
    assert why in line
    assert "add the hooks yourself: promptstead-fmt, promptstead-lint, promptstead-check" in line
    assert (repository.root / CONFIG).read_bytes() == os.fsencode(text)


def test_hooks_that_are_there_already_are_enough(repository: ScratchRepository, home: dict[str, str]) -> None:
    text = "repos:\n- repo: https://example.org/promptstead\n  rev: v1\n  hooks:\n  - id: promptstead-lint\n"
    repository.write(CONFIG, text)
    assert CONFIG not in init(repository, home).out
    assert (repository.root / CONFIG).read_text() == text


def test_nobody_gets_hooks_who_has_none(repository: ScratchRepository, home: dict[str, str]) -> None:
    assert init(repository, home).code == 0
    assert not (repository.root / CONFIG).exists()


def test_the_hooks_look_where_prompts_lie(repository: ScratchRepository, home: dict[str, str]) -> None:
    repository.write(".github/prompts/a.prompt.yml", SUMMARY)
    repository.write("x (old)/prompts/a.prompt.yml", SUMMARY)
    repository.write(CONFIG, CONFIGS["Windows"])
    assert init(repository, home).code == 0
    hooks = yaml.safe_load((repository.root / CONFIG).read_bytes())["repos"][-1]["hooks"]
    where = r"^(\.github/prompts|x \(old\)/prompts)/"
    assert [hook["files"] for hook in hooks] == [
        rf"\.prompt\.ya?ml$|{where}.+/(cases|counterexamples|outputs|notes)\.ya?ml$",
        rf"\.prompt\.ya?ml$|{where}|^(promptstead|pyproject)\.toml$",
        rf"\.prompt\.ya?ml$|{where}|^(promptstead|pyproject)\.toml$",
    ]


def test_hooks_are_begun_installed_and_stop_a_bad_commit(repository: ScratchRepository, home: dict[str, str]) -> None:
    done = init(repository, home, "--hooks")
    assert done.code == 0, done.err
    assert f"{CONFIG}: hooks" in done.out
    assert "pre-commit installed at .git/hooks/pre-commit" in done.err
    assert (repository.root / ".git/hooks/pre-commit").exists()
    repository.write("prompts/a.prompt.yml", SUMMARY.replace("user", "robot"))
    repository.run("add", "--all")
    committed = subprocess.run(
        ["git", "commit", "--message=x"], cwd=repository.root, env=environment(**home), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert committed.returncode == 1
    said = committed.stdout + committed.stderr
    assert "promptstead lint" in said
    assert said.count("a.prompt.yml:") == 1, "what is wrong is said once, by lint"
    gone = run("uninstall", cwd=repository.root, env=home)
    assert f"remove {CONFIG}" in gone.out
    assert "pre-commit uninstalled" in gone.err
    assert not (repository.root / ".git/hooks/pre-commit").exists()


def test_another_clone_has_them_by_the_same_command(repository: ScratchRepository, home: dict[str, str]) -> None:
    repository.write("promptstead.toml", 'roots = ["prompts"]\n')
    repository.write(CONFIG, CONFIGS["no indentation of lists"])
    assert init(repository, home, "--hooks").code == 0
    before = (repository.root / CONFIG).read_text()
    assert before.startswith(CONFIGS["no indentation of lists"])
    again = init(repository, home, "--hooks")
    assert (again.code, again.out) == (0, "")
    assert (repository.root / CONFIG).read_text() == before
    assert not (repository.root / "schemas").exists()


def test_hooks_that_cannot_be_installed_change_nothing(
    repository: ScratchRepository, home: dict[str, str], tmp_path: Path
) -> None:
    repository.run("config", "core.hooksPath", ".husky")
    done = init(repository, home, "--hooks")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("promptstead: `core.hooksPath` is set to `.husky`")
    assert done.err.count("\n") == 1
    repository.run("config", "--unset", "core.hooksPath")
    repository.write(CONFIG, "repos: []\n")
    repository.write("promptstead.toml", "")
    done = init(repository, home, "--hooks")
    assert (done.code, done.out) == (2, "")
    assert "add the hooks yourself" in done.err
    assert not (repository.root / ".git/hooks/pre-commit").exists()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "promptstead.toml").touch()
    assert "not a Git repository" in run("init", "--hooks", cwd=outside, env=home).err
    assert os.listdir(outside) == ["promptstead.toml"]


def test_without_pre_commit_it_says_how_to_get_it(
    repository: ScratchRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from promptstead.errors import PromptsteadError
    from promptstead.git.hook_program import HookProgram

    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    repository.write("bin/pre-commit", "#!/bin/sh\n").chmod(0o755)
    git = next(p for p in os.environ["PATH"].split(os.pathsep) if os.access(os.path.join(p, "git"), os.X_OK))
    only = tmp_path / "only"
    only.mkdir()
    (only / "git").symlink_to(os.path.join(git, "git"))
    monkeypatch.setenv("PATH", os.pathsep.join((str(repository.root / "bin"), str(only))))
    with pytest.raises(PromptsteadError, match=r"pre-commit is not installed \(pip install pre-commit\)"):
        HookProgram(str(repository.root))


def test_update_refreshes_what_nobody_changed(repository: ScratchRepository, home: dict[str, str]) -> None:
    from promptstead.operations.setup.marked_schemas import marked_schema, state

    repository.write(CONFIG, CONFIGS["four spaces, as pre-commit writes it"])
    init(repository, home)
    now = marked_schema("prompt")
    former = now.replace("promptstead prompt file", "an earlier one").replace(now.split("rest: ")[1][:64], "{digest}")
    assert state(marked_schema("cases")) == "ours"
    repository.write("schemas/prompt.schema.json", of_another_version(former))
    assert state((repository.root / "schemas/prompt.schema.json").read_text()) == "ours"
    (repository.root / "schemas/outputs.schema.json").unlink()
    cases = marked_schema("cases").replace("promptstead cases file", "ours")
    repository.write("schemas/cases.schema.json", cases)
    repository.write("schemas/evaluators.schema.json", "{}")
    repository.write("promptstead.toml", 'roots = ["src/prompts"]\n')
    done = init(repository, home, "--update")
    assert done.code == 0
    assert done.out.splitlines() == ["schemas/prompt.schema.json", "schemas/outputs.schema.json", f"{CONFIG}: hooks"]
    assert [line.partition(",")[0] for line in done.err.splitlines()] == [
        "schemas/cases.schema.json: somebody changed it",
        "schemas/evaluators.schema.json: it has no mark of init",
    ]
    assert (repository.root / "schemas/prompt.schema.json").read_text() == now
    assert (repository.root / "schemas/cases.schema.json").read_text() == cases
    hooks = (repository.root / CONFIG).read_text()
    assert hooks.startswith(CONFIGS["four spaces, as pre-commit writes it"])
    assert yaml.safe_load(hooks)["repos"][-1]["hooks"][1]["files"] == (
        r"\.prompt\.ya?ml$|^src/prompts/|^(promptstead|pyproject)\.toml$"
    )
    again = init(repository, home, "--update")
    assert (again.code, again.out) == (0, "")


def test_update_takes_the_hooks_of_an_earlier_version_for_its_own() -> None:
    former = "repos:\n" + "\n".join(rendered(entry("^prompts/", former=True), Layout())) + "\n"
    assert refreshed(former, ["prompts"]) == begun(["prompts"])
    assert without_hooks(former) is None


def of_another_version(text: str) -> str:
    """Return a schema with the mark that a version with that schema would have written."""
    import hashlib
    import json

    schema = json.loads(text)
    del schema["$comment"]
    return text.replace("{digest}", hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest())


def test_update_is_for_what_is_set_up(repository: ScratchRepository, home: dict[str, str]) -> None:
    done = init(repository, home, "--update")
    assert (done.code, done.err) == (2, "promptstead: this repository is not set up yet (run promptstead init)\n")
