"""The result of an evaluation in the form that ``--format`` asks for, and the exit code that it gives."""

from importlib import import_module
from typing import NamedTuple

from promptstead.commands.common import echo, tell
from promptstead.errors import FINDINGS, OK
from promptstead.report.run_report import RunReport

FORMATS = {"text": "run_text", "json": "run_json", "junit": "run_junit", "csv": "run_csv"}
"""Form of the result -> module of :mod:`promptstead.report` whose ``render(report) -> str`` writes it."""
EVERY_CASE = {"junit", "csv"}
"""Forms that show every case, so that all rows are held in memory."""


class Shown(NamedTuple):
    """How the result is shown."""

    form: str = "text"
    quiet: bool = False

    @property
    def keep(self) -> bool:
        """Whether the report has to hold every row."""
        return self.form in EVERY_CASE and not self.quiet


def finish(report: RunReport, shown: Shown) -> int:
    """Show the result and return the exit code: 1 where something fails that may not fail."""
    if not shown.quiet:
        echo(import_module(f"promptstead.report.{FORMATS[shown.form]}").render(report).removesuffix("\n"))
        if report.place:
            tell(f"run file: {report.place}")
    return FINDINGS if report.violated else OK
