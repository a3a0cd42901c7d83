"""Change files of a repository of prompts, and run the commands over them: no traceback, no hang, nothing half written.

The files are this repository's own prompts with all that belongs to them, one prompt with datasets, one in the format
of GitHub Models, a configuration, a run file and a report. Each try changes one file (its bytes, its words, or its
values) and runs a few commands in this process. Whatever the file says, a command must

- end with exit code 0, 1 or 2 and never with another exception,
- end within 20 seconds and without hundreds of megabytes,
- leave files whole: one that it did not have to write is as it was, one that it wrote is read back without a problem
  that was not there before, and nothing else lies about.
"""

import copy
import io
import json
import os
import random
import re
import resource
import shutil
import subprocess
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from promptstead import cli
from promptstead.documents.yaml_reader import read
from tests.attacks.clock import TooLongError, at_most
from tests.attacks.mutation import any_value, changed, places, some_place, torn
from tests.attacks.outcome import Outcome
from tests.attacks.snippets import DATASET, FORMULAS, GITHUB_MODELS, KEYWORDS, PATTERNS, QUERIES, TEMPLATES, WORDS

ROOT = Path(__file__).parents[2]
SECONDS = 20
MEGABYTES = 400
"""How much more memory one try may take than all before it."""
KEPT = 4
"""So many cases and answers of each prompt stay: more take time, and hide what else is in the file."""
COMMANDS: list[tuple[int, tuple[str, ...]]] = [
    (8, ("lint", "ID")),
    (4, ("lint", "--no-cache", "--fix", "--unsafe-fixes", "ID")),
    (2, ("lint", "--no-cache", "--diff", "--unsafe-fixes", "ID")),
    (1, ("lint", "--format", "sarif", "ID")),
    (1, ("lint", "--format", "rdjson", "ID")),
    (4, ("fmt", "ID")),
    (1, ("fmt", "--diff", "ID")),
    (4, ("check", "ID")),
    (1, ("check", "--stage", "release", "--verbose", "--format", "json", "ID")),
    (2, ("render", "ID")),
    (3, ("render", "--case", "all", "ID")),
    (2, ("eval", "ID", "--run-file", "OUT/x.run.jsonl")),
    (1, ("eval", "ID", "--run-file", "OUT/x.run.jsonl", "--format", "html")),
    (2, ("diff", "--no-index", "OLD", "FILE")),
    (1, ("diff", "HEAD", "ID")),
    (1, ("diff", "--rendered", "HEAD", "ID")),
    (2, ("bundle", "build", "--working-tree", "ID", "--output", "OUT/x.bundle")),
    (1, ("outputs", "list", "ID")),
    (1, ("outputs", "show", "ID", "CASE")),
    (1, ("outputs", "prune", "--stale", "ID")),
    (1, ("outputs", "notes", "ID")),
    (1, ("accept", "--all", "ID")),
    (1, ("audit", "ID")),
    (1, ("migrate",)),
    (1, ("textconv", "FILE")),
]
RUN_COMMANDS = [
    (1, ("eval", "show", "FILE", "--format", form)) for form in ("text", "json", "junit", "csv", "html")
] + [
    (2, ("compare", "FILE", "OLD")),
    (1, ("compare", "OLD", "FILE", "--format", "json")),
    (1, ("eval", "merge", "FILE", "OLD", "--run-file", "OUT/merged.run.jsonl")),
    (1, ("eval", "--rescore", "FILE", "--run-file", "OUT/scored.run.jsonl")),
]
WRITES = ("fmt", "--fix", "accept", "prune", "migrate")


class World(NamedTuple):
    """The repository under attack.

    :ivar files: path -> bytes of the files that are changed.
    :ivar old: folder with a copy of them, outside the repository.
    :ivar vocabulary: the keys and the fixed values that the schemas know.
    """

    root: Path
    files: dict[str, bytes]
    old: Path
    out: Path
    vocabulary: tuple[str, ...]


