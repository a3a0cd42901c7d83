"""Datasets: the rows of a JSONL, CSV or YAML file as cases."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from io import BytesIO
from itertools import islice
from typing import Any, BinaryIO

from promptstead.documents.document import Document
from promptstead.documents.lines import bounded_lines
from promptstead.documents.merge_conflict import unfinished_merge
from promptstead.documents.yaml_reader import read
from promptstead.errors import PromptsteadError, one_line
from promptstead.model import Case, Dataset, Input, Json, Problem, Span, Tree
from promptstead.prompts.csv_and_jsonl_rows import MAX_LINE_BYTES, Row, RowProblem, csv_rows, jsonl_rows
from promptstead.prompts.names import below
from promptstead.prompts.patterns import evaluator_complaints
from promptstead.prompts.prompt import build_case
from promptstead.prompts.schema_check import load_schema
from promptstead.prompts.seen_ids import SeenIds
from promptstead.prompts.value_schema import place, value_validator
from promptstead.words.sentence import Sentence, own_words, say

MAX_ROWS = 10_000_000
MAX_PROBLEMS = 100
"""Rows that are no cases and are named one by one in the document of a file; the others are counted."""
MAX_REASONS = 10
YAML_SUFFIXES = (".yml", ".yaml")
CHECKED_ROWS = 100_000
CHECKED_BYTES = 64 * 1024 * 1024
"""What is read of a dataset where all of it is held in memory: to lint, to check and to review."""


def iter_cases(
    lines: Iterable[bytes], dataset: Dataset, path: str, inputs: Mapping[str, Input], seen: SeenIds
) -> Iterator[Case | RowProblem]:
    """Yield a case, or what is wrong, for each row of a JSONL or CSV file, without holding more than a row.

    :param lines: the file's lines with their ends, as :func:`promptstead.documents.lines.bounded_lines` gives them.
    :param path: the file, by whose ending its form is told.
    :param inputs: the prompt's inputs; a CSV cell for an input that is not text is read as JSON.
    :param seen: the ids of the cases before these; those of these are added. A second use of one is a problem.
    """
    table = path.endswith(".csv")
    rows = csv_rows(lines, path) if table else jsonl_rows(lines, path)
    yield from _cases(rows, _Places(dataset, inputs, table), path, seen)


def iter_yaml_cases(
    document: Document, dataset: Dataset, path: str, inputs: Mapping[str, Input], seen: SeenIds
) -> Iterator[Case | RowProblem]:
    """Yield the same for a YAML file, which is read as a whole. What the reader found is not repeated."""
    yield from _cases(_yaml_rows(document), _Places(dataset, inputs, False), path, seen)


def beginning(file: BinaryIO) -> tuple[bytes, bool]:
    """Return the first 100,000 lines of a file, or 64 MiB of them, and whether there are more."""
    kept: list[bytes] = []
    size = 0
    for line in bounded_lines(file, MAX_LINE_BYTES):
        size += len(line)
        if len(kept) >= CHECKED_ROWS or size > CHECKED_BYTES:
            return b"".join(kept), True
        kept.append(line)
    return b"".join(kept), False


def read_dataset(
    raw: bytes, dataset: Dataset, path: str, inputs: Mapping[str, Input], cut: bool = False
) -> tuple[list[Case], Document]:
    """Return the cases in the file *path* and its document, whose problems name the rows that are no case.

    :param inputs: the prompt's inputs; a CSV cell for an input that is not text is read as JSON.
    :param cut: *raw* is only the beginning of the file, and may end within a row of CSV.
    """
    if path.endswith(YAML_SUFFIXES):
        document = read(raw, path)
        found = iter_yaml_cases(document, dataset, path, inputs, SeenIds())
    else:
        document = _lines_document(raw, path)
        if document.problems:
            return [], document
        found = iter_cases(bounded_lines(BytesIO(raw), MAX_LINE_BYTES), dataset, path, inputs, SeenIds())
    problems = list(document.problems)
    cases: list[Case] = []
    wrong = 0
    for each in found:
        if isinstance(each, Case):
            cases.append(each)
            continue
        if cut and each.message.code == "files.not-csv" and each.message.endswith("unexpected end of data"):
            continue
        wrong += 1
        if wrong <= MAX_PROBLEMS:
            problems.append(Problem("SCH001", each.message, document.line_span(each.line), each.hint))
    if wrong > MAX_PROBLEMS:
        more = wrong - MAX_PROBLEMS
        message = say("files.rows-are-no-cases", wrong=wrong, more=more)
        problems.append(Problem("SCH001", message, Span(0, 0), say("files.fix-those-shown")))
    return cases, document.with_problems(problems)


def _cases(
    rows: Iterable[Row | RowProblem], places: "_Places", path: str, seen: SeenIds
) -> Iterator[Case | RowProblem]:
    seen.enter(path)
    for count, row in enumerate(rows):
        if count >= MAX_ROWS:
            yield RowProblem(path, row.line, say("files.too-many-rows", most=MAX_ROWS), say("files.split-dataset"))
            return
        if isinstance(row, RowProblem):
            yield row
            continue
        try:
            case = build_case(places.place(row.value), path, (), row.line)
        except _RowError as error:
            yield RowProblem(path, row.line, say("files.row-is-no-case", why=error.why), error.hint)
            continue
        first = seen.first(case.id, row.line)
        if first is None:
            yield case
        else:
            message = (
                say("files.row-twice", case=case.id, line=first[1])
                if first[0] == path
                else say("files.case-twice", case=case.id, file=first[0], line=first[1])
            )
            yield RowProblem(path, row.line, message, say("files.give-row-id"))


def _lines_document(raw: bytes, path: str) -> Document:
    """Return the document of a file of rows; its lines end where a row's do: at LF, with a CR or without."""
    text = raw.decode("utf-8", "replace").removeprefix("\ufeff")
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    problem = unfinished_merge(text)
    return Document(path, text, None, {}, {}, (problem,) if problem else (), starts)


