"""A letter too few, twice or another in a key of any file: every command says so, and none calls it a bug."""

import os
import random
import re
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

from promptstead.cli import run
from promptstead.digests import inputs_digest
from promptstead.errors import FINDINGS, OK, UNUSABLE
from promptstead.evaluators.judgement_file import Judgement, dump_file, dump_judgement
from promptstead.model import Case, RecordedOutput, Sample, Usage
from promptstead.outputs.entry_format import dump, dump_lines, received_digest
from promptstead.outputs.pending import Attempt, dump_attempt
from tests.attacks.outcome import Outcome
from tests.conftest import make_repository
from tests.recorded import SETTINGS
from tests.samples import OUTPUTS, PATH, PROMPT, review_of, write_sample

LINES = OUTPUTS.replace(".yml", ".jsonl")
FOLDER = "prompts/shop/mood"
REQUEST = "sha256:" + "0a" * 32
SCORED = "  tone: {type: judge, prompt: judges/tone, inputs: {answer: '{{ output }}'}, path: $.score, min: 4}\n"
JUDGE = """\
schema: promptstead/v1
title: Tone
inputs:
  answer: {schema: {type: string, maxLength: 100}, trust: untrusted, description: what is judged}
model: scripted
messages:
  - {role: user, content: '{{ answer }}'}
"""
COMMANDS = (
    "check", "check --stage release --format json", "lint", "lint --diff", "lint --fix", "fmt",
    "render shop/mood --case all", "record", "accept", "accept --all", "accept --all --reject",
    "outputs list --format json", "outputs prune --stale", "outputs move", "outputs show shop/mood r000",
    "eval --quiet", "eval --live --quiet --run-file live.run.jsonl",
    "audit", "audit --sheet", "diff HEAD", "review HEAD", "compare HEAD", f"textconv {PATH}", "bundle build",
)  # fmt: skip
_KEY = re.compile(r"""(?m)(?:^|[{,\s-])["']?([A-Za-z_]{3,})["']?(?=:(?:\s|["'\[{\d]|$))""")


def attack(count: int, seed: int, folder: Path) -> Outcome:
    """Misspell a key *count* times, each before one of the commands."""
    chance = random.Random(seed)
    outcome = Outcome()
    places = {False: written(folder / "yaml", lines=False), True: written(folder / "lines", lines=True)}
    tries = [(lines, *slip) for lines, (_, files) in places.items() for slip in _slips(files)]
    for _ in range(count):
        lines, path, text, what = chance.choice(tries)
        command = chance.choice(COMMANDS)
        root, files = places[lines]
        code = _code(root, path, text, command)
        outcome.tried += 1
        if code not in (OK, FINDINGS, UNUSABLE):
            outcome.failures.append(f"exit {code}: promptstead {command}, {path}: {what}")
        _restored(root, files)
    return outcome


def _code(root: Path, path: str, text: str, command: str) -> int:
    (root / path).write_text(text, encoding="utf-8")
    out, err = TextIOWrapper(BytesIO()), TextIOWrapper(BytesIO())
    with chdir(root), patch.dict(os.environ, CI=""), redirect_stdout(out), redirect_stderr(err):
        return run(command.split())


def _slips(files: dict[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """Yield file, its text with a key misspelt, and how."""
    for path, raw in files.items():
        if not path.endswith((".yml", ".jsonl")):
            continue
        text = raw.decode()
        for match in _KEY.finditer(text):
            start, end = match.span(1)
            for at in range(start, end):
                for letters in ("", text[at] * 2, "q"):
                    wrong = text[:at] + letters + text[at + 1 :]
                    line = text.count("\n", 0, at) + 1
                    yield path, wrong, f"`{match[1]}` in line {line} is `{wrong[start : end + len(letters) - 1]}`"


def written(root: Path, *, lines: bool) -> tuple[Path, dict[str, bytes]]:
    """Write a prompt with every kind of file, and commit it; its outputs in YAML or in *lines*."""
    repository = make_repository(root)
    write_sample(repository)
    prompt = re.sub(r"(?m)^model: .*$", "model: {name: scripted, params: {max_completion_tokens: 50}}", PROMPT)
    more = f"{SCORED}  use: [evaluators/said.yml]\ndatasets: [{{path: rows.jsonl}}]\ngate:"
    repository.write(PATH, prompt.replace("gate:", more))
    repository.write("prompts/judges/tone.prompt.yml", JUDGE)
    said = "schema: promptstead/evaluators/v1\nevaluators:\n  said: {type: contains, value: o}\n"
    repository.write("prompts/evaluators/said.yml", said)
    repository.write(f"{FOLDER}/rows.jsonl", '{"id": "row", "inputs": {"review": "fine"}, "expected": "good"}\n')
    repository.write("promptstead.toml", SETTINGS)
    repository.write("script.json", '[{"text": "good"}]')
    called = ({"type": "function", "function": {"name": "look", "arguments": "{}"}},)
    sample = Sample("good", "stop", Usage(1, 2), called)
    golden = {"sample": 1, "by": "Ana", "on": "2026-11-22", "why": "so"}
    live = RecordedOutput("r000", "fake/script", "live", (sample,), REQUEST, attempts=2, golden=golden)
    tie = inputs_digest(Case("r001", {"review": review_of(1)}))
    outputs = [
        live._replace(received=received_digest(live)),
        RecordedOutput("r001", "Ana", "reference", (Sample("good"),), inputs=tie),
        RecordedOutput("r002", "out", "imported", (Sample("", digest=REQUEST),), inputs=tie),
    ]
    if lines:
        (root / OUTPUTS).unlink()
    repository.write(LINES if lines else OUTPUTS, dump_lines(outputs) if lines else dump(outputs))
    judgement = Judgement("judges/tone", "fake/script", REQUEST, (Sample('{"score": 5}', "stop", Usage(1, 2)),), 2)
    repository.write(f"{FOLDER}/judgements.jsonl", dump_file([judgement]))
    repository.write(f"{FOLDER}/judgements.new.jsonl", dump_judgement(judgement))
    attempt = Attempt("r000", "fake/script", REQUEST, 1, sample)
    repository.write(f"{FOLDER}/outputs.new.jsonl", dump_attempt(attempt))
    label = f'{{"evaluator": "tone", "answer": "{REQUEST}", "label": 5, "by": "Ana"}}\n'
    repository.write(f"{FOLDER}/labels.jsonl", label)
    repository.commit()
    return root, files_of(root)


def files_of(root: Path) -> dict[str, bytes]:
    """Return what lies below the root, Git's own files aside: path -> bytes."""
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    kept = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    return {path: raw for path, raw in kept.items() if not path.startswith(".git/")}


def _restored(root: Path, files: dict[str, bytes]) -> None:
    for path in [path for path in root.rglob("*") if path.is_file()]:
        name = path.relative_to(root).as_posix()
        if not name.startswith(".git/") and name not in files:
            path.unlink()
    for name, raw in files.items():
        if not (root / name).exists() or (root / name).read_bytes() != raw:
            (root / name).write_bytes(raw)
