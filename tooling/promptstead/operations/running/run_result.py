"""The result of an evaluation in the form that ``--format`` asks for, and the exit code that it gives."""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, NamedTuple

from promptstead.console.output import echo, echo_data, tell
from promptstead.errors import FINDINGS, OK
from promptstead.model import Json
from promptstead.operations.workspace.plugin_formats import rendered_by
from promptstead.plugins import Plugin
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.runs.writer import Row
from promptstead.verdicts.run_report import RunReport
from promptstead.words.sentence import say_in
from promptstead.words.template import Language

FORMATS = {
    "text": "run_text",
    "md": "run_markdown",
    "json": "run_json",
    "junit": "run_junit",
    "csv": "run_csv",
    "csv-rates": "run_csv_rates",
    "html": "html.run_page",
}
"""Form of the result -> module of :mod:`promptstead.report` whose ``render(report) -> str`` writes it."""
EVERY_CASE = {"junit", "csv", "html"}
"""Forms that show every case, so that all rows are held in memory."""
IN_A_LANGUAGE = {"text", "md", "html"}
"""Forms that people read: their ``render`` takes the language too."""


class Shown(NamedTuple):
    """How the result is shown."""

    form: str = "text"
    quiet: bool = False
    language: Language = "en"
    plugin: Plugin | None = None
    """What writes it, where a package brings the form."""
    output: str | None = None
    """The file that the report goes to; None for stdout."""

    @property
    def keep(self) -> bool:
        """Whether the report has to hold every row."""
        return self.form in EVERY_CASE and not self.quiet


def finish(report: RunReport, shown: Shown, loaded: Iterable[Loaded] = ()) -> int:
    """Show the result and return the exit code: 1 where something fails that may not fail.

    :param loaded: the prompts, for a page that shows the messages; without them it shows the inputs.
    """
    if not shown.quiet:
        text = _rendered(report, shown, loaded).removesuffix("\n")
        if shown.output is None:
            (echo if shown.form == "text" else echo_data)(text)
        else:
            from promptstead.storage.working_tree import write_report

            write_report(shown.output, f"{text}\n")
            tell(say_in(shown.language, "runs.report", place=shown.output))
        if report.place:
            tell(say_in(shown.language, "runs.run-file", place=report.place))
    return FINDINGS if report.violated else OK


def _rendered(report: RunReport, shown: Shown, loaded: Iterable[Loaded]) -> str:
    if shown.plugin is not None:
        from promptstead.report.run_json import run_json

        return rendered_by(shown.plugin, run_json(report))
    more: dict[str, Any] = {"language": shown.language} if shown.form in IN_A_LANGUAGE else {}
    if shown.form == "html":
        more["messages"] = _sent(loaded)
    text: str = import_module(f"promptstead.report.{FORMATS[shown.form]}").render(report, **more)
    return text


def _sent(loaded: Iterable[Loaded]) -> Callable[[Row], list[Json]] | None:
    """Return what gives the messages that a prompt makes of a row's case now."""
    requests = {each.id: Requests(each) for each in loaded}
    return (lambda row: requests[row.prompt].messages(row.result.case)) if requests else None