def attack(count: int, seed: int, folder: Path) -> Outcome:
    """Try *count* changed files."""
    world = build(folder)
    outcome = Outcome(facts={"commands": 0, "bytes changed": 0, "words changed": 0, "values changed": 0})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with at_home(world):
        for number in range(count):
            chance = random.Random(f"{seed}/{number}")
            path = chance.choice(sorted(world.files))
            kind, raw = mutant(world, path, chance)
            outcome.tried += 1
            outcome.facts[f"{kind} changed"] += 1
            for arguments in chosen(world, path, chance):
                outcome.facts["commands"] += 1
                wrong = tried(world, path, raw, arguments)
                more, peak = (
                    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak,
                    max(peak, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss),
                )
                if more > MEGABYTES * 1024:
                    wrong = wrong or f"{more // 1024} MB more memory"
                if wrong:
                    command = " ".join(arguments).replace(f"{world.root.parent}/", "")
                    outcome.failures.append(f"files seed {seed} file {number} ({path}, {kind}): {command}: {wrong}")
    return outcome


def build(folder: Path) -> World:
    """Write the repository and commit it."""
    root, old, out = (folder / name for name in ("repository", "old", "out"))
    for made in (root, out, folder / "cache"):
        made.mkdir()
    shutil.copytree(ROOT / "prompts", root / "prompts")
    for name in ("cases.yml", "outputs.yml"):
        for companion in (root / "prompts").rglob(name):
            head, *items = re.split("(?m)^(?=  - )", companion.read_text())
            companion.write_text("".join([head, *items[:KEPT]]))
    case = {
        "inputs": {"letter": "My card is gone."},
        "expected": {"category": "card"},
        "tags": ["a"],
        "must_pass": True,
    }
    rows = [{"id": f"row-{number}", **case} for number in range(3)]
    letters = "letter_id,text,category,tags,critical\n" + "".join(
        f'c{n},"My card, {n}",card,a b,yes\n' for n in range(3)
    )
    text = (ROOT / "pyproject.toml").read_text()
    settings = "".join(re.findall(r"^\[tool\.promptstead\.[^\[]*", text, re.MULTILINE)).replace(
        "[tool.promptstead.", "["
    )
    answers = [
        {"case": f"row-{n}", "source": "reference", "model": "reference", "samples": [{"output": "card"}]}
        for n in range(3)
    ]
    for path, content in {
        "prompts/attack/letters.prompt.yml": DATASET,
        "prompts/attack/letters/rows.csv": letters,
        "prompts/attack/letters/rows.jsonl": "".join(f"{json.dumps(row)}\n" for row in rows),
        "prompts/attack/letters/rows.yml": json.dumps({"cases": [{**row, "id": f"y{row['id']}"} for row in rows]}),
        "prompts/attack/letters/outputs.jsonl": "".join(f"{json.dumps(answer)}\n" for answer in answers),
        "prompts/attack/sorter.prompt.yml": GITHUB_MODELS,
        "promptstead.toml": 'roots = ["prompts"]\n\n[lint]\nfail_on = "error"\n\n' + settings,
        ".gitignore": ".promptstead/\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "start"]):
        subprocess.run(["git", *identity, *arguments], cwd=root, env=environment, check=True)
    shutil.copytree(root / "prompts", old / "prompts")
    shutil.copy(root / "promptstead.toml", old)
    files = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    files = {path: raw for path, raw in files.items() if not path.startswith((".git/", ".gitignore"))}
    schemas = [json.loads(path.read_text()) for path in sorted((ROOT / "schemas").glob("*.json"))]
    world = World(root, files, old, out, vocabulary(schemas))
    with at_home(world):
        if wrong := tried(world, "promptstead.toml", files["promptstead.toml"], ["eval", "--run-file", "x.run.jsonl"]):
            raise AssertionError(wrong)
    files["x.run.jsonl"] = (root / "x.run.jsonl").read_bytes()
    shutil.copy(root / "x.run.jsonl", old)
    return world


@contextmanager
def at_home(world: World) -> Iterator[None]:
    """Stand in the repository, with a cache of its own and no Git configuration."""
    here = Path.cwd()
    environment = {
        **{
            "XDG_CACHE_HOME": str(world.root.parent / "cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        },
        **{"PROMPTSTEAD_DEBUG": "1", "CI": "true"},
    }
    with mock.patch.dict(os.environ, environment):
        os.chdir(world.root)
        try:
            yield
        finally:
            os.chdir(here)


def vocabulary(schemas: list[Any]) -> tuple[str, ...]:
    """Return the keys and the fixed values of JSON Schemas."""
    found: set[str] = set()
    for schema in schemas:
        for container, key in places(schema):
            if isinstance(key, str):
                found.add(key)
            if isinstance(container[key], str) and len(container[key]) < 40:
                found.add(container[key])
    return (*sorted(found), *KEYWORDS * 3)


def mutant(world: World, path: str, chance: random.Random) -> tuple[str, bytes]:
    """Return what was changed of the file *path*, and the file as it is then."""
    raw = world.files[path]
    kind = chance.choice(("bytes", "words", "values", "values", "values"))
    if kind == "values" and (data := loaded(path, raw)) is not None:
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            data = reworded(world, data, chance) if chance.random() < 0.6 else changed(data, chance)
        return kind, written(path, data, chance)
    if kind == "bytes":
        return kind, torn(raw, chance)
    words = re.findall(r"\w+|\s+|[^\w\s]", raw.decode())
    for _ in range(chance.choice((1, 1, 2, 8))):
        place = chance.randrange(len(words))
        word = chance.choice(
            (words[chance.randrange(len(words))], chance.choice(WORDS), chance.choice(world.vocabulary))
        )
        words[place] = chance.choice(("", word, words[place] + word, words[place] * chance.choice((2, 50, 2000))))
    return "words", "".join(words).encode("utf-8", "surrogatepass")


def loaded(path: str, raw: bytes) -> Any:
    """Return the values of a file; None for one that has none."""
    if path.endswith(".jsonl"):
        return [json.loads(line) for line in raw.splitlines()]
    return copy.deepcopy(read(raw, path).data) if path.endswith((".yml", ".yaml")) else None


def written(path: str, data: Any, chance: random.Random) -> bytes:
    """Return a file with the values *data*."""
    if path.endswith(".jsonl"):
        lines = [json.dumps(row) for row in data] if isinstance(data, list) else [json.dumps(data)]
        return "".join(f"{line}\n" for line in lines).encode()
    text = json.dumps(data, ensure_ascii=False) if chance.random() < 0.2 else "".join(_block(data, ""))
    return text.encode("utf-8", "surrogatepass")


def _block(data: Any, margin: str) -> Iterator[str]:
    """Yield YAML in block style; scalars as JSON has them."""
    if isinstance(data, dict) and data and len(margin) < 60:
        for key, value in data.items():
            yield f"{margin}{key if re.fullmatch('[A-Za-z_]+', str(key)) else json.dumps(key)}:"
            yield from _block_value(value, margin)
    elif isinstance(data, list) and data and len(margin) < 60:
        for value in data:
            yield f"{margin}-"
            yield from _block_value(value, margin)
    else:
        yield f"{margin}{json.dumps(data, ensure_ascii=False)}\n"


def _block_value(value: Any, margin: str) -> Iterator[str]:
    if isinstance(value, (list, dict)) and value:
        yield "\n"
        yield from _block(value, margin + "  ")
    else:
        yield f" {json.dumps(value, ensure_ascii=False)}\n"


def reworded(world: World, data: Any, chance: random.Random) -> Any:
    """Return *data* with a value or a key in it that means something at some place of the format."""
    if not isinstance(data, (list, dict)) or not data:
        return any_value(chance)
    schemas = [each[key] for each, key in places(data) if key == "schema" and isinstance(each[key], dict)]
    if schemas and chance.random() < 0.3:
        schema = chance.choice(schemas)
        inside = [schema, *(each[key] for each, key in places(schema) if isinstance(each[key], dict))]
        chance.choice(inside)[chance.choice(KEYWORDS)] = any_value(chance)
        return data
    container, key = some_place(data, chance)
    values: Callable[[], Any] = lambda: chance.choice(  # noqa: E731 - one of many kinds
        (
            any_value(chance),
            chance.choice(world.vocabulary),
            *map(chance.choice, (TEMPLATES, PATTERNS, QUERIES, FORMULAS)),
        )
    )
    if isinstance(container, dict) and chance.random() < 0.5:
        container[chance.choice(world.vocabulary)] = values()
    elif isinstance(container[key], str) and chance.random() < 0.3:
        place = chance.randrange(len(container[key]) + 1)
        container[key] = container[key][:place] + str(values()) + container[key][place:]
    else:
        container[key] = values()
    return data


def chosen(world: World, path: str, chance: random.Random) -> list[list[str]]:
    """Return the commands for a changed file, with their arguments."""
    table = RUN_COMMANDS if path.endswith(".run.jsonl") else COMMANDS
    prompt_id = user_of(world, path, chance)
    words = {
        "ID": prompt_id,
        "FILE": path,
        "OLD": str(world.old / path),
        "CASE": chance.choice(("row-1", "chargeback", "1")),
    }
    commands, weights = [arguments for _, arguments in table], [weight for weight, _ in table]
    drawn = chance.choices(commands, weights, k=chance.choice((1, 1, 2)))
    return [[words.get(word, word.replace("OUT/", f"{world.out}/")) for word in arguments] for arguments in drawn]


def user_of(world: World, path: str, chance: random.Random) -> str:
    """Return the id of a prompt that is made of the file *path*."""
    ids = [
        name.removeprefix("prompts/").removesuffix(".prompt.yml")
        for name in world.files
        if name.endswith(".prompt.yml")
    ]
    own = [name for name in ids if path.startswith((f"prompts/{name}.", f"prompts/{name}/"))]
    if own:
        return own[0]
    name = path.removeprefix("prompts/").encode()
    users = [each for each in ids if name in world.files[f"prompts/{each}.prompt.yml"]]
    return chance.choice(sorted(users or ids))


def tried(world: World, path: str, raw: bytes, arguments: list[str]) -> str:
    """Put *raw* in the place of the file *path*, run a command, put everything back; return what did not hold."""
    file = world.root / path
    file.write_bytes(raw)
    try:
        return _ran(arguments) or _left(world, path, raw, arguments)
    finally:
        file.write_bytes(world.files.get(path, raw))
        if any(word in arguments for word in WRITES):
            for name, content in world.files.items():
                if (world.root / name).read_bytes() != content:
                    (world.root / name).write_bytes(content)
        for made in world.out.iterdir():
            shutil.rmtree(made) if made.is_dir() else made.unlink()


def _ran(arguments: list[str]) -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
    try:
        with at_most(SECONDS), redirect_stdout(out), redirect_stderr(err):
            code = cli.run(arguments)
    except (Exception, SystemExit, TooLongError) as error:
        trace = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in trace if "promptstead" in frame.filename and "/tests/" not in frame.filename] or trace
        where = f"{Path(own[-1].filename).name}:{own[-1].lineno}"
        return f"{type(error).__name__}: {str(error)[:150]!r} ({where})"
    if code not in (0, 1, 2):
        return f"exit code {code}"
    err.flush()
    said = err.buffer.getvalue().decode()
    if code == 2 and not said.strip():
        return "exit code 2 without a word"
    return "a traceback was shown" if "Traceback" in said else ""


def _left(world: World, path: str, raw: bytes, arguments: list[str]) -> str:
    """Return what a command left behind that it must not."""
    may_write = any(word in arguments for word in WRITES)
    for name, content in world.files.items():
        before = raw if name == path else content
        if name != path and not may_write:
            continue
        try:
            after = (world.root / name).read_bytes()
        except FileNotFoundError:
            return f"{name} is gone"
        if after == before:
            continue
        if not may_write:
            return f"{name} was written"
        if name.endswith(".yml") and not read(before, name).problems and read(after, name).problems:
            return f"{name} was readable before it was written"
    odd = [
        name for name in os.listdir((world.root / path).parent) if name.endswith((".tmp", "~")) or name.startswith(".p")
    ]
    if odd := [name for name in odd if name != ".promptstead"]:
        return f"left behind: {odd[0]}"
    return ""
