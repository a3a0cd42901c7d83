"""Rows of datasets: what is a case, what is none and on which line, in every form that a file can have."""

import json
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.config.settings import Config
from promptstead.documents.lines import bounded_lines
from promptstead.errors import PromptsteadError
from promptstead.model import Case
from promptstead.prompts.case_stream import stream_cases
from promptstead.prompts.csv_and_jsonl_rows import RowProblem
from promptstead.prompts.dataset import CHECKED_ROWS
from promptstead.prompts.library import Library
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.seen_ids import IdTable, SeenIds
from tests.trees import MemoryTree

PROMPT = """schema: promptstead/v1
title: Sums
inputs:
  question: {}
messages:
  - role: user
    content: "{{ question }}"
datasets:
"""
PATH = "prompts/sums.prompt.yml"
COLUMNS = "{id: patient, inputs.question: text, expected: answer, cluster: person, tags: words, must_pass: hard}"


def load(name: str, content: str | bytes, options: str = "", **others: str) -> tuple[MemoryTree, Loaded]:
    entry = f"  - {{path: {name}{options}}}\n"
    files = {PATH: PROMPT + entry, f"prompts/sums/{name}": content} | {
        f"prompts/sums/{k}": v for k, v in others.items()
    }
    tree = MemoryTree(files)
    return tree, Library(tree, Config()).load(PATH)


def both(name: str, content: str | bytes, options: str = "", **others: str) -> tuple[list[Case], list[str]]:
    """Return the cases and ``line: problem`` of a dataset, which must be the same held as a whole and streamed."""
    tree, loaded = load(name, content, options, **others)
    assert loaded.prompt is not None
    document = loaded.documents.get(f"prompts/sums/{name}")
    held = [
        f"{document.position(problem.span.start)[0]}: {problem.message}"
        for problem in loaded.problems
        if document is not None and problem.path == document.path
    ]
    found = list(stream_cases(tree, Library(tree, Config()).load(PATH, rows=False)))
    streamed = [f"{each.line}: {each.message}" for each in found if isinstance(each, RowProblem)]
    assert [each for each in found if isinstance(each, Case)] == list(loaded.prompt.cases)
    assert streamed == held
    return list(loaded.prompt.cases), held


def test_columns_with_cluster_tags_and_must_pass() -> None:
    table = "patient,text,answer,person,words,hard\n1,a?,b,4711,fr long,yes\n2,c?,d,,,\n3,e?,f,7,en,perhaps\n"
    lines = "".join(
        json.dumps({"patient": 1, "text": "a?", "answer": "b", "person": 4711, "words": ["fr", "long"], "hard": True})
        + "\n"
        for _ in range(1)
    )
    cases, problems = both("rows.csv", table, f", columns: {COLUMNS}")
    assert [(case.id, case.cluster, case.tags, case.must_pass) for case in cases] == [
        ("1", "4711", ("fr", "long"), True),
        ("2", "", (), False),
    ]
    assert problems == ['4: the row is not a case: `must_pass`: "perhaps" is not of type "boolean"']
    (case,), problems = both("rows.jsonl", lines, f", columns: {COLUMNS}")
    assert case._replace(file="", line=0) == cases[0]._replace(file="", line=0)
    assert not problems


def test_yaml_in_both_forms() -> None:
    rows = "- {id: a, inputs: {question: x}, tags: [fr], cluster: k, must_pass: true}\n- {id: a, inputs: {}}\n"
    (case,), problems = both("rows.yml", f"schema: promptstead/cases/v1\ncases:\n{rows}")
    assert (case.tags, case.cluster, case.must_pass) == (("fr",), "k", True)
    assert problems == ["4: duplicate case id `a`; the first is on line 3"]
    mapped = "cases:\n- {patient: a, text: x, answer: y, person: 5, words: fr, hard: false}\n- {patient: b}\n"
    (case,), problems = both("rows.yml", mapped, f", columns: {COLUMNS}")
    assert (case.inputs, case.expected, case.cluster, case.must_pass) == ({"question": "x"}, "y", "5", False)
    assert problems == ["3: the row is not a case: it has no column `text`"]


@pytest.mark.parametrize(
    ("evaluator", "says"),
    [
        ({"type": "regex", "pattern": "(x"}, "`evaluators.e.pattern`: the pattern `(x` is malformed"),
        (
            {"type": "regex", "pattern": "(?:a{1000}){1000}"},
            "`evaluators.e.pattern`: the pattern `(?:a{1000}){1000}` is too large",
        ),
        (
            {"type": "json-path", "path": "$.a[*", "equals": 1},
            "`evaluators.e.path`: the path `$.a[*` is malformed: unbalanced brackets",
        ),
    ],
)
def test_a_row_whose_evaluator_can_never_run_is_no_case(evaluator: dict[str, object], says: str) -> None:
    row = {"id": "a", "inputs": {"question": "x"}, "evaluators": {"e": evaluator}}
    good = {"id": "b", "inputs": {"question": "x"}, "evaluators": {"e": {"type": "regex", "pattern": "^x"}}}
    for name in ("rows.jsonl", "rows.yml"):
        lines = [json.dumps(each) for each in (row, good)]
        text = "\n".join(lines) + "\n"
        if name == "rows.yml":
            text = "cases:\n" + "".join(f"- {line}\n" for line in lines)
        cases, problems = both(name, text)
        assert [case.id for case in cases] == ["b"], name
        line = 2 if name == "rows.yml" else 1
        assert problems == [f"{line}: the row is not a case: {says}"], name


