"""The commands that write or pay, with a repository for each: what :mod:`tests.attacks.kills` kills."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.command_line import environment
from tests.conftest import ScratchRepository
from tests.recorded import NOTHING_RECORDED, PENDING
from tests.samples import DATA, PARTIAL, PROMPT, answered, cases, outputs, write_sample

PROGRAM = (sys.executable, "-m", "promptstead")
ASKED = 24
"""Cases of a prompt that a server is asked about."""
AT_ONCE = 4
MANY = 4
"""Prompts that a command changes."""


class Scenario(NamedTuple):
    """A command, what it is run in, and how it is gone on with; *kept* counts the answers of one that pays."""

    prepare: Callable[[ScratchRepository], None]
    command: tuple[str, ...]
    again: tuple[str, ...] = ()
    kept: Callable[[Path], Counter[str]] | None = None
    growing: str = ""
    """File that is written line by line, whose lines have their own order."""
    done_already: str = ""
    """What it says with exit code 2 where everything was written before it was killed."""


def plain(repository: ScratchRepository) -> None:
    """Several prompts, none in its canonical form, each with something that lint mends and answers that are stale."""
    write_sample(repository)
    repository.write(PARTIAL, DATA)
    for number in range(MANY):
        stem = f"prompts/shop/mood{number}"
        repository.write(f"{stem}.prompt.yml", PROMPT.replace("You read", "You  \u200bread") + "\n\n# the end\n")
        repository.write(f"{stem}/cases.yml", cases(3).replace("    inputs:", "    inputs:   "))
        repository.write(f"{stem}/outputs.yml", outputs(answered(5)))


def changed(repository: ScratchRepository) -> None:
    """A change to review."""
    plain(repository)
    repository.commit()
    repository.write("prompts/shop/mood1.prompt.yml", PROMPT.replace("You read", "You judge"))


def bundled(repository: ScratchRepository) -> None:
    """A release of the prompts as they were before."""
    write_sample(repository)
    for form in ("old.bundle", "old"):
        run(repository.root, "bundle", "build", "--working-tree", "-o", form)
    repository.write("prompts/shop/mood.prompt.yml", PROMPT.replace("You read", "You judge"))


def waiting(repository: ScratchRepository) -> None:
    """Answers of the fake model that wait for several prompts."""
    repository.write(PARTIAL, DATA)
    repository.write("script.json", json.dumps([{"text": "good"}]))
    settings = '[models.tiny]\nprovider = "fake"\nsnapshot = "script"\n[providers.fake]\nscript = "script.json"\n'
    repository.write("promptstead.toml", settings)
    for number in range(MANY):
        stem = f"prompts/shop/mood{number}"
        repository.write(f"{stem}.prompt.yml", PROMPT.replace("gpt-5.4-nano-2026-03-17", "tiny"))
        repository.write(f"{stem}/cases.yml", cases(3))
    run(repository.root, "record")


def private(repository: ScratchRepository) -> None:
    """Answers in the repository that belong outside."""
    write_sample(repository, 8)
    (repository.root.parent / f"{repository.root.name}.store").mkdir(exist_ok=True)
    repository.write("promptstead.toml", '[outputs]\nprivate = ["prompts/shop/*"]\n')


def empty(repository: ScratchRepository) -> None:
    """Prompts and no configuration."""
    plain(repository)
    (repository.root / ".gitignore").unlink()


def asked(repository: ScratchRepository) -> None:
    """A prompt without answers."""
    write_sample(repository, ASKED, recorded=NOTHING_RECORDED)


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the whole lines of a file that only grows."""
    raw = path.read_bytes() if path.exists() else b""
    for line in raw[: raw.rfind(b"\n") + 1].splitlines():
        if "schema" not in (entry := json.loads(line)):
            yield entry


def recorded(root: Path) -> Counter[str]:
    """Return case -> how many answers to it wait."""
    return Counter(line["case"] for line in lines_of(root / PENDING))


def taken(root: Path) -> Counter[str]:
    """Return case -> how many answers to it a live run holds."""
    found: Counter[str] = Counter()
    for line in lines_of(root / "live.run.jsonl"):
        if "answer" in line:
            found[line["answer"]["case"]] += 1
        elif "case" in line:
            found[line["case"]] += len(line.get("samples", ()))
    return found


def run(root: Path, *command: str) -> None:
    """Run a command that prepares a repository."""
    done = subprocess.run([*PROGRAM, *command], cwd=root, env=environment(CI=""), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


FEW = ("--concurrency", str(AT_ONCE))
SCENARIOS = {
    "record": Scenario(asked, ("record", *FEW), kept=recorded),
    "eval --live": Scenario(
        asked,
        ("eval", "--live", "--run-file", "live.run.jsonl", *FEW),
        ("eval", "--live", "--resume", "live.run.jsonl", *FEW),
        taken,
    ),
    "accept": Scenario(waiting, ("accept", "--all", "--even-failing"), growing="outputs.new.jsonl"),
    "eval": Scenario(plain, ("eval", "--run-file", "replay.run.jsonl"), growing=".run.jsonl"),
    "lint --fix": Scenario(plain, ("lint", "--fix", "--unsafe-fixes")),
    "fmt": Scenario(plain, ("fmt",)),
    "lint --write-baseline": Scenario(plain, ("lint", "--write-baseline")),
    "bundle": Scenario(bundled, ("bundle", "build", "--working-tree", "-o", "old.bundle")),
    "bundle folder": Scenario(bundled, ("bundle", "build", "--working-tree", "-o", "old")),
    "outputs prune": Scenario(plain, ("outputs", "prune")),
    "outputs move": Scenario(private, ("outputs", "move")),
    "init": Scenario(empty, ("init",), done_already="is set up already"),
    "new": Scenario(plain, ("new", "shop/other"), done_already="a prompt with this id already exists"),
    "review -o": Scenario(changed, ("review", "HEAD", "-o", "report.md")),
    "check -o": Scenario(plain, ("check", "--format", "json", "-o", "report.json")),
}
