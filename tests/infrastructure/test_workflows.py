"""Scripts of actions and of the GitLab component, run as a runner runs them, and the setups in the documentation."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command_line import environment
from tests.commands.test_review import flipped
from tests.conftest import ScratchRepository
from tests.forge.server import TOKEN, GitLabServer
from tests.samples import OUTPUTS, PATH, PROMPT, outputs, write_sample

ROOT = Path(__file__).parents[2]
ACTIONS = ROOT / ".github" / "actions"
TEMPLATE = ROOT / "templates" / "review.yml"
DOCUMENT = ROOT / "tooling" / "docs" / "pull-requests.md"


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """Return a folder with a command ``promptstead``."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "promptstead"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m promptstead "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return folder


def steps_of(action: str) -> dict[str, dict[str, Any]]:
    document = yaml.safe_load((ACTIONS / action / "action.yml").read_text(encoding="utf-8"))
    return {step["name"]: step for step in document["runs"]["steps"]}


def bash(script: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run *script* as a runner does: stop at the first failure."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=environment(**env),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def change(repository: ScratchRepository, *, worse: int) -> tuple[str, str]:
    """Commit a change that breaks *worse* of 100 answers, and return base and head."""
    base, head = flipped(100, range(worse), range(0))
    write_sample(repository, 100, recorded=outputs(base))
    before = repository.commit()
    repository.write(OUTPUTS, outputs(head))
    repository.write(PATH, PROMPT.replace("one word", "a single word"))
    return before, repository.commit()


@pytest.mark.parametrize("worse", [0, 30])
def test_the_review_action_reports_and_decides(
    repository: ScratchRepository, command: Path, tmp_path: Path, worse: int
) -> None:
    base, head = change(repository, worse=worse)
    steps = steps_of("review")
    files = {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    env = files | {"RUNNER_TEMP": str(tmp_path), "PROMPTSTEAD": str(command / "promptstead")}
    done = bash(steps["Review the change"]["run"], repository.root, BASE=base, HEAD=head, **env)
    assert done.returncode == 0, done.stderr
    said = dict(line.split("=", 1) for line in (tmp_path / "output").read_text().splitlines())
    assert said == {"report": str(tmp_path / "prompt-review/review.json"), "blocks": "true" if worse else "false"}
    assert json.loads(Path(said["report"]).read_bytes())["head_commit"] == head
    assert (tmp_path / "prompt-review/review.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "summary.md").read_text().startswith("⛔ **1 regression**" if worse else "✔ **1 not evaluated**")
    assert bool(re.search("^::error file=", done.stdout, re.MULTILINE)) is bool(worse)
    assert steps["Decide"]["if"] == "${{ inputs.enforce == 'true' && steps.review.outputs.blocks == 'true' }}"
    assert bash(steps["Decide"]["run"], repository.root).returncode == 1

    wrong = bash(steps["Review the change"]["run"], repository.root, BASE=base, HEAD="nowhere; exit 0", **env)
    assert wrong.returncode == 1
    assert "promptstead: " in wrong.stderr


def test_the_record_action_takes_nothing_from_the_change_but_its_prompts(
    repository: ScratchRepository, tmp_path: Path
) -> None:
    steps = steps_of("record")
    env = {"RUNNER_TEMP": str(tmp_path)}
    repository.write("promptstead.toml", "# ours\n")
    repository.write("services/triage/promptstead.toml", "# ours too\n")
    repository.commit()
    assert bash(steps["Keep its settings"]["run"], repository.root, **env).returncode == 0
    (repository.root / "promptstead.toml").unlink()
    (repository.root / "promptstead.toml").symlink_to(tmp_path / "elsewhere")
    repository.write("pyproject.toml", '[tool.promptstead.providers.openai]\nbase_url = "https://evil.example"\n')
    repository.write("services/triage/promptstead.toml", "# theirs\n")
    # `promptstead record shop/mood` takes the settings of that folder where there is one
    repository.write("shop/mood/promptstead.toml", '[providers.openai]\nkey_command = ["evil"]\n')
    repository.write("shop/Promptstead.toml/promptstead.toml", "# theirs\n")
    done = bash(steps["Put the settings back"]["run"], repository.root, **env)
    assert done.returncode == 0, done.stderr
    assert (repository.root / "promptstead.toml").read_text() == "# ours\n"
    assert not (repository.root / "promptstead.toml").is_symlink()
    assert not (repository.root / "pyproject.toml").exists()
    assert (repository.root / "services/triage/promptstead.toml").read_text() == "# ours too\n"
    found = [path for path in repository.root.rglob("*") if path.name.lower() == "promptstead.toml"]
    assert sorted(str(path.relative_to(repository.root)) for path in found) == [
        "promptstead.toml",
        "services/triage/promptstead.toml",
    ]
    for commit, name, code in (
        ("a" * 40, "OPENAI_API_KEY", 0),
        ("main", "OPENAI_API_KEY", 1),
        ("a" * 40, "LD_PRELOAD", 1),
        ("a" * 40, "PATH", 1),
    ):
        done = bash(steps["Refuse what is no commit"]["run"], tmp_path, COMMIT=commit, KEY_NAME=name)
        assert done.returncode == code


@pytest.mark.parametrize("worse", [0, 30])
def test_the_gitlab_component_posts_and_decides(
    repository: ScratchRepository, command: Path, tmp_path: Path, worse: int
) -> None:
    base, head = change(repository, worse=worse)
    _, document = yaml.safe_load_all(TEMPLATE.read_text(encoding="utf-8"))
    job = document["prompt-review"]
    forge = GitLabServer()
    forge.request["sha"] = head
    (tmp_path / "out").mkdir()
    for name in ("prompt-quality.json", "prompt-review.html", "prompt-review.json"):
        (tmp_path / "out" / name).symlink_to(tmp_path / "elsewhere")  # as a change may bring it
    with forge.serve():
        done = bash(
            "\n".join(job["script"]),
            repository.root,
            PATH=f"{command}:{os.environ['PATH']}",
            PROMPTSTEAD_POST="true",
            PROMPTSTEAD_ENFORCE="true",
            CI_API_V4_URL=forge.url,
            CI_PROJECT_DIR=str(tmp_path / "out"),
            CI_PROJECT_ID="42",
            CI_MERGE_REQUEST_IID="3",
            CI_MERGE_REQUEST_DIFF_BASE_SHA=base,
            CI_COMMIT_SHA=head,
            GITLAB_TOKEN=TOKEN,
        )
    assert done.returncode == (1 if worse else 0), done.stderr
    assert not (tmp_path / "elsewhere").exists()
    assert len(forge.comments) == 1
    assert ("⛔ **1 regression**" in forge.comments[0]["body"]) is bool(worse)
    assert sorted(os.listdir(tmp_path / "out")) == ["prompt-quality.json", "prompt-review.html", "prompt-review.json"]
    assert set(job["artifacts"]["paths"]) == {"prompt-review.json", "prompt-review.html"}


def test_the_setups_in_the_documentation_are_workflows(tmp_path: Path) -> None:
    """GitHub's and GitLab's own schemas, and zizmor, take them as they stand there."""
    blocks = re.findall(r"^```yaml\n# (\S+)\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    workflows = [(name, text) for name, text in blocks if name.startswith(".github/workflows/")]
    assert len(workflows) >= 3
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for name, text in workflows:
        (tmp_path / name).write_text(text.replace("<commit>", "0" * 40), encoding="utf-8")
    tools = Path(sys.executable).parent
    check: list[str | Path] = [tools / "check-jsonschema", "--builtin-schema"]
    schema: list[str | Path] = [*check, "vendor.github-workflows", *folder.iterdir()]
    assert subprocess.run(schema, capture_output=True, check=False).returncode == 0
    zizmor: list[str | Path] = [tools / "zizmor", "--offline", "--quiet", "--persona", "regular", tmp_path]
    done = subprocess.run(zizmor, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
    (tmp_path / ".gitlab-ci.yml").write_text(dict(blocks)[".gitlab-ci.yml"], encoding="utf-8")
    schema = [*check, "vendor.gitlab-ci", tmp_path / ".gitlab-ci.yml"]
    assert subprocess.run(schema, capture_output=True, check=False).returncode == 0
