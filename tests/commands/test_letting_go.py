"""Commands over many prompts: what is read of one is let go before the next few are read."""

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO

import click
import pytest

from promptstead.commands.eval import command as eval_command
from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.results import CaseResult
from promptstead.executors import choice
from promptstead.operations.running import replayed_run as evaluating
from promptstead.prompts.library import Library
from promptstead.prompts.loaded import Loaded
from tests.conftest import ScratchRepository
from tests.samples import CASES, DATA, OUTPUTS, PARTIAL, PATH, PROMPT, answered, cases, outputs

PROMPTS = 30
CASES_EACH = 3
FEW = 4
"""Those that are worked on, on both sides of a change, and those that wait for the collector of cycles."""


@pytest.fixture
def many(repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch) -> ScratchRepository:
    """Return a repository of PROMPTS prompts with answers, each of which the last commit changed."""
    repository.write(PARTIAL, DATA)
    for number in range(PROMPTS):
        name = f"mood{number:02}"
        repository.write(PATH.replace("mood", name), PROMPT.replace("Mood", f"Mood {number}"))
        repository.write(CASES.replace("mood", name), cases(CASES_EACH))
        repository.write(OUTPUTS.replace("mood", name), outputs(answered(CASES_EACH, wrong=1)))
    repository.commit("first")
    for number in range(PROMPTS):
        path = PATH.replace("mood", f"mood{number:02}")
        repository.write(path, (repository.root / path).read_text().replace("for a shop", "for one shop"))
    repository.commit("second")
    monkeypatch.chdir(repository.root)
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(choice, "usable_cores", lambda: 1)
    monkeypatch.setattr(evaluating, "HELD", 2)
    return repository


@pytest.fixture
def alive(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Give name of a type -> the most that were alive when a prompt was read, of prompts and of their results."""
    most: Counter[str] = Counter()
    load = Library.load

    def counting(self: Library, path: str, *, rows: bool = True) -> Loaded:
        now = Counter(type(each).__name__ for each in gc.get_objects() if isinstance(each, (Loaded, CaseResult)))
        most["reads"] += 1
        for name, count in now.items():
            most[name] = max(most[name], count)
        return load(self, path, rows=rows)

    monkeypatch.setattr(Library, "load", counting)
    gc.collect()
    gc.freeze()  # what was there before is not gone through each time
    yield most
    gc.unfreeze()


@pytest.mark.parametrize(
    "line",
    [
        "check --verbose",
        "check --format json",
        "check --format sarif",
        "check --stage review --base HEAD~1",
        "lint",
        "eval",
        "bundle build -o ../out.bundle",
        "bundle build --working-tree -o ../out",
        "outputs list",
        "diff HEAD~1..HEAD",
    ],
)
def test_a_prompt_is_let_go(many: ScratchRepository, alive: Counter[str], line: str) -> None:
    name, *arguments = line.split()
    command: click.Command = import_module(f"promptstead.commands.{name}").command
    with redirect_stdout(StringIO()):
        command.main(arguments, standalone_mode=False)
    assert alive["reads"] >= PROMPTS
    assert 0 < alive["Loaded"] <= FEW
    assert alive["CaseResult"] <= FEW * CASES_EACH


def test_a_prompt_that_changes_between_two_readings_is_named(
    many: ScratchRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = PATH.replace("mood", f"mood{PROMPTS - 1:02}")
    load = Library.load

    def changing(self: Library, path: str, *, rows: bool = True) -> Loaded:
        loaded = load(self, path, rows=rows)
        if path == last:
            (many.root / path).write_text(loaded.document.text.replace("one shop", "that shop"))
        return loaded

    monkeypatch.setattr(Library, "load", changing)
    with pytest.raises(PromptsteadError) as caught, redirect_stdout(StringIO()):
        eval_command.main(["--run-file", "out.run.jsonl"], standalone_mode=False)
    assert str(caught.value) == f"{last}: this prompt changed while it was evaluated (run the command again)"
    assert not (many.root / "out.run.jsonl").exists()