class _RowError(Exception):
    """A row that is no case."""

    def __init__(self, why: Sentence, hint: Sentence) -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint


def _yaml_rows(document: Document) -> Iterator[Row | RowProblem]:
    data = document.data
    if data is None:
        return
    rows = data.get("cases") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        line = document.position(document.key_span(("cases",)).start)[0]
        yield RowProblem(document.path, line, say("files.no-list-of-cases"), say("files.list-rows"))
        return
    for index, row in enumerate(rows):
        yield Row(row, document.position(document.span(("cases", index)).start)[0])


class _Places:
    """Where the columns of a dataset's rows belong in a case."""

    def __init__(self, dataset: Dataset, inputs: Mapping[str, Input], table: bool) -> None:
        self._columns = dataset.columns
        self._inputs = inputs if table else {}
        self._table = table
        self._case = _case_validator()
        self._row = value_validator(dataset.schema) if isinstance(dataset.schema, Mapping) else None

    def place(self, row: Json) -> dict[str, Any]:
        """Return the row as a case entry: as it stands, or its columns put where they belong.

        :raises _RowError: it is no case.
        """
        if not isinstance(row, dict):
            raise _RowError(say("files.row-is-no-object"), say("files.write-row"))
        if self._row is not None and not self._row.is_valid(row):
            raise _against(self._row, row)
        if self._columns or self._table:
            row = _map_columns(row, self._columns or {name: name for name in row}, self._inputs)
        identifier = row.get("id")
        if isinstance(identifier, bool) or not isinstance(identifier, (str, int)) or identifier == "":
            raise _RowError(say("files.row-without-id"), say("files.give-stable-id"))
        if not isinstance(row.get("inputs"), dict):
            raise _RowError(say("files.row-without-inputs"), say("files.give-inputs"))
        case = {**row, "id": str(identifier)}
        for name, written in _AS_WRITTEN.items():
            if name in case and (value := written(case.pop(name))) is not None:
                case[name] = value
        if not self._case.is_valid(case):
            error = next(self._case.iter_errors(case))
            where = ".".join(str(key) for key in error.instance_path)
            why = own_words(one_line(error.message, 200))
            raise _RowError(say("files.at", place=where, why=why) if where else why, say("files.see-cases-schema"))
        for at, why, hint in evaluator_complaints(case.get("evaluators", {})):
            raise _RowError(say("files.at", place=".".join(map(str, ("evaluators", *at))), why=why), hint)
        return case


