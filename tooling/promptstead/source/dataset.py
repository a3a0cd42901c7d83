"""Datasets: the rows of a JSONL, CSV or YAML file as cases."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from promptstead.errors import one_line
from promptstead.model import Case, Dataset, Input, Json, Problem, Span
from promptstead.source.document import Document, text_document
from promptstead.source.prompt import build_case
from promptstead.source.reader import read
from promptstead.source.scalars import LARGEST_INTEGER
from promptstead.source.schema import load_schema

MAX_ROWS = 1_000_000
MAX_ROW_CHARACTERS = 4 * 1024 * 1024


def read_dataset(raw: bytes, dataset: Dataset, path: str, inputs: Mapping[str, Input]) -> tuple[list[Case], Document]:
    """Return the cases in the file *path* and its document, whose problems name every row that is no case.

    :param inputs: the prompt's inputs; a CSV cell for an input that is not text is read as JSON.
    """
    if path.endswith((".yml", ".yaml")):
        document = read(raw, path)
        problems = list(document.problems)
        rows = _yaml_rows(document, problems)
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            message = f"the dataset is not UTF-8: line {line} has a byte that is no text"
            return [], text_document(path, "", (Problem("SCH001", message, hint="save the file as UTF-8"),))
        problems = []
        document = text_document(path, text)
        rows = _csv_rows(document, problems) if path.endswith(".csv") else _jsonl_rows(text, problems)
    cases: list[Case] = []
    seen: dict[str, int] = {}
    for row, line, span in rows:
        if len(cases) >= MAX_ROWS:
            problems.append(Problem("SCH001", f"more than {MAX_ROWS:,} rows", span, "split the dataset"))
            break
        try:
            case = build_case(_place(row, dataset.columns, inputs, path.endswith(".csv")), path, (), line)
        except _RowError as error:
            problems.append(Problem("SCH001", f"row is no case: {error}", span, error.hint))
            continue
        if case.id in seen:
            message = f"case `{case.id}` is there twice; the first is on line {seen[case.id]}"
            problems.append(Problem("SCH001", message, span, "give each row an id of its own"))
            continue
        seen[case.id] = line
        cases.append(case)
    return cases, document.with_problems(problems)


class _RowError(Exception):
    """A row that is no case."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


_Row = tuple[Any, int, Span]


def _yaml_rows(document: Document, problems: list[Problem]) -> Iterator[_Row]:
    data = document.data
    rows = data.get("cases") if isinstance(data, dict) else []
    if not isinstance(rows, list):
        problems.append(
            Problem(
                "SCH001",
                "the dataset has no list `cases`",
                document.key_span(("cases",)),
                "list the rows under `cases`",
            )
        )
        return
    for index, row in enumerate(rows):
        span = document.span(("cases", index))
        yield row, document.position(span.start)[0], span


def _jsonl_rows(text: str, problems: list[Problem]) -> Iterator[_Row]:
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        span = Span(start, start + len(line))
        start = span.end + 1
        if not line.strip():
            continue
        try:
            if len(line) > MAX_ROW_CHARACTERS:
                raise ValueError(f"longer than {MAX_ROW_CHARACTERS:,} characters")
            row = json.loads(line, parse_constant=_no_constant, parse_int=_integer, parse_float=_float)
            if "\\ud" in line.lower():
                json.dumps(row, ensure_ascii=False).encode()
            yield row, number, span
        except RecursionError:
            problems.append(Problem("SCH001", "this line is nested too deeply", span, "keep values flat"))
        except UnicodeEncodeError:
            problems.append(
                Problem("SCH001", "this line holds one half of a character", span, "write the whole character itself")
            )
        except ValueError as error:
            reason = str(error).partition(": line 1")[0]
            problems.append(Problem("SCH001", f"this line is not JSON: {reason}", span, "write one JSON object a line"))


