import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
OFFERED = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
OWN = {
    hook["id"]: hook
    for repository in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    for hook in repository["hooks"]
}


def behaviour(hook: dict[str, Any]) -> dict[str, Any]:
    """Return what decides when a hook runs and with which files."""
    keys = ("entry", "files", "pass_filenames", "require_serial", "always_run", "types_or")
    return {key: hook.get(key) for key in keys}


def test_this_repository_runs_the_hooks_that_it_offers() -> None:
    assert set(OFFERED) == {"promptstead-fmt", "promptstead-lint", "promptstead-check"}
    for name, hook in OFFERED.items():
        assert behaviour(OWN[name]) == behaviour(hook)


FMT, LINT, CHECK = OFFERED


@pytest.mark.parametrize(
    ("path", "hooks"),
    [
        ("prompts/banking/complaint-triage.prompt.yml", {FMT, LINT, CHECK}),
        (".github/prompts/summarise.prompt.yaml", {FMT, LINT, CHECK}),
        ("services/chat/assistant.prompt.yml", {FMT, LINT, CHECK}),
        ("prompts/banking/complaint-triage/cases.yml", {FMT, LINT, CHECK}),
        ("prompts/banking/complaint-triage/outputs.yml", {FMT, LINT, CHECK}),
        ("prompts/partials/tone.fr.md", {LINT, CHECK}),
        ("prompts/evaluators/json-answer.yml", {LINT, CHECK}),
        ("services/chat/prompts/partials/tone.md", {CHECK}),
        ("promptstead.toml", {LINT, CHECK}),
        ("pyproject.toml", {LINT, CHECK}),
        ("services/pyproject.toml", set()),
        ("src/prompts.py", set()),
        ("docs/prompt.yml", set()),
        ("README.md", set()),
    ],
)
def test_a_changed_file_starts_the_hooks_that_it_concerns(path: str, hooks: set[str]) -> None:
    assert {name for name, hook in OFFERED.items() if re.search(hook["files"], path)} == hooks


def test_check_looks_at_every_prompt() -> None:
    assert OFFERED[CHECK]["pass_filenames"] is False
