"""Keys that begin with ``x-`` are anybody's: they stand wherever a key of ours can, and change nothing."""

import base64
import copy
import json
import re
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from promptstead.config.file import load_config
from promptstead.config.settings import Config
from promptstead.digests import prompt_digests
from promptstead.model import KeyPath
from promptstead.prompts.compile import compile_prompt
from promptstead.prompts.library import Library
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.schema_check import KINDS, load_schema
from promptstead.runs.reader import RunReader
from promptstead.runs.writer import TakenJudgement
from promptstead.runtime.bundle import open_bundle
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import OUTPUTS, write_sample
from tests.trees import MemoryTree
from tests.versions.write import CORPUS

ROOT = Path(__file__).parents[2]
OWN = {"x-team": {"note": ["ours", 1, None]}, "x-1": "dix-sept"}

EVALUATOR = r"evaluators/(?!use\b)[^/]+(/part|/calls/\d+)?"
SCHEMA = r"(/properties/[^/]+|/items|/additionalProperties)*"
OURS = [
    r"",
    rf"inputs/[^/]+(/schema{SCHEMA})?",
    r"model(/params)?",
    r"environments/[^/]+(/model(/params)?)?",
    r"messages/\d+(/content/\d+(/image|/file)?)?",
    r"examples/\d+",
    r"output",
    r"tools/\d+",
    r"governance",
    r"gate",
    r"datasets/\d+",
    EVALUATOR,
    rf"cases/\d+(/(history|turns|stubs)/\d+)?(/{EVALUATOR})?",
    r"counterexamples/\d+(/tool_calls/\d+|/replace/\d+)?",
    r"outputs/\d+(/golden|/samples/\d+(/steps/\d+)?(/usage|/tool_calls/\d+)?)?",
    r"notes/\d+",
]
"""Which mappings of our files have keys of ours; in every other the keys are names that people chose, or their data."""

