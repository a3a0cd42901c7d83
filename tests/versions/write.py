"""The documents of this version, written by the commands themselves: ``python -m tests.versions.write``.

A file that is there is never written again: it is what that version wrote, and is read for ever. A document of a new
kind or version gets a line in :data:`WRITTEN`, and one in ``FILES`` of ``test_versions.py``.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from promptstead.digests import inputs_digest
from promptstead.model import Case
from tests.conftest import ScratchRepository, make_repository
from tests.recorded import at_home
from tests.samples import write_sample

CORPUS = Path(__file__).parent / "corpus"
LABELS = {"good": 5, "bad": 4}


def as_it_was(root: Path, *, recorded: bool = True) -> ScratchRepository:
    """Return the repository of the corpus; without its recorded answers where *recorded* is false.

    Its prompt files have another ending there, so that no command takes them for prompts of this repository.
    """
    shutil.copytree(CORPUS / "repository", root, dirs_exist_ok=True)
    for path in sorted(root.rglob("*.prompt-v*.yml")):
        path.rename(path.with_name(path.name.partition(".prompt-")[0] + ".prompt.yml"))
    for path in () if recorded else [*root.rglob("outputs.*"), *root.rglob("judgements.*"), *root.rglob("labels.*")]:
        path.unlink()
    repository = make_repository(root)
    repository.run("config", "user.name", "Ana")
    repository.run("config", "user.email", "ana@example.org")
    return repository


def command(repository: ScratchRepository, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
    """Run a command as a person does and return what it printed."""
    done = at_home(*arguments, cwd=repository.root, env={"PROMPTSTEAD_STORE": str(repository.root.parent / "store")})
    assert done.code in codes, done.err
    return done.out


def json_of(*arguments: str) -> Callable[[ScratchRepository], str]:
    """Return what a command says as JSON."""
    return lambda repository: command(repository, *arguments, "--format", "json", codes=(0, 1))


def file_of(name: str, *arguments: str) -> Callable[[ScratchRepository], str]:
    """Return a file that a command wrote."""

    def written(repository: ScratchRepository) -> str:
        command(repository, *arguments, codes=(0, 1))
        return (repository.root / name).read_text(encoding="utf-8")

    return written


def labels(repository: ScratchRepository) -> str:
    """Return a sheet that somebody filled in."""
    first, *lines = map(json.loads, command(repository, "audit", "--sheet").splitlines())
    filled = [line | {"label": LABELS[line["output"]], "by": "Ana", "x-seen": 1} for line in lines]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (first, *filled))


def stored(repository: ScratchRepository) -> str:
    """Return an answer that is kept outside the repository."""
    (repository.root.parent / "store").mkdir(exist_ok=True)
    with (repository.root / "promptstead.toml").open("a") as settings:
        settings.write('\n[outputs]\nprivate = ["prompts/shop/sums*"]\n')
    command(repository, "outputs", "move")
    command(repository, "outputs", "show", "shop/sums", "six")
    path = next(each for each in (repository.root.parent / "store").rglob("*.json") if '"6"' in each.read_text())
    return path.read_text(encoding="utf-8")


NOTE = ("outputs", "note", "shop/mood", "good", "A fair word.", "--verdict", "good", "--tag", "tone")


def note(repository: ScratchRepository) -> str:
    """Return a note about an answer that is kept outside the repository."""
    (repository.root.parent / "store").mkdir(exist_ok=True)
    with (repository.root / "promptstead.toml").open("a") as settings:
        settings.write('\n[outputs]\nprivate = ["prompts/shop/sums*"]\n')
    command(repository, "outputs", "move")
    command(repository, "outputs", "note", "shop/sums", "six", "Right.")
    path = next(each for each in (repository.root.parent / "store").rglob("*.json") if "note/v1" in each.read_text())
    return path.read_text(encoding="utf-8")


def noted(repository: ScratchRepository) -> str:
    """Return the list of notes, of which there is one."""
    command(repository, *NOTE)
    return command(repository, "outputs", "notes", "--format", "json")


def live(repository: ScratchRepository) -> str:
    """Return a live run that asked its judges too."""
    (repository.root / "prompts/shop/mood/judgements.jsonl").unlink()
    return file_of("b.run.jsonl", *RUN, "b.run.jsonl", "--live")(repository)


RUN = ("eval", "--quiet", "--run-file")
WRITTEN: dict[str, Callable[[ScratchRepository], str]] = {
    "run-v2.jsonl": file_of("a.run.jsonl", *RUN, "a.run.jsonl"),
    "run-v2-live.jsonl": live,
    "review-v2.json": json_of("review", "HEAD~1..HEAD"),
    "compare-v2.json": json_of("compare", "HEAD~1..HEAD"),
    "self-check-v1.json": json_of("compare", "HEAD~1..HEAD", "--self-check", "--draws", "50"),
    "diff-v2.json": json_of("diff", "HEAD~1..HEAD"),
    "check-v2.json": json_of("check"),
    "lint-v1.json": json_of("lint"),
    "eval-v2.json": json_of("eval"),
    "audit-v1.json": json_of("audit"),
    "outputs-list-v1.json": json_of("outputs", "show", "shop/mood", "good"),
    "call-v1.json": json_of("run", "shop/mood", "--case", "good"),
    "baseline-v2.json": file_of("promptstead-baseline.json", "lint", "--write-baseline"),
    "answer-v1.json": stored,
    "notes-v1.yml": file_of("prompts/shop/mood/notes.yml", *NOTE),
    "notes-list-v1.json": noted,
    "note-v1.json": note,
}
"""File of the corpus -> what writes it, in a repository whose last commit changed a prompt and an answer."""
BUNDLES = {"bundle": "bundle-v1", "a.bundle": "bundle-v1.zip"}
SHARD = "run-v2-shard-2.jsonl"
"""Of the sample prompt; the first shard was written by a promptstead of the version before, at the same commit."""


def given(repository: ScratchRepository, *answers: str) -> None:
    """Write answers to the sums that a model gave elsewhere: those of a stand-in give no verdict."""
    lines = []
    for case, question, answer in zip(("one", "two", "six"), ("1 + 1", "2 + 2", "3 + 3"), answers, strict=True):
        tie = inputs_digest(Case(case, {"sum": question}))
        entry = {"case": case, "model": "m@1", "source": "imported", "inputs": tie, "samples": [{"output": answer}]}
        lines.append(json.dumps(entry))
    repository.write("prompts/shop/sums/outputs.jsonl", "\n".join(lines) + "\n")


def changed(repository: ScratchRepository) -> None:
    """Commit the repository, and a change of a prompt and of answers."""
    given(repository, "2", "4", "6")
    repository.commit()
    given(repository, "2", "5", "6")
    prompt = repository.root / "prompts/shop/mood.prompt.yml"
    repository.write(
        "prompts/shop/mood.prompt.yml", prompt.read_text().replace("You read reviews", "You judge reviews")
    )
    script = json.loads((repository.root / "script.json").read_text())
    repository.write("script.json", json.dumps([{"contains": "broke", "text": "good"}, *script]))
    command(repository, "record", "shop/mood")
    command(repository, "accept", "--all", "--even-failing")
    repository.commit()


def bundle(repository: ScratchRepository) -> None:
    """Write both forms of a bundle."""
    repository.commit()
    for written, name in BUNDLES.items():
        if not (CORPUS / name).exists():
            command(repository, "bundle", "build", "-o", written)
            (repository.root / written).rename(CORPUS / name)


def shard(repository: ScratchRepository) -> str:
    """Return the second shard of an evaluation of the sample prompt."""
    write_sample(repository, 12)
    repository.commit()
    command(repository, *RUN, "a.run.jsonl", "--shard", "2/2")
    return (repository.root / "a.run.jsonl").read_text(encoding="utf-8")


def main() -> None:
    """Write what is missing."""
    os.environ |= {f"GIT_{role}_NAME": "Ana" for role in ("AUTHOR", "COMMITTER")}
    os.environ |= {f"GIT_{role}_EMAIL": "ana@example.org" for role in ("AUTHOR", "COMMITTER")}
    os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    with tempfile.TemporaryDirectory() as folder:
        repository = as_it_was(Path(folder) / "first", recorded=False)
        command(repository, "record")
        beside = repository.root / "prompts/shop/mood"
        keep("pending-v1.jsonl", (beside / "outputs.new.jsonl").read_text)
        keep("judgements-v1-pending.jsonl", (beside / "judgements.new.jsonl").read_text)
        command(repository, "accept", "--all", "--even-failing")
        for pattern in ("outputs.yml", "outputs.jsonl", "judgements.jsonl"):
            for path in sorted(repository.root.rglob(pattern)):
                keep(f"repository/{path.relative_to(repository.root)}", path.read_text)
        keep("repository/prompts/shop/mood/labels.jsonl", lambda: labels(repository))
        missing = {name: write for name, write in WRITTEN.items() if not (CORPUS / name).exists()}
        for name, write in missing.items():
            second = as_it_was(Path(folder) / name / "repository")
            changed(second)
            keep(name, partial(write, second))
        if any(not (CORPUS / name).exists() for name in BUNDLES.values()):
            bundle(as_it_was(Path(folder) / "third"))
        keep(SHARD, lambda: shard(make_repository(Path(folder) / "shard")))


def keep(name: str, text: Callable[[], str]) -> None:
    """Write a file of the corpus, unless it is there."""
    path = CORPUS / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(), encoding="utf-8")
        sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    main()