def _against(validator: Any, row: Json) -> _RowError:
    """Return what the dataset's schema has against a row: the first thing, and how many more there are."""
    errors = list(islice(validator.iter_errors(row), MAX_REASONS))
    at, why = place(errors[0].instance_path), own_words(one_line(errors[0].message, 200))
    more = len(errors) - 1
    if len(errors) == MAX_REASONS:
        message = say("files.against-rows-and-more", place=at, why=why, more=more)
    elif more:
        message = say("files.against-rows-and", place=at, why=why, more=more)
    else:
        message = say("files.against-rows", place=at, why=why)
    return _RowError(message, say("files.correct-row"))


@cache
def _case_validator() -> Any:
    import jsonschema_rs

    definitions = load_schema("cases")["$defs"]
    return jsonschema_rs.Draft202012Validator({"$ref": "#/$defs/case", "$defs": definitions})


def _map_columns(row: Mapping[str, Json], columns: Mapping[str, str], inputs: Mapping[str, Input]) -> dict[str, Any]:
    case: dict[str, Any] = {"inputs": {}}
    for target_place, column in columns.items():
        if column not in row:
            raise _RowError(say("files.no-column", column=column), say("files.correct-columns-or-row"))
        head, _, rest = target_place.partition(".")
        value = row[column]
        if head == "inputs" and rest:
            case["inputs"][rest] = _typed(value, inputs.get(rest))
        elif head == "expected" and rest:
            target = case.setdefault("expected", {})
            *parents, last = rest.split(".")
            for parent in parents:
                target = target.setdefault(parent, {}) if isinstance(target, dict) else None
            if not isinstance(target, dict):
                raise _RowError(say("files.below-value", place=target_place), say("files.correct-columns"))
            target[last] = value
        elif head in ("id", "expected", "tags", "cluster", "must_pass"):
            case[head] = value
    return case


def _typed(value: Json, declared: Input | None) -> Json:
    """Return a CSV cell as it is, or read as JSON where its input is something else than text and it can be.

    For an attachment it is the path of a file, unless it is an address or data.
    """
    if declared is not None and declared.attachment and isinstance(value, str):
        return value if value.startswith(("https://", "http://", "data:", "file-", "file_")) else {"path": value}
    if declared is None or not isinstance(value, str) or declared.schema.get("type", "string") == "string":
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _tags(value: Json) -> Json:
    """Return tags as a case has them: a text holds several between white space, and none is there twice."""
    if isinstance(value, str):
        value = value.split()
    elif value is None:
        return None
    plain = isinstance(value, list) and all(_is_name(tag) for tag in value)
    return list(dict.fromkeys(map(str, value))) if plain else value


def _cluster(value: Json) -> Json:
    """Return a key such as 4711 as text; an empty cell is no key."""
    return None if value == "" else str(value) if _is_name(value) else value


def _must_pass(value: Json) -> Json:
    """Return the bool that a cell spells; an empty one says nothing."""
    if not isinstance(value, str):
        return value
    word = value.strip().lower()
    return (
        None
        if not word
        else {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(word, value)
    )


def _is_name(value: Json) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


_AS_WRITTEN = {"tags": _tags, "cluster": _cluster, "must_pass": _must_pass}
"""What a row may write more freely than a case: name -> its value as a case has it; None where it says nothing."""


def row_schema(tree: Tree, folder: str, schema: Mapping[str, Json] | str | None) -> Mapping[str, Json] | None:
    """Return the schema of a dataset's rows, read from its file where it is the path of one.

    :raises PromptsteadError: there is no such file below *folder*, or it holds no schema.
    """
    if not isinstance(schema, str):
        return schema
    path = below(folder, schema)
    raw = None if path is None else tree.read(path)
    if path is None or raw is None:
        hint = say("files.put-below", folder=folder)
        raise PromptsteadError(say("files.no-file-in-folder", file=schema), hint=hint)
    document = read(raw, path)
    if not isinstance(document.data, dict):
        why = document.problems[0].message if document.problems else say("files.is-no-object")
        raise PromptsteadError(say("files.in-file", file=path, why=why), hint=say("files.write-json-schema"))
    return document.data
