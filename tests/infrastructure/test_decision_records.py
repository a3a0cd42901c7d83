"""Decision records have their parts, and what is said to hold them is there."""

import ast
from datetime import date
from pathlib import Path

import pytest

import decision_records
from decision_records import FOLDER, HELD_BY, OPTIONAL, SECTIONS, Record
from tests.benchmarks.run import BENCHMARKS

ROOT = Path(__file__).parents[2]
RECORDS = decision_records.records()


def test_numbers_are_consecutive_and_every_page_is_a_record() -> None:
    assert [record.number for record in RECORDS] == list(range(1, len(RECORDS) + 1))
    assert {path.name for path in FOLDER.iterdir()} == {record.path.name for record in RECORDS} | {"README.md"}
    assert len({record.title for record in RECORDS}) == len(RECORDS)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: f"{record.number:04d}")
def test_a_record_has_its_parts(record: Record) -> None:
    assert record.path.name.startswith(f"{record.number:04d}-")
    assert date.fromisoformat(record.date) >= date(2026, 11, 22)
    wanted = [name for name in SECTIONS if name != OPTIONAL or name in record.sections]
    assert list(record.sections) == wanted
    assert all(record.sections.values())
    if "superseded" in record.status:
        assert (FOLDER / record.status.rpartition("(")[2].rstrip(")")).exists()


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: f"{record.number:04d}")
def test_what_holds_a_decision_is_there(record: Record) -> None:
    assert record.held_by
    for line in record.held_by:
        held = HELD_BY.fullmatch(line)
        assert held, line
        if held["benchmark"]:
            assert held["benchmark"] in BENCHMARKS
        elif held["path"]:
            module = ROOT / held["path"]
            assert module.is_relative_to(ROOT / "tests"), line
            tree = ast.parse(module.read_text(encoding="utf-8"))
            functions = (ast.FunctionDef, ast.AsyncFunctionDef)
            tests = {node.name for node in ast.walk(tree) if isinstance(node, functions)}
            assert not held["test"] or held["test"] in tests, line


def test_what_is_no_record_is_named(tmp_path: Path) -> None:
    page = tmp_path / "0001-a.md"
    page.write_text("# A title without a number\n\n- Status: accepted\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"0001-a\.md: must begin"):
        decision_records.read(page)
