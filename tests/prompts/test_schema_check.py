"""What a schema says about a document, in words; and that two validators agree about what is valid."""

import copy
import json
import random
import re
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
import yaml

from promptstead.documents.document import Document
from promptstead.errors import PromptsteadError
from promptstead.model import Problem
from promptstead.prompts import schema_check as schema_module
from promptstead.prompts.mismatch import PATTERNS
from promptstead.prompts.schema_check import KINDS, Kind, derived_schemas, load_schema, schema_text, validate
from tests.documents.test_yaml_reader import FIXTURE, reading

VALID = yaml.safe_load(FIXTURE.read_text(encoding="utf-8"))


def problems(text: str, kind: Kind = "prompt") -> tuple[Document, list[Problem]]:
    document = reading(text)
    return document, validate(document, kind)


def prompt(extra: str) -> str:
    """Return the smallest valid prompt with *extra* lines behind it."""
    return f"schema: promptstead/v1\ntitle: t\nmessages:\n  - {{role: user, content: x}}\n{extra}"


def one(extra: str) -> tuple[str, str, str, str]:
    """Return code, source, message and hint of the only problem of a prompt with *extra* lines."""
    document, found = problems(prompt(extra))
    assert len(found) == 1, [problem.message for problem in found]
    (problem,) = found
    return problem.code, document.text[problem.span.start : problem.span.end], problem.message, problem.hint


def test_the_fixture_is_valid() -> None:
    document = reading(FIXTURE.read_text(encoding="utf-8"))
    assert not validate(document, "prompt")


@pytest.mark.parametrize("kind", KINDS)
def test_schemas_are_schemas_and_describe_every_key(kind: Kind) -> None:
    schema = load_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads(schema_text(kind)) == schema
    for pattern in re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', schema_text(kind)):
        assert json.loads(pattern) in PATTERNS, f"say in words what {pattern} asks for"


def test_derived_schemas_on_disk_are_current() -> None:
    for name, schema in derived_schemas().items():
        assert schema_text(name) == json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def test_derived_schemas_accept_what_the_prompt_accepts() -> None:
    cases = {"schema": "promptstead/cases/v1", "cases": VALID["cases"], "x-note": 1}
    evaluators = {"schema": "promptstead/evaluators/v1", "evaluators": VALID["evaluators"]}
    assert not problems(json.dumps(cases), "cases")[1]
    assert not problems(json.dumps(evaluators), "evaluators")[1]
    del cases["cases"][0]["id"]
    (problem,) = problems(json.dumps(cases), "cases")[1]
    assert problem.message == "`id` is missing in item 1 of `cases`"


def test_a_schema_is_found_beside_the_package_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "promptstead" / "source"
    installed.mkdir(parents=True)
    monkeypatch.setattr(schema_module, "__file__", str(installed / "schema.py"))
    with pytest.raises(PromptsteadError, match="the schema of prompt files is missing"):
        schema_text("prompt")
    (tmp_path / "promptstead" / "schemas").mkdir()
    (tmp_path / "promptstead" / "schemas" / "prompt.schema.json").write_text("{}", encoding="utf-8")
    assert schema_text("prompt") == "{}"


@pytest.mark.parametrize(
    ("text", "kind", "message", "hint"),
    [
        ("title: x\nfoo: 1\n", "prompt", "`schema: promptstead/v1` is missing", "make it the first line"),
        (
            "schema: promptstead/v2\nfoo: 1\n",
            "prompt",
            "`schema` is `promptstead/v2`; expected `promptstead/v1`",
            "upgrade promptstead",
        ),
        (
            "schema: promptstead/cases/v1\n",
            "prompt",
            "`schema` is `promptstead/cases/v1`; expected `promptstead/v1`",
            "this is a file of kind cases, not prompt",
        ),
        (
            "schema: promptstead/v1\n",
            "outputs",
            "`schema` is `promptstead/v1`; expected `promptstead/outputs/v1`",
            "this is a file of kind prompt, not outputs",
        ),
        (
            "schema:\n",
            "evaluators",
            "`schema` is empty; expected `promptstead/evaluators/v1`",
            "write `schema: promptstead/evaluators/v1`",
        ),
        (
            "schema: 3\n",
            "cases",
            "`schema` is `3`; expected `promptstead/cases/v1`",
            "write `schema: promptstead/cases/v1`",
        ),
    ],
)
def test_a_wrong_version_is_the_only_problem(text: str, kind: Kind, message: str, hint: str) -> None:
    (problem,) = problems(text, kind)[1]
    assert (problem.code, problem.message, problem.hint) == ("SCH001", message, hint)


def test_a_missing_version_can_be_added() -> None:
    document, (problem,) = problems("# c\ntitle: x\n")
    assert problem.fix is not None
    ((span, text),) = problem.fix.edits
    assert document.text[: span.start] + text + document.text[span.end :] == "# c\nschema: promptstead/v1\ntitle: x\n"


def test_an_unreadable_document_has_only_its_own_problems() -> None:
    assert problems("a: [\n")[1] == []