def _csv_rows(document: Document, problems: list[Problem]) -> Iterator[_Row]:
    import csv

    bounds = [*document.lines, len(document.text)]
    lines = [document.text[start:end] for start, end in pairwise(bounds)]
    reader = csv.DictReader(lines, strict=True)
    line = 0  # as many lines as were read before the row
    try:
        columns = reader.fieldnames or ()
        if len(set(columns)) < len(columns):
            problems.append(Problem("SCH001", "the header names a column twice", Span(0, len(lines[0].rstrip("\r\n")))))
            return
        line = reader.line_num
        for row in reader:
            first, line = line, reader.line_num
            while first + 1 < line and not lines[first].strip():
                first += 1
            span = Span(bounds[first], bounds[first] + len(document.line_text(first + 1)))
            if None in row or None in row.values():
                message = f"this row does not have the {len(columns)} columns of the header"
                problems.append(Problem("SCH001", message, span, "quote cells that hold commas or line breaks"))
                continue
            yield row, first + 1, span
    except csv.Error as error:
        problems.append(
            Problem("SCH001", f"this is not CSV: {error}", Span(bounds[line], bounds[line]), 'quote cells with "')
        )


def _integer(digits: str) -> int:
    if len(digits) <= len(str(LARGEST_INTEGER)) + 1 and abs(number := int(digits)) <= LARGEST_INTEGER:
        return number
    raise ValueError("a number is too large; put it in quotes if it is text")


def _float(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number is too large; put it in quotes if it is text")
    return number


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def _place(row: Json, columns: Mapping[str, str], inputs: Mapping[str, Input], typed_by_input: bool) -> dict[str, Any]:
    """Return the row as a case entry: as it stands, or its columns put where *columns* says."""
    if not isinstance(row, dict):
        raise _RowError("it is not an object", 'write {"id": …, "inputs": {…}}')
    if columns or typed_by_input:
        row = _map_columns(row, columns or {name: name for name in row}, inputs if typed_by_input else {})
    identifier = row.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, (str, int)) or identifier == "":
        raise _RowError("it has no `id`", "give each row a stable id, or name the column in `columns: {id: …}`")
    if not isinstance(row.get("inputs"), dict):
        raise _RowError("it has no `inputs`", 'write "inputs": {…}, or map columns with `columns: {inputs.name: …}`')
    tags = row.get("tags", [])
    tags = tags.split() if isinstance(tags, str) else tags
    case = {**row, "id": str(identifier), "tags": list(dict.fromkeys(map(str, tags))) if isinstance(tags, list) else []}
    validator = _case_validator()
    if not validator.is_valid(case):
        error = next(validator.iter_errors(case))
        place = ".".join(str(key) for key in error.instance_path)
        raise _RowError(
            f"`{place}`: {one_line(error.message, 200)}" if place else one_line(error.message, 200),
            "see schemas/cases.schema.json",
        )
    return case


@cache
def _case_validator() -> Any:
    import jsonschema_rs

    definitions = load_schema("cases")["$defs"]
    return jsonschema_rs.Draft202012Validator({"$ref": "#/$defs/case", "$defs": definitions})


def _map_columns(row: Mapping[str, Json], columns: Mapping[str, str], inputs: Mapping[str, Input]) -> dict[str, Any]:
    case: dict[str, Any] = {"inputs": {}}
    for place, column in columns.items():
        if column not in row:
            raise _RowError(f"it has no column `{column}`", "correct `columns` in the prompt, or the row")
        head, _, rest = place.partition(".")
        value = row[column]
        if head == "inputs" and rest:
            case["inputs"][rest] = _typed(value, inputs.get(rest))
        elif head == "expected" and rest:
            target = case.setdefault("expected", {})
            *parents, last = rest.split(".")
            for parent in parents:
                target = target.setdefault(parent, {}) if isinstance(target, dict) else None
            if not isinstance(target, dict):
                raise _RowError(
                    f"`{place}` lies below a column that is a value itself", "correct `columns` in the prompt"
                )
            target[last] = value
        elif head in ("id", "expected", "tags", "cluster"):
            case[head] = value
    return case


def _typed(value: Json, declared: Input | None) -> Json:
    """Return a CSV cell as it is, or read as JSON where its input is something else than text and it can be."""
    if declared is None or not isinstance(value, str) or declared.schema.get("type", "string") == "string":
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
