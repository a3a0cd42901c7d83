"""A run as JUnit and CSV: read back by other people's parsers, whatever the run holds."""

import csv
import io
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Case
from promptstead.report import run_csv, run_junit
from promptstead.report.csv_table import FORMULA, csv_text
from promptstead.report.junit import JUnitCase, Suite, junit
from promptstead.runs.writer import Row
from promptstead.verdicts.run_report import RunReport
from promptstead.words.sentence import own_words
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.made_runs import RUN, row
from tests.samples import answered, outputs, write_sample

ROWS = [
    row("a", True),
    row("b", [True, False], answer="=1+1", reason="no\x1b\x00 & <label>"),
    row("c", None, reason="no label"),
    Row("shop/mood", CaseResult(Case("d", {}), "m@1", "not evaluated", own_words("no answer"))),
    row("a", False, model="m@2"),
]


def report() -> RunReport:
    found = RunReport(RUN, keep=True)
    for each in ROWS:
        found.add(each)
    return found


def test_junit_has_one_case_a_case_and_says_why() -> None:
    root = ElementTree.fromstring(run_junit.render(report()))
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("skipped")) for suite in root] == [
        ("shop/mood · m@1", "4", "1", "2"),
        ("shop/mood · m@2", "1", "1", "0"),
    ]
    a, b, c, d = root[0]
    assert (a.get("name"), a.get("classname"), list(a)) == ("a", "shop/mood", [])
    assert b[0].tag == "failure"
    assert b[0].get("message") == "right: no & <label>"
    assert b[0].text is not None
    assert b[0].text.endswith("answer 1:\n=1+1\nanswer 2:\n=1+1")
    assert (c[0].tag, c[0].get("message")) == ("skipped", "unscored: right: no label")
    assert (d[0].tag, d[0].get("message")) == ("skipped", "not evaluated: no answer")


def test_csv_has_one_line_an_answer() -> None:
    lines = list(csv.DictReader(io.StringIO(run_csv.render(report()))))
    assert [(line["case"], line["model"], line["state"], line["sample"]) for line in lines] == [
        ("a", "m@1", "pass", "1"),
        ("b", "m@1", "fail", "1"),
        ("b", "m@1", "fail", "2"),
        ("c", "m@1", "unscored", "1"),
        ("d", "m@1", "not evaluated", ""),
        ("a", "m@2", "fail", "1"),
    ]
    assert [line["passes"] for line in lines] == ["true", "false", "false", "", "", "false"]
    assert [line["right: value"] for line in lines] == ["true", "true", "false", "", "", "false"]
    assert lines[1]["answer"] == "'=1+1"
    assert (lines[4]["why"], lines[4]["answer"], lines[4]["right: reason"]) == ("no answer", "", "")
    assert (lines[0]["input_tokens"], lines[0]["cost"]) == ("", "")


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_no_cell_is_a_formula_and_every_text_comes_back(texts: list[str]) -> None:
    (cells,) = list(csv.reader(io.StringIO(csv_text(texts, []), newline="")))
    for text, cell in zip(texts, cells, strict=True):
        assert not cell.startswith(FORMULA)
        kept = text.replace("\0", "")
        assert cell == (f"'{kept}" if kept.startswith(FORMULA) else kept)


@pytest.mark.parametrize("text", ["=cmd|'/c calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_the_known_formulas_are_texts(text: str) -> None:
    (cells,) = list(csv.reader(io.StringIO(csv_text(["x"], [[text]]), newline="")))[1:]
    assert cells == [f"'{text}"]


@given(st.text(max_size=30), st.text(max_size=30))
def test_junit_is_well_formed_whatever_is_in_it(name: str, text: str) -> None:
    case = JUnitCase(name, text, "failure", text, name, 0.5)
    root = ElementTree.fromstring(junit(text, [Suite(name, (case,))]).encode("utf-8", "replace"))
    failure = root[0][0][0]
    allowed = "".join(one for one in text if one in "\t\n\r" or one >= " ")
    assert failure.get("message") == allowed.replace("\ufffe", "").replace("\uffff", "")


def test_no_line_of_junit_is_a_command_to_a_log_and_the_text_is_the_same() -> None:
    evil = "::error::a\n  ::debug::b ##[group]c\x85d\u202ee\rf x::y ## z"
    document = junit("s", [Suite("s", (JUnitCase(evil, evil, "failure", evil, evil),))])
    assert not re.search(r"(?m)^\s*::|##\w*\[|[\x85\u202e\r]", document)
    assert "x::y ## z" in document
    case = ElementTree.fromstring(document)[0][0]
    assert case.get("name") == case[0].get("message") == case[0].text == evil


@pytest.mark.parametrize("form", ["junit", "csv"])
def test_eval_writes_both_forms(repository: ScratchRepository, form: str) -> None:
    write_sample(repository, 3, recorded=outputs(answered(3, wrong=1)))
    done = run("eval", "--format", form, cwd=repository.root)
    assert done.code == 0
    if form == "junit":
        assert ElementTree.fromstring(done.out).get("failures") == "1"
    else:
        lines = list(csv.DictReader(io.StringIO(done.out)))
        assert [line["mood: value"] for line in lines] == ["false", "true", "true"]
        assert [line["short: reason"] for line in lines] != ["", "", ""]
