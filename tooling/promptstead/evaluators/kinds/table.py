"""``table``: the answer holds a table with given columns and so many rows."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from io import StringIO

from promptstead.evaluators.kinds.length import lines
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import bounds, texts
from promptstead.evaluators.shared.results import Result, quoted
from promptstead.evaluators.shared.strict_json import unfenced
from promptstead.model import Json
from promptstead.words.sentence import say

_RULE = re.compile(r"[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+")
_BAR = re.compile(r"(?<!\\)\|")
Rows = list[list[str]]


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    r"""Find a table; ask that it has ``columns``, and between ``min`` and ``max`` rows under its heading.

    ``markdown``: a heading and a line of dashes with as many cells, then rows up to a line without ``|``; text may
    stand around it, and of several tables the first that has the columns counts. ``\|`` is part of a cell. ``csv``:
    the whole answer (or what a code fence around all of it holds) is CSV as RFC 4180 has it with ``delimiter``, its
    first line is the heading, blank lines are skipped; one column alone is a table only where ``columns`` asks for it.

    ``columns`` must all be there in any order; with ``exact``, these alone and in this order. Headings are compared
    without white space at the ends, with ``ignore_case`` by case folding. Every row has as many cells as the heading,
    or the table fails. Nothing is a score here: without any option there must be a table.

    :raises PromptsteadError: ``min`` is above ``max``.
    """
    kind: str = options.get("format", "markdown")
    delimiter: str = options.get("delimiter", ",")
    exact, ignore_case = options.get("exact", False), options.get("ignore_case", False)
    read = texts(options.get("columns", []))
    judged = bounds(options if {"min", "max"} & options.keys() else {"min": 0})

    def heading(cells: list[str]) -> list[str]:
        return [cell.casefold() if ignore_case else cell for cell in (cell.strip() for cell in cells)]

    def judge(answer: Answer) -> Result:
        wanted = heading(read(answer.case))
        complaint = None
        for rows in _markdown(answer.text) if kind == "markdown" else _csv(answer.text, delimiter, len(wanted) == 1):
            found = heading(rows[0])
            missing = next((column for column in wanted if column not in found), None)
            if missing is not None:
                complaint = say("evaluators.no-column", column=quoted(missing), columns=quoted(" | ".join(rows[0])))
            elif exact and found != wanted:
                asked, got = quoted(" | ".join(wanted)), quoted(" | ".join(found))
                complaint = say("evaluators.other-columns", wanted=asked, got=got)
            else:
                ragged = next((number for number, row in enumerate(rows) if len(row) != len(found)), 0)
                if ragged:
                    cells = len(rows[ragged])
                    return Result(False, say("evaluators.ragged", row=ragged, cells=cells, heading=len(found)))
                return judged(len(rows) - 1, say("evaluators.rows", n=len(rows) - 1))
        return Result(False, complaint or say("evaluators.no-table", format=kind, answer=quoted(answer.text)))

    return judge


def _markdown(text: str) -> Iterator[Rows]:
    table: Rows = []
    before = ""
    for line in lines(text):
        if table:
            if "|" in line:
                table.append(_cells(line))
                continue
            yield table
            table = []
        elif "|" in before and "-" in line and _RULE.fullmatch(line) and len(_cells(line)) == len(_cells(before)):
            table = [_cells(before)]
        before = line
    if table:
        yield table


def _cells(line: str) -> list[str]:
    parts = _BAR.split(line.strip())
    if parts and not parts[0].strip():
        parts = parts[1:]
    if parts and not parts[-1].strip():
        parts = parts[:-1]
    return [part.strip() for part in parts]


def _csv(text: str, delimiter: str, one_column: bool) -> Iterator[Rows]:
    try:
        rows = [
            row for row in csv.reader(StringIO(unfenced(text), newline=""), delimiter=delimiter, strict=True) if row
        ]
    except csv.Error:
        return
    if rows and (len(rows[0]) > 1 or one_column):
        yield rows
