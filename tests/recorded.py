"""A prompt whose model is the fake one, and commands that may write, for tests of recorded answers."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.command_line import Result, run
from tests.conftest import ScratchRepository
from tests.json_lines import entries
from tests.samples import PATH, PROMPT, write_sample

PENDING = "prompts/shop/mood/outputs.new.jsonl"
NOTHING_RECORDED = "schema: promptstead/outputs/v1\noutputs: []\n"
SETTINGS = """\
[models.scripted]
provider = "fake"
snapshot = "script"
price_input = 1000
price_output = 1000

[models.other]
provider = "fake"
snapshot = "echo"

[providers.fake]
script = "script.json"
"""
GOOD: list[dict[str, Any]] = [{"text": "good"}]


def write_recorded(
    repository: ScratchRepository, count: int = 3, *, script: list[dict[str, Any]] | None = None, recorded: str = ""
) -> None:
    """Write the sample prompt with *count* cases, no answers and a fake model that says what *script* says."""
    write_sample(repository, count, recorded=recorded or NOTHING_RECORDED)
    repository.write(PATH, re.sub(r"(?m)^model: .*$", "model: scripted", PROMPT))
    repository.write("promptstead.toml", SETTINGS)
    answer(repository, GOOD if script is None else script)


def answer(repository: ScratchRepository, script: list[dict[str, Any]]) -> None:
    """Let the fake model say what *script* says."""
    repository.write("script.json", json.dumps(script))


def at_home(*arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Result:
    """Run a command as a person does, not a CI job."""
    return run(*arguments, cwd=cwd, env={"CI": "", **(env or {})})


def pending(repository: ScratchRepository, path: str = PENDING) -> list[dict[str, Any]]:
    """Return what waits, line by line."""
    file = repository.root / path
    return entries(file.read_text(encoding="utf-8")) if file.exists() else []


def prompt_changed(repository: ScratchRepository) -> None:
    """Change what the prompt asks."""
    text = (repository.root / PATH).read_text(encoding="utf-8")
    repository.write(PATH, text.replace("You read reviews", "You judge reviews"))