SCHEMA = "{type: object, properties: {n: {type: integer}}, required: [n]}"


def test_a_schema_of_rows_finds_mixed_types_and_missing_columns() -> None:
    rows: list[dict[str, object]] = [{"n": 1}, {"n": "2"}, {}, {"n": 4}]
    text = "".join(json.dumps({"id": f"r{index}", "question": "?", **row}) + "\n" for index, row in enumerate(rows))
    columns = ", columns: {id: id, inputs.question: question}"
    cases, problems = both("rows.jsonl", text, f"{columns}, schema: {SCHEMA}")
    expected = [
        '2: the row is not a case: at `$.n`: "2" is not of type "integer"',
        '3: the row is not a case: at `$`: "n" is a required property',
    ]
    assert problems == expected
    assert [case.id for case in cases] == ["r0", "r3"]
    elsewhere = both("rows.jsonl", text, f"{columns}, schema: row.json", **{"row.json": f"{SCHEMA}\n"})
    assert elsewhere == (cases, expected)


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ("absent.json", "there is no file `absent.json`"),
        ("../x.json", "there is no file `../x.json`"),
        ("{type: nonsense}", "the schema is malformed"),
        ("{$ref: 'http://example.org/x'}", "refers outside itself"),
    ],
)
def test_a_schema_that_is_none(schema: str, says: str) -> None:
    tree, loaded = load(
        "rows.jsonl",
        '{"id": "a", "inputs": {}}\n',
        f', schema: "{schema}"' if "." in schema[:4] or "json" in schema else f", schema: {schema}",
    )
    (problem,) = loaded.problems
    assert says in problem.message
    with pytest.raises(PromptsteadError) as caught:
        list(stream_cases(tree, Library(tree, Config()).load(PATH, rows=False)))
    assert says in str(caught.value)


def test_lines_that_are_no_text_or_too_long_or_no_table() -> None:
    good = '{"id": "a", "inputs": {"question": "x"}}\n'
    cases, problems = both(
        "rows.jsonl", b"\xef\xbb\xbf" + good.encode() + b'{"id": "\xff"}\n' + good.replace('"a"', '"b"').encode()
    )
    assert [case.id for case in cases] == ["a", "b"]
    assert problems == ["2: this line is not UTF-8: it has a byte that is no text"]
    _, problems = both("rows.jsonl", good + '{"id": "' + "x" * (4 * 1024 * 1024) + '"}\n' + good.replace('"a"', '"b"'))
    assert problems == ["2: this line is not JSON: longer than 4,194,304 characters"]
    cases, problems = both(
        "rows.csv", 'id,question\na,"x\ny"\nb\n\nc,z"z\nd,e\n', ", columns: {id: id, inputs.question: question}"
    )
    assert [(case.id, case.line, case.inputs["question"]) for case in cases] == [
        ("a", 2, "x\ny"),
        ("c", 6, 'z"z'),
        ("d", 7, "e"),
    ]
    assert problems == ["4: this row does not have the 2 columns of the header"]
    _, problems = both("rows.csv", 'id,question\na,"x\nb,y\n', ", columns: {id: id, inputs.question: question}")
    assert problems == ["2: this is not CSV, and nothing after it was read: unexpected end of data"]


def test_only_the_beginning_of_a_very_large_dataset_is_held_and_it_says_so() -> None:
    rows = "".join(f'{{"id":"r{index}","inputs":{{"question":"?"}}}}\n' for index in range(CHECKED_ROWS + 3))
    tree, loaded = load("rows.jsonl", rows)
    assert loaded.prompt is not None
    assert len(loaded.prompt.cases) == CHECKED_ROWS
    (problem,) = loaded.problems
    assert problem.level == "warning"
    assert problem.message.startswith("only the first 100,000 rows of `prompts/sums/rows.jsonl` are checked here")
    assert "eval" in problem.hint
    assert loaded.partial == {"prompts/sums/rows.jsonl": CHECKED_ROWS}
    assert sum(1 for _ in stream_cases(tree, Library(tree, Config()).load(PATH, rows=False))) == CHECKED_ROWS + 3


@given(st.binary(max_size=60).map(lambda raw: raw.replace(b"a", b"\n")), st.integers(1, 9))
def test_bounded_lines_are_the_lines_cut(raw: bytes, limit: int) -> None:
    expected = [line[: limit + 1] for line in BytesIO(raw)]
    assert list(bounded_lines(BytesIO(raw), limit)) == expected


@given(st.lists(st.tuples(st.text(max_size=6), st.integers(0, 2**32 - 1)), max_size=50))
def test_a_table_of_ids_is_a_mapping(items: list[tuple[str, int]]) -> None:
    table, expected = IdTable(), dict[str, int]()
    for identifier, number in items:
        table.put(identifier, number)
        expected[identifier] = number
    assert len(table) == len(expected)
    assert all(table.get(identifier) == number for identifier, number in expected.items())
    assert table.get("\x00 not there") is None


def test_ids_are_found_again_in_their_file_after_the_table_has_grown() -> None:
    seen = SeenIds()
    for file in range(3):
        seen.enter(f"file-{file}")
        assert all(seen.first(f"{file}-{line}", line) is None for line in range(1, 3000))
    assert seen.first("0-1", 5) == ("file-0", 1)
    assert seen.first("1-2999", 5) == ("file-1", 2999)
    assert seen.first("2-1", 5) == ("file-2", 1)