@pytest.mark.parametrize(
    ("extra", "source", "message", "hint"),
    [
        ("languag: en\n", "languag", "unknown key `languag`; did you mean `language`?", ""),
        ("mesages: []\n", "mesages", "unknown key `mesages`", "`messages` is on line 3 already"),
        (
            "model: {name: x, temperature: 0}\n",
            "temperature",
            "unknown key `temperature` in `model`",
            "it belongs in `params`",
        ),
        (
            "governance: {purpose: p, tags: [a]}\n",
            "tags",
            "unknown key `tags` in `governance`",
            "it belongs at the top level of the file",
        ),
        ("zzz: 1\n", "zzz", "unknown key `zzz`", "remove it, or call it `x-zzz` if it is your own data"),
        ("evaluators: {a: {type: contains, valu: x}}\n", "valu", "unknown key `valu`; did you mean `value`?", ""),
    ],
)
def test_unknown_keys(extra: str, source: str, message: str, hint: str) -> None:
    assert one(extra) == ("SCH002", source, message, hint)


def test_an_unknown_key_is_renamed_only_for_review() -> None:
    _, (problem,) = problems(prompt("languag: en\n"))
    assert problem.fix is not None
    assert not problem.fix.safe
    assert problem.fix.edits[0][1] == "language"


@pytest.mark.parametrize(
    ("extra", "source", "message", "hint"),
    [
        ("description: 1.10\n", "1.10", "`description` must be text; got the number `1.10`", "put it in quotes"),
        ("description: true\n", "true", "`description` must be text; got `true`", "put it in quotes"),
        (
            "description: {name}\n",
            "description",
            "`description` must be text; got a mapping of keys to values",
            "`{` starts a mapping in YAML; put the value in quotes if it is text",
        ),
        ("description:\n", "description", "`description` has no value; expected text", "write one, or remove the key"),
        ("description: ''\n", "''", "`description` is empty; it needs at least 1 character", ""),
        (
            f"description: {'x' * 4001}\n",
            "x" * 4001,
            "`description` has 4,001 characters; at most 4,000 are allowed",
            "",
        ),
        (
            "owners: me\n",
            "me",
            "`owners` must be a list; got the text `me`",
            "write a list: `[…]`, or each item after `- `",
        ),
        ("owners: []\n", "owners", "`owners` is empty; it needs at least 1 item", ""),
        ("tags: [a, b, a]\n", "a", "`tags` contains `a` twice", "remove one"),
        (
            "language: english!\n",
            "english!",
            "`language` must be a language tag such as `en` or `fr-FR`; got `english!`",
            "",
        ),
        (
            "governance: {risk: low}\n",
            "low",
            "`risk` must be one of minimal, limited, high, prohibited, TODO; got `low`",
            "",
        ),
        (
            "governance: {risk: Limited}\n",
            "Limited",
            "`risk` must be one of minimal, limited, high, prohibited, TODO; got `Limited`",
            "did you mean `limited`?",
        ),
        (
            "inputs: {a-b: {}}\n",
            "a-b",
            "the name `a-b` in `inputs` must be a name of letters, digits and `_` that does not start with a digit",
            "",
        ),
        (
            "inputs: {a: {required: yes}}\n",
            "yes",
            "`required` must be true or false; got the text `yes`",
            "write `true`",
        ),
        ("model: {name: x, params: {temperature: 3}}\n", "3", "`temperature` must be at most 2; got 3", ""),
        (
            'model: {name: x, params: {seed: "5"}}\n',
            '"5"',
            "`seed` must be a whole number; got the text `5`",
            "remove the quotes",
        ),
        (
            "model: {params: {}}\n",
            "model",
            "`name` is missing in `model`",
            "add it: an alias from the configuration, or the provider's dated snapshot",
        ),
        (
            "evaluators: {a: {type: equal, value: 1}}\n",
            "equal",
            "`type` must be one of equals, contains, regex, length, json, json-schema, json-path, number, value, "
            "no-personal-data, tokens, cost, …; got `equal`",
            "did you mean `equals`?",
        ),
        ("evaluators: {a: {type: contains}}\n", "a", "`a` must have `value`, `any` or `all`", ""),
        ("evaluators: {a: {type: count}}\n", "a", "`a` must have `text` or `element`", ""),
        (
            "evaluators: {a: {type: count, text: x, element: bullets}}\n",
            "a",
            "`a` must have `text` or `element`, and only one of them",
            "",
        ),
        (
            "evaluators: {a: {type: count, element: bullets, at: line-start}}\n",
            "at",
            "`at` requires `text` beside it in `a`",
            "",
        ),
        ("evaluators: {a: {type: length, minn: 1}}\n", "minn", "unknown key `minn`; did you mean `min`?", ""),
        (
            "cases: [{id: a b, inputs: {}}]\n",
            "a b",
            "`id` must start with a letter or digit; the rest letters, digits, `.`, `_` and `-`; got `a b`",
            "",
        ),
        ("examples: 5\n", "5", "`examples` must be a list; got the number `5`", ""),
    ],
)
def test_one_mistake_is_one_problem(extra: str, source: str, message: str, hint: str) -> None:
    code, found_source, found_message, found_hint = one(extra)
    assert (found_message, found_hint, found_source) == (message, hint, source)
    assert code == ("SCH002" if message.startswith("unknown") else "SCH001")


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ("{role: user, conten: x}", "unknown key `conten`; did you mean `content`?"),
        ("{role: user}", "`content` is missing in item 1 of `messages`"),
        ("{}", "item 1 of `messages` must have `role` and `content` or `slot`"),
        (
            "{role: user, content: x, slot: history}",
            "item 1 of `messages` must have `role` and `content` or `slot`, and only one of them",
        ),
        ("5", "item 1 of `messages` must be a mapping of keys to values; got the number `5`"),
        ("{role: robot, content: x}", "`role` must be one of system, developer, user, assistant, tool; got `robot`"),
        (
            "{role: user, content: [{text: x, image: y}]}",
            "item 1 of `content` must have `text`, `image` or `file`, and only one of them",
        ),
        ("{role: user, content: [{detail: auto}]}", "item 1 of `content` must have `text`, `image` or `file`"),
        (
            "{role: user, content: [{text: t, detail: auto}]}",
            "`detail` requires `image` beside it in item 1 of `content`",
        ),
    ],
)
def test_messages(item: str, message: str) -> None:
    _, found = problems(f"schema: promptstead/v1\ntitle: t\nmessages:\n  - {item}\n")
    assert [problem.message for problem in found] == [message]


