"""Rows of a JSONL or CSV dataset, one after another from its lines."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from promptstead.conflict_markers import is_marker
from promptstead.documents.json_keys import DuplicateKey, unique_keys
from promptstead.documents.scalars import LARGEST_INTEGER
from promptstead.model import Json
from promptstead.words.sentence import Sentence, own_words, say

MAX_ROW_CHARACTERS = 4 * 1024 * 1024
MAX_LINE_BYTES = 4 * MAX_ROW_CHARACTERS
"""What a line of so many characters has at most; a longer one is refused before it is decoded."""


class RowProblem(NamedTuple):
    """A row, or line, of a dataset that is no case. It is counted and shown, and the next one is read."""

    path: str
    line: int
    message: Sentence
    hint: Sentence


class Row(NamedTuple):
    """A row as it was read, and the line that it starts on."""

    value: Json
    line: int


def jsonl_rows(lines: Iterable[bytes], path: str) -> Iterator[Row | RowProblem]:
    """Yield the value of each line that is not empty."""
    for number, raw in enumerate(lines, 1):
        try:
            line = _text(raw, number)
            if line.isspace():
                continue
            value = _DECODER.decode(line)
            if "\\ud" in line or "\\uD" in line:
                json.dumps(value, ensure_ascii=False).encode()
        except RecursionError:
            yield RowProblem(path, number, say("files.line-too-deep"), say("files.keep-flat"))
        except UnicodeDecodeError:
            yield RowProblem(path, number, say("files.line-not-utf-8"), say("files.save-as-utf-8"))
        except UnicodeEncodeError:
            hint = say("files.write-whole-character")
            yield RowProblem(path, number, say("files.line-has-half-a-character"), hint)
        except DuplicateKey as error:
            yield RowProblem(path, number, say("files.line-has-key-twice", key=error.key), say("files.keep-one"))
        except ValueError as error:
            if is_marker(line.rstrip("\r\n")):
                yield RowProblem(path, number, say("files.conflict-marker"), say("files.resolve-conflict"))
                continue
            message = say("files.line-not-json", why=_reason(error))
            yield RowProblem(path, number, message, say("files.one-json-object-a-line"))
        else:
            yield Row(value, number)


def csv_rows(lines: Iterable[bytes], path: str) -> Iterator[Row | RowProblem]:
    """Yield each row as an object, its keys being the header's. What is no CSV ends the file, and says so."""
    import csv

    csv.field_size_limit(MAX_ROW_CHARACTERS)
    source = _CsvLines(lines)
    reader = csv.reader(source, strict=True)
    columns: list[str] = []
    try:
        for cells in reader:
            first, broken = source.next_row()
            if broken:
                yield RowProblem(path, broken, say("files.line-not-utf-8"), say("files.save-as-utf-8"))
                if not columns:
                    return
            elif not columns:
                columns = cells
                if len(set(columns)) < len(columns):
                    yield RowProblem(path, first, say("files.column-twice"), say("files.name-columns"))
                    return
            elif cells and is_marker(cells[0]):
                yield RowProblem(path, first, say("files.conflict-marker"), say("files.resolve-conflict"))
            elif cells and len(cells) != len(columns):
                message = say("files.wrong-columns", columns=len(columns))
                yield RowProblem(path, first, message, say("files.quote-such-cells"))
            elif cells:
                yield Row(dict(zip(columns, cells, strict=True)), first)
    except (csv.Error, ValueError) as error:
        message = say("files.not-csv", why=_reason(error))
        yield RowProblem(path, source.next_row()[0], message, say("files.quote-cells"))


class _CsvLines:
    """The lines of a CSV file as text, and where the row that was just made of them began."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = enumerate(lines, 1)
        self._first = 0
        self._broken = 0
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        number, raw = next(self._lines)
        self._first = self._first or number
        self._size += len(raw)
        if self._size > MAX_LINE_BYTES:
            raise ValueError(say("files.row-too-long"))
        try:
            return _text(raw, number)
        except UnicodeDecodeError:
            self._broken = self._broken or number
            return raw.decode("utf-8", "replace")

    def next_row(self) -> tuple[int, int]:
        """Return the first line of the row that ends here, and its line that is no text (or 0); begin the next."""
        found = self._first, self._broken
        self._first = self._broken = self._size = 0
        return found


def _reason(error: Exception) -> Sentence:
    """Return what an error says: our own sentence, or the words of ``json`` or ``csv`` without their place."""
    why = error.args[0] if error.args else ""
    return why if isinstance(why, Sentence) else own_words(str(error).partition(": line ")[0])


def _text(raw: bytes, number: int) -> str:
    if len(raw) > MAX_LINE_BYTES:
        raise ValueError(say("files.longer-than", most=MAX_ROW_CHARACTERS))
    text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
    if len(text) > MAX_ROW_CHARACTERS:
        raise ValueError(say("files.longer-than", most=MAX_ROW_CHARACTERS))
    return text


def _integer(digits: str) -> int:
    if len(digits) <= len(str(LARGEST_INTEGER)) + 1 and abs(number := int(digits)) <= LARGEST_INTEGER:
        return number
    raise ValueError(say("files.number-in-line-too-large"))


def _float(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(say("files.number-in-line-too-large"))
    return number


def _no_constant(name: str) -> Json:
    raise ValueError(say("files.word-not-json", word=name))


_DECODER = json.JSONDecoder(
    parse_constant=_no_constant, parse_int=_integer, parse_float=_float, object_pairs_hook=unique_keys
)
