"""``promptstead rule``."""

import json

import pytest

from promptstead import cli
from promptstead.lint.facts import load_facts
from promptstead.lint.rule_table import TABLE


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


def test_a_rule_that_is_off_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = rule(capsys)
    assert "SEC303  off      internal-detail" in out
    _, out, _ = rule(capsys, "SEC303")
    assert out.startswith("SEC303 internal-detail (warning at edit, warning at review, warning at release; off unless")


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
    assert rule(capsys, "quaint") == (
        2,
        "",
        "promptstead: there is no rule `quaint` (run promptstead rule to list them)\n",
    )


def test_the_tables_of_facts(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    checked = load_facts("models")["date"]
    monkeypatch.setattr("time.strftime", lambda *_: checked)
    code, out, err = rule(capsys, "--data")
    assert (code, err) == (0, "")
    assert f"  checked {checked}, 0 days ago\n" in out
    assert "https://developers.openai.com/api/docs/deprecations" in out
    code, out, _ = rule(capsys, "--data", "--format", "json")
    assert code == 0
    assert [(table["name"], table["old"]) for table in json.loads(out)] == [("models", False), ("ai-act", False)]
    assert rule(capsys, "--data", "MOD701")[0] == 2


def test_a_table_that_is_old_fails(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.strftime", lambda *_: "2028-01-01")
    code, out, err = rule(capsys, "--data", "--format", "json")
    assert code == 1
    assert all(table["old"] and table["age_days"] > 180 for table in json.loads(out))
    assert "table `models` is older than 180 days" in err