FULL = """\
schema: promptstead/v1
title: Every place
inputs:
  question: {schema: {type: object, properties: {x-a: {type: string}}, additionalProperties: {type: number}}}
  x_list: {schema: {type: array, items: {type: string}}, required: false}
model: {name: m-1, params: {temperature: 0, logit_bias: {"1": 1}, extra_body: {x-sent: 1}}}
environments: {x-lab: {model: {name: m-2, params: {top_p: 1}}}}
messages:
  - {role: system, content: [{text: Answer.}]}
  - {role: user, content: [{text: This}, {image: {path: a.png}, detail: low}, {file: {path: a.txt}}]}
  - slot: history
  - {role: user, content: "{{ question.x }}"}
examples: []
output: {format: json, schema: {type: object, properties: {x-b: {type: string}}, x-sent: 1}}
tools: [{name: find, parameters: {type: object, properties: {x-c: {type: string}}, x-sent: 1}}]
governance: {purpose: show, risk: minimal}
evaluators:
  x-named: {type: json}
  part: {type: contains, value: a, part: {separator: "***"}}
  calls: {type: tool-calls, calls: [{name: find, arguments: {x-d: 1}}]}
  both: {type: weighted, of: {x-named: 1, part: 2}}
gate: {hard: [x-named]}
cases:
  - id: one
    inputs: {question: {x-a: a, x: 1}}
    history: [{role: user, content: Hello.}]
    expected: {x-e: 1}
    evaluators: {x-own: {type: equals, value: "{{ expected }}"}}
    turns: [{user: And?, expected: {x-e: 2}, evaluators: {x-turn: {type: json}}}]
    stubs: [{tool: find, arguments: {x-d: 1}, result: {x-f: 1}}]
counterexamples:
  - {id: c1, case: one, caught_by: x-named, why: it is none, output: "no", tool_calls: [{name: find, arguments: "{}"}]}
  - {id: c2, case: one, caught_by: x-named, why: it is none, replace: [{find: a, with: b}]}
"""
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def mappings(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
        for key, each in value.items():
            yield from mappings(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from mappings(each, (*path, index))


def is_ours(path: KeyPath) -> bool:
    return any(re.fullmatch(pattern, "/".join(map(str, path))) for pattern in OURS)


def with_own_data(text: str) -> tuple[str, int]:
    """Return a YAML file with keys of somebody's in each mapping of ours, and in how many that is."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    data = yaml.load(text)
    places = [mapping for path, mapping in list(mappings(data)) if is_ours(path)]
    for place in places:
        if place.get("digest") is None:
            place.update(copy.deepcopy(OWN))
    out = StringIO()
    yaml.dump(data, out)
    return out.getvalue(), len(places)


def test_the_library_with_own_data_everywhere_is_what_it_was(repository: ScratchRepository) -> None:
    """Lint is clean, answers stand, digests and bundle are the same, and the canonical form keeps every key."""
    shutil.copytree(ROOT / "prompts", repository.root / "prompts")
    repository.write("pyproject.toml", (ROOT / "pyproject.toml").read_bytes())
    code, before = checked(repository)
    assert run("bundle", "build", "--working-tree", "-o", "before", cwd=repository.root).code == 0
    repository.commit()
    count = 0
    for path in sorted(repository.root.glob("prompts/**/*.yml")):
        text, places = with_own_data(path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
        count += places
    assert count > 500
    assert checked(repository) == (code, before)
    assert before["totals"]["counts"]["pass"] == before["totals"]["results"] > 90
    assert run("bundle", "build", "--working-tree", "-o", "after", cwd=repository.root).code == 0
    old, new = (repository.root / name for name in ("before", "after"))
    assert {path.name: path.read_bytes() for path in old.rglob("*.json")} == {
        path.name: path.read_bytes() for path in new.rglob("*.json")
    }
    assert "x-team" not in "".join(path.read_text("utf-8") for path in new.rglob("*.json"))
    assert run("fmt", cwd=repository.root).code == 0
    kept = "".join(path.read_text("utf-8") for path in repository.root.glob("prompts/**/*.yml"))
    assert kept.count("x-team:") == count
    assert checked(repository) == (code, before)
    changes = run("diff", "HEAD", "--format", "json", cwd=repository.root).json["prompts"]
    assert len(changes) == 10
    for change in changes:
        assert [(each["kind"], each["path"]) for each in change.pop("description")] == [("added", key) for key in OWN]
        assert change["summary"]["text"] == "description"
        assert not [key for key in ("messages", "inputs", "output", "tools", "model", "governance") if change[key]]
        assert not any(change["cases"].values())
        assert not any(change["evaluators"].values())
    review = run("review", "HEAD", "--format", "json", cwd=repository.root)
    assert review.code == 0
    assert not [each for each in review.json["prompts"] if each["lint"]["new"] or each["change"]["contract"]["reasons"]]


def checked(repository: ScratchRepository) -> tuple[int, Any]:
    """Return what ``check`` says, without lines: those are other ones."""
    done = run("check", "--format", "json", cwd=repository.root)
    return done.code, json.loads(re.sub(r'"line": \d+', '"line": 0', done.out))


def load(text: str) -> Loaded:
    files: dict[str, str | bytes] = {"prompts/a.prompt.yml": text, "prompts/a/a.png": PNG, "prompts/a/a.txt": "text"}
    return Library(MemoryTree(files), Config()).load("prompts/a.prompt.yml")


def test_every_kind_of_place_is_one_of_them() -> None:
    before, (text, count) = load(FULL), with_own_data(FULL)
    after = load(text)
    assert [problem.message for problem in (*before.problems, *after.problems)] == []
    assert before.prompt is not None
    assert after.prompt is not None
    compiled = compile_prompt(before)
    assert compile_prompt(after) == compiled
    assert prompt_digests(after.prompt, compiled) == prompt_digests(before.prompt, compiled)
    assert after.prompt.cases == before.prompt.cases
    assert after.prompt.evaluators == before.prompt.evaluators
    assert after.prompt.counterexamples == before.prompt.counterexamples
    assert count == text.count("x-team:") >= 30


def test_where_people_choose_the_names_a_name_may_begin_so() -> None:
    """Inputs of an object, evaluators, environments, what a case gives: the keys are theirs, and mean something."""
    prompt = load(FULL).prompt
    assert prompt is not None
    assert [spec.name for spec in prompt.every_evaluator()][:1] == ["x-named"]
    compiled = compile_prompt(load(FULL))
    assert "x-a" in compiled["inputs"]["question"]["schema"]["properties"]
    assert compiled["output"]["schema"]["x-sent"] == compiled["tools"][0]["parameters"]["x-sent"] == 1
    assert compiled["model"]["params"]["extra_body"] == {"x-sent": 1}
    for old, new in (("x-e: 1", "x-e: 2"), ("x-lab", "x-lib"), ("x-d: 1", "x-d: 2"), ("x-a: a, ", "x-a: b, ")):
        assert digests(FULL.replace(old, new)) != digests(FULL), old


def digests(text: str) -> dict[str, str]:
    loaded = load(text)
    assert loaded.prompt is not None
    return prompt_digests(loaded.prompt, compile_prompt(loaded))


def closed(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each object of a schema that names all its keys."""
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False:
            yield path, schema
        for key, each in schema.items():
            yield from closed(each, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, each in enumerate(schema):
            yield from closed(each, f"{path}/{index}")


OF_PEOPLE = [*(kind for kind in KINDS if kind != "github-models"), "judgements", "labels"]
OF_REPORTS = [
    "run",
    "review",
    "compare",
    "eval",
    "check",
    "lint",
    "diff",
    "audit",
    "outputs-list",
    "notes-list",
    "call",
]
OF_A_JUDGE = ("/samples/items", "/samples/items/properties/usage")
"""What a judge said is recorded anew with each answer, so nobody keeps anything within it."""


@pytest.mark.parametrize(
    "kind", [*(kind for kind in KINDS if kind != "github-models"), "judgements", "labels", *OF_REPORTS]
)
def test_every_object_of_ours_takes_anybodys_keys(kind: str) -> None:
    places = list(closed(load_schema(kind)))
    assert places
    for path, part in places:
        if kind != "judgements" or not path.endswith(OF_A_JUDGE):
            assert "^x-" in part.get("patternProperties", {}), path


def test_settings_take_them_in_every_table() -> None:
    own = 'x-team = {note = ["ours"]}\n'
    tables = {
        "": 'roots = ["prompts"]\n', "lint": 'select = ["SCH"]\n', "policy": "comparable_floor = 0.8\n",
        "policy.margins": "high = 0.1\n", "policy.min_cases": "high = 9\n", "outputs": "private = []\n",
        "models.x-fast": 'provider = "openai"\nsnapshot = "m-1"\n', "providers.own": 'base_url = "https://h.example/v1"\n',
    }  # fmt: skip

    def settings(added: str) -> Config:
        text = "".join((f"[{name}]\n" if name else "") + body + added for name, body in tables.items())
        return load_config(MemoryTree({"promptstead.toml": text}))

    assert settings(own) == settings("")
    assert list(settings("").models) == ["x-fast"]


def test_an_answers_own_data_stay_with_it(repository: ScratchRepository) -> None:
    """An answer that is moved out of the repository keeps what stands beside it."""
    write_sample(repository, 1)
    text = (repository.root / OUTPUTS).read_text()
    repository.write(
        OUTPUTS, text.replace("    samples:", '    x-seen: {by: [Ana], on: "é\\x7f\\u2028"}\n    samples:')
    )
    store = repository.root.parent / "store"
    store.mkdir()
    repository.write("promptstead.toml", '[outputs]\nprivate = ["prompts/shop/*"]\n')
    done = run("outputs", "move", cwd=repository.root, env={"PROMPTSTEAD_STORE": str(store), "CI": ""})
    assert done.code == 0, done.err
    moved = YAML(typ="safe").load((repository.root / OUTPUTS).read_text())["outputs"][0]
    assert moved["x-seen"] == {"by": ["Ana"], "on": "é\x7f\u2028"}
    assert list(moved["samples"][0]) == ["digest"]

    assert run("lint", cwd=repository.root, env={"PROMPTSTEAD_STORE": str(store)}).code == 0


def test_a_bundle_takes_them_too(repository: ScratchRepository) -> None:
    """In a bundle that is built they are not; its reader leaves alone what somebody put there later."""
    write_sample(repository)
    assert run("bundle", "build", "--working-tree", "-o", "folder", cwd=repository.root).code == 0
    manifest = repository.root / "folder/manifest.json"
    document = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(document | {"x-signed": "by us"}))
    assert open_bundle(repository.root / "folder")["shop/mood"].messages(review="fine")


OF_A_RUN = [
    r"",
    r"prompts/\d+(/gate|/evaluators/[^/]+)?",
    r"evaluators/[^/]+",
    r"samples/\d+(/usage|/results/[^/]+(/reason)?)?",
    r"why",
    r"end",
    r"answer(/sample)?",
    r"judgement(/usage|/said)?",
]
"""The same of the lines of a run file."""


@pytest.mark.parametrize("name", ["run-v2.jsonl", "run-v2-live.jsonl", "run-v1-live.jsonl"])
def test_a_run_file_takes_them_too(name: str) -> None:
    """It is read as if they were not there."""
    text = (CORPUS / name).read_text(encoding="utf-8")
    sample = {"output": "2", "finish_reason": "stop", "usage": {"input": 5}}
    waiting = {"prompt": "shop/sums", "case": "x", "model": "m", "request": "sha256:" + "0" * 64, "sample": sample}
    first, *rest = map(json.loads, text.splitlines())
    before = [first, {"answer": waiting}, *rest]
    after = copy.deepcopy(before)
    count = 0
    for line in after:
        for path, mapping in list(mappings(line)):
            if any(re.fullmatch(pattern, "/".join(map(str, path))) for pattern in OF_A_RUN):
                mapping.update(copy.deepcopy(OWN))
                count += 1
    assert count > 40
    readers = [RunReader([json.dumps(line) + "\n" for line in lines], "x") for lines in (before, after)]
    old, new = (list(reader.lines()) for reader in readers)
    new = [
        each._replace(judgement=each.judgement._replace(own="")) if isinstance(each, TakenJudgement) else each
        for each in new
    ]
    assert new == old
    assert (readers[0].run, readers[0].end) == (readers[1].run, readers[1].end)
