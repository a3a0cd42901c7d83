"""Each kind of secret and of personal data, in every place of a prompt where one can stand: all of them are found."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
import yaml

from promptstead.config.settings import Config
from promptstead.lint.engine import Engine
from promptstead.prompts.library import Library
from promptstead.storage.working_tree import WorkingTree
from tests.detectors.test_secret_formats import MORE, SECRETS

PEOPLE = [
    ("an e-mail address", "marie.durand@orange.fr"),
    ("an e-mail address", "Knut_Larsen+x@posteo.de"),
    ("an e-mail address", "p.o.connor@mail.gov.ie"),
    ("an e-mail address", "jdurand@banque.fr"),
    ("a telephone number", "06 12 93 47 85"),
    ("a telephone number", "0142685300"),
    ("a telephone number", "+33 1 42 68 53 00"),
    ("a telephone number", "0033142685300"),
    ("a telephone number", "020 7219 3000"),
    ("a telephone number", "(202) 456-1111"),
    ("a telephone number", "202-456-1111"),
    ("a telephone number", "+49 30 227 32222"),
    ("an IBAN", "DE75512108001245126199"),
    ("a payment card number", "4970 1012 3456 7893"),
    ("a French social security number", "2 84 05 88 321 025 32"),
]
KEYS = [(name, secret) for secret, _, name in SECRETS] + [(name, secret) for secret, name in MORE]
TEXT = "Écrire :\n{}\nMerci 👩\u200d💻\t{}\t."


def files(value: str) -> dict[str, tuple[str, int]]:
    """Return the files of two prompts that hold *value*, each with how often."""
    text = TEXT.format(value, value)
    quoted = json.dumps(text, ensure_ascii=False)
    escaped = json.dumps(text)
    table = StringIO()
    csv.writer(table, lineterminator="\n").writerows([["id", "inputs.a"], ["r", text], ["s", value]])
    ours = f"""schema: promptstead/v1
title: Letters
inputs:
  a: {{example: {quoted}}}
messages:
  - {{role: system, content: {quoted}}}
  - role: system
    content: |
      {text.replace(chr(10), chr(10) + "      ")}
      As JSON: {escaped}
  - {{role: user, content: '{{% include "partials/p.md" %}}{{{{ a | fence("a") }}}}'}}
cases: [{{id: i, inputs: {{a: {escaped}}}}}]
counterexamples: [{{id: i, case: i, output: {escaped}, caught_by: e, why: w}}]
datasets: [{{path: rows.jsonl}}, {{path: rows.csv}}]
"""
    theirs = yaml.safe_dump(
        {"messages": [{"role": "user", "content": text + "{{a}}"}], "testData": [{"a": text}]},
        allow_unicode=True,
        width=999,
    )
    cases = yaml.safe_dump({"schema": "promptstead/cases/v1", "cases": [{"id": "c", "inputs": {"a": text}}]}, width=999)
    wrong = [{"id": "c", "case": "c", "output": text, "caught_by": "e", "why": "w"}]
    counterexamples = yaml.safe_dump({"schema": "promptstead/counterexamples/v1", "counterexamples": wrong}, width=999)
    return {
        "prompts/p.prompt.yml": (ours, 12),
        "prompts/partials/p.md": (text, 2),
        "prompts/p/cases.yml": (cases, 2),
        "prompts/p/counterexamples.yml": (counterexamples, 2),
        "prompts/p/rows.jsonl": (json.dumps({"id": "j", "inputs": {"a": text}}) + "\n", 2),
        "prompts/p/rows.csv": (table.getvalue(), 3),
        "prompts/q.prompt.yml": (theirs, 4),
    }


def look(root: Path, value: str, code: str) -> dict[str, list[str]]:
    for name, (content, _) in files(value).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8", newline="")
    engine = Engine(Config(), select=(code,), today="2026-11-22")
    library = Library(WorkingTree(str(root)), Config())
    found: dict[str, list[str]] = {}
    for path in ("prompts/p.prompt.yml", "prompts/q.prompt.yml"):
        loaded = library.load(path)
        assert loaded.prompt is not None
        for each in engine.check(loaded):
            assert each.line == each.end_line, "in one line"
            line = (root / each.path).read_text(encoding="utf-8").split("\n")[each.line - 1]
            found.setdefault(each.path, []).append(f"{each.message}|{line[each.column - 1 : each.end_column - 1]}")
    return found


@pytest.mark.parametrize(("name", "value"), PEOPLE)
def test_personal_data(name: str, value: str, tmp_path: Path) -> None:
    found = look(tmp_path, value, "SEC302")
    assert {path: len(those) for path, those in found.items()} == {path: n for path, (_, n) in files(value).items()}
    for each in (each for those in found.values() for each in those):
        assert name in each
        assert each.endswith(f"|{value}")


@pytest.mark.parametrize(("name", "value"), [pair for pair in KEYS if pair[0] != "a private key"])
def test_secrets(name: str, value: str, tmp_path: Path) -> None:
    found = look(tmp_path, value, "SEC301")
    assert {path: len(those) for path, those in found.items()} == {path: n for path, (_, n) in files(value).items()}
    for each in (each for those in found.values() for each in those):
        assert name in each
        assert each.rpartition("|")[2] in value


def test_private_keys(tmp_path: Path) -> None:
    [value] = [value for name, value in KEYS if name == "a private key"]
    (tmp_path / "p.prompt.yml").write_text(
        json.dumps({"messages": [{"role": "user", "content": f"a\n{value}\nAs JSON: {json.dumps(value)}"}]}),
        encoding="utf-8",
    )
    loaded = Library(WorkingTree(str(tmp_path)), Config()).load("p.prompt.yml")
    found = Engine(Config(), select=("SEC301",)).check(loaded)
    assert [each.message for each in found] == ["the file contains a private key"] * 2
