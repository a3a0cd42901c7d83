"""Every rule, through cases that are data: ``cases/<CODE>.yml``."""

import re
from functools import partial
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from promptstead.config.file import load_config
from promptstead.lint.engine import SECRET, Engine
from promptstead.lint.finding import Finding
from promptstead.lint.fixes import Fixed, fix_prompts
from promptstead.lint.rule import Base, found_while_reading
from promptstead.lint.rule_table import TABLE, page, rule
from promptstead.model import CoreCode, Prompt, RuleCode, Tree
from promptstead.prompts.library import Library
from promptstead.prompts.loaded import Loaded
from promptstead.storage.working_tree import WorkingTree
from tests.trees import MemoryTree

FOLDER = Path(__file__).parent / "cases"
PROMPT = "prompts/p.prompt.yml"
OWN_TESTS = {"TST604"}
"""Rules that need recorded outputs; that they pass is tested with those."""


def load_cases() -> dict[str, list[dict[str, Any]]]:
    """Return code -> its cases."""
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yml"))}


CASES = load_cases()


class Run:
    """A rule alone, over the files of a case, which are written below *root*."""

    def __init__(self, root: Path, code: str, case: dict[str, Any]) -> None:
        self.code = code
        self.case = case
        self.path = case.get("path", PROMPT)
        self.files = {self.path: case.get("pass", case.get("fail"))} | case.get("files", {})
        for name, text in self.files.items():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
        self.tree = WorkingTree(str(root))
        self.config = load_config(self.tree)

    def library(self, tree: Tree) -> Library:
        return Library(tree, self.config)

    def engine(self, library: Library) -> Engine:
        def find(prompt_id: str) -> Loaded | None:
            found = library.find(prompt_id)
            return None if found is None else library.load(found)

        before = self.library(MemoryTree(self.case["base"])) if "base" in self.case else None
        return Engine(
            self.config,
            self.case.get("stage", "edit"),
            select=tuple(self.case.get("select", [self.code])),
            find=find,
            base=None if before is None else Base("a1b2c3d", partial(prompt_at, before)),
            today=self.case.get("today", "2026-11-22"),
        )

    def lint(self) -> list[Finding]:
        """Return what the rule finds."""
        library = self.library(self.tree)
        return self.engine(library).check(library.load(self.path))

    def fix(self) -> Fixed:
        """Return what all fixes of the rule make of the files."""
        return fix_prompts(self.tree, [self.path], self.library, self.engine, unsafe=True)


def prompt_at(library: Library, prompt_id: str) -> Prompt | None:
    """Return the prompt of *library* with that id."""
    path = library.find(prompt_id)
    return None if path is None else library.load(path).prompt