def test_live_outputs_need_their_request() -> None:
    text = "schema: promptstead/outputs/v1\noutputs:\n  - {case: a, model: m, source: live, samples: [{output: x}]}\n"
    (problem,) = problems(text, "outputs")[1]
    assert problem.message == "`request` is missing in item 1 of `outputs`"


def test_fixes_mend_what_they_promise() -> None:
    for extra in [
        "description: 1.10\n",
        "description: {name}\n",
        "languag: en\n",
        "governance: {risk: Limited}\n",
        "inputs: {a: {required: yes}}\n",
    ]:
        document, (problem,) = problems(prompt(extra))
        assert problem.fix is not None
        ((span, replacement),) = problem.fix.edits
        assert not problems(document.text[: span.start] + replacement + document.text[span.end :])[1], extra


def test_messages_never_repeat_much_of_the_file() -> None:
    _, found = problems(
        prompt(f"language: {'x' * 5000}\nowners: {'y' * 5000}\n{'z' * 900}: 1\ntags: [{'w' * 500}, {'w' * 500}]\n")
    )
    assert len(found) == 4
    assert all(len(problem.message) < 200 and len(problem.hint) < 200 for problem in found)


def test_two_validators_agree_on_mutations_of_a_valid_prompt() -> None:
    schema = load_schema("prompt")
    fast = jsonschema_rs.Draft202012Validator(schema)
    reference = jsonschema.Draft202012Validator(schema)
    chance = random.Random(7)
    invalid = 0
    for _ in range(400):
        data = mutated(VALID, chance)
        found = {tuple(error.instance_path) for error in fast.iter_errors(data)}
        expected = {tuple(error.absolute_path) for error in reference.iter_errors(data)}
        assert found == expected, data
        document = reading(json.dumps(data))
        explained = validate(document, "prompt")
        assert bool(explained) == bool(expected)
        assert all(problem.message and problem.code in {"SCH001", "SCH002"} for problem in explained)
        assert all("does not keep to the schema" not in problem.message for problem in explained)
        invalid += bool(expected)
    assert 100 < invalid < 400


def mutated(data: Any, chance: random.Random) -> Any:
    """Return a copy of *data* with one or two places changed, removed or added."""
    data = copy.deepcopy(data)
    for _ in range(chance.randint(1, 2)):
        container = data
        while True:
            keys = list(container) if isinstance(container, dict) else list(range(len(container)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(container[key], dict | list) and chance.random() < 0.7:
                container = container[key]
                continue
            action = chance.random()
            if action < 0.3:
                del container[key]
            elif action < 0.5 and isinstance(container, dict):
                container[chance.choice(["zzz", "titel", "x-own", "type", "text"])] = chance.choice([1, "a"])
            else:
                container[key] = chance.choice(
                    [None, True, -1, 2.5, "", "some text", [], {}, ["a", "a"], {"type": "nothing"}]
                )
            break
    return data


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("cases", "schema: promptstead/cases/v1\ncases: [{id: a, inputs: {}}]\nevaluators: x\ninputs: x\n"),
        ("evaluators", "schema: promptstead/evaluators/v1\nevaluators: {a: {type: json}}\ninputs: x\ncases: [x]\n"),
    ],
)
def test_a_key_of_another_kind_of_file_may_be_anything(kind: Kind, text: str) -> None:
    assert {problem.code for problem in problems(text, kind)[1]} == {"SCH002"}
