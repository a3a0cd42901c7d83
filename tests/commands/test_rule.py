"""``promptstead rule``."""

import json

import pytest

from promptstead import cli
from promptstead.lint.table import TABLE


def rule(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.run(["rule", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_list_has_one_line_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = rule(capsys)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(TABLE)
    assert "INJ202  error    untrusted-instructions   untrusted input in a system or developer message" in out


def test_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = rule(capsys, "--format", "json")
    assert code == 0
    rules = {entry["code"]: entry for entry in json.loads(out)}
    assert list(rules) == list(TABLE)
    assert rules["TPL102"] == {
        "code": "TPL102",
        "name": "unused-input",
        "summary": "input declared and never used",
        "levels": {"edit": "warning", "review": "warning", "release": "warning"},
    }


@pytest.mark.parametrize("code", TABLE)
def test_every_rule_has_its_page(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exit_code, out, _ = rule(capsys, code.lower())
    assert exit_code == 0
    assert out.startswith(f"{code} ")
    assert "**How to fix.**" in out
    exit_code, out, _ = rule(capsys, code, "--format", "json")
    assert exit_code == 0
    assert "**Why it matters.**" in json.loads(out)["page"]


def test_an_unknown_code_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert rule(capsys, "INJ2O5") == (2, "", "promptstead: there is no rule `INJ2O5` (did you mean INJ205?)\n")
    assert rule(capsys, "quaint") == (2, "", "promptstead: there is no rule `quaint` (promptstead rule lists them)\n")