@pytest.mark.parametrize(
    ("code", "case"), [pytest.param(code, case, id=f"{code}-{case['name']}") for code in CASES for case in CASES[code]]
)
def test_rule(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    found = Run(tmp_path, code, case).lint()
    shown = [f"{finding.location}: {finding.message}" for finding in found]
    wanted = case.get("expect", [])
    assert len(found) == len(wanted), shown
    path = case.get("path", PROMPT)
    for finding, expected in zip(found, sorted(wanted, key=lambda one: one.get("path", path)), strict=True):
        assert finding.path == expected.get("path", path), shown
        assert (finding.line, finding.column) == (expected["line"], expected["column"]), shown
        assert expected["message"] in finding.message, shown
        assert expected.get("hint", "") in finding.hint
        assert finding.level == expected.get("level", rule(code).levels[case.get("stage", "edit")])
        assert finding.rule == rule(code).name
        if "marks" in expected:
            assert finding.line == finding.end_line
            marked = finding.line_text[finding.column - 1 : finding.end_column - 1]
            assert marked == ("•" * len(expected["marks"]) if code in SECRET else expected["marks"])


@pytest.mark.parametrize(
    ("code", "case"),
    [
        pytest.param(code, case, id=f"{code}-{case['name']}")
        for code in CASES
        for case in CASES[code]
        if "fix" in case or "fixed" in case
    ],
)
def test_fix(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    run = Run(tmp_path, code, case)
    found = run.lint()
    wanted = case.get("fixed", {}) | ({run.path: case["fix"]} if "fix" in case else {})
    fixed = run.fix()
    assert fixed.files == wanted
    assert fixed.fixes == sum(each.fix is not None for each in found)
    after = run.files | wanted
    again = Run(tmp_path, code, case | {"fail": after.pop(run.path), "files": after})
    assert [each.message for each in again.lint()] == [each.message for each in found if each.fix is None]
    assert again.fix() == Fixed({}, 0)


@pytest.mark.parametrize("code", CASES)
def test_rule_says_whether_its_findings_come_with_a_fix(code: str, tmp_path: Path) -> None:
    runs = [Run(tmp_path / str(number), code, case) for number, case in enumerate(CASES[code])]
    fixes = [each.fix for run in runs for each in run.lint() if each.fix]
    if rule(code).fix == "none":
        assert fixes == []
    else:
        assert any("fix" in case or "fixed" in case for case in CASES[code]), (
            "a rule with a fix needs a case with a fix"
        )
        assert any(fix.safe for fix in fixes) == (rule(code).fix == "safe")


@pytest.mark.parametrize("code", [code for code in TABLE if code not in OWN_TESTS])
def test_rule_has_cases(code: str) -> None:
    passing = [case for case in CASES.get(code, []) if "pass" in case]
    failing = [case for case in CASES.get(code, []) if "fail" in case and case["expect"]]
    assert len(passing) >= 2, "a rule needs two cases that pass"
    assert len(failing) >= 2, "a rule needs two cases that fail"


def test_the_codes_that_can_be_written_are_those_of_the_table() -> None:
    assert {*get_args(CoreCode), *get_args(RuleCode)} == set(TABLE)
    assert {code for code in TABLE if rule(code).check is found_while_reading} == {*get_args(CoreCode), "SUP991"}


def test_cases_are_of_rules() -> None:
    assert set(CASES) <= set(TABLE)
    for code, cases in CASES.items():
        names = [case["name"] for case in cases]
        assert len(set(names)) == len(names), code
        assert all(("pass" in case) != ("fail" in case) and ("expect" in case) == ("fail" in case) for case in cases), (
            code
        )


@pytest.mark.parametrize("code", [code for code in TABLE if code.startswith(("INJ", "SEC"))])
def test_rule_about_attacks_has_an_attack_and_its_harmless_twin(code: str) -> None:
    names = [case["name"] for case in CASES[code]]
    assert any(name.startswith("the attack's harmless twin") for name in names)
    assert any(name.startswith("the attack") and "twin" not in name for name in names)


@pytest.mark.parametrize("code", list(TABLE))
def test_rule_has_a_page(code: str) -> None:
    text = page(code)
    assert text.partition("\n")[0].endswith("."), "the first line says what the rule finds"
    for section in ("**Why it matters.**", "**Example.**", "**How to fix.**"):
        assert section in text
    assert rule(code).code == code
    assert set(rule(code).levels) <= {"edit", "review", "release"}


@pytest.mark.parametrize("code", [code for code in TABLE if rule(code).heuristic])
def test_a_rule_that_guesses_says_how_often_it_was_right(code: str) -> None:
    text = " ".join(page(code).split()).partition("heuristic")[2]
    measured = re.search(r"\d.* (was|were) right\b", text) or re.search(r"right\b.* is (therefore )?unknown\b", text)
    assert measured, "measure it on real prompts, or say that this is unknown"


@pytest.mark.parametrize("code", ["GOV952", "CLA971", "SEC301", "SEC302", "LOC962"])
def test_too_few_findings_are_no_evidence_and_the_page_says_so(code: str) -> None:
    text = " ".join(page(code).split())
    if code == "LOC962":
        assert "no public collection of French prompts was at hand" in text
    else:
        assert "1,684 texts" in text
        assert "So few findings cannot show" in text
        assert "85 %" in text
