"""CSV that a spreadsheet can open: no cell of it is a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet may take a text that begins so for a formula, and run it."""
MAX_CELL = 32_000
"""Characters of one cell; the most that Excel keeps is 32,767."""

Cell = str | float | bool | None


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table; a text that a spreadsheet would run gets an apostrophe in front, None is an empty cell."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue()


def _cell(value: Cell) -> str | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "")
    text = text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"
    return f"'{text}" if text.startswith(FORMULA) else text
